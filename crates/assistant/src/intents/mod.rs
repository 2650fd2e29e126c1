//! What a customer wants, learnt from a few examples of each intent.
//!
//! Two heads are averaged: softmax regression ([`linear`]) over sentence embeddings and words, which gets better with
//! every example, and kernel ridge regression ([`kernel`]), which errs in other places; in English over another mean of
//! the same states, in which words count more that are rare among the examples. How sure the result is comes from
//! [`calibration`]: examples and whole intents are left out in turn, so that the model meets messages that it cannot
//! know before a customer sends one.

mod calibration;
mod features;
mod kernel;
mod linear;

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::Language;
use crate::embedding::{Embedder, Vectors};
use calibration::{Calibration, Signals};
use features::{Row, Vocabulary};

/// Most examples that a model is trained on.
const MOST_EXAMPLES: usize = 50_000;
/// Most intents that a model tells apart.
const MOST_INTENTS: usize = 1_000;

/// A message, and what its sender wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// In a customer's words.
    pub text: String,
    /// The name of the intent.
    pub intent: String,
}

/// Why no model can be made of the examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntentsError {
    /// There is nothing to tell apart.
    #[error("examples of two intents at least are needed, and there are {0} intents")]
    TooFewIntents(usize),
    /// More than fit.
    #[error("there are {0} intents, and at most {MOST_INTENTS} can be told apart")]
    TooManyIntents(usize),
    /// More than fit.
    #[error("there are {0} examples, and at most {MOST_EXAMPLES} can be learnt from")]
    TooManyExamples(usize),
}

/// Tells intents apart. Immutable and `Sync`.
pub struct Intents {
    embedder: Vectors,
    rare_words: Option<Vectors>,
    heads: Heads,
    calibration: Calibration,
}

/// An intent that a message may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess<'a> {
    /// Its name.
    pub intent: &'a str,
    /// Probability, from 0 to 1, that the message has this intent. Those of all intents add up to less than one: the
    /// rest is that it has none of them.
    pub confidence: f32,
}

impl Intents {
    /// Learns from examples, which are in this language, as the messages will be. The same examples give the same model.
    ///
    /// # Errors
    /// When there are fewer than two intents, or more of anything than the limits allow.
    pub fn train(
        examples: &[Example],
        language: Language,
        embedder: &Embedder,
    ) -> Result<Self, IntentsError> {
        if examples.len() > MOST_EXAMPLES {
            return Err(IntentsError::TooManyExamples(examples.len()));
        }
        let names: BTreeSet<&str> = examples.iter().map(|example| &*example.intent).collect();
        match names.len() {
            0 | 1 => return Err(IntentsError::TooFewIntents(names.len())),
            2..=MOST_INTENTS => {}
            count => return Err(IntentsError::TooManyIntents(count)),
        }
        let (texts, intents) = Samples::texts(examples, &names);
        let rare_words = embedder.for_rare_words(language, &texts);
        let embedder = embedder.for_intents(language);
        // The run that these take gives the others as well.
        let rare = rare_words.as_ref().map(|rare_words| rare_words.embed_all(&texts));
        let samples = Samples {
            names: names.into_iter().map(str::to_owned).collect(),
            vectors: embedder.embed_all(&texts),
            square: embedder.square(),
            rare,
            texts,
            intents,
            examples: examples.len(),
        };
        let calibration = Calibration::learn(&samples);
        Ok(Self { heads: Heads::train(&samples), calibration, embedder, rare_words })
    }

    /// The names of the intents, in alphabetical order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.heads.names
    }

    /// The intents that a text may have, the most probable first, at most `most`.
    #[must_use]
    pub fn guess(&self, text: &str, most: usize) -> Vec<Guess<'_>> {
        let rare = self.rare_words.as_ref().map(|rare_words| Array1::from(rare_words.embed(text)));
        let vector = Array1::from(self.embedder.embed(text));
        let rare = rare.as_ref().map(|rare| rare.view());
        let scores = self.heads.score(&Sample { text, vector: vector.view(), rare });
        let first = self.calibration.confidence(&scores.signals);
        let mut order: Vec<usize> = (0..self.heads.names.len()).collect();
        order.sort_by(|a, b| scores.shares[*b].total_cmp(&scores.shares[*a]).then(a.cmp(b)));
        // The others share what is left of "it has one of these intents" in proportion.
        let likeliest = order.first().map_or(1.0, |first| scores.shares[*first]);
        let within = |at: usize| first * scores.shares[at] / likeliest;
        let guess = |at: usize| Guess { intent: &self.heads.names[at], confidence: within(at) };
        order.into_iter().take(most).map(guess).collect()
    }
}

/// Examples as numbers. An intent's name counts as an example of it ("card_arrival" as "card arrival").
struct Samples {
    names: Vec<String>,
    texts: Vec<String>,
    vectors: Array2<f32>,
    /// Of each vector's length.
    square: f32,
    /// Of length one each.
    rare: Option<Array2<f32>>,
    /// The number of each one's intent.
    intents: Vec<usize>,
    /// How many there are before those that are names.
    examples: usize,
}

