//! Weights, as the kernels read them.
//!
//! A matrix of `outputs` rows is cut into groups of sixteen outputs, a group into blocks of [`BLOCK`] inputs. Of a
//! block lies together: for each lane (an output, and an even or odd input) sixteen-bit words, each with four weights
//! of four bits or two of eight, low bits first. So one shift left and one arithmetic shift right give sixteen-bit
//! weights of thirty-two lanes, in the order in which multiply-and-add-pairs instructions want them. Each block of
//! each output has a scale of its own: the blocks of ONNX Runtime's `MatMulNBits` are kept exactly.

use crate::file::{MatrixFile, ModelError};

/// Inputs that share a scale.
pub(crate) const BLOCK: usize = 32;
/// Outputs that are computed together.
pub(crate) const GROUP: usize = 16;
/// Words of a vector: each output with an even and an odd input.
pub(crate) const WORDS: usize = 2 * GROUP;

/// How many bits a weight has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bits {
    Four,
    Eight,
}

impl Bits {
    /// Vectors of [`WORDS`] words in a block.
    pub(crate) const fn vectors(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

/// A packed matrix with its bias.
#[derive(Debug)]
pub(crate) struct Matrix {
    pub(crate) inputs: usize,
    pub(crate) bits: Bits,
    /// Groups, blocks, vectors, lanes; the last group is filled up with zeros.
    pub(crate) words: Vec<[u16; WORDS]>,
    /// Groups, blocks, outputs.
    pub(crate) scales: Vec<[f32; GROUP]>,
    /// For each group.
    pub(crate) bias: Vec<[f32; GROUP]>,
}

impl Matrix {
    /// Packs matrices with the same inputs one under the other. They are as [`MatrixFile::check`] left them.
    pub(crate) fn pack(parts: &[&MatrixFile]) -> Result<Self, ModelError> {
        let first = parts.first().ok_or(ModelError::Inconsistent("a matrix without parts"))?;
        let (inputs, bits) = (first.inputs, first.bits()?);
        if parts.iter().any(|part| part.inputs != inputs || part.bits != first.bits) {
            return Err(ModelError::Inconsistent("matrices of one layer differ in inputs or bits"));
        }
        let outputs: usize = parts.iter().map(|part| part.outputs).sum();
        let (groups, blocks, vectors) = (outputs.div_ceil(GROUP), inputs / BLOCK, bits.vectors());
        let mut matrix = Self {
            inputs,
            bits,
            words: vec![[0; WORDS]; groups * blocks * vectors],
            scales: vec![[0.0; GROUP]; groups * blocks],
            bias: vec![[0.0; GROUP]; groups],
        };
        let rows = parts.iter().flat_map(|part| (0..part.outputs).map(move |row| (*part, row)));
        for (output, (part, row)) in rows.enumerate() {
            let (group, lane) = (output / GROUP, output % GROUP);
            matrix.bias[group][lane] = part.bias[row];
            for block in 0..blocks {
                let at = group * blocks + block;
                matrix.scales[at][lane] = part.scales[row * blocks + block];
                for input in 0..BLOCK {
                    let weight = part.weight(row, block * BLOCK + input);
                    let (step, parity) = (input / 2, input % 2);
                    let per_word = BLOCK / 2 / vectors;
                    let width = 16 / per_word;
                    let low = u16::from(weight.cast_unsigned()) & ((1 << width) - 1);
                    matrix.words[at * vectors + step / per_word][2 * lane + parity] |=
                        low << (width * (step % per_word));
                }
            }
        }
        Ok(matrix)
    }

    /// Octets that it holds.
    pub(crate) fn size(&self) -> usize {
        size_of_val(&*self.words) + size_of_val(&*self.scales) + size_of_val(&*self.bias)
    }
}
