//! One layer, and the memory that it works in.

use core::array;

use crate::file::{Dimensions, LayerFile, ModelError};
use crate::floats::{self, LANES};
use crate::matrix::{BLOCK, GROUP, Matrix};
use crate::multiply::{Available, HalfTile, Halves, Layout, Pairs, RoomForRows, Rows, TILE};

/// A layer, ready to run.
#[derive(Debug)]
pub(crate) struct Layer {
    /// Query, key and value, one under the other.
    attention_input: Matrix,
    attention_output: Matrix,
    attention_norm: Norm,
    up: Matrix,
    down: Matrix,
    output_norm: Norm,
}

/// Layer normalisation's factors.
#[derive(Debug)]
pub(crate) struct Norm {
    pub(crate) weight: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    pub(crate) epsilon: f32,
}

/// Memory that a caller keeps between texts, so that none is asked for each time. It grows with the longest window.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Each token's state; the layers change it in place.
    pub(crate) states: Vec<f32>,
    /// Products that are wider than a state; after [`Scratch::head`] its outputs.
    pub(crate) wide: Vec<f32>,
    narrow: Vec<f32>,
    numbers: Numbers,
    keys: Vec<f32>,
    scores: Vec<f32>,
}

/// Activations as whole numbers.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    row: Vec<i16>,
    values: Vec<Pairs>,
    halves: Vec<Halves>,
    units: Vec<f32>,
}

impl Layer {
    pub(crate) fn new(file: &LayerFile, epsilon: f32) -> Result<Self, ModelError> {
        let norm = |(weight, bias): &(Vec<f32>, Vec<f32>)| Norm {
            weight: weight.clone(),
            bias: bias.clone(),
            epsilon,
        };
        Ok(Self {
            attention_input: Matrix::pack(&[&file.query, &file.key, &file.value])?,
            attention_output: Matrix::pack(&[&file.attention_output])?,
            attention_norm: norm(&file.attention_norm),
            up: Matrix::pack(&[&file.up])?,
            down: Matrix::pack(&[&file.down])?,
            output_norm: norm(&file.output_norm),
        })
    }

    /// Octets that it holds.
    pub(crate) fn size(&self) -> usize {
        let matrices = [&self.attention_input, &self.attention_output, &self.up, &self.down];
        matrices.into_iter().map(Matrix::size).sum()
    }

    /// New states from old, in place.
    pub(crate) fn run(&self, machine: Available, heads: usize, scratch: &mut Scratch) {
        let Scratch { states, wide, narrow, numbers, keys, scores } = scratch;
        multiply(machine, states, &self.attention_input, numbers, wide);
        narrow.clear();
        narrow.resize(states.len(), 0.0);
        let padded = numbers.units.len().next_multiple_of(LANES);
        keys.clear();
        keys.resize(padded * self.attention_norm.weight.len() / heads, 0.0);
        scores.clear();
        scores.resize(padded * ABREAST, 0.0);
        machine.run(Stage::Attend { inputs: wide, heads, out: narrow, keys, scores });
        multiply(machine, narrow, &self.attention_output, numbers, wide);
        machine.run(Stage::AddAndNormalise { states, more: wide, norm: &self.attention_norm });
        multiply(machine, states, &self.up, numbers, wide);
        machine.run(Stage::Gelu { values: wide });
        multiply(machine, wide, &self.down, numbers, narrow);
        machine.run(Stage::AddAndNormalise { states, more: narrow, norm: &self.output_norm });
    }
}

impl Scratch {
    /// Leaves the states times a matrix in `wide`; gives the width of its rows.
    pub(crate) fn head(&mut self, machine: Available, matrix: &Matrix) -> usize {
        multiply(machine, &self.states, matrix, &mut self.numbers, &mut self.wide);
        matrix.bias.len() * GROUP
    }
}

/// `out` becomes `rows` times the matrix, plus its bias.
pub(crate) fn multiply(
    machine: Available,
    rows: &[f32],
    matrix: &Matrix,
    numbers: &mut Numbers,
    out: &mut Vec<f32>,
) {
    let count = rows.len() / matrix.inputs;
    let Numbers { row, values, halves, units } = numbers;
    row.resize(matrix.inputs, 0);
    units.resize(count, 0.0);
    let to = match machine.layout(matrix, count) {
        Layout::Pairs => {
            values.resize(count.div_ceil(TILE) * matrix.inputs / 2, Pairs::default());
            RoomForRows::Pairs(values)
        }
        Layout::Halves => {
            halves.resize(count.div_ceil(HalfTile::ROWS) * matrix.inputs / BLOCK, Halves::ZERO);
            RoomForRows::Halves(halves)
        }
    };
    machine.run(Stage::Quantise { rows, row, to, units });
    out.resize(count * matrix.bias.len() * GROUP, 0.0);
    machine.multiply(Rows { values, halves, units }, matrix, out);
}

