//! How sure a guess is: a logistic regression on what the heads say, learnt from examples that they did not see.
//!
//! The examples are dealt into folds. For each fold the heads are trained without its examples and, besides, without a
//! fifth of the intents altogether; the fold's examples of the other intents show how often a guess is right, those of
//! the missing intents what a message looks like that has none. Real traffic differs: the figures are a careful start
//! until a business has labelled some of its own.

use ndarray::Array1;

use super::{Heads, Samples};

/// What tells a good guess from a poor one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Signals([f32; SIGNALS]);

const SIGNALS: usize = 6;

impl Signals {
    /// From the scores of both heads, and the cosines to all examples.
    pub(super) fn new(linear: &[f32], kernel: &[f32], cosines: &Array1<f32>, intents: &[usize]) -> Self {
        let mut shares = linear.to_vec();
        super::linear::softmax(&mut shares);
        let (first, _) = two_best(&shares);
        let (kernel_first, kernel_second) = two_best(kernel);
        let mut nearest: Vec<(f32, usize)> = cosines.iter().copied().zip(intents.iter().copied()).collect();
        let few = NEIGHBOURS.min(nearest.len());
        if few < nearest.len() {
            nearest.select_nth_unstable_by(few, |a, b| b.0.total_cmp(&a.0));
        }
        nearest.truncate(few);
        let nearest_of_all = nearest.iter().map(|(cosine, _)| *cosine).fold(-1.0, f32::max);
        let mean = nearest.iter().map(|(cosine, _)| cosine).sum::<f32>() / few as f32;
        let same = nearest.iter().filter(|(_, intent)| *intent == first.0).count() as f32 / few as f32;
        Self([
            first.1.max(1e-6).ln(),
            kernel_first.1,
            kernel_first.1 - kernel_second.1,
            nearest_of_all,
            mean,
            same,
        ])
    }
}

/// How many examples that are near are looked at.
const NEIGHBOURS: usize = 5;

fn two_best(scores: &[f32]) -> ((usize, f32), (usize, f32)) {
    let (mut first, mut second) = ((0, f32::MIN), (0, f32::MIN));
    for (at, score) in scores.iter().enumerate() {
        if *score > first.1 {
            (first, second) = ((at, *score), first);
        } else if *score > second.1 {
            second = (at, *score);
        }
    }
    (first, second)
}

/// Weights of the signals, after each was brought to mean zero and deviation one.
#[derive(Clone, Debug)]
pub(super) struct Calibration {
    mean: [f64; SIGNALS],
    deviation: [f64; SIGNALS],
    weights: [f64; SIGNALS],
    constant: f64,
}

const FOLDS: usize = 5;
/// With more examples than this some of them must do.
const MOST: usize = 4_000;
/// Messages without any of the intents, to one that has one. Of the support traffic that is published one to two thirds
/// have none, yet most of that is farther from every intent than a sibling that was left out, which is what stands for
/// it here.
const STRANGERS: f64 = 0.2;
/// Fewer guesses than this say nothing: the weights of a careful start are kept.
const LEAST: usize = 20;

impl Default for Calibration {
    /// For a business with hardly any examples: a guess is never sure.
    fn default() -> Self {
        Self {
            mean: [-1.0, 0.5, 0.3, 0.6, 0.5, 0.6],
            deviation: [1.0, 0.25, 0.25, 0.15, 0.15, 0.35],
            weights: [0.4, 0.4, 0.3, 0.5, 0.2, 0.3],
            constant: -0.5,
        }
    }
}

/// A guess of a fold.
struct Outcome {
    signals: [f64; SIGNALS],
    right: bool,
    weight: f64,
}

impl Calibration {
    pub(super) fn learn(samples: &Samples) -> Self {
        let mut outcomes = Vec::new();
        let folds = if samples.examples > MOST { 1 } else { FOLDS };
        for fold in 0..folds {
            outcomes.extend(one_fold(samples, fold));
        }
        let right = outcomes.iter().filter(|outcome| outcome.right).count();
        if right < LEAST || outcomes.len() - right < LEAST {
            return Self::default();
        }
        Self::fit(&outcomes)
    }

    /// Probability that the first guess is right.
    pub(super) fn confidence(&self, signals: &Signals) -> f32 {
        let sum: f64 = (0..SIGNALS)
            .map(|at| (f64::from(signals.0[at]) - self.mean[at]) / self.deviation[at] * self.weights[at])
            .sum();
        (1.0 / (1.0 + (-(sum + self.constant)).exp())) as f32
    }

