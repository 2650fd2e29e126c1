//! The whole model.

use crate::file::{ModelError, ModelFile, Source};
use crate::floats::exp;
use crate::layer::{Layer, Norm, Scratch, Stage};
use crate::matrix::Matrix;
use crate::multiply::{Available, Backend};
use crate::tokens::{Marks, Piece, Tokens, tokens};
use crate::vocabulary::Vocabulary;

/// Word pieces that the model sees at once; a longer text is read in windows.
pub const WINDOW: usize = 200;
/// Word pieces that two windows share, so that each is judged with at least half of it around it.
pub const OVERLAP: usize = 40;

/// A model, ready to run. It is immutable and `Sync`: make one and share it.
#[derive(Debug)]
pub struct Encoder {
    machine: Available,
    name: String,
    source: Source,
    labels: Vec<String>,
    vocabulary: Vocabulary,
    marks: Marks,
    words: WordStates,
    positions: Vec<f32>,
    norm: Norm,
    heads: usize,
    hidden: usize,
    layers: Vec<Layer>,
    head: Option<Matrix>,
}

/// The first state of each word piece, of eight bits.
#[derive(Debug)]
struct WordStates {
    codes: Vec<u8>,
    zero: u8,
    scales: Vec<f32>,
}

/// What the model says of one word piece.
#[derive(Clone, Copy, Debug)]
pub struct Encoding<'a> {
    /// The piece, and its number in the text.
    pub piece: &'a Piece,
    /// Its place in [`Tokens::pieces`].
    pub index: usize,
    /// The probability of each of [`Encoder::labels`]; none when the model has no labels.
    pub probabilities: &'a [f32],
    /// Its last hidden state.
    pub state: &'a [f32],
}

