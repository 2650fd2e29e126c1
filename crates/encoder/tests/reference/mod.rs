//! The same model in double precision and as the papers write it, to hold the encoder against.

use encoder::{LayerFile, MatrixFile, ModelFile};

/// The last hidden states of these word pieces.
pub(crate) fn states(file: &ModelFile, numbers: &[u32]) -> Vec<f64> {
    let hidden = file.dimensions.hidden;
    let mut states = Vec::new();
    for (position, number) in numbers.iter().enumerate() {
        let word = *number as usize;
        for i in 0..hidden {
            let code = f64::from(file.word_codes[word * hidden + i]) - f64::from(file.word_zero);
            let at = f64::from(file.positions[position * hidden + i]);
            states.push(code * f64::from(file.word_scales[word]) + at);
        }
    }
    normalise(&mut states, &file.embedding_norm, file.dimensions.epsilon);
    for layer in &file.layers {
        run(&mut states, layer, file);
    }
    states
}

fn run(states: &mut [f64], layer: &LayerFile, file: &ModelFile) {
    let (hidden, heads, epsilon) = (file.dimensions.hidden, file.dimensions.heads, file.dimensions.epsilon);
    let [query, key, value] = [&layer.query, &layer.key, &layer.value].map(|matrix| times(states, matrix));
    let (count, width) = (states.len() / hidden, hidden / heads);
    let mut heard = vec![0.0; states.len()];
    for head in 0..heads {
        let part = |rows: &[f64], token: usize, i: usize| rows[token * hidden + head * width + i];
        for token in 0..count {
            let scores: Vec<f64> = (0..count)
                .map(|other| (0..width).map(|i| part(&query, token, i) * part(&key, other, i)).sum::<f64>())
                .map(|score| (score / (width as f64).sqrt()).exp())
                .collect();
            let sum: f64 = scores.iter().sum();
            for i in 0..width {
                heard[token * hidden + head * width + i] =
                    (0..count).map(|other| scores[other] / sum * part(&value, other, i)).sum();
            }
        }
    }
    add(states, &times(&heard, &layer.attention_output));
    normalise(states, &layer.attention_norm, epsilon);
    let mut wide = times(states, &layer.up);
    for x in &mut wide {
        *x = 0.5 * *x * (1.0 + erf(*x / 2.0_f64.sqrt()));
    }
    add(states, &times(&wide, &layer.down));
    normalise(states, &layer.output_norm, epsilon);
}

/// Rows times a matrix, plus its bias.
pub(crate) fn times(rows: &[f64], matrix: &MatrixFile) -> Vec<f64> {
    let weight = |at: usize| match matrix.bits {
        4 => f64::from(matrix.codes[at / 2] >> (4 * (at % 2)) & 15) - 8.0,
        _ => f64::from(matrix.codes[at].cast_signed()),
    };
    let weights: Vec<f64> = (0..matrix.outputs * matrix.inputs)
        .map(|at| weight(at) * f64::from(matrix.scales[at / 32]))
        .collect();
    let product = |row: &[f64], weights: &[f64]| row.iter().zip(weights).map(|(a, b)| a * b).sum::<f64>();
    rows.chunks_exact(matrix.inputs)
        .flat_map(|row| {
            let outputs = weights.chunks_exact(matrix.inputs).zip(&matrix.bias);
            outputs.map(|(weights, bias)| product(row, weights) + f64::from(*bias)).collect::<Vec<_>>()
        })
        .collect()
}

fn add(to: &mut [f64], more: &[f64]) {
    to.iter_mut().zip(more).for_each(|(to, more)| *to += more);
}

fn normalise(rows: &mut [f64], (weight, bias): &(Vec<f32>, Vec<f32>), epsilon: f32) {
    for row in rows.chunks_exact_mut(weight.len()) {
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / row.len() as f64;
        for ((x, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
            let centred = (*x - mean) / (variance + f64::from(epsilon)).sqrt();
            *x = centred * f64::from(*weight) + f64::from(*bias);
        }
    }
}

/// The error function by its series; beyond 4 it is one to seven places.
fn erf(x: f64) -> f64 {
    if x.abs() > 4.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..150 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * std::f64::consts::FRAC_2_SQRT_PI
}
