use proptest::prelude::*;

use super::*;
use crate::file::MatrixFile;
use crate::matrix::BLOCK;

fn others() -> Vec<Available> {
    Backend::ALL.into_iter().filter(|other| *other != Backend::Portable).filter_map(Available::new).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// A matrix and rows made of a stream of random octets.
fn made(outputs: usize, blocks: usize, width: u8, rows: usize, seed: &[u8]) -> (Matrix, Vec<i16>, Vec<f32>) {
    let mut stream = seed.iter().copied().cycle().enumerate().map(|(at, octet)| {
        (at as u32).wrapping_mul(0x9e37_79b9).wrapping_add(u32::from(octet)).wrapping_mul(0x85eb_ca6b) >> 13
    });
    let inputs = blocks * BLOCK;
    let mut take = |count: usize| -> Vec<u32> { stream.by_ref().take(count).collect() };
    let float = |value: u32| (value & 0xffff) as f32 / 4096.0 - 8.0;
    let codes = if width == 4 { outputs * inputs / 2 } else { outputs * inputs };
    let file = MatrixFile {
        outputs,
        inputs,
        bits: width,
        codes: take(codes).into_iter().map(|value| value as u8).collect(),
        scales: take(outputs * blocks).into_iter().map(float).collect(),
        bias: take(outputs).into_iter().map(float).collect(),
    };
    let values = take(rows * inputs).into_iter().map(|value| value as i16).collect();
    let units = take(rows).into_iter().map(float).collect();
    (Matrix::pack(&[&file]).unwrap(), values, units)
}

fn product(machine: Available, matrix: &Matrix, values: &[i16], units: &[f32]) -> Vec<f32> {
    let mut out = vec![f32::NAN; units.len() * matrix.bias.len() * GROUP];
    let pairs = matrix.inputs / 2;
    let mut tiles = vec![Pairs::default(); units.len().div_ceil(TILE) * pairs];
    let (blocks, height) = (matrix.inputs / BLOCK, Halves::rows(units.len()));
    let mut halves = vec![Halves::ZERO; units.len().div_ceil(HalfTile::ROWS) * blocks];
    let upper = |value: i16| (f32::from(value).to_bits() >> 16) as u16;
    for (at, value) in values.iter().enumerate() {
        let (row, input) = (at / matrix.inputs, at % matrix.inputs);
        tiles[row / TILE * pairs + input / 2][row % TILE][input % 2] = *value;
        let to = &mut halves[row / height * blocks + input / BLOCK];
        to.high.0[row % height][input % BLOCK] = upper(*value & !0xff);
        to.low.0[row % height][input % BLOCK] = upper(*value & 0xff);
    }
    machine.multiply(Rows { values: &tiles, halves: &halves, units }, matrix, &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_back_end_gives_the_bits_of_plain_code(
        outputs in 1_usize..70,
        blocks in 1_usize..10,
        width in prop_oneof![Just(4_u8), Just(8)],
        rows in 0_usize..100,
        seed in prop::collection::vec(any::<u8>(), 1..32),
    ) {
        let (matrix, values, units) = made(outputs, blocks, width, rows, &seed);
        let plain = product(Available(Backend::Portable), &matrix, &values, &units);
        for machine in others() {
            prop_assert_eq!(bits(&product(machine, &matrix, &values, &units)), bits(&plain), "{:?}", machine);
        }
    }
}

#[test]
fn the_product_of_known_numbers_is_known() {
    for width in [4, 8] {
        let (matrix, values, units) = made(19, 2, width, 3, b"seed");
        let out = product(Available(Backend::Portable), &matrix, &values, &units);
        for row in 0..3 {
            for output in 0..19 {
                let mut total = 0.0_f64;
                for block in 0..2 {
                    let mut sum = 0_i64;
                    for input in 0..BLOCK {
                        sum += i64::from(values[row * 64 + block * BLOCK + input])
                            * i64::from(weight(&matrix, output, block, input));
                    }
                    total +=
                        sum as f64 * f64::from(matrix.scales[output / GROUP * 2 + block][output % GROUP]);
                }
                let exact =
                    total * f64::from(units[row]) + f64::from(matrix.bias[output / GROUP][output % GROUP]);
                let got = f64::from(out[row * 2 * GROUP + output]);
                assert!((got - exact).abs() <= 1e-5 * exact.abs().max(1e6), "{got} {exact}");
            }
        }
    }
}

/// Read back from the packed words, in the way that the module of the matrix describes.
fn weight(matrix: &Matrix, output: usize, block: usize, input: usize) -> i16 {
    let (vectors, blocks) = (matrix.bits.vectors(), matrix.inputs / BLOCK);
    let (per_word, width) = (16 / vectors, vectors as u32);
    let step = input / 2;
    let words = &matrix.words[(output / GROUP * blocks + block) * vectors + step / per_word];
    let word = words[2 * (output % GROUP) + input % 2];
    (word << (16 - width * (step % per_word) as u32 - width)).cast_signed() >> (16 - width)
}

#[test]
fn the_greatest_products_do_not_overflow() {
    for (width, code, weight) in [(4, 0, -8), (8, 0x80, -128)] {
        let count = if width == 4 { BLOCK / 2 } else { BLOCK };
        let file = MatrixFile {
            outputs: 1,
            inputs: BLOCK,
            bits: width,
            codes: vec![code; count],
            scales: vec![1.0],
            bias: vec![0.0],
        };
        let matrix = Matrix::pack(&[&file]).unwrap();
        for machine in others().into_iter().chain([Available(Backend::Portable)]) {
            for value in [i16::MIN, i16::MAX] {
                let out = product(machine, &matrix, &[value; BLOCK], &[1.0]);
                assert_eq!(out[0], (i32::from(value) * weight * BLOCK as i32) as f32);
            }
        }
    }
}

#[test]
fn plain_stages_give_the_same_bits_on_every_back_end() {
    use crate::layer::Norm;
    let norm = Norm {
        weight: (0..64).map(|i| 1.0 + i as f32 / 50.0).collect(),
        bias: (0..64).map(|i| i as f32 / 9.0 - 3.0).collect(),
        epsilon: 1e-12,
    };
    let run = |machine: Available| {
        let tokens = 21;
        let mut rows: Vec<f32> = (0..tokens * 64).map(|i| ((i * 7919) % 1009) as f32 / 97.0 - 5.0).collect();
        machine.run(Stage::Normalise { rows: &mut rows, norm: &norm });
        let inputs: Vec<f32> = rows.iter().chain(&rows).chain(&rows).map(|x| x * 1.7).collect();
        let (mut keys, mut scores) = (vec![0.0; 32 * 32], vec![0.0; 4 * 32]);
        let mut out = vec![0.0; tokens * 64];
        machine.run(Stage::Attend {
            inputs: &inputs,
            heads: 2,
            out: &mut out,
            keys: &mut keys,
            scores: &mut scores,
        });
        machine.run(Stage::AddAndNormalise { states: &mut rows, more: &out, norm: &norm });
        machine.run(Stage::Gelu { values: &mut rows });
        let (mut values, mut units) = (vec![Pairs::default(); tokens.div_ceil(TILE) * 32], vec![0.0; tokens]);
        let row = &mut [0; 64];
        let to = RoomForRows::Pairs(&mut values);
        machine.run(Stage::Quantise { rows: &rows, row, to, units: &mut units });
        (bits(&rows), bits(&out), bits(&units), values)
    };
    let plain = run(Available(Backend::Portable));
    for machine in others() {
        assert_eq!(run(machine), plain, "{machine:?}");
    }
}
