//! AMX: `tdpbf16ps` multiplies tiles of up to sixteen rows and adds in floating point. It is exact here, so its order
//! does not matter: an activation is cut into `256 · high` and `low`, which the eight significant bits of a bfloat16
//! hold, as they hold a weight; and no sum of a block's products needs more than the 24 bits of a float, because
//! weights have four bits. Eight-bit tiles would need as many products, a store for each half, and a conversion.
//!
//! Three things run beside each other, each a few blocks from the next: weights become tiles, tiles are multiplied,
//! and block sums are scaled and added. They are in one loop so that the processor finds them together.

#![allow(unsafe_code, reason = "intrinsics and instructions that read and write memory")]

mod permission;

use core::arch::asm;
use core::arch::x86_64::{
    __m512, __m512i, _mm512_add_ps, _mm512_loadu_ps, _mm512_loadu_si512, _mm512_mul_ps,
    _mm512_permutexvar_epi16, _mm512_set1_ps, _mm512_srli_epi16, _mm512_storeu_ps, _mm512_storeu_si512,
};

use super::{HalfTile, Halves, Rows};
use crate::matrix::{BLOCK, Bits, GROUP, Matrix, WORDS};

pub(super) use permission::is_available;

/// Groups that meet a tile of activations while it is loaded.
const ABREAST: usize = 2;
/// Blocks whose sums are added to a row's total at once.
const STEP: usize = 2;
/// Tiles of rows that meet weights while they are unpacked.
const STRIP: usize = 4;
/// Vectors of words in a block.
const VECTORS: usize = Bits::Four.vectors();

/// Sums of one block, sixteen rows of a group.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct SumTile([[f32; GROUP]; HalfTile::ROWS]);

const NO_SUMS: SumTile = SumTile([[0.0; GROUP]; HalfTile::ROWS]);

/// The memory between the three parts: what one step writes, the next one reads.
struct Buffers {
    weights: [[[HalfTile; ABREAST]; STEP]; 2],
    sums: [[[[SumTile; ABREAST]; STEP]; STRIP]; 2],
    totals: [[SumTile; ABREAST]; STRIP],
}

/// The matrix has weights of four bits.
///
/// # Safety
/// [`is_available`] said so.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
pub(super) unsafe fn multiply(rows: Rows<'_>, matrix: &Matrix, out: &mut [f32]) {
    if rows.units.is_empty() {
        return;
    }
    let configuration = Configuration::new(Halves::rows(rows.units.len()));
    // SAFETY: the process may use tiles, and the configuration is valid: palette one, at most sixteen rows of 64 octets.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const configuration, options(readonly, nostack)) };
    // SAFETY: tiles have the shape that the rows have.
    unsafe { groups(rows, matrix, out) };
    // No state is left behind that the kernel would have to save.
    // SAFETY: as above.
    unsafe { asm!("tilerelease", options(nomem, nostack)) };
}

/// The memory that `ldtilecfg` reads (Intel SDM, volume 1, section 18.2).
#[repr(C, align(64))]
struct Configuration {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    octets: [u16; 16],
    rows: [u8; 16],
}

impl Configuration {
    /// Tiles 0 and 1 are sums and 6 and 7 activations, of this many rows; 4 and 5 are weights.
    fn new(rows: usize) -> Self {
        let rows = rows as u8;
        let all = HalfTile::ROWS as u8;
        Self {
            palette: 1,
            start: 0,
            reserved: [0; 14],
            octets: [64, 64, 0, 0, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
            rows: [rows, rows, 0, 0, all, all, rows, rows, 0, 0, 0, 0, 0, 0, 0, 0],
        }
    }
}

/// All groups, for all rows.
///
/// # Safety
/// The tiles are configured for [`Halves::rows`] of the rows.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
unsafe fn groups(rows: Rows<'_>, matrix: &Matrix, out: &mut [f32]) {
    let mut buffers = Buffers {
        weights: [[[HalfTile::ZERO; ABREAST]; STEP]; 2],
        sums: [[[[NO_SUMS; ABREAST]; STEP]; STRIP]; 2],
        totals: [[NO_SUMS; ABREAST]; STRIP],
    };
    let (height, blocks) = (Halves::rows(rows.units.len()), matrix.inputs / BLOCK);
    let all = matrix.bias.len();
    for first in (0..all).step_by(ABREAST) {
        // A last group without a neighbour is its own.
        let groups = [first, (first + 1).min(all - 1)];
        for (number, units) in rows.units.chunks(STRIP * height).enumerate() {
            let count = units.len().div_ceil(height);
            let tiles = &rows.halves[number * STRIP * blocks..][..count * blocks];
            let strip = Strip { matrix, groups, blocks, tiles, count, height };
            // SAFETY: as above.
            unsafe { strip.total(&mut buffers) };
            let out = &mut out[number * STRIP * height * all * GROUP..];
            strip.finish(&buffers.totals, units, out);
        }
    }
}

/// Rows that are worked on at once, and the groups that they meet.
struct Strip<'a> {
    matrix: &'a Matrix,
    groups: [usize; ABREAST],
    blocks: usize,
    /// Tiles, blocks.
    tiles: &'a [Halves],
    count: usize,
    height: usize,
}

