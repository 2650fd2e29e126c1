//! What a text is about, as a vector: the one way in which questions, examples and articles become comparable.

use std::sync::{Arc, Mutex, PoisonError};

use encoder::{Encoder, Scratch};

use crate::Language;

/// A sentence encoder that several threads may ask. Cheap to clone.
#[derive(Clone)]
pub struct Embedder {
    encoder: Arc<Encoder>,
    /// Memory of the encoder that nobody uses at the moment; as many as ever worked at once.
    idle: Arc<Mutex<Vec<Scratch>>>,
}

impl Embedder {
    /// Takes a model whose states are meant to be averaged, such as all-MiniLM-L6-v2.
    #[must_use]
    pub fn new(encoder: Arc<Encoder>) -> Self {
        Self { encoder, idle: Arc::default() }
    }

    /// Whether its vectors mean something for texts in this language: all-MiniLM-L6-v2 learnt from English alone.
    #[must_use]
    pub fn knows(&self, language: Language) -> bool {
        language == Language::English
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.encoder.width()
    }

    /// A vector of length one; the dot product of two is the cosine of their angle. A text without a letter has one,
    /// too: that of the marks around it.
    #[must_use]
    pub fn embed(&self, text: &str) -> Vec<f32> {
        let mut scratch = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let vector = self.encoder.embed(&self.encoder.tokens(text), &mut scratch);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        vector
    }
}
