//! What the training program (`examples/train_tagger`) shares with the tagger, so that a model is trained on exactly
//! what it will see. No part of the crate's promise.

use std::ops::Range;

use super::features::Features;
pub use super::features::IDENTITY;
pub use super::keys::ByKey;
use super::lattice::{Chain, Lattice};
pub use super::lattice::{LABELS, OUTSIDE, Scores};
pub use super::lists::{WORDS, listed_names, listed_places};
use super::model;
use super::words::{next_piece, words};
pub use super::{Label, ModelError, Opinions, Tagged, Tagger};

/// Words that are tagged together.
pub struct Piece {
    /// Where each word is, in bytes.
    pub words: Vec<Range<usize>>,
    /// The features of each word.
    pub features: Vec<Vec<u64>>,
}

/// The pieces of a text with their features.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut all = Vec::new();
    let (mut rest, mut piece, mut features) = (words(text).peekable(), Vec::new(), Features::default());
    while next_piece(text, &mut rest, &mut piece) {
        features.fill(text, &piece);
        all.push(Piece {
            words: piece.iter().map(|word| word.range.clone()).collect(),
            features: features.each().map(<[u64]>::to_vec).collect(),
        });
    }
    all
}

/// The label of the first word of a span; that of its further words is one more.
#[must_use]
pub fn first_label(label: Label) -> usize {
    match label {
        Label::Person => 1,
        Label::Location => 3,
        Label::Organization => 5,
    }
}

/// What is expected of a chain with these scores: the probability of each label at each word, and how often each
/// label follows each.
pub struct Expectation {
    /// For each word.
    pub labels: Vec<Scores>,
    /// For each label, how often each one follows it.
    pub steps: [Scores; LABELS],
}

/// See [`Expectation`].
#[must_use]
pub fn expect(scores: &[Scores; LABELS], first: &Scores, emissions: &[Scores]) -> Expectation {
    let chain = Chain::new(*scores, *first);
    let mut lattice = Lattice::default();
    lattice.find_marginals(&chain, emissions);
    let mut steps = [[0.0; LABELS]; LABELS];
    lattice.pairs(&chain, |label, next, probability| steps[label][next] += probability);
    Expectation { labels: lattice.marginals, steps }
}

/// Writes a model file; [`Tagger::new`] reads it.
#[must_use]
pub fn encode(scores: &[Scores; LABELS], first: &Scores, features: &[(u64, Scores)]) -> Vec<u8> {
    model::encode(scores, first, features)
}

/// The tagger that is shipped.
#[must_use]
pub fn shipped() -> &'static Tagger {
    Tagger::shipped()
}