impl Strip<'_> {
    /// The scaled sums of all blocks, in their order.
    ///
    /// # Safety
    /// The tiles are configured for rows of this height.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    unsafe fn total(&self, buffers: &mut Buffers) {
        let Buffers { weights, sums, totals } = buffers;
        totals[..self.count].fill([NO_SUMS; ABREAST]);
        let steps = self.blocks.div_ceil(STEP);
        self.unpack(0, &mut weights[0]);
        for step in 0..=steps {
            let now = step % 2;
            if step + 1 < steps {
                self.unpack(step + 1, &mut weights[1 - now]);
            }
            if step < steps {
                for (tile, sums) in sums[now].iter_mut().enumerate().take(self.count) {
                    let from = tile * self.blocks + step * STEP;
                    let tile = &self.tiles[from..(from + STEP).min((tile + 1) * self.blocks)];
                    for ((activations, weights), sums) in tile.iter().zip(&weights[now]).zip(sums) {
                        // SAFETY: as above.
                        unsafe { products(activations, weights, sums) };
                    }
                }
            }
            if step > 0 {
                for (sums, totals) in sums[1 - now].iter().zip(totals.iter_mut()).take(self.count) {
                    self.add(step - 1, sums, totals);
                }
            }
        }
    }

    /// The weights of one step as tiles.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    fn unpack(&self, step: usize, to: &mut [[HalfTile; ABREAST]; STEP]) {
        for (side, group) in self.groups.into_iter().enumerate() {
            let words = &self.matrix.words[group * self.blocks * VECTORS..][..self.blocks * VECTORS];
            for (words, to) in words[step * STEP * VECTORS..].chunks_exact(VECTORS).zip(to.iter_mut()) {
                unpack_words(words, &mut to[side]);
            }
        }
    }

    /// Scales the block sums of one step and adds them to the totals.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    fn add(&self, step: usize, sums: &[[SumTile; ABREAST]; STEP], totals: &mut [SumTile; ABREAST]) {
        let from = step * STEP;
        for (side, group) in self.groups.into_iter().enumerate() {
            let scales = &self.matrix.scales[group * self.blocks..][..self.blocks][from..];
            let total = &mut totals[side].0;
            if let [first, second, ..] = scales {
                add_two(&sums[0][side], first, &sums[1][side], second, &mut total[..self.height]);
            } else if let [only] = scales {
                add_one(&sums[0][side], only, &mut total[..self.height]);
            }
        }
    }

    /// Totals times their units, plus bias.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    fn finish(&self, totals: &[[SumTile; ABREAST]; STRIP], units: &[f32], out: &mut [f32]) {
        let width = self.matrix.bias.len() * GROUP;
        for (side, group) in self.groups.into_iter().enumerate() {
            let bias = load(&self.matrix.bias[group]);
            let mut at = group * GROUP;
            for (units, totals) in units.chunks(self.height).zip(totals) {
                for (unit, total) in units.iter().zip(&totals[side].0) {
                    let total = _mm512_mul_ps(load(total), _mm512_set1_ps(*unit));
                    let out = &mut out[at..][..GROUP];
                    // SAFETY: the slice has the sixteen floats that are written.
                    unsafe { _mm512_storeu_ps(out.as_mut_ptr(), _mm512_add_ps(total, bias)) };
                    at += width;
                }
            }
        }
    }
}

