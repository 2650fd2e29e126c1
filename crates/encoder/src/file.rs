//! The model file: our own format, of little-endian numbers one after the other, with a digest at the end.
//!
//! ```text
//! "SOTTOENC"  version u32
//! name, package, version, SHA-256 of the package, licence, what was changed    each: length u32, UTF-8
//! hidden, heads, intermediate, layers, positions, words, labels u32   epsilon f32
//! labels, then words of the vocabulary    each: length u32, UTF-8
//! word zero u8, word scales f32 × words, word codes u8 × words × hidden, positions f32 × positions × hidden
//! norm of the embeddings: weight, bias f32 × hidden
//! each layer: query, key, value, attention output, up, down (matrices), attention norm, output norm
//! the head, a matrix with a row for each label, when there are labels
//! SHA-256 of all that
//! ```
//! A matrix: outputs, inputs u32, bits u8 (4 or 8), codes row by row (four bits: two in an octet, low one first, each
//! eight more than the weight; eight bits: the weight), a scale f32 for each 32 inputs of each row, a bias f32 for each
//! row.

pub(crate) mod read;
pub(crate) mod write;

use sha2::{Digest, Sha256};

use crate::layer;
use crate::matrix::{BLOCK, Bits};

const MAGIC: &[u8; 8] = b"SOTTOENC";
const VERSION: u32 = 1;
const DIGEST: usize = 32;

/// Why a file is no model that can be run.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It does not begin as a model file does.
    #[error("this is not a model file of Sotto")]
    NotAModel,
    /// Made by a later version.
    #[error(
        "the model file has format {0}, and this program reads format {VERSION}: install the model again"
    )]
    Version(u32),
    /// It ends too early.
    #[error("the model file ends too early: install the model again")]
    Truncated,
    /// Its digest is another one.
    #[error("the model file is damaged (its digest does not fit): install the model again")]
    Damaged,
    /// Something in it cannot be.
    #[error("the model file is inconsistent: {0}")]
    Inconsistent(&'static str),
    /// The vocabulary lacks a mark that a model of this kind has.
    #[error("the model's vocabulary lacks {0}")]
    NoMark(&'static str),
}

/// A model as it is kept in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelFile {
    /// For people.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// Sizes that its tensors share.
    pub dimensions: Dimensions,
    /// What the head's rows stand for; none when there is no head.
    pub labels: Vec<String>,
    /// Word pieces in the order of their numbers.
    pub vocabulary: Vec<String>,
    /// The first state of each word piece, of eight bits.
    pub word_codes: Vec<u8>,
    /// The code that stands for zero.
    pub word_zero: u8,
    /// What one is worth, for each word piece.
    pub word_scales: Vec<f32>,
    /// Added to the first state at each position, with what is added for the first kind of token.
    pub positions: Vec<f32>,
    /// Weight and bias of the first normalisation.
    pub embedding_norm: (Vec<f32>, Vec<f32>),
    /// In their order.
    pub layers: Vec<LayerFile>,
    /// From the last state to the labels.
    pub head: Option<MatrixFile>,
}

/// Where a model comes from, and what its licence asks to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The package that it was in.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// SHA-256 of the package's file, in hexadecimal.
    pub sha256: String,
    /// The weights' licence, with whom to name.
    pub licence: String,
    /// What was changed.
    pub changes: String,
}

/// Sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dimensions {
    /// Of a state.
    pub hidden: usize,
    /// Of attention, in each layer.
    pub heads: usize,
    /// Between the two matrices of a layer's feed-forward part.
    pub intermediate: usize,
    /// Added to a variance.
    pub epsilon: f32,
}

/// One layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerFile {
    /// To what attention looks for.
    pub query: MatrixFile,
    /// To what it is found by.
    pub key: MatrixFile,
    /// To what it brings.
    pub value: MatrixFile,
    /// From the heads to a state.
    pub attention_output: MatrixFile,
    /// Weight and bias of the normalisation after attention.
    pub attention_norm: (Vec<f32>, Vec<f32>),
    /// Feed-forward, before GELU.
    pub up: MatrixFile,
    /// Feed-forward, after GELU.
    pub down: MatrixFile,
    /// Weight and bias of the last normalisation.
    pub output_norm: (Vec<f32>, Vec<f32>),
}

/// A matrix with blocks of 32 inputs that share a scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MatrixFile {
    /// Rows.
    pub outputs: usize,
    /// Columns.
    pub inputs: usize,
    /// 4 or 8.
    pub bits: u8,
    /// Rows of codes: of four bits two in an octet, low one first, each eight more than the weight; of eight bits the
    /// weight in two's complement.
    pub codes: Vec<u8>,
    /// For each block of each row.
    pub scales: Vec<f32>,
    /// For each row.
    pub bias: Vec<f32>,
}

