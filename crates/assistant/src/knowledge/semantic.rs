//! How near a question is to the articles in meaning: cosines of sentence embeddings.

use ndarray::{Array2, ArrayView1};

use super::{Article, Passage};
use crate::embedding::Vectors;

/// The vectors of one language's articles.
pub(super) struct Semantic {
    embedder: Vectors,
    /// A row for each title, other question and passage; those of an article one after the other.
    vectors: Array2<f32>,
    rows: Vec<Place>,
}

/// What a row stands for.
#[derive(Clone, Copy)]
struct Place {
    article: usize,
    part: Part,
}

#[derive(Clone, Copy)]
enum Part {
    Question,
    Passage,
}

/// The best cosines of one article.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearness {
    pub(super) question: f32,
    pub(super) passage: f32,
}

impl Nearness {
    /// The questions' part counts more: they are written as customers ask.
    pub(super) fn combined(self) -> f32 {
        QUESTION * self.question + (1.0 - QUESTION) * self.passage
    }
}

const QUESTION: f32 = 0.7;

impl Semantic {
    /// Over questions and passages.
    pub(super) fn build(articles: &[Article], of_language: &[usize], embedder: Vectors) -> Self {
        let passages = |article: &Article| -> Vec<String> {
            let text = |passage: &Passage| format!("{} {}", passage.heading, passage.text());
            article.passages.iter().map(text).collect()
        };
        Self::over(articles, of_language, embedder, passages)
    }

    /// Over questions alone.
    pub(super) fn of_questions(articles: &[Article], embedder: Vectors) -> Self {
        let all: Vec<usize> = (0..articles.len()).collect();
        Self::over(articles, &all, embedder, |_| Vec::new())
    }

    fn over(
        articles: &[Article],
        chosen: &[usize],
        embedder: Vectors,
        passages: impl Fn(&Article) -> Vec<String>,
    ) -> Self {
        let mut rows = Vec::new();
        let mut texts = Vec::new();
        for &article in chosen {
            let Article { title, questions, .. } = &articles[article];
            for question in std::iter::once(title).chain(questions) {
                rows.push(Place { article, part: Part::Question });
                texts.push(question.trim().to_owned());
            }
            for passage in passages(&articles[article]) {
                rows.push(Place { article, part: Part::Passage });
                texts.push(passage.trim().to_owned());
            }
        }
        let vectors = embedder.embed_all(&texts);
        Self { embedder, vectors, rows }
    }

    /// How near every article is, in the order of their places.
    pub(super) fn nearness(&self, question: &str) -> Vec<(usize, Nearness)> {
        let cosines = self.vectors.dot(&ArrayView1::from(&self.embedder.embed(question)));
        let mut found: Vec<(usize, Nearness)> = Vec::new();
        for (Place { article, part }, cosine) in self.rows.iter().zip(cosines) {
            if found.last().is_none_or(|(last, _)| last != article) {
                found.push((*article, Nearness { question: -1.0, passage: -1.0 }));
            }
            let Some((_, nearness)) = found.last_mut() else { continue };
            let best = match part {
                Part::Question => &mut nearness.question,
                Part::Passage => &mut nearness.passage,
            };
            *best = best.max(cosine);
        }
        found
    }
}
