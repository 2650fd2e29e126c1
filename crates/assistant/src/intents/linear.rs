//! Softmax regression over an embedding and words, fitted with L-BFGS (Nocedal and Wright, Numerical Optimization,
//! algorithm 7.5).

use ndarray::{Array1, Array2, ArrayView1, Axis, s};

use super::features::Row;

/// Weights: a row for each number of the embedding, one for each word, and one that is added to every score; a column
/// for each intent.
pub(super) struct Softmax {
    weights: Array2<f32>,
    width: usize,
}

/// How strongly weights are held small, for one example: the inverse of what is called C elsewhere.
const PENALTY: f32 = 1.0 / 20.0;
const MOST_STEPS: usize = 120;
/// Steps that are remembered to guess the curvature.
const REMEMBERED: usize = 8;
/// Ends when the gradient has become this much smaller than it was at first.
const SMALL: f32 = 2e-3;

impl Softmax {
    pub(super) fn train(
        vectors: &Array2<f32>,
        rows: &[Row],
        words: usize,
        intents: &[usize],
        count: usize,
    ) -> Self {
        let width = vectors.ncols();
        let problem = Problem { vectors, rows, intents, width };
        let weights = problem.solve(Array2::zeros((width + words + 1, count)));
        Self { weights, width }
    }

    /// Logits of every intent.
    pub(super) fn scores(&self, vector: ArrayView1<'_, f32>, row: &Row) -> Vec<f32> {
        let last = self.weights.nrows() - 1;
        let mut scores: Array1<f32> = self.weights.row(last).to_owned();
        // Row by row, as they lie in memory: column by column takes three times as long.
        for (weight, of_intents) in vector.iter().zip(self.weights.outer_iter()) {
            scores.scaled_add(*weight, &of_intents);
        }
        for (word, weight) in row {
            scores.scaled_add(*weight, &self.weights.row(self.width + *word as usize));
        }
        scores.to_vec()
    }
}

/// Exponentials that add up to one.
pub(super) fn softmax(scores: &mut [f32]) {
    let peak = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - peak).exp();
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}

struct Problem<'a> {
    vectors: &'a Array2<f32>,
    rows: &'a [Row],
    intents: &'a [usize],
    width: usize,
}

/// A step of the search, and how the gradient changed over it.
struct Step {
    moved: Array2<f32>,
    turned: Array2<f32>,
    product: f64,
}

impl Problem<'_> {
    fn solve(&self, mut weights: Array2<f32>) -> Array2<f32> {
        let (mut loss, mut gradient) = self.loss(&weights);
        let enough = SMALL * norm(&gradient);
        let mut steps: Vec<Step> = Vec::new();
        for _ in 0..MOST_STEPS {
            if norm(&gradient) <= enough {
                break;
            }
            let direction = direction(&gradient, &steps);
            let slope = product(&direction, &gradient);
            let mut length = if steps.is_empty() { 1.0 / norm(&gradient).max(1.0) } else { 1.0 };
            let (moved, next, next_gradient) = loop {
                let moved = &direction * length;
                let candidate = &weights + &moved;
                let (next, next_gradient) = self.loss(&candidate);
                if next <= loss + 1e-4 * f64::from(length) * slope {
                    break (moved, next, next_gradient);
                }
                length /= 2.0;
                if length < 1e-6 {
                    return weights;
                }
            };
            weights += &moved;
            let turned = &next_gradient - &gradient;
            let curvature = product(&moved, &turned);
            if curvature > 0.0 {
                if steps.len() == REMEMBERED {
                    steps.remove(0);
                }
                steps.push(Step { moved, turned, product: curvature });
            }
            (loss, gradient) = (next, next_gradient);
        }
        weights
    }

    /// The sum of all examples' cross entropy and of the penalty, and its gradient.
    fn loss(&self, weights: &Array2<f32>) -> (f64, Array2<f32>) {
        let last = weights.nrows() - 1;
        let mut shares = self.vectors.dot(&weights.slice(s![..self.width, ..]));
        let mut loss = 0.0_f64;
        for ((mut scores, row), intent) in shares.outer_iter_mut().zip(self.rows).zip(self.intents) {
            scores += &weights.row(last);
            for (word, weight) in row {
                scores.scaled_add(*weight, &weights.row(self.width + *word as usize));
            }
            softmax(scores.as_slice_mut().expect("a row of a fresh product is contiguous"));
            loss -= f64::from(scores[*intent].max(f32::MIN_POSITIVE)).ln();
            scores[*intent] -= 1.0;
        }
        let mut gradient = Array2::zeros(weights.raw_dim());
        gradient.slice_mut(s![..self.width, ..]).assign(&self.vectors.t().dot(&shares));
        gradient.row_mut(last).assign(&shares.sum_axis(Axis(0)));
        for (shares, row) in shares.outer_iter().zip(self.rows) {
            for (word, weight) in row {
                gradient.row_mut(self.width + *word as usize).scaled_add(*weight, &shares);
            }
        }
        // The last row only shifts scores: it is not held small.
        let held = weights.slice(s![..last, ..]);
        gradient.slice_mut(s![..last, ..]).scaled_add(PENALTY, &held);
        let size: f64 = held.iter().map(|weight| f64::from(*weight).powi(2)).sum();
        (loss + f64::from(PENALTY) / 2.0 * size, gradient)
    }
}

