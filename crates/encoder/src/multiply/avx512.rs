//! AVX-512 with VNNI: `vpdpwssd` multiplies sixteen-bit pairs and adds them to thirty-two bits, without saturation.

#![allow(unsafe_code, reason = "intrinsics that read memory")]

use core::arch::asm;
use core::arch::x86_64::{
    __m512i, _mm512_add_ps, _mm512_cvtepi32_ps, _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mul_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512, _mm512_slli_epi16,
    _mm512_srai_epi16, _mm512_storeu_ps,
};

use super::{Pairs, Rows, TILE, tile_of};
use crate::layer::Stage;
use crate::matrix::{BLOCK, Bits, GROUP, Matrix, WORDS};

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
pub(super) fn run(stage: Stage<'_>) {
    stage.run();
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
pub(super) fn multiply(rows: Rows<'_>, matrix: &Matrix, out: &mut [f32]) {
    for group in 0..matrix.bias.len() {
        // The weights of this group stay in the nearest cache while every row meets them.
        for first in (0..rows.units.len()).step_by(TILE) {
            let left = rows.units.len() - first;
            match matrix.bits {
                Bits::Four => tile_of!(left, tile::<4>(first, group, rows, matrix, out)),
                Bits::Eight => tile_of!(left, tile::<8>(first, group, rows, matrix, out)),
            }
        }
    }
}

/// Up to `ROWS` rows from `first` times one group.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
fn tile<const ROWS: usize, const BITS: usize>(
    first: usize,
    group: usize,
    rows: Rows<'_>,
    matrix: &Matrix,
    out: &mut [f32],
) {
    let groups = matrix.bias.len();
    let blocks = matrix.inputs / BLOCK;
    let pairs = &rows.values[first / TILE * blocks * (BLOCK / 2)..][..blocks * (BLOCK / 2)];
    let words = &matrix.words[group * blocks * BITS..][..blocks * BITS];
    let scales = &matrix.scales[group * blocks..][..blocks];
    let mut totals = [_mm512_setzero_ps(); ROWS];
    for ((words, pairs), scales) in words.chunks_exact(BITS).zip(pairs.chunks_exact(BLOCK / 2)).zip(scales) {
        // SAFETY: `words` has `BITS` vectors and `pairs` those of a block.
        let sums = unsafe { sums::<ROWS, BITS>(words.as_ptr(), pairs.as_ptr()) };
        // SAFETY: an array of `GROUP` floats has the 64 octets that are read.
        let scales = unsafe { _mm512_loadu_ps(scales.as_ptr()) };
        for row in 0..ROWS {
            totals[row] = _mm512_add_ps(totals[row], _mm512_mul_ps(_mm512_cvtepi32_ps(sums[row]), scales));
        }
    }
    // SAFETY: an array of `GROUP` floats has the 64 octets that are read.
    let bias = unsafe { _mm512_loadu_ps(matrix.bias[group].as_ptr()) };
    for (row, unit) in rows.units[first..].iter().enumerate().take(ROWS) {
        let total = _mm512_add_ps(_mm512_mul_ps(totals[row], _mm512_set1_ps(*unit)), bias);
        let out = &mut out[((first + row) * groups + group) * GROUP..][..GROUP];
        // SAFETY: the slice has the sixteen floats that are written.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), total) };
    }
}

/// One block's sums of products.
///
/// # Safety
/// `words` points to `BITS` vectors, `pairs` to those of a block; `ROWS` is at most [`TILE`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
unsafe fn sums<const ROWS: usize, const BITS: usize>(
    words: *const [u16; WORDS],
    pairs: *const Pairs,
) -> [__m512i; ROWS] {
    let per_word = 16 / BITS;
    let mut sums = [_mm512_setzero_si512(); ROWS];
    for vector in 0..BITS {
        // SAFETY: `vector` is below `BITS`, and an array of `WORDS` words has the 64 octets that are read.
        let packed = unsafe { _mm512_loadu_si512(words.add(vector).cast()) };
        for part in 0..per_word {
            let weights = unpack::<BITS>(packed, part);
            for (row, sum) in sums.iter_mut().enumerate() {
                // SAFETY: `BITS` vectors of `16 / BITS` parts are the pairs of a block, and `row` is below `TILE`.
                let pair =
                    unsafe { pairs.add(vector * per_word + part).cast::<i32>().add(row).read_unaligned() };
                *sum = multiply_and_add(*sum, weights, _mm512_set1_epi32(pair));
            }
        }
    }
    sums
}

/// `_mm512_dpwssd_epi32`. LLVM takes that one apart into a multiplication and an addition for a processor that it does
/// not know, to shorten the chain of additions; here eight chains run beside each other, and twice the instructions
/// cost twice the time.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
fn multiply_and_add(mut sum: __m512i, weights: __m512i, pair: __m512i) -> __m512i {
    // SAFETY: the instruction is part of VNNI; it reads and writes the named registers only.
    unsafe {
        asm!(
            "vpdpwssd {sum}, {weights}, {pair}",
            sum = inout(zmm_reg) sum,
            weights = in(zmm_reg) weights,
            pair = in(zmm_reg) pair,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sum
}

/// One weight of each word, with its sign.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn unpack<const BITS: usize>(packed: __m512i, part: usize) -> __m512i {
    match (BITS, part) {
        (4, 0) => _mm512_srai_epi16::<12>(_mm512_slli_epi16::<12>(packed)),
        (4, 1) => _mm512_srai_epi16::<12>(_mm512_slli_epi16::<8>(packed)),
        (4, 2) => _mm512_srai_epi16::<12>(_mm512_slli_epi16::<4>(packed)),
        (4, _) => _mm512_srai_epi16::<12>(packed),
        (_, 0) => _mm512_srai_epi16::<8>(_mm512_slli_epi16::<8>(packed)),
        _ => _mm512_srai_epi16::<8>(packed),
    }
}
