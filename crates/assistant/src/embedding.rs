//! What a text is about, as a vector: the one way in which questions, examples and articles become comparable.

mod kept;
mod rarity;

use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use encoder::multilingual::{self, Multilingual};
use encoder::{Encoder, Scratch};
use ndarray::{Array2, ArrayView1};

use crate::Language;
use crate::knowledge::vectors::Keep;
use kept::{Kept, Known, Model, Recent};
use rarity::Rarity;

/// Sentence encoders that several threads may ask. Cheap to clone.
#[derive(Clone)]
pub struct Embedder {
    english: Arc<Encoder>,
    multilingual: Option<Arc<Multilingual>>,
    /// Memory of the encoders that nobody uses at the moment; as many as ever worked at once.
    idle: Arc<Mutex<Vec<Memory>>>,
    /// The vectors of the texts of articles and intents, while the assistant is made of them.
    kept: Arc<Mutex<Kept>>,
    /// Those of the last messages: one message is asked about more than once.
    recent: Arc<Mutex<Recent>>,
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
    Multilingual,
    /// Side by side.
    Both,
    /// Of the model for English: the mean of the pieces' states in which rare pieces count more.
    Rare(Arc<Rarity>),
}

/// How long the multilingual part is beside one of length one, so that it has half the say in a product.
const BESIDE: f32 = 0.7;
/// Any words do.
const PROBE: &str = "Where is my order, and how do I send it back?";

impl Embedder {
    /// Takes a model for English whose states are meant to be averaged, such as all-MiniLM-L6-v2.
    #[must_use]
    pub fn new(english: Arc<Encoder>) -> Self {
        Self {
            english,
            multilingual: None,
            idle: Arc::default(),
            kept: Arc::default(),
            recent: Arc::default(),
        }
    }

    /// The same with a model for other languages, which also has a say in what English messages are about.
    #[must_use]
    pub fn with_multilingual(self, multilingual: Arc<Multilingual>) -> Self {
        Self { multilingual: Some(multilingual), ..self }
    }

    /// Takes the vectors that [`Self::keep`] left in this file, so that what was embedded once is not embedded again. A
    /// file that is not there, is damaged, or was made with other models is as good as none.
    pub fn remember(&self, file: &Path) {
        *held(&self.kept) = Kept::read(file, &self.made_with()).unwrap_or_default();
    }

    /// Writes the vectors that were used since [`Self::remember`], and lets go of their memory.
    ///
    /// # Errors
    /// When the file cannot be written; the assistant works all the same.
    pub fn keep(&self, file: &Path) -> std::io::Result<()> {
        std::mem::take(&mut *held(&self.kept)).write(file, &self.made_with())
    }

    /// What the models make of one sentence: vectors of models that make something else of it cannot be compared with
    /// theirs. The name of a model's package would not do, because the same package can be converted in other ways.
    fn made_with(&self) -> Vec<f32> {
        let multilingual = self.multilingual.as_ref().map(|_| self.ask(Model::Multilingual, PROBE));
        [self.ask(Model::English, PROBE), multilingual.unwrap_or_default()].concat()
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
            (Some(_), _) => Parts::Multilingual,
        };
        Vectors { embedder: self.clone(), parts }
    }

    /// To find articles of another language than the question's; `None` without the model that knows them all.
    pub(crate) fn across_languages(&self) -> Option<Vectors> {
        self.multilingual.as_ref()?;
        Some(Vectors { embedder: self.clone(), parts: Parts::Multilingual })
    }

    /// To tell what messages in a language want. Two models that learnt from different texts are better than one.
    pub(crate) fn for_intents(&self, language: Language) -> Vectors {
        let parts = match (&self.multilingual, language) {
            (None, _) => Parts::English,
            (Some(_), Language::English) => Parts::Both,
            (Some(_), _) => Parts::Multilingual,
        };
        Vectors { embedder: self.clone(), parts }
    }

    /// Beside [`Self::for_intents`], for messages like these texts: what is rare among them counts more. It comes from the
    /// run that the other vector needs, if this one is asked for first. `None` where the model for English has no say.
    pub(crate) fn for_rare_words(&self, language: Language, texts: &[String]) -> Option<Vectors> {
        match self.for_intents(language).parts {
            Parts::English | Parts::Both => {}
            Parts::Multilingual | Parts::Rare(_) => return None,
        }
        let pieces = texts.iter().map(|text| {
            let tokens = self.english.tokens(text);
            tokens.pieces().iter().map(|piece| piece.number).collect()
        });
        let parts = Parts::Rare(Arc::new(Rarity::new(pieces)));
        Some(Vectors { embedder: self.clone(), parts })
    }
}

