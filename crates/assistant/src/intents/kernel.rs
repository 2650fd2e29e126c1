//! Kernel ridge regression: every intent's score is a weighted sum of how near the examples are.
//!
//! The kernel is a Gaussian of the distance, exp(γ (u·v - |v|²)); with vectors of length one that is exp(γ (cos - 1)), and
//! with vectors of two parts the product of a kernel for each. With more examples than [`MOST_LANDMARKS`] some of each
//! intent stand for all (Nyström's method; Williams and Seeger 2001), fitted to all of them.

use ndarray::{Array1, Array2, ArrayView1, Axis};

/// How fast nearness falls with the distance, and how strongly weights are held small.
const STEEPNESS: f32 = 2.0;
const PENALTY: f64 = 0.1;
const MOST_LANDMARKS: usize = 1_500;

pub(super) struct Ridge {
    landmarks: Array2<f32>,
    /// Of each vector's length.
    square: f32,
    /// A row for each landmark, a column for each intent.
    weights: Array2<f32>,
}

impl Ridge {
    pub(super) fn train(vectors: &Array2<f32>, square: f32, intents: &[usize], count: usize) -> Self {
        let chosen = landmarks(intents, count);
        let landmarks = vectors.select(Axis(0), &chosen);
        let (system, goal) = if chosen.len() == intents.len() {
            // All are landmarks: (K + λ) w = y.
            let mut system = near(&landmarks, &landmarks, square).mapv(f64::from);
            system.diag_mut().mapv_inplace(|value| value + PENALTY);
            let mut goal = Array2::<f64>::zeros((intents.len(), count));
            intents.iter().enumerate().for_each(|(row, intent)| goal[(row, *intent)] = 1.0);
            (system, goal)
        } else {
            // (K' K + λ K_landmarks) w = K' y.
            let nearness = near(vectors, &landmarks, square);
            let mut system = nearness.t().dot(&nearness).mapv(f64::from);
            let mut goal = Array2::<f64>::zeros((chosen.len(), count));
            for (row, intent) in nearness.outer_iter().zip(intents) {
                goal.column_mut(*intent).zip_mut_with(&row, |goal, near| *goal += f64::from(*near));
            }
            for (row, place) in chosen.iter().enumerate() {
                system.row_mut(row).zip_mut_with(&nearness.row(*place), |value, near| {
                    *value += PENALTY * f64::from(*near);
                });
            }
            // Landmarks that are nearly the same make the system singular, and sums of many single floats blur it.
            let blur = 1e-4 * system.diag().mean().unwrap_or(1.0);
            system.diag_mut().mapv_inplace(|value| value + blur);
            (system, goal)
        };
        Self { landmarks, square, weights: solve(system, goal).mapv(|weight| weight as f32) }
    }

    /// How many examples stand for all.
    pub(super) fn landmarks(&self) -> usize {
        self.landmarks.nrows()
    }

    /// For each intent about 1 when examples of it are near, 0 when not.
    pub(super) fn scores(&self, vector: ArrayView1<'_, f32>) -> Vec<f32> {
        let nearness = self.landmarks.dot(&vector).mapv(|product| nearness(product, self.square));
        let mut scores = Array1::zeros(self.weights.ncols());
        for (near, of_intents) in nearness.iter().zip(self.weights.outer_iter()) {
            scores.scaled_add(*near, &of_intents);
        }
        scores.to_vec()
    }
}

fn nearness(product: f32, square: f32) -> f32 {
    (STEEPNESS * (product - square)).exp()
}

fn near(vectors: &Array2<f32>, landmarks: &Array2<f32>, square: f32) -> Array2<f32> {
    let mut near = vectors.dot(&landmarks.t());
    near.mapv_inplace(|product| nearness(product, square));
    near
}

/// Places of examples: all, or evenly spread over each intent as many as fit.
fn landmarks(intents: &[usize], count: usize) -> Vec<usize> {
    if intents.len() <= MOST_LANDMARKS {
        return (0..intents.len()).collect();
    }
    let each = (MOST_LANDMARKS / count).max(1);
    let mut of_intent: Vec<Vec<usize>> = vec![Vec::new(); count];
    intents.iter().enumerate().for_each(|(place, intent)| of_intent[*intent].push(place));
    let spread = |places: &Vec<usize>| -> Vec<usize> {
        let take = each.min(places.len());
        (0..take).map(|number| places[number * places.len() / take]).collect()
    };
    let mut chosen: Vec<usize> = of_intent.iter().flat_map(spread).collect();
    chosen.sort_unstable();
    chosen
}

/// X of A X = B, for a symmetric positive definite A, by Cholesky's decomposition.
fn solve(mut a: Array2<f64>, mut b: Array2<f64>) -> Array2<f64> {
    let size = a.nrows();
    for row in 0..size {
        for column in 0..=row {
            let (above, below) = a.view_mut().split_at(Axis(0), row);
            let mut this = below.into_shape_with_order((size - row, size)).expect("rows stay rows");
            let dot = {
                let left = this.row(0);
                let left = left.as_slice().expect("rows are contiguous");
                let right =
                    if column == row { left } else { above.row(column).to_slice().expect("the same") };
                left[..column].iter().zip(&right[..column]).map(|(a, b)| a * b).sum::<f64>()
            };
            let rest = this[(0, column)] - dot;
            this[(0, column)] =
                if column == row { rest.max(1e-12).sqrt() } else { rest / above[(column, column)] };
        }
    }
    for row in 0..size {
        for column in 0..row {
            let factor = a[(row, column)];
            let (above, mut below) = b.view_mut().split_at(Axis(0), row);
            below.row_mut(0).scaled_add(-factor, &above.row(column));
        }
        b.row_mut(row).mapv_inplace(|value| value / a[(row, row)]);
    }
    for row in (0..size).rev() {
        for column in row + 1..size {
            let factor = a[(column, row)];
            let (mut above, below) = b.view_mut().split_at(Axis(0), row + 1);
            above.row_mut(row).scaled_add(-factor, &below.row(column - row - 1));
        }
        b.row_mut(row).mapv_inplace(|value| value / a[(row, row)]);
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved() {
        let a = Array2::from_shape_vec((3, 3), vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0]).unwrap();
        let x = Array2::from_shape_vec((3, 2), vec![1.0, -2.0, 0.5, 3.0, -1.0, 4.0]).unwrap();
        let found = solve(a.clone(), a.dot(&x));
        assert!((found - x).iter().all(|difference| difference.abs() < 1e-9));
    }

    #[test]
    fn few_landmarks_come_near_to_all_examples() {
        let count = 2_000;
        let angle = |at: usize| at as f32 / count as f32 * std::f32::consts::PI;
        let vectors = Array2::from_shape_fn((count, 2), |(row, column)| match column {
            0 => angle(row).cos(),
            _ => angle(row).sin(),
        });
        let intents: Vec<usize> = (0..count).map(|at| usize::from(at >= count / 2)).collect();
        let few = Ridge::train(&vectors, 1.0, &intents, 2);
        assert_eq!(few.landmarks.nrows(), MOST_LANDMARKS);
        for (at, intent) in [(100, 0), (900, 0), (1_100, 1), (1_900, 1)] {
            let scores = few.scores(vectors.row(at));
            assert!(scores[intent] > scores[1 - intent] + 0.2, "{at}: {scores:?}");
        }
    }
}
