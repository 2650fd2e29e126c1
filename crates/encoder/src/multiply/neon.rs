//! NEON, which every 64-bit ARM has: `smlal` multiplies sixteen bits and adds in thirty-two.

#![allow(unsafe_code, reason = "intrinsics that read memory")]

use core::arch::aarch64::{
    int16x8_t, vaddq_f32, vcvtq_f32_s32, vdupq_n_f32, vdupq_n_s32, vget_low_s16, vld1q_f32, vld1q_s16,
    vmlal_high_s16, vmlal_s16, vmulq_f32, vpaddq_s32, vreinterpretq_s16_s32, vshlq_n_s16, vshrq_n_s16,
    vst1q_f32,
};

use super::{Rows, TILE, tile_of};
use crate::matrix::{BLOCK, Bits, GROUP, Matrix, WORDS};

/// Outputs of one vector: a quarter of a group.
const QUARTER: usize = GROUP / 4;

pub(super) fn multiply(rows: Rows<'_>, matrix: &Matrix, out: &mut [f32]) {
    for group in 0..matrix.bias.len() {
        for first in (0..rows.units.len()).step_by(TILE) {
            let left = rows.units.len() - first;
            for quarter in 0..4 {
                match matrix.bits {
                    Bits::Four => tile_of!(left, tile::<4>(first, group, quarter, rows, matrix, out)),
                    Bits::Eight => tile_of!(left, tile::<8>(first, group, quarter, rows, matrix, out)),
                }
            }
        }
    }
}

/// Up to `ROWS` rows from `first` times one quarter of a group.
#[inline]
fn tile<const ROWS: usize, const BITS: usize>(
    first: usize,
    group: usize,
    quarter: usize,
    rows: Rows<'_>,
    matrix: &Matrix,
    out: &mut [f32],
) {
    let (per_word, groups) = (16 / BITS, matrix.bias.len());
    let blocks = matrix.inputs / BLOCK;
    let pairs = &rows.values[first / TILE * blocks * (BLOCK / 2)..][..blocks * (BLOCK / 2)];
    let words = &matrix.words[group * blocks * BITS..][..blocks * BITS];
    let scales = &matrix.scales[group * blocks..][..blocks];
    // SAFETY: NEON is part of the target. Every pointer is read or written for four floats or eight words, which the
    // slice that it comes from has; `BITS` vectors of `16 / BITS` parts are the pairs of a block.
    unsafe {
        let mut totals = [vdupq_n_f32(0.0); ROWS];
        for ((words, pairs), scales) in
            words.chunks_exact(BITS).zip(pairs.chunks_exact(BLOCK / 2)).zip(scales)
        {
            // The first two outputs and the last two, each with even and odd inputs apart.
            let mut low = [vdupq_n_s32(0); ROWS];
            let mut high = [vdupq_n_s32(0); ROWS];
            for (vector, words) in words.iter().enumerate() {
                let words = &words[quarter * WORDS / 4..][..WORDS / 4];
                let packed = vld1q_s16(words.as_ptr().cast());
                for part in 0..per_word {
                    let weights = unpack::<BITS>(packed, part);
                    for row in 0..ROWS {
                        let pair = pairs[vector * per_word + part][row].as_ptr();
                        let pair = vreinterpretq_s16_s32(vdupq_n_s32(pair.cast::<i32>().read_unaligned()));
                        low[row] = vmlal_s16(low[row], vget_low_s16(weights), vget_low_s16(pair));
                        high[row] = vmlal_high_s16(high[row], weights, pair);
                    }
                }
            }
            let scales = vld1q_f32(scales[quarter * QUARTER..][..QUARTER].as_ptr());
            for row in 0..ROWS {
                let sums = vcvtq_f32_s32(vpaddq_s32(low[row], high[row]));
                totals[row] = vaddq_f32(totals[row], vmulq_f32(sums, scales));
            }
        }
        let bias = vld1q_f32(matrix.bias[group][quarter * QUARTER..][..QUARTER].as_ptr());
        for (row, unit) in rows.units[first..].iter().enumerate().take(ROWS) {
            let total = vmulq_f32(totals[row], vdupq_n_f32(*unit));
            let at = ((first + row) * groups + group) * GROUP + quarter * QUARTER;
            vst1q_f32(out[at..][..QUARTER].as_mut_ptr(), vaddq_f32(total, bias));
        }
    }
}

/// One weight of each word, with its sign.
#[inline]
fn unpack<const BITS: usize>(packed: int16x8_t, part: usize) -> int16x8_t {
    // SAFETY: NEON is part of the target, and these read no memory.
    unsafe {
        match (BITS, part) {
            (4, 0) => vshrq_n_s16::<12>(vshlq_n_s16::<12>(packed)),
            (4, 1) => vshrq_n_s16::<12>(vshlq_n_s16::<8>(packed)),
            (4, 2) => vshrq_n_s16::<12>(vshlq_n_s16::<4>(packed)),
            (4, _) => vshrq_n_s16::<12>(packed),
            (_, 0) => vshrq_n_s16::<8>(vshlq_n_s16::<8>(packed)),
            _ => vshrq_n_s16::<8>(packed),
        }
    }
}