    /// Logistic regression by Newton's method, with a small penalty that keeps it finite when nothing overlaps.
    fn fit(outcomes: &[Outcome]) -> Self {
        let count = outcomes.len() as f64;
        let mean: [f64; SIGNALS] =
            std::array::from_fn(|at| outcomes.iter().map(|outcome| outcome.signals[at]).sum::<f64>() / count);
        let deviation: [f64; SIGNALS] = std::array::from_fn(|at| {
            let square = |outcome: &Outcome| (outcome.signals[at] - mean[at]).powi(2);
            (outcomes.iter().map(square).sum::<f64>() / count).sqrt().max(1e-6)
        });
        // The last one stands for the constant.
        let mut weights = [0.0_f64; SIGNALS + 1];
        for _ in 0..25 {
            let mut gradient = weights.map(|weight| -weight);
            gradient[SIGNALS] = 0.0;
            let mut hessian = [[0.0_f64; SIGNALS + 1]; SIGNALS + 1];
            (0..=SIGNALS).for_each(|at| hessian[at][at] = if at == SIGNALS { 1e-6 } else { 1.0 });
            for outcome in outcomes {
                let x: [f64; SIGNALS + 1] = std::array::from_fn(|at| match at {
                    SIGNALS => 1.0,
                    at => (outcome.signals[at] - mean[at]) / deviation[at],
                });
                let sum: f64 = x.iter().zip(&weights).map(|(x, weight)| x * weight).sum();
                let chance = 1.0 / (1.0 + (-sum).exp());
                let error = f64::from(u8::from(outcome.right)) - chance;
                for row in 0..=SIGNALS {
                    gradient[row] += outcome.weight * error * x[row];
                    for column in 0..=SIGNALS {
                        hessian[row][column] += outcome.weight * chance * (1.0 - chance) * x[row] * x[column];
                    }
                }
            }
            let step = newton(hessian, gradient);
            weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += step);
        }
        let constant = weights[SIGNALS];
        Self { mean, deviation, weights: std::array::from_fn(|at| weights[at]), constant }
    }
}

/// Solves a small system by elimination.
fn newton<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        for row in pivot + 1..N {
            let (above, below) = a.split_at_mut(row);
            let factor = below[0][pivot] / above[pivot][pivot];
            below[0].iter_mut().zip(&above[pivot]).for_each(|(value, known)| *value -= factor * known);
            b[row] -= factor * b[pivot];
        }
    }
    for pivot in (0..N).rev() {
        let known: f64 = (pivot + 1..N).map(|column| a[pivot][column] * b[column]).sum();
        b[pivot] = (b[pivot] - known) / a[pivot][pivot];
    }
    b
}

/// What heads that did not see this fold say of its examples.
fn one_fold(samples: &Samples, fold: usize) -> Vec<Outcome> {
    // Every fifth example of each intent is in the fold, every fifth intent is missing.
    let mut met = vec![0_usize; samples.names.len()];
    let turn: Vec<usize> = samples
        .intents
        .iter()
        .map(|intent| {
            met[*intent] += 1;
            met[*intent] - 1
        })
        .collect();
    let missing = |place: usize| scattered(samples.intents[place]) % FOLDS == fold;
    let held_out = |place: usize| place < samples.examples && turn[place] % FOLDS == fold;
    let kept: Vec<usize> =
        (0..samples.texts.len()).filter(|place| !missing(*place) && !held_out(*place)).collect();
    let some = samples.some(&kept);
    if some.names.len() < 2 {
        return Vec::new();
    }
    let heads = Heads::train(&some);
    let asked: Vec<usize> = (0..samples.examples).filter(|place| held_out(*place)).collect();
    let step = asked.len().div_ceil(MOST).max(1);
    let asked: Vec<usize> = asked.into_iter().step_by(step).collect();
    let strangers = asked.iter().filter(|place| missing(**place)).count();
    let share = STRANGERS * (asked.len() - strangers) as f64 / strangers.max(1) as f64;
    let outcome = |place: &usize| {
        let scores = heads.score(&samples.one(*place));
        let best = &heads.names[Heads::best(&scores)];
        Outcome {
            signals: scores.signals.0.map(f64::from),
            right: *best == samples.names[samples.intents[*place]],
            weight: if missing(*place) { share } else { 1.0 },
        }
    };
    asked.iter().map(outcome).collect()
}

/// Neighbours in the alphabet are siblings often ("card_arrival", "card_delivery"): they are dealt to different folds
/// and the same ones, as chance has it.
fn scattered(number: usize) -> usize {
    (number.wrapping_mul(0x9e37_79b9) >> 7) % 1_009
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_follows_what_was_seen() {
        let outcome = |value: f64, right| Outcome { signals: [value; SIGNALS], right, weight: 1.0 };
        let mut outcomes = Vec::new();
        for at in 0..200 {
            let value = f64::from(at) / 200.0;
            outcomes.push(outcome(value, at % 10 < (at / 20)));
        }
        let learnt = Calibration::fit(&outcomes);
        let chance = |value: f32| learnt.confidence(&Signals([value; SIGNALS]));
        assert!(chance(0.05) < 0.15 && chance(0.95) > 0.85, "{} {}", chance(0.05), chance(0.95));
        assert!((chance(0.5) - 0.5).abs() < 0.1, "{}", chance(0.5));
    }

    #[test]
    fn a_clear_cut_leaves_the_weights_finite() {
        let outcome = |at: usize| Outcome { signals: [at as f64; SIGNALS], right: at >= 50, weight: 1.0 };
        let learnt = Calibration::fit(&(0..100).map(outcome).collect::<Vec<_>>());
        assert!(learnt.weights.iter().all(|weight| weight.is_finite()));
    }
}