impl Encoder {
    /// Checks and packs a [`ModelFile`] for the fastest instructions of this machine.
    ///
    /// # Errors
    /// When the file is not a model, is damaged, or does not fit together; the error says which.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::new(ModelFile::from_bytes(bytes)?)
    }

    /// The same, of a file that is taken apart already.
    ///
    /// # Errors
    /// When it does not fit together.
    pub fn new(file: ModelFile) -> Result<Self, ModelError> {
        file.check()?;
        let vocabulary = Vocabulary::new(&file.vocabulary);
        let mark = |text: &'static str| vocabulary.number(text).ok_or(ModelError::NoMark(text));
        let marks = Marks { unknown: mark("[UNK]")?, begin: mark("[CLS]")?, end: mark("[SEP]")? };
        let epsilon = file.dimensions.epsilon;
        let layers = file.layers.iter().map(|layer| Layer::new(layer, epsilon)).collect::<Result<_, _>>()?;
        let head = file.head.as_ref().map(|head| Matrix::pack(&[head])).transpose()?;
        let machine = Available::new(Backend::best()).expect("the best back end is one that is available");
        Ok(Self {
            machine,
            name: file.name,
            source: file.source,
            labels: file.labels,
            vocabulary,
            marks,
            words: WordStates { codes: file.word_codes, zero: file.word_zero, scales: file.word_scales },
            positions: file.positions,
            norm: Norm { weight: file.embedding_norm.0, bias: file.embedding_norm.1, epsilon },
            heads: file.dimensions.heads,
            hidden: file.dimensions.hidden,
            layers,
            head,
        })
    }

    /// The same model with other instructions; none when this machine lacks them.
    #[must_use]
    pub fn with_backend(self, backend: Backend) -> Option<Self> {
        Some(Self { machine: Available::new(backend)?, ..self })
    }

    /// The instructions that it uses.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.machine.backend()
    }

    /// The model's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// What [`Encoding::probabilities`] stand for, in their order; none for a model that only embeds.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// How many numbers a state or an embedding has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.hidden
    }

    /// Octets that the model holds in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        self.layers.iter().map(Layer::size).sum::<usize>()
            + self.head.as_ref().map_or(0, Matrix::size)
            + self.vocabulary.size()
            + size_of_val(&*self.words.codes)
            + size_of_val(&*self.words.scales)
            + size_of_val(&*self.positions)
    }

    /// Cuts a text into word pieces.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Tokens {
        tokens(text, &self.vocabulary, self.marks)
    }

    /// Tells what the model says of each word piece, in order.
    pub fn classify(&self, tokens: &Tokens, scratch: &mut Scratch, mut see: impl FnMut(Encoding<'_>)) {
        let mut probabilities = vec![0.0; self.labels.len()];
        for window in windows(tokens.pieces().len(), self.window()) {
            self.run(&tokens.pieces()[window.start..window.end], scratch);
            let keep = window.keep_from - window.start..window.keep_to - window.start;
            let width = self.head.as_ref().map_or(0, |head| scratch.head(self.machine, head));
            for token in keep {
                let index = window.start + token;
                if width > 0 {
                    // The first token is the mark of the beginning.
                    let logits = &scratch.wide[(token + 1) * width..][..self.labels.len()];
                    shares(logits, &mut probabilities);
                }
                let state = &scratch.states[(token + 1) * self.hidden..][..self.hidden];
                see(Encoding { piece: &tokens.pieces()[index], index, probabilities: &probabilities, state });
            }
        }
    }

    /// One vector of length one for the whole text: the mean of its last hidden states, as Sentence Transformers
    /// pool them (Reimers, Gurevych 2019). The dot product of two is their cosine.
    #[must_use]
    pub fn embed(&self, tokens: &Tokens, scratch: &mut Scratch) -> Vec<f32> {
        self.embed_and_see(tokens, scratch, |_, _| {})
    }

    /// The same; shows on the way each piece and its last hidden state, in order. The marks of the text's two ends, which
    /// have a say in the mean, are not shown.
    pub fn embed_and_see(
        &self,
        tokens: &Tokens,
        scratch: &mut Scratch,
        mut see: impl FnMut(&Piece, &[f32]),
    ) -> Vec<f32> {
        let mut sum = vec![0.0_f32; self.hidden];
        let count = tokens.pieces().len();
        for window in windows(count, self.window()) {
            self.run(&tokens.pieces()[window.start..window.end], scratch);
            let states = scratch.states.chunks_exact(self.hidden);
            // With the marks of the text's two ends.
            let from = if window.keep_from == 0 { 0 } else { window.keep_from - window.start + 1 };
            let to = window.keep_to - window.start + if window.keep_to == count { 2 } else { 1 };
            for state in states.clone().take(to).skip(from) {
                sum.iter_mut().zip(state).for_each(|(sum, state)| *sum += state);
            }
            let pieces = &tokens.pieces()[window.keep_from..window.keep_to];
            let states = states.skip(window.keep_from - window.start + 1);
            pieces.iter().zip(states).for_each(|(piece, state)| see(piece, state));
        }
        let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            sum.iter_mut().for_each(|x| *x /= length);
        }
        sum
    }

    fn window(&self) -> usize {
        (self.positions.len() / self.hidden - 2).min(WINDOW)
    }

    /// The states of these pieces between the two marks.
    fn run(&self, pieces: &[Piece], scratch: &mut Scratch) {
        let numbers = core::iter::once(self.marks.begin)
            .chain(pieces.iter().map(|piece| piece.number))
            .chain([self.marks.end]);
        scratch.states.clear();
        for (number, position) in numbers.zip(self.positions.chunks_exact(self.hidden)) {
            let number = number as usize;
            let scale = self.words.scales[number];
            let codes = &self.words.codes[number * self.hidden..][..self.hidden];
            let zero = f32::from(self.words.zero);
            let state = codes.iter().zip(position).map(|(code, at)| (f32::from(*code) - zero) * scale + at);
            scratch.states.extend(state);
        }
        self.machine.run(Stage::Normalise { rows: &mut scratch.states, norm: &self.norm });
        for layer in &self.layers {
            layer.run(self.machine, self.heads, scratch);
        }
    }
}

struct Window {
    start: usize,
    end: usize,
    keep_from: usize,
    keep_to: usize,
}

/// Windows over `count` pieces; what is kept of each joins without a gap. One window of nothing for an empty text.
fn windows(count: usize, width: usize) -> impl Iterator<Item = Window> {
    let overlap = OVERLAP.min(width / 2);
    let step = width - overlap;
    let number = if count <= width { 1 } else { (count - overlap).div_ceil(step) };
    (0..number).map(move |at| {
        let (start, last) = (at * step, at + 1 == number);
        let end = if last { count } else { start + width };
        Window {
            start,
            end,
            keep_from: if at == 0 { 0 } else { start + overlap / 2 },
            keep_to: if last { count } else { end - (overlap - overlap / 2) },
        }
    })
}

/// Softmax of a few values.
fn shares(logits: &[f32], to: &mut [f32]) {
    let peak = logits.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for (to, logit) in to.iter_mut().zip(logits) {
        *to = exp(logit - peak);
        sum += *to;
    }
    to.iter_mut().for_each(|to| *to /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_join_without_a_gap_and_none_is_too_long() {
        for width in [1, 2, 3, 41, WINDOW] {
            for count in (0..500).chain([100_000]) {
                let mut next = 0;
                for window in windows(count, width) {
                    assert!(window.end - window.start <= width);
                    assert!(window.start <= window.keep_from && window.keep_to <= window.end);
                    assert_eq!(window.keep_from, next);
                    next = window.keep_to;
                }
                assert_eq!(next, count, "{width}");
            }
        }
    }
}
