//! What is computed in floating point between the products. Written so that a compiler can use vectors of any width
//! and every one of them gives the same bits: sums are kept in sixteen lanes that are added in one order, and
//! multiplications and additions are never fused (Rust does not contract them).

use core::array;

use crate::matrix::BLOCK;
use crate::multiply::{Halves, RoomForRows, TILE};

/// Lanes of a sum. Rows are a multiple of it long.
pub(crate) const LANES: usize = 16;

/// Adding this to a float below 2²² rounds it to a whole number, ties to even, which then stands in the low bits.
const ROUND: f32 = 12_582_912.0;
const ROUND_BITS: i32 = 0x4b40_0000;

/// eˣ with a relative error below 2·10⁻⁷, for x from -87 to 88; outside it gives what the nearer end does.
/// The polynomial is Cephes' `expf` (S. Moshier).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let rest = (x - whole * 0.693_359_4) + whole * 2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for term in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_66, 0.5] {
        sum = sum * rest + term;
    }
    let power = shifted.to_bits().cast_signed().wrapping_sub(ROUND_BITS - 127) << 23;
    (sum * rest * rest + rest + 1.0) * f32::from_bits(power.cast_unsigned())
}

/// x/2·(1 + erf(x/√2)), the exact GELU, with an absolute error below 4·10⁻⁷·(1 + |x|).
/// The error function is formula 7.1.26 of Abramowitz and Stegun, Handbook of Mathematical Functions.
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    let y = x.abs() * core::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * y);
    let mut sum = 1.061_405_4;
    for term in [-1.453_152, 1.421_413_8, -0.284_496_72, 0.254_829_6] {
        sum = sum * t + term;
    }
    let erf = 1.0 - sum * t * exp(-(y * y));
    0.5 * x * (1.0 + erf.copysign(x))
}

/// The hyperbolic tangent, with an absolute error below 4·10⁻⁷.
pub(crate) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

/// [`gelu`] of each.
#[inline(always)]
pub(crate) fn gelu_all(values: &mut [f32]) {
    for value in values {
        *value = gelu(*value);
    }
}

/// The sum of a row, in sixteen lanes and then pairwise.
#[inline(always)]
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    for chunk in row.chunks_exact(LANES) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += of(*value);
        }
    }
    pairwise(lanes)
}

