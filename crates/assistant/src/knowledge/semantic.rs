//! Finding articles by what a question means: cosines of sentence embeddings.

use futures_util::future::{self, BoxFuture, FutureExt};
use ndarray::{Array2, ArrayView1};

use super::vectors::{ArticleTexts, Asked, Keep, Near, Nearness, Part, Spread, Texts, VectorIndex};
use crate::embedding::Vectors;

/// One scope's articles, found by meaning.
pub(super) struct Semantic {
    pub(super) vectors: Vectors,
    pub(super) index: Box<dyn VectorIndex>,
}

impl Semantic {
    /// How near articles are, those of `also` among them; `None` while the index cannot be reached.
    pub(super) async fn near(
        &self,
        question: &str,
        shown: &(dyn Fn(usize) -> bool + Send + Sync),
        also: &[usize],
    ) -> Option<Near> {
        let vector = self.vectors.embed(question);
        self.index.near(&Asked { vector: &vector, shown, also }).await
    }
}

/// All vectors in memory, and each question looks at all of them.
pub struct MemoryIndex {
    /// A row for each text; those of an article one after the other.
    vectors: Array2<f32>,
    rows: Vec<(usize, Part)>,
}

impl MemoryIndex {
    /// Of all texts.
    #[must_use]
    pub fn new(texts: &Texts) -> Self {
        Self::of_every(1, texts)
    }

    /// Of the texts of at most so many articles, which lie evenly among all: their [`Spread`] stands for that of all.
    #[must_use]
    pub fn sample(texts: &Texts, most: usize) -> Self {
        Self::of_every(texts.articles.len().div_ceil(most.max(1)).max(1), texts)
    }

    fn of_every(step: usize, texts: &Texts) -> Self {
        let (mut rows, mut written) = (Vec::new(), Vec::new());
        for ArticleTexts { place, texts, .. } in texts.articles.iter().step_by(step) {
            for (part, text) in texts {
                rows.push((*place, *part));
                written.push(text.clone());
            }
        }
        let mut vectors = Array2::zeros((written.len(), texts.width()));
        for (vector, mut row) in texts.vectors(&written, Keep::Here).iter().zip(vectors.outer_iter_mut()) {
            row.assign(&ArrayView1::from(vector));
        }
        Self { vectors, rows }
    }

    /// How near every shown article is, in the order of their places.
    #[must_use]
    pub fn look(&self, asked: &Asked<'_>) -> Near {
        let cosines = self.vectors.dot(&ArrayView1::from(asked.vector));
        let mut articles: Vec<(usize, Nearness)> = Vec::new();
        for ((place, part), cosine) in self.rows.iter().zip(cosines) {
            match articles.last_mut() {
                Some((last, nearness)) if last == place => *nearness = nearness.with(*part, cosine),
                _ => articles.push((*place, Nearness::NONE.with(*part, cosine))),
            }
        }
        articles.retain(|(place, _)| (asked.shown)(*place));
        let combined = articles.iter().map(|(_, nearness)| nearness.combined());
        let all = Spread::of(combined, articles.len());
        Near { articles, all }
    }
}

impl VectorIndex for MemoryIndex {
    fn near<'a>(&'a self, asked: &'a Asked<'a>) -> BoxFuture<'a, Option<Near>> {
        future::ready(Some(self.look(asked))).boxed()
    }
}
