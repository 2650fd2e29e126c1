//! One layer, and the memory that it works in.

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
struct Numbers {
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
        scores.resize(padded, 0.0);
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
fn multiply(machine: Available, rows: &[f32], matrix: &Matrix, numbers: &mut Numbers, out: &mut Vec<f32>) {
    let count = rows.len() / matrix.inputs;
    let Numbers { row, values, halves, units } = numbers;
    row.resize(matrix.inputs, 0);
    units.resize(count, 0.0);
    let to = match machine.layout() {
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

/// Scaled dot-product attention (Vaswani et al. 2017, section 3.2) of every head.
#[inline(always)]
fn attend(inputs: &[f32], heads: usize, out: &mut [f32], keys: &mut [f32], scores: &mut [f32]) {
    let padded = scores.len();
    let width = keys.len() / padded;
    let hidden = heads * width;
    let count = inputs.len() / (3 * hidden);
    let factor = 1.0 / (width as f32).sqrt();
    for head in 0..heads {
        // The keys with tokens side by side, so that a score needs no sum over lanes.
        for (token, input) in inputs.chunks_exact(3 * hidden).enumerate() {
            for (part, key) in input[hidden + head * width..][..width].iter().enumerate() {
                keys[part * padded + token] = *key;
            }
        }
        for token in 0..count {
            let query = &inputs[token * 3 * hidden + head * width..][..width];
            for (chunk, scores) in scores.chunks_exact_mut(LANES).enumerate() {
                let mut lanes = [0.0_f32; LANES];
                for (query, keys) in query.iter().zip(keys.chunks_exact(padded)) {
                    for (lane, key) in lanes.iter_mut().zip(&keys[chunk * LANES..][..LANES]) {
                        *lane += query * key;
                    }
                }
                for (score, lane) in scores.iter_mut().zip(lanes) {
                    *score = lane * factor;
                }
            }
            floats::softmax(scores, count);
            let out = &mut out[token * hidden + head * width..][..width];
            for (chunk, out) in out.chunks_exact_mut(LANES).enumerate() {
                let mut lanes = [0.0_f32; LANES];
                let at = 2 * hidden + head * width + chunk * LANES;
                for (score, input) in scores.iter().zip(inputs.chunks_exact(3 * hidden)) {
                    for (lane, value) in lanes.iter_mut().zip(&input[at..][..LANES]) {
                        *lane += score * value;
                    }
                }
                out.copy_from_slice(&lanes);
            }
        }
    }
}

/// What a layer can be made of.
pub(crate) fn check(dimensions: &Dimensions) -> Result<(), ModelError> {
    let Dimensions { hidden, heads, intermediate, .. } = *dimensions;
    if heads == 0 || hidden % heads != 0 || (hidden / heads) % LANES != 0 || intermediate % LANES != 0 {
        return Err(ModelError::Inconsistent("the sizes of a layer: a head must be a multiple of 16 wide"));
    }
    Ok(())
}