#[inline(always)]
fn pairwise(lanes: [f32; LANES]) -> f32 {
    let eight: [f32; 8] = array::from_fn(|i| lanes[i] + lanes[i + 8]);
    let four: [f32; 4] = array::from_fn(|i| eight[i] + eight[i + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

/// The greatest of a row and of `least`; the order does not matter for it.
#[inline(always)]
fn greatest(row: &[f32], least: f32, of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [least; LANES];
    for chunk in row.chunks_exact(LANES) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            let value = of(*value);
            *lane = if value > *lane { value } else { *lane };
        }
    }
    lanes.into_iter().fold(least, |a, b| if b > a { b } else { a })
}

/// Layer normalisation (Ba, Kiros, Hinton 2016) of each row, in place.
#[inline(always)]
pub(crate) fn normalise_rows(rows: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    for row in rows.chunks_exact_mut(weight.len()) {
        let one_over = 1.0 / row.len() as f32;
        let mean = sum(row, |x| x) * one_over;
        let variance = sum(row, |x| (x - mean) * (x - mean)) * one_over;
        let factor = 1.0 / (variance + epsilon).sqrt();
        for ((value, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
            *value = (*value - mean) * factor * weight + bias;
        }
    }
}

/// Each row as whole numbers of sixteen bits, and what one of them is worth. `row` holds one row.
#[inline(always)]
pub(crate) fn quantise_rows(rows: &[f32], row: &mut [i16], mut to: RoomForRows<'_>, units: &mut [f32]) {
    let width = row.len();
    let height = Halves::rows(units.len());
    for ((at, values), unit) in rows.chunks_exact(width).enumerate().zip(units) {
        *unit = quantise(values, row);
        match &mut to {
            RoomForRows::Pairs(tiles) => {
                let tile = &mut tiles[at / TILE * (width / 2)..][..width / 2];
                for (pairs, pair) in tile.iter_mut().zip(row.as_chunks().0) {
                    pairs[at % TILE] = *pair;
                }
            }
            RoomForRows::Halves(tiles) => {
                let tile = &mut tiles[at / height * (width / BLOCK)..][..width / BLOCK];
                for (halves, block) in tile.iter_mut().zip(row.as_chunks().0) {
                    cut(block, &mut halves.high.0[at % height], &mut halves.low.0[at % height]);
                }
            }
        }
    }
}

/// Whole numbers of one row, and what one of them is worth.
#[inline(always)]
fn quantise(values: &[f32], to: &mut [i16]) -> f32 {
    // A row of zeros has no unit of its own; any will do.
    let peak = greatest(values, f32::MIN_POSITIVE * 65_536.0, f32::abs);
    let factor = 32_767.0 / peak;
    for (whole, value) in to.iter_mut().zip(values) {
        *whole = (value * factor + ROUND).to_bits().cast_signed().wrapping_sub(ROUND_BITS) as i16;
    }
    peak * (1.0 / 32_767.0)
}

/// Each number as `high + low`, where `high` is a multiple of 256 and `low` from 0 to 255. Neither has more than eight
/// significant bits, so the upper half of a float holds it.
#[inline(always)]
fn cut(block: &[i16; BLOCK], high: &mut [u16; BLOCK], low: &mut [u16; BLOCK]) {
    let upper = |value: i32| ((value as f32).to_bits() >> 16) as u16;
    for ((value, high), low) in block.iter().zip(high).zip(low) {
        *high = upper(i32::from(*value) & !0xff);
        *low = upper(i32::from(*value) & 0xff);
    }
}

/// eˣ of each divided by the sum of all, in place; the row is a multiple of [`LANES`] long and only the first `used`
/// count: the rest become zero.
#[inline(always)]
pub(crate) fn softmax(row: &mut [f32], used: usize) {
    row[used..].fill(f32::MIN);
    let peak = greatest(row, f32::MIN, |x| x);
    for value in row.iter_mut() {
        *value = exp(*value - peak);
    }
    row[used..].fill(0.0);
    let factor = 1.0 / sum(row, |x| x);
    for value in row.iter_mut() {
        *value *= factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_keeps_its_stated_error() {
        for step in -87_000..=88_000 {
            let x = step as f32 / 1000.0;
            let exact = f64::from(x).exp();
            assert!(((f64::from(exp(x)) - exact) / exact).abs() < 2e-7, "{x}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(f32::MIN) < 1e-37);
    }

    /// The error function by its series, which converges quickly for |x| < 4.
    fn erf(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        (sum * core::f64::consts::FRAC_2_SQRT_PI).clamp(-1.0, 1.0)
    }

    #[test]
    fn gelu_keeps_its_stated_error() {
        for step in -6000..=6000 {
            let x = step as f32 / 1000.0;
            let wide = f64::from(x);
            let y = wide * core::f64::consts::FRAC_1_SQRT_2;
            let exact = 0.5 * wide * (1.0 + if y.abs() < 4.0 { erf(y) } else { y.signum() });
            assert!((f64::from(gelu(x)) - exact).abs() < 4e-7 * (1.0 + wide.abs()), "{x}");
        }
        assert_eq!(gelu(-30.0), 0.0);
        assert_eq!(gelu(30.0), 30.0);
    }

    #[test]
    fn the_hyperbolic_tangent_keeps_its_stated_error() {
        for step in -50_000..=50_000 {
            let x = step as f32 / 1000.0;
            assert!((f64::from(tanh(x)) - f64::from(x).tanh()).abs() < 4e-7, "{x}");
        }
    }

    #[test]
    fn a_row_becomes_whole_numbers_within_half_a_unit() {
        let row: Vec<f32> = (0..32).map(|i| (i as f32 - 20.0) * 0.37).collect();
        let (mut to, mut tile, mut unit) = ([0; 32], [[[0; 2]; TILE]; 16], [0.0]);
        quantise_rows(&row, &mut to, RoomForRows::Pairs(&mut tile), &mut unit);
        assert_eq!(to.iter().map(|x| x.abs()).max(), Some(32_767));
        for (whole, value) in to.iter().zip(&row) {
            assert!((f32::from(*whole) * unit[0] - value).abs() <= unit[0] * 0.51);
        }
        assert_eq!(tile[3][0], [to[6], to[7]]);
        quantise_rows(&[0.0; 32], &mut to, RoomForRows::Pairs(&mut tile), &mut unit);
        assert_eq!(tile, [[[0; 2]; TILE]; 16]);
    }

    #[test]
    fn every_whole_number_is_the_sum_of_its_halves() {
        let float = |upper: u16| f32::from_bits(u32::from(upper) << 16);
        let numbers: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        for block in numbers.as_chunks().0 {
            let (mut high, mut low) = ([0; BLOCK], [0; BLOCK]);
            cut(block, &mut high, &mut low);
            for ((value, high), low) in block.iter().zip(high).zip(low) {
                assert_eq!(float(high) + float(low), f32::from(*value));
                assert!(float(high) % 256.0 == 0.0 && (0.0..256.0).contains(&float(low)));
            }
        }
    }

    #[test]
    fn softmax_counts_only_what_is_used() {
        let mut row = [1.0_f32; 16];
        softmax(&mut row, 4);
        assert_eq!(row[..5], [0.25, 0.25, 0.25, 0.25, 0.0]);
    }
}