impl MatrixFile {
    /// Weights of eight bits from a matrix in floating point, row by row; each block's scale is its greatest weight
    /// by 127.
    ///
    /// # Errors
    /// When rows are no multiple of a block long, or lengths do not fit.
    pub fn quantise(weights: &[f32], bias: Vec<f32>) -> Result<Self, ModelError> {
        let outputs = bias.len();
        if outputs == 0 || !weights.len().is_multiple_of(outputs * BLOCK) {
            return Err(ModelError::Inconsistent("the length of a matrix"));
        }
        let blocks = weights.chunks_exact(BLOCK).map(|block| {
            let peak = block.iter().fold(0.0_f32, |peak, weight| peak.max(weight.abs()));
            (peak / 127.0, block)
        });
        let mut matrix = Self { outputs, inputs: weights.len() / outputs, bits: 8, bias, ..Self::default() };
        for (scale, block) in blocks {
            let code = |weight: &f32| if scale > 0.0 { (weight / scale).round() as i8 } else { 0 };
            matrix.codes.extend(block.iter().map(|weight| code(weight).cast_unsigned()));
            matrix.scales.push(scale);
        }
        Ok(matrix)
    }

    pub(crate) fn bits(&self) -> Result<Bits, ModelError> {
        match self.bits {
            4 => Ok(Bits::Four),
            8 => Ok(Bits::Eight),
            _ => Err(ModelError::Inconsistent("a weight has four or eight bits")),
        }
    }

    /// One weight, without its scale; both places are within the matrix.
    pub(crate) fn weight(&self, row: usize, column: usize) -> i8 {
        let at = row * self.inputs + column;
        match self.bits {
            4 => (self.codes[at / 2] >> (4 * (at % 2)) & 15).cast_signed() - 8,
            _ => self.codes[at].cast_signed(),
        }
    }

    pub(crate) fn check(&self, outputs: usize, inputs: usize) -> Result<(), ModelError> {
        let codes = match self.bits()? {
            Bits::Four => outputs * inputs / 2,
            Bits::Eight => outputs * inputs,
        };
        let fits = self.outputs == outputs
            && self.inputs == inputs
            && self.codes.len() == codes
            && self.scales.len() == outputs * inputs / BLOCK
            && self.bias.len() == outputs;
        if !fits {
            return Err(ModelError::Inconsistent("the size of a matrix"));
        }
        finite(&[&self.scales, &self.bias])
    }
}

impl ModelFile {
    /// Whether everything fits together; nothing is assumed of it before.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let Dimensions { hidden, intermediate, epsilon, .. } = self.dimensions;
        let words = self.vocabulary.len();
        let most = 1 << 20;
        if hidden == 0 || hidden > 8192 || intermediate == 0 || intermediate > 65_536 || words > most {
            return Err(ModelError::Inconsistent("a size is zero or too great"));
        }
        if !hidden.is_multiple_of(BLOCK) || !intermediate.is_multiple_of(BLOCK) {
            return Err(ModelError::Inconsistent("a size is no multiple of 32"));
        }
        layer::check(&self.dimensions)?;
        if self.word_codes.len() != words * hidden || self.word_scales.len() != words {
            return Err(ModelError::Inconsistent("the size of the word embeddings"));
        }
        if !self.positions.len().is_multiple_of(hidden) || self.positions.len() / hidden < 3 {
            return Err(ModelError::Inconsistent("the size of the position embeddings"));
        }
        if !epsilon.is_finite() || epsilon < 0.0 {
            return Err(ModelError::Inconsistent("the epsilon of the normalisations"));
        }
        finite(&[&self.word_scales, &self.positions])?;
        check_norm(&self.embedding_norm, hidden)?;
        for layer in &self.layers {
            for matrix in [&layer.query, &layer.key, &layer.value, &layer.attention_output] {
                matrix.check(hidden, hidden)?;
            }
            layer.up.check(intermediate, hidden)?;
            layer.down.check(hidden, intermediate)?;
            check_norm(&layer.attention_norm, hidden)?;
            check_norm(&layer.output_norm, hidden)?;
        }
        match &self.head {
            Some(head) if !self.labels.is_empty() => head.check(self.labels.len(), hidden),
            None if self.labels.is_empty() => Ok(()),
            _ => Err(ModelError::Inconsistent("a head needs labels, and labels a head")),
        }
    }
}

pub(crate) fn check_norm((weight, bias): &(Vec<f32>, Vec<f32>), hidden: usize) -> Result<(), ModelError> {
    if weight.len() != hidden || bias.len() != hidden {
        return Err(ModelError::Inconsistent("the size of a normalisation"));
    }
    finite(&[weight, bias])
}

pub(crate) fn finite(values: &[&[f32]]) -> Result<(), ModelError> {
    if values.iter().all(|values| values.iter().all(|value| value.is_finite())) {
        return Ok(());
    }
    Err(ModelError::Inconsistent("a number is not finite"))
}

fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    Sha256::digest(bytes).into()
}
