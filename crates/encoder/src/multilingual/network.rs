//! The layers: first states, a convolution in branches of several widths, and a small residual network after their
//! mean (Yang et al. 2019, "Multilingual Universal Sentence Encoder for Semantic Retrieval", the convolutional model).
//!
//! Products are those of the other kind of model: weights of eight bits, activations of sixteen, added up as integers.

use core::ops::Range;

use super::file::{BranchFile, NetworkFile, TableFile};
use crate::file::{MatrixFile, ModelError, check_norm};
use crate::floats::{LANES, tanh};
use crate::layer::{Norm, Numbers, Stage, multiply};
use crate::matrix::{BLOCK, Matrix};
use crate::multiply::Available;

/// More branches, or wider ones, are no model of this kind.
pub(super) const MOST_BRANCHES: usize = 8;
const WIDEST: usize = 16;
/// More numbers in a state are none either.
const MOST_NUMBERS: usize = 8_192;
/// Pieces that are worked on at a time.
const WINDOW: usize = 128;

#[derive(Debug)]
pub(super) struct Network {
    table: TableFile,
    channels: usize,
    projection: Matrix,
    projection_norm: Norm,
    branches: Vec<Branch>,
    features_norm: Norm,
    sentence: Matrix,
    narrow: Matrix,
    across: Matrix,
    wide: Matrix,
    last: Matrix,
    /// How many numbers the vector has.
    pub(super) width: usize,
}

#[derive(Debug)]
struct Branch {
    order: usize,
    before: usize,
    first: Matrix,
    second: Matrix,
}

/// Memory that a caller keeps between texts, so that none is asked for each time. It does not grow with a text.
#[derive(Debug, Default)]
pub struct Scratch {
    states: Vec<f32>,
    projected: Vec<f32>,
    /// First states and branches side by side.
    features: Vec<f32>,
    /// One branch's states, with zeros where a text has ended.
    padded: Vec<f32>,
    /// What each piece of a branch sees.
    seen: Vec<f32>,
    out: Vec<f32>,
    numbers: Numbers,
}

impl Network {
    pub(super) fn check(file: &NetworkFile, width: usize) -> Result<(), ModelError> {
        let NetworkFile { channels, branches, epsilon, .. } = file;
        let (sentence, narrow, wide) = (file.sentence.outputs, file.narrow.outputs, file.wide.outputs);
        let sizes = [width, *channels, sentence, narrow, wide, file.last.outputs];
        // Rows are whole blocks of a matrix, and whole lanes of a sum.
        if sizes.iter().any(|size| !(1..=MOST_NUMBERS).contains(size) || !size.is_multiple_of(BLOCK)) {
            return Err(ModelError::Inconsistent("a size is no multiple of 32, or too great"));
        }
        if branches.is_empty() || branches.len() > MOST_BRANCHES {
            return Err(ModelError::Inconsistent("the number of branches"));
        }
        if !epsilon.is_finite() || *epsilon < 0.0 {
            return Err(ModelError::Inconsistent("the epsilon of the normalisations"));
        }
        let all = channels * branches.len();
        file.projection.check(all, width)?;
        check_norm(&file.projection_norm, all)?;
        for BranchFile { order, before, first, second } in branches {
            if !(1..=WIDEST).contains(order) || before >= order {
                return Err(ModelError::Inconsistent("the width of a branch"));
            }
            first.check(*channels, order * channels)?;
            second.check(*channels, order * channels)?;
        }
        check_norm(&file.features_norm, width + all)?;
        file.sentence.check(sentence, width + all)?;
        file.narrow.check(narrow, sentence)?;
        file.across.check(narrow, sentence + narrow)?;
        file.wide.check(wide, narrow)?;
        file.last.check(file.last.outputs, narrow + wide)
    }

    /// Of a file that [`Network::check`] has seen.
    pub(super) fn new(table: TableFile, file: NetworkFile) -> Result<Self, ModelError> {
        let pack = |file: &MatrixFile| Matrix::pack(&[file]);
        let norm = |(weight, bias): (Vec<f32>, Vec<f32>)| Norm { weight, bias, epsilon: file.epsilon };
        let branch = |branch: &BranchFile| -> Result<Branch, ModelError> {
            let (first, second) = (pack(&branch.first)?, pack(&branch.second)?);
            Ok(Branch { order: branch.order, before: branch.before, first, second })
        };
        Ok(Self {
            table,
            channels: file.channels,
            projection: pack(&file.projection)?,
            projection_norm: norm(file.projection_norm),
            branches: file.branches.iter().map(branch).collect::<Result<_, _>>()?,
            features_norm: norm(file.features_norm),
            sentence: pack(&file.sentence)?,
            narrow: pack(&file.narrow)?,
            across: pack(&file.across)?,
            wide: pack(&file.wide)?,
            last: pack(&file.last)?,
            width: file.last.outputs,
        })
    }

