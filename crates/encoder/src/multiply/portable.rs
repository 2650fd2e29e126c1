//! Plain code, and the meaning that every other back end must reproduce.

use super::{Pairs, Rows, TILE};
use crate::matrix::{BLOCK, GROUP, Matrix, WORDS};

/// The weights of a block: for each pair of inputs those of each output.
type Block = [[i16; WORDS]; BLOCK / 2];

pub(super) fn multiply(rows: Rows<'_>, matrix: &Matrix, out: &mut [f32]) {
    let (blocks, vectors) = (matrix.inputs / BLOCK, matrix.bits.vectors());
    let groups = matrix.bias.len();
    let mut weights: Vec<Block> = vec![[[0; WORDS]; BLOCK / 2]; blocks];
    for group in 0..groups {
        let words = &matrix.words[group * blocks * vectors..][..blocks * vectors];
        for (block, words) in weights.iter_mut().zip(words.chunks_exact(vectors)) {
            unpack(words, block);
        }
        let scales = &matrix.scales[group * blocks..][..blocks];
        for (row, unit) in rows.units.iter().enumerate() {
            let values = &rows.values[row / TILE * matrix.inputs / 2..][..matrix.inputs / 2];
            let mut total = [0.0_f32; GROUP];
            for ((pairs, weights), scales) in values.chunks_exact(BLOCK / 2).zip(&weights).zip(scales) {
                let sums = block_sums(pairs, row % TILE, weights);
                for lane in 0..GROUP {
                    total[lane] += sums[lane] as f32 * scales[lane];
                }
            }
            let out = &mut out[(row * groups + group) * GROUP..][..GROUP];
            for lane in 0..GROUP {
                out[lane] = total[lane] * unit + matrix.bias[group][lane];
            }
        }
    }
}

fn unpack(words: &[[u16; WORDS]], to: &mut Block) {
    let per_word = to.len() / words.len();
    let width = 16 / per_word as u32;
    for (step, to) in to.iter_mut().enumerate() {
        let left = 16 - width * (step % per_word + 1) as u32;
        for (to, word) in to.iter_mut().zip(&words[step / per_word]) {
            *to = (word << left).cast_signed() >> (16 - width);
        }
    }
}

#[inline(always)]
fn block_sums(pairs: &[Pairs], row: usize, weights: &Block) -> [i32; GROUP] {
    let mut sums = [0_i32; GROUP];
    for (pair, weights) in pairs.iter().zip(weights) {
        let (even, odd) = (i32::from(pair[row][0]), i32::from(pair[row][1]));
        for lane in 0..GROUP {
            let product = even * i32::from(weights[2 * lane]) + odd * i32::from(weights[2 * lane + 1]);
            sums[lane] = sums[lane].wrapping_add(product);
        }
    }
    sums
}
