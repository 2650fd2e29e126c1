//! How near a question is to the articles in meaning: cosines of sentence embeddings.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView1};

use super::Article;
use crate::embedding::Vectors;

/// The vectors of one language's articles.
pub(super) struct Semantic {
    embedder: Vectors,
    /// A row for each title, other question and passage.
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
    pub(super) fn build(articles: &[Article], of_language: &[usize], embedder: Vectors) -> Self {
        let mut rows = Vec::new();
        let mut texts = Vec::new();
        for &article in of_language {
            let Article { title, questions, passages, .. } = &articles[article];
            for question in std::iter::once(title).chain(questions) {
                rows.push(Place { article, part: Part::Question });
                texts.push(question.clone());
            }
            for passage in passages {
                rows.push(Place { article, part: Part::Passage });
                texts.push(format!("{} {}", passage.heading, passage.text()));
            }
        }
        let mut vectors = Array2::zeros((texts.len(), embedder.width()));
        for (text, mut row) in texts.iter().zip(vectors.outer_iter_mut()) {
            row.assign(&ArrayView1::from(&embedder.embed(text.trim())));
        }
        Self { embedder, vectors, rows }
    }

    /// For every article how near it is.
    pub(super) fn nearness(&self, question: &str) -> HashMap<usize, Nearness> {
        let cosines = self.vectors.dot(&ArrayView1::from(&self.embedder.embed(question)));
        let mut found: HashMap<usize, Nearness> = HashMap::new();
        for (Place { article, part }, cosine) in self.rows.iter().zip(cosines) {
            let far = Nearness { question: -1.0, passage: -1.0 };
            let nearness = found.entry(*article).or_insert(far);
            let best = match part {
                Part::Question => &mut nearness.question,
                Part::Passage => &mut nearness.passage,
            };
            *best = best.max(cosine);
        }
        found
    }
}