    /// A vector of length one for these pieces, of which there is one at least.
    pub(super) fn run(&self, machine: Available, pieces: &[u32], scratch: &mut Scratch) -> Vec<f32> {
        let mut mean = self.sum(machine, pieces, scratch);
        let count = pieces.len() as f32;
        mean.iter_mut().for_each(|value| *value /= count);
        let Scratch { numbers, out, .. } = scratch;
        let mut times = |rows: &[f32], matrix: &Matrix| {
            multiply(machine, rows, matrix, numbers, out);
            out.clone()
        };
        let mut sentence = times(&mean, &self.sentence);
        // Training divided a sum by the root of the number of pieces.
        sentence.iter_mut().for_each(|value| *value *= count.sqrt());
        let narrow = rectified(times(&sentence, &self.narrow));
        let across = rectified(times(&[sentence, narrow].concat(), &self.across));
        let wide = rectified(times(&across, &self.wide));
        let mut vector = times(&[across, wide].concat(), &self.last);
        vector.iter_mut().for_each(|value| *value = tanh(*value));
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|value| *value /= length);
        }
        vector
    }

    /// The sum of the features of all pieces. A long text is read in windows that overlap by as much as the branches
    /// see, so the sum is that of the whole text.
    fn sum(&self, machine: Available, pieces: &[u32], scratch: &mut Scratch) -> Vec<f32> {
        let (before, after) = self.reach();
        let width = self.features_norm.weight.len();
        let mut sum = vec![0.0_f32; width];
        for start in (0..pieces.len()).step_by(WINDOW) {
            let end = (start + WINDOW).min(pieces.len());
            let from = start.saturating_sub(before);
            let to = (end + after).min(pieces.len());
            self.features(machine, &pieces[from..to], scratch);
            let Range { start, end } = start - from..end - from;
            for row in scratch.features[start * width..end * width].chunks_exact(width) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        }
        sum
    }

    /// How many pieces before and after one have a say in its features.
    fn reach(&self) -> (usize, usize) {
        let before = self.branches.iter().map(|branch| 2 * branch.before).max();
        let after = self.branches.iter().map(|branch| 2 * (branch.order - 1 - branch.before)).max();
        (before.unwrap_or_default(), after.unwrap_or_default())
    }

    /// Leaves the features of these pieces in `scratch`.
    fn features(&self, machine: Available, pieces: &[u32], scratch: &mut Scratch) {
        let Scratch { states, projected, features, padded, seen, out, numbers } = scratch;
        states.clear();
        pieces.iter().for_each(|piece| self.first_state(*piece, states));
        multiply(machine, states, &self.projection, numbers, projected);
        machine.run(Stage::Normalise { rows: projected, norm: &self.projection_norm });
        let (width, channels, all) = (self.table.width, self.channels, self.projection_norm.weight.len());
        features.resize(pieces.len() * (width + all), 0.0);
        for (row, state) in features.chunks_exact_mut(width + all).zip(states.chunks_exact(width)) {
            row[..width].copy_from_slice(state);
        }
        for (number, branch) in self.branches.iter().enumerate() {
            let at = number * channels;
            // Rows beyond the text are zero, before the first convolution and before the second.
            padded.clear();
            padded.resize((pieces.len() + branch.order - 1) * channels, 0.0);
            let inside = branch.before * channels..(branch.before + pieces.len()) * channels;
            let rows = padded[inside.clone()].chunks_exact_mut(channels);
            for (row, input) in rows.zip(projected.chunks_exact(all)) {
                row.copy_from_slice(&input[at..][..channels]);
            }
            for matrix in [&branch.first, &branch.second] {
                see(padded, channels, branch.order, seen);
                multiply(machine, seen, matrix, numbers, out);
                for (state, more) in padded[inside.clone()].iter_mut().zip(&*out) {
                    *state += more.max(0.0);
                }
            }
            let rows = features.chunks_exact_mut(width + all);
            for (row, state) in rows.zip(padded[inside].chunks_exact(channels)) {
                row[width + at..][..channels].copy_from_slice(state);
            }
        }
        machine.run(Stage::Normalise { rows: features, norm: &self.features_norm });
    }

    /// Adds the first state of a piece, whose number is below that of the pieces.
    fn first_state(&self, piece: u32, to: &mut Vec<f32>) {
        let TableFile { width, codes, scales, offsets } = &self.table;
        let piece = piece as usize;
        let (scale, offset) = (scales[piece % scales.len()], offsets[piece % scales.len()]);
        to.extend(codes[piece * width..][..*width].iter().map(|code| f32::from(*code) * scale + offset));
    }

    /// Octets that it holds.
    pub(super) fn size(&self) -> usize {
        let matrices = [&self.projection, &self.sentence, &self.narrow, &self.across, &self.wide, &self.last];
        let branches = self.branches.iter().flat_map(|branch| [&branch.first, &branch.second]);
        self.table.codes.len() + matrices.into_iter().chain(branches).map(Matrix::size).sum::<usize>()
    }
}

/// For each place as many rows as a branch sees at once, side by side.
fn see(padded: &[f32], channels: usize, order: usize, seen: &mut Vec<f32>) {
    seen.clear();
    let rows = padded.windows(order * channels).step_by(channels);
    rows.for_each(|row| seen.extend_from_slice(row));
}

fn rectified(mut values: Vec<f32>) -> Vec<f32> {
    values.iter_mut().for_each(|value| *value = value.max(0.0));
    values
}

const _: () = assert!(BLOCK.is_multiple_of(LANES), "a row of whole blocks has whole lanes");