/// Downhill, as the remembered steps make it out.
fn direction(gradient: &Array2<f32>, steps: &[Step]) -> Array2<f32> {
    let mut direction = -gradient;
    let mut shares = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let share = product(&step.moved, &direction) / step.product;
        direction.scaled_add(-share as f32, &step.turned);
        shares.push(share);
    }
    if let Some(step) = steps.last() {
        direction *= (step.product / product(&step.turned, &step.turned)) as f32;
    }
    for (step, share) in steps.iter().zip(shares.into_iter().rev()) {
        let back = product(&step.turned, &direction) / step.product;
        direction.scaled_add((share - back) as f32, &step.moved);
    }
    direction
}

fn product(a: &Array2<f32>, b: &Array2<f32>) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn norm(of: &Array2<f32>) -> f32 {
    product(of, of).sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let vectors =
            Array2::from_shape_fn((5, 3), |(row, column)| ((row * 7 + column * 5) % 11) as f32 / 7.0);
        let rows: Vec<Row> = vec![vec![(0, 0.5)], vec![], vec![(1, 0.3), (0, 0.4)], vec![(1, 0.5)], vec![]];
        let problem = Problem { vectors: &vectors, rows: &rows, intents: &[0, 1, 2, 1, 0], width: 3 };
        let weights = Array2::from_shape_fn((6, 3), |(row, column)| (row as f32 - column as f32) / 5.0);
        let (_, gradient) = problem.loss(&weights);
        for at in [(0, 0), (2, 1), (3, 2), (4, 0), (5, 1)] {
            let mut beside = weights.clone();
            beside[at] += 0.01;
            let more = problem.loss(&beside).0;
            beside[at] -= 0.02;
            let less = problem.loss(&beside).0;
            let slope = ((more - less) / 0.02) as f32;
            assert!((slope - gradient[at]).abs() < 1e-3, "{at:?}: {slope} {}", gradient[at]);
        }
    }

    #[test]
    fn what_can_be_told_apart_is_and_the_search_ends_at_the_bottom() {
        let vectors = Array2::from_shape_vec((4, 2), vec![1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9]).unwrap();
        let rows: Vec<Row> = vec![Vec::new(); 4];
        let trained = Softmax::train(&vectors, &rows, 0, &[0, 0, 1, 1], 2);
        let scores = trained.scores(ArrayView1::from(&[0.8, 0.2]), &Vec::new());
        assert!(scores[0] > scores[1] + 1.0, "{scores:?}");
        let problem = Problem { vectors: &vectors, rows: &rows, intents: &[0, 0, 1, 1], width: 2 };
        let at_first = norm(&problem.loss(&Array2::zeros((3, 2))).1);
        assert!(norm(&problem.loss(&trained.weights).1) <= SMALL * at_first);
    }
}