/// One text as numbers.
struct Sample<'a> {
    text: &'a str,
    vector: ArrayView1<'a, f32>,
    /// There is one if the examples have one.
    rare: Option<ArrayView1<'a, f32>>,
}

impl Samples {
    /// What is learnt from, and the number of each one's intent.
    fn texts(examples: &[Example], names: &BTreeSet<&str>) -> (Vec<String>, Vec<usize>) {
        let numbers: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let mut texts: Vec<String> = examples.iter().map(|example| example.text.clone()).collect();
        let mut intents: Vec<usize> = examples.iter().map(|example| numbers[&*example.intent]).collect();
        for (number, name) in names.iter().enumerate() {
            if let Some(said) = features::name_as_text(name) {
                texts.push(said);
                intents.push(number);
            }
        }
        (texts, intents)
    }

    fn one(&self, place: usize) -> Sample<'_> {
        let rare = self.rare.as_ref().map(|rare| rare.row(place));
        Sample { text: &self.texts[place], vector: self.vectors.row(place), rare }
    }

    /// Those of these places, with the intents that occur among them numbered anew.
    fn some(&self, places: &[usize]) -> Self {
        let present: BTreeSet<usize> = places.iter().map(|place| self.intents[*place]).collect();
        let number = |old: usize| present.iter().position(|one| *one == old).expect("it is among them");
        Self {
            names: present.iter().map(|old| self.names[*old].clone()).collect(),
            texts: places.iter().map(|place| self.texts[*place].clone()).collect(),
            vectors: self.vectors.select(Axis(0), places),
            square: self.square,
            rare: self.rare.as_ref().map(|rare| rare.select(Axis(0), places)),
            intents: places.iter().map(|place| number(self.intents[*place])).collect(),
            examples: places.iter().filter(|place| **place < self.examples).count(),
        }
    }
}

/// Both heads.
struct Heads {
    names: Vec<String>,
    vocabulary: Vocabulary,
    linear: linear::Softmax,
    kernel: kernel::Ridge,
    /// To which intent each row of `vectors` belongs.
    intents: Vec<usize>,
    vectors: Array2<f32>,
    square: f32,
}

/// What the heads say of one text.
struct Scores {
    /// For each intent, from 0 to 1, together 1.
    shares: Vec<f32>,
    signals: Signals,
}

/// How the heads are averaged. Chosen on development data.
struct Blend {
    /// How much the second head counts beside the first, after both are put on one scale, when all examples are
    /// landmarks of it; less in proportion when few are.
    kernel: f32,
    /// How far apart shares are for a difference of one on that scale.
    sharpness: f32,
}

/// Both heads over the same vectors: anything from a half to one is as good.
const OF_ALIKE: Blend = Blend { kernel: 0.7, sharpness: 1.5 };
/// The second head over the mean that looks at rare words: more of it helps some sets and harms others.
const OF_RARE_WORDS: Blend = Blend { kernel: 0.2, sharpness: 2.1 };

impl Heads {
    fn train(samples: &Samples) -> Self {
        let count = samples.names.len();
        let vocabulary = Vocabulary::new(&samples.texts);
        let rows: Vec<Row> = samples.texts.iter().map(|text| vocabulary.row(text)).collect();
        let linear =
            linear::Softmax::train(&samples.vectors, &rows, vocabulary.len(), &samples.intents, count);
        let (vectors, square) =
            samples.rare.as_ref().map_or((&samples.vectors, samples.square), |rare| (rare, 1.0));
        let kernel = kernel::Ridge::train(vectors, square, &samples.intents, count);
        Self {
            names: samples.names.clone(),
            vocabulary,
            linear,
            kernel,
            intents: samples.intents.clone(),
            vectors: samples.vectors.clone(),
            square: samples.square,
        }
    }

    fn score(&self, sample: &Sample<'_>) -> Scores {
        let mut linear = self.linear.scores(sample.vector, &self.vocabulary.row(sample.text));
        let kernel = self.kernel.scores(sample.rare.unwrap_or(sample.vector));
        let cosines = self.vectors.dot(&sample.vector) / self.square;
        let Blend { kernel: weight, sharpness } =
            if sample.rare.is_some() { OF_RARE_WORDS } else { OF_ALIKE };
        let weight = weight * self.kernel.landmarks() as f32 / self.intents.len() as f32;
        let signals = Signals::new(&linear, &kernel, &cosines, &self.intents);
        let mut even_kernel = kernel;
        even(&mut linear);
        even(&mut even_kernel);
        for (score, other) in linear.iter_mut().zip(&even_kernel) {
            *score = sharpness * (*score + weight * other);
        }
        linear::softmax(&mut linear);
        Scores { shares: linear, signals }
    }

    fn best(scores: &Scores) -> usize {
        let shares = scores.shares.iter().enumerate();
        shares.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0))).map_or(0, |(at, _)| at)
    }
}

/// Mean zero and deviation one.
fn even(scores: &mut [f32]) {
    let count = scores.len() as f32;
    let mean = scores.iter().sum::<f32>() / count;
    let variance = scores.iter().map(|score| (score - mean).powi(2)).sum::<f32>() / count;
    let deviation = variance.sqrt().max(f32::EPSILON);
    scores.iter_mut().for_each(|score| *score = (*score - mean) / deviation);
}
