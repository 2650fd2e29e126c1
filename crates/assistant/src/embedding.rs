//! What a text is about, as a vector: the one way in which questions, examples and articles become comparable.

use std::sync::{Arc, Mutex, PoisonError};

use encoder::multilingual::{self, Multilingual};
use encoder::{Encoder, Scratch};

use crate::Language;

/// Sentence encoders that several threads may ask. Cheap to clone.
#[derive(Clone)]
pub struct Embedder {
    english: Arc<Encoder>,
    multilingual: Option<Arc<Multilingual>>,
    /// Memory of the encoders that nobody uses at the moment; as many as ever worked at once.
    idle: Arc<Mutex<Vec<Memory>>>,
}

#[derive(Default)]
struct Memory {
    english: Scratch,
    multilingual: multilingual::Scratch,
}

/// One way to make vectors. Those of one way are comparable with each other, and all have the same length.
#[derive(Clone)]
pub(crate) struct Vectors {
    embedder: Embedder,
    parts: Parts,
}

#[derive(Clone)]
enum Parts {
    English,
    Multilingual(Arc<Multilingual>),
    /// Side by side.
    Both(Arc<Multilingual>),
}

/// How long the multilingual part is beside one of length one, so that it has half the say in a product.
const BESIDE: f32 = 0.7;

impl Embedder {
    /// Takes a model for English whose states are meant to be averaged, such as all-MiniLM-L6-v2.
    #[must_use]
    pub fn new(english: Arc<Encoder>) -> Self {
        Self { english, multilingual: None, idle: Arc::default() }
    }

    /// The same with a model for other languages, which also has a say in what English messages are about.
    #[must_use]
    pub fn with_multilingual(self, multilingual: Arc<Multilingual>) -> Self {
        Self { multilingual: Some(multilingual), ..self }
    }

    /// Whether its vectors mean something for texts in this language: all-MiniLM-L6-v2 learnt from English alone, the
    /// other model from all of ours.
    #[must_use]
    pub fn knows(&self, language: Language) -> bool {
        language == Language::English || self.multilingual.is_some()
    }

    /// To find what answers a question. In English the model for English does that better alone: with the other one
    /// beside it fewer articles are found (docs/adr/0006-sentences-in-seven-languages.md).
    pub(crate) fn for_search(&self, language: Language) -> Vectors {
        let parts = match (&self.multilingual, language) {
            (None, _) | (Some(_), Language::English) => Parts::English,
            (Some(multilingual), _) => Parts::Multilingual(multilingual.clone()),
        };
        Vectors { embedder: self.clone(), parts }
    }

    /// To find articles of another language than the question's; `None` without the model that knows them all.
    pub(crate) fn across_languages(&self) -> Option<Vectors> {
        let parts = Parts::Multilingual(self.multilingual.clone()?);
        Some(Vectors { embedder: self.clone(), parts })
    }

    /// To tell what messages in a language want. Two models that learnt from different texts are better than one.
    pub(crate) fn for_intents(&self, language: Language) -> Vectors {
        let parts = match (&self.multilingual, language) {
            (None, _) => Parts::English,
            (Some(multilingual), Language::English) => Parts::Both(multilingual.clone()),
            (Some(multilingual), _) => Parts::Multilingual(multilingual.clone()),
        };
        Vectors { embedder: self.clone(), parts }
    }
}

impl Vectors {
    /// How many numbers a vector has.
    pub(crate) fn width(&self) -> usize {
        let english = self.embedder.english.width();
        match &self.parts {
            Parts::English => english,
            Parts::Multilingual(multilingual) => multilingual.width(),
            Parts::Both(multilingual) => english + multilingual.width(),
        }
    }

    /// The square of each vector's length: the product of two by it is the cosine of their angle.
    pub(crate) fn square(&self) -> f32 {
        match self.parts {
            Parts::English | Parts::Multilingual(_) => 1.0,
            Parts::Both(_) => 1.0 + BESIDE * BESIDE,
        }
    }

    /// A text without a letter has a vector, too: that of the marks around it.
    pub(crate) fn embed(&self, text: &str) -> Vec<f32> {
        let Embedder { english, idle, .. } = &self.embedder;
        let mut memory = idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let mut vector = match &self.parts {
            Parts::English | Parts::Both(_) => english.embed(&english.tokens(text), &mut memory.english),
            Parts::Multilingual(multilingual) => multilingual.embed(text, &mut memory.multilingual),
        };
        if let Parts::Both(multilingual) = &self.parts {
            let beside = multilingual.embed(text, &mut memory.multilingual);
            vector.extend(beside.into_iter().map(|value| BESIDE * value));
        }
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        vector
    }
}