/// Plain code that each back end compiles for its own vectors; the bits are the same.
pub(crate) enum Stage<'a> {
    Normalise {
        rows: &'a mut [f32],
        norm: &'a Norm,
    },
    AddAndNormalise {
        states: &'a mut [f32],
        more: &'a [f32],
        norm: &'a Norm,
    },
    Quantise {
        rows: &'a [f32],
        row: &'a mut [i16],
        to: RoomForRows<'a>,
        units: &'a mut [f32],
    },
    Gelu {
        values: &'a mut [f32],
    },
    /// `inputs` has query, key and value of each token side by side.
    Attend {
        inputs: &'a [f32],
        heads: usize,
        out: &'a mut [f32],
        keys: &'a mut [f32],
        scores: &'a mut [f32],
    },
}

impl Stage<'_> {
    #[inline(always)]
    pub(crate) fn run(self) {
        match self {
            Self::Normalise { rows, norm } => {
                floats::normalise_rows(rows, &norm.weight, &norm.bias, norm.epsilon);
            }
            Self::AddAndNormalise { states, more, norm } => {
                for (state, more) in states.iter_mut().zip(more) {
                    *state += more;
                }
                floats::normalise_rows(states, &norm.weight, &norm.bias, norm.epsilon);
            }
            Self::Quantise { rows, row, to, units } => {
                floats::quantise_rows(rows, row, to, units);
            }
            Self::Gelu { values } => floats::gelu_all(values),
            Self::Attend { inputs, heads, out, keys, scores } => attend(inputs, heads, out, keys, scores),
        }
    }
}

/// Tokens that attend at once. Each has a chain of additions of its own, in the same order as alone.
const ABREAST: usize = 4;

/// Scaled dot-product attention (Vaswani et al. 2017, section 3.2) of every head. `scores` has a row for each of
/// [`ABREAST`] tokens.
#[inline(always)]
fn attend(inputs: &[f32], heads: usize, out: &mut [f32], keys: &mut [f32], scores: &mut [f32]) {
    let padded = scores.len() / ABREAST;
    let width = keys.len() / padded;
    let hidden = heads * width;
    let count = inputs.len() / (3 * hidden);
    for head in 0..heads {
        // The keys with tokens side by side, so that a score needs no sum over lanes.
        for (token, input) in inputs.chunks_exact(3 * hidden).enumerate() {
            for (part, key) in input[hidden + head * width..][..width].iter().enumerate() {
                keys[part * padded + token] = *key;
            }
        }
        for first in (0..count).step_by(ABREAST) {
            // A last few are filled up with the last one.
            let tokens: [usize; ABREAST] = array::from_fn(|at| (first + at).min(count - 1));
            let queries = tokens.map(|token| &inputs[token * 3 * hidden + head * width..][..width]);
            score(queries, keys, scores);
            for scores in scores.chunks_exact_mut(padded) {
                floats::softmax(scores, count);
            }
            let values = &inputs[2 * hidden + head * width..];
            for chunk in 0..width / LANES {
                let sums = gather(scores, &values[chunk * LANES..], 3 * hidden);
                for (token, sums) in tokens.into_iter().zip(sums) {
                    let at = token * hidden + head * width + chunk * LANES;
                    out[at..][..LANES].copy_from_slice(&sums);
                }
            }
        }
    }
}

/// How well each query fits each key.
#[inline(always)]
fn score(queries: [&[f32]; ABREAST], keys: &[f32], scores: &mut [f32]) {
    let padded = scores.len() / ABREAST;
    let factor = 1.0 / (queries[0].len() as f32).sqrt();
    for chunk in (0..padded).step_by(LANES) {
        let mut lanes = [[0.0_f32; LANES]; ABREAST];
        for (part, keys) in keys.chunks_exact(padded).enumerate() {
            let keys = &keys[chunk..][..LANES];
            for (lanes, query) in lanes.iter_mut().zip(queries) {
                let query = query[part];
                for (lane, key) in lanes.iter_mut().zip(keys) {
                    *lane += query * key;
                }
            }
        }
        for (scores, lanes) in scores.chunks_exact_mut(padded).zip(lanes) {
            for (score, lane) in scores[chunk..][..LANES].iter_mut().zip(lanes) {
                *score = lane * factor;
            }
        }
    }
}

/// Sixteen parts of all values, which stand `stride` apart, each as often as its score says.
#[inline(always)]
fn gather(scores: &[f32], values: &[f32], stride: usize) -> [[f32; LANES]; ABREAST] {
    let padded = scores.len() / ABREAST;
    let mut lanes = [[0.0_f32; LANES]; ABREAST];
    for (token, values) in values.chunks(stride).enumerate() {
        let values = &values[..LANES];
        for (at, lanes) in lanes.iter_mut().enumerate() {
            let score = scores[at * padded + token];
            for (lane, value) in lanes.iter_mut().zip(values) {
                *lane += score * value;
            }
        }
    }
    lanes
}

/// What a layer can be made of.
pub(crate) fn check(dimensions: &Dimensions) -> Result<(), ModelError> {
    let Dimensions { hidden, heads, intermediate, .. } = *dimensions;
    if heads == 0 || hidden % heads != 0 || (hidden / heads) % LANES != 0 || intermediate % LANES != 0 {
        return Err(ModelError::Inconsistent("the sizes of a layer: a head must be a multiple of 16 wide"));
    }
    Ok(())
}