/// One block of rows times one of each group; both halves go into one tile of sums.
///
/// # Safety
/// The tiles are configured.
#[inline(always)]
unsafe fn products(activations: &Halves, weights: &[HalfTile; ABREAST], sums: &mut [SumTile; ABREAST]) {
    // SAFETY: each tile is read from or written to a type of sixteen rows of 64 octets that lie behind each other. No
    // code but this uses tiles.
    unsafe {
        asm!(
            "tileloadd tmm4, [{weights} + {stride}]",
            "tileloadd tmm6, [{activations} + {stride}]",
            "tileloadd tmm5, [{weights} + {stride} + 1024]",
            "tilezero tmm0",
            "tilezero tmm1",
            "tdpbf16ps tmm0, tmm6, tmm4",
            "tileloadd tmm7, [{activations} + {stride} + 1024]",
            "tdpbf16ps tmm1, tmm6, tmm5",
            "tdpbf16ps tmm0, tmm7, tmm4",
            "tdpbf16ps tmm1, tmm7, tmm5",
            "tilestored [{sums} + {stride}], tmm0",
            "tilestored [{sums} + {stride} + 1024], tmm1",
            weights = in(reg) weights,
            activations = in(reg) activations,
            sums = in(reg) sums,
            stride = in(reg) 64_usize,
            out("tmm0") _, out("tmm1") _, out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack, preserves_flags)
        );
    }
}

/// Adds the scaled sums of two blocks, one after the other.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
fn add_two(
    first: &SumTile,
    first_scales: &[f32; GROUP],
    second: &SumTile,
    second_scales: &[f32; GROUP],
    totals: &mut [[f32; GROUP]],
) {
    let (first_scales, second_scales) = (load(first_scales), load(second_scales));
    for (row, total) in totals.iter_mut().enumerate().take(HalfTile::ROWS) {
        let sum = _mm512_add_ps(load(total), _mm512_mul_ps(load(&first.0[row]), first_scales));
        store(_mm512_add_ps(sum, _mm512_mul_ps(load(&second.0[row]), second_scales)), total);
    }
}

/// Adds the scaled sums of one block.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
fn add_one(sums: &SumTile, scales: &[f32; GROUP], totals: &mut [[f32; GROUP]]) {
    let scales = load(scales);
    for (row, total) in totals.iter_mut().enumerate().take(HalfTile::ROWS) {
        store(_mm512_add_ps(load(total), _mm512_mul_ps(load(&sums.0[row]), scales)), total);
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(floats: &[f32; GROUP]) -> __m512 {
    // SAFETY: an array of `GROUP` floats has the 64 octets that are read.
    unsafe { _mm512_loadu_ps(floats.as_ptr()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(value: __m512, to: &mut [f32; GROUP]) {
    // SAFETY: an array of `GROUP` floats has the 64 octets that are written.
    unsafe { _mm512_storeu_ps(to.as_mut_ptr(), value) };
}

/// Every four-bit weight as bfloat16, twice: the table's fifth index bit is the neighbour's lowest one.
const WEIGHTS: [u16; WORDS] = {
    let mut table = [0; WORDS];
    let mut at = 0;
    while at < WORDS {
        let weight = ((at as i32 & 15) ^ 8) - 8;
        table[at] = ((weight as f32).to_bits() >> 16) as u16;
        at += 1;
    }
    table
};

/// The four vectors of a block as a tile: a look-up for each pair of inputs.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn unpack_words(words: &[[u16; WORDS]], to: &mut HalfTile) {
    let table = load_words(&WEIGHTS);
    for (words, to) in words.iter().zip(to.0.as_chunks_mut::<4>().0) {
        let packed = load_words(words);
        let parts = [
            packed,
            _mm512_srli_epi16::<4>(packed),
            _mm512_srli_epi16::<8>(packed),
            _mm512_srli_epi16::<12>(packed),
        ];
        for (part, to) in parts.into_iter().zip(to) {
            store_words(_mm512_permutexvar_epi16(part, table), to);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_words(words: &[u16; WORDS]) -> __m512i {
    // SAFETY: an array of `WORDS` words has the 64 octets that are read.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_words(value: __m512i, to: &mut [u16; WORDS]) {
    // SAFETY: an array of `WORDS` words has the 64 octets that are written.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), value) };
}