impl Vectors {
    /// How many numbers a vector has.
    pub(crate) fn width(&self) -> usize {
        let english = self.embedder.english.width();
        let multilingual = self.embedder.multilingual.as_ref().map_or(0, |model| model.width());
        match self.parts {
            Parts::English | Parts::Rare(_) => english,
            Parts::Multilingual => multilingual,
            Parts::Both => english + multilingual,
        }
    }

    /// The square of each vector's length: the product of two by it is the cosine of their angle.
    pub(crate) fn square(&self) -> f32 {
        match self.parts {
            Parts::English | Parts::Multilingual | Parts::Rare(_) => 1.0,
            Parts::Both => 1.0 + BESIDE * BESIDE,
        }
    }

    /// A text without a letter has a vector, too: that of the marks around it.
    pub(crate) fn embed(&self, text: &str) -> Vec<f32> {
        self.joined(|model| self.found(model, text, &self.embedder.recent, Keep::Here))
    }

    /// The same for many texts that are not a customer's, a row for each, and kept for the next start.
    pub(crate) fn embed_all(&self, texts: &[String]) -> Array2<f32> {
        let mut vectors = Array2::zeros((texts.len(), self.width()));
        for (row, mut place) in self.rows(texts, Keep::Here).iter().zip(vectors.outer_iter_mut()) {
            place.assign(&ArrayView1::from(row));
        }
        vectors
    }

    /// What the models make of one sentence.
    pub(crate) fn fingerprint(&self) -> Vec<f32> {
        self.joined(|model| self.embedder.ask(model, PROBE))
    }

    /// What was embedded before is taken from there, and the rest is shared out among the processors.
    pub(crate) fn rows(&self, texts: &[String], keep: Keep) -> Vec<Vec<f32>> {
        let workers = thread::available_parallelism().map_or(1, NonZero::get).min(texts.len()).max(1);
        let each = texts.len().div_ceil(workers).max(1);
        let part = |texts: &[String]| -> Vec<Vec<f32>> {
            let known = &self.embedder.kept;
            texts.iter().map(|text| self.joined(|model| self.found(model, text, known, keep))).collect()
        };
        thread::scope(|scope| {
            let parts: Vec<_> = texts.chunks(each).map(|texts| scope.spawn(move || part(texts))).collect();
            let finished = parts.into_iter().flat_map(|part| match part.join() {
                Ok(rows) => rows,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            finished.collect()
        })
    }

    /// The vector of the parts, each from `of`.
    fn joined(&self, of: impl Fn(Model) -> Vec<f32>) -> Vec<f32> {
        match &self.parts {
            Parts::English => of(Model::English),
            Parts::Multilingual => of(Model::Multilingual),
            Parts::Both => {
                let mut vector = of(Model::English);
                vector.extend(of(Model::Multilingual).into_iter().map(|value| BESIDE * value));
                vector
            }
            Parts::Rare(rarity) => of(Model::Rare(rarity.mark())),
        }
    }

    /// What is known already, or else of an encoder.
    fn found(&self, model: Model, text: &str, known: &Mutex<impl Known>, keep: Keep) -> Vec<f32> {
        if let Some(vector) = held(known).get(model, text) {
            return vector;
        }
        let keep = |model: Model, vector: &[f32]| match keep {
            Keep::Here => held(known).put(model, text, vector),
            Keep::Elsewhere => {}
        };
        let vector = match &self.parts {
            Parts::English | Parts::Multilingual | Parts::Both => self.embedder.ask(model, text),
            Parts::Rare(rarity) => {
                let (vector, rare) = self.embedder.ask_both(rarity, text);
                keep(Model::English, &vector);
                rare
            }
        };
        keep(model, &vector);
        vector
    }
}

impl Embedder {
    fn ask(&self, model: Model, text: &str) -> Vec<f32> {
        let mut memory = held(&self.idle).pop().unwrap_or_default();
        let vector = match (model, &self.multilingual) {
            (Model::Multilingual, Some(multilingual)) => multilingual.embed(text, &mut memory.multilingual),
            (Model::Multilingual, None) | (Model::English | Model::Rare(_), _) => {
                self.english.embed(&self.english.tokens(text), &mut memory.english)
            }
        };
        held(&self.idle).push(memory);
        vector
    }

    /// The vector of the model for English, and the one in which rare pieces count more, of length one as well.
    fn ask_both(&self, rarity: &Rarity, text: &str) -> (Vec<f32>, Vec<f32>) {
        let mut memory = held(&self.idle).pop().unwrap_or_default();
        let mut rare = vec![0.0_f32; self.english.width()];
        let tokens = self.english.tokens(text);
        let vector = self.english.embed_and_see(&tokens, &mut memory.english, |piece, state| {
            let weight = rarity.of(piece.number);
            rare.iter_mut().zip(state).for_each(|(sum, state)| *sum += weight * state);
        });
        held(&self.idle).push(memory);
        let length = rare.iter().map(|value| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            rare.iter_mut().for_each(|value| *value /= length);
        }
        (vector, rare)
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
