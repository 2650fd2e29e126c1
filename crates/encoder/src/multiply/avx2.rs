//! AVX2: `vpmaddwd` multiplies sixteen-bit pairs and adds two products in thirty-two bits. It never saturates here: a
//! weight has at most eight bits.

#![allow(unsafe_code, reason = "intrinsics that read memory")]

use core::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_add_ps, _mm256_cvtepi32_ps, _mm256_loadu_ps, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_mul_ps, _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_setzero_si256, _mm256_slli_epi16, _mm256_srai_epi16, _mm256_storeu_ps,
};

use super::{Pairs, Rows, TILE, tile_of};
use crate::layer::Stage;
use crate::matrix::{BLOCK, Bits, GROUP, Matrix, WORDS};

/// Outputs of one vector: half a group.
const HALF: usize = GROUP / 2;

#[target_feature(enable = "avx2")]
pub(super) fn run(stage: Stage<'_>) {
    stage.run();
}

#[target_feature(enable = "avx2")]
pub(super) fn multiply(rows: Rows<'_>, matrix: &Matrix, out: &mut [f32]) {
    for group in 0..matrix.bias.len() {
        // The weights of this group stay in the nearest cache while every row meets them.
        for first in (0..rows.units.len()).step_by(TILE) {
            let left = rows.units.len() - first;
            for half in 0..2 {
                match matrix.bits {
                    Bits::Four => tile_of!(left, tile::<4>(first, group, half, rows, matrix, out)),
                    Bits::Eight => tile_of!(left, tile::<8>(first, group, half, rows, matrix, out)),
                }
            }
        }
    }
}

/// Up to `ROWS` rows from `first` times the first or second half of one group.
#[inline]
#[target_feature(enable = "avx2")]
fn tile<const ROWS: usize, const BITS: usize>(
    first: usize,
    group: usize,
    half: usize,
    rows: Rows<'_>,
    matrix: &Matrix,
    out: &mut [f32],
) {
    let groups = matrix.bias.len();
    let blocks = matrix.inputs / BLOCK;
    let pairs = &rows.values[first / TILE * blocks * (BLOCK / 2)..][..blocks * (BLOCK / 2)];
    let words = &matrix.words[group * blocks * BITS..][..blocks * BITS];
    let scales = &matrix.scales[group * blocks..][..blocks];
    let mut totals = [_mm256_setzero_ps(); ROWS];
    for ((words, pairs), scales) in words.chunks_exact(BITS).zip(pairs.chunks_exact(BLOCK / 2)).zip(scales) {
        // SAFETY: `words` has `BITS` vectors and `pairs` those of a block.
        let sums = unsafe { sums::<ROWS, BITS>(words.as_ptr(), half, pairs.as_ptr()) };
        let scales = &scales[half * HALF..][..HALF];
        // SAFETY: the slice has the eight floats that are read.
        let scales = unsafe { _mm256_loadu_ps(scales.as_ptr()) };
        for row in 0..ROWS {
            totals[row] = _mm256_add_ps(totals[row], _mm256_mul_ps(_mm256_cvtepi32_ps(sums[row]), scales));
        }
    }
    let bias = &matrix.bias[group][half * HALF..][..HALF];
    // SAFETY: the slice has the eight floats that are read.
    let bias = unsafe { _mm256_loadu_ps(bias.as_ptr()) };
    for (row, unit) in rows.units[first..].iter().enumerate().take(ROWS) {
        let total = _mm256_add_ps(_mm256_mul_ps(totals[row], _mm256_set1_ps(*unit)), bias);
        let out = &mut out[((first + row) * groups + group) * GROUP + half * HALF..][..HALF];
        // SAFETY: the slice has the eight floats that are written.
        unsafe { _mm256_storeu_ps(out.as_mut_ptr(), total) };
    }
}

/// One block's sums of products, of half a group.
///
/// # Safety
/// `words` points to `BITS` vectors, `pairs` to those of a block, `half` is 0 or 1, `ROWS` at most [`TILE`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn sums<const ROWS: usize, const BITS: usize>(
    words: *const [u16; WORDS],
    half: usize,
    pairs: *const Pairs,
) -> [__m256i; ROWS] {
    let per_word = 16 / BITS;
    let mut sums = [_mm256_setzero_si256(); ROWS];
    for vector in 0..BITS {
        // SAFETY: `vector` is below `BITS`; half of `WORDS` words are the 32 octets that are read.
        let packed =
            unsafe { _mm256_loadu_si256(words.add(vector).cast::<u16>().add(half * (WORDS / 2)).cast()) };
        for part in 0..per_word {
            let weights = unpack::<BITS>(packed, part);
            for (row, sum) in sums.iter_mut().enumerate() {
                // SAFETY: `BITS` vectors of `16 / BITS` parts are the pairs of a block, and `row` is below `TILE`.
                let pair =
                    unsafe { pairs.add(vector * per_word + part).cast::<i32>().add(row).read_unaligned() };
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(weights, _mm256_set1_epi32(pair)));
            }
        }
    }
    sums
}

/// One weight of each word, with its sign.
#[inline]
#[target_feature(enable = "avx2")]
fn unpack<const BITS: usize>(packed: __m256i, part: usize) -> __m256i {
    match (BITS, part) {
        (4, 0) => _mm256_srai_epi16::<12>(_mm256_slli_epi16::<12>(packed)),
        (4, 1) => _mm256_srai_epi16::<12>(_mm256_slli_epi16::<8>(packed)),
        (4, 2) => _mm256_srai_epi16::<12>(_mm256_slli_epi16::<4>(packed)),
        (4, _) => _mm256_srai_epi16::<12>(packed),
        (_, 0) => _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(packed)),
        _ => _mm256_srai_epi16::<8>(packed),
    }
}
