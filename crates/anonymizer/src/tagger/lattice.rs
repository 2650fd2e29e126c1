//! The linear chain of labels over the words of a piece: the best path, and how sure each label is.
//!
//! A conditional random field (Lafferty, McCallum and Pereira 2001); decoding by Viterbi, marginals by the forward
//! and backward recursions, scaled at each word as in Rabiner 1989.

/// Outside, and the first and the further words of a person, a place and an organisation.
pub const LABELS: usize = 7;

/// A score for each label.
pub type Scores = [f32; LABELS];

/// The label of a word outside of every span.
pub const OUTSIDE: usize = 0;

/// Scores further apart than this are as good as certain; the bound keeps the recursions from underflow.
const FURTHEST: f32 = 60.0;

/// Whether a label goes on with the span of the one before it: the even ones but the first do.
pub(crate) fn is_inside(label: usize) -> bool {
    label != OUTSIDE && label.is_multiple_of(2)
}

/// Whether `next` may follow `label`: nothing goes on that has not begun.
pub(crate) fn may_follow(label: usize, next: usize) -> bool {
    !is_inside(next) || label == next || label + 1 == next
}

/// How much each label likes to follow each, and to be the first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chain {
    scores: [Scores; LABELS],
    first: Scores,
    weights: [Scores; LABELS],
    first_weights: Scores,
}

impl Chain {
    /// What may not follow is never followed, whatever its score.
    pub(crate) fn new(mut scores: [Scores; LABELS], mut first: Scores) -> Self {
        for (label, row) in scores.iter_mut().enumerate() {
            for (next, score) in row.iter_mut().enumerate() {
                if !may_follow(label, next) {
                    *score = f32::NEG_INFINITY;
                }
            }
        }
        for (label, score) in first.iter_mut().enumerate() {
            if is_inside(label) {
                *score = f32::NEG_INFINITY;
            }
        }
        let weights = scores.map(|row| row.map(f32::exp));
        Self { scores, first, weights, first_weights: first.map(f32::exp) }
    }
}

/// The recursions' results for one piece. Kept and refilled, so that a long text is not a long row of allocations.
#[derive(Default)]
pub(crate) struct Lattice {
    /// Probability of each label, for each word.
    pub(crate) marginals: Vec<Scores>,
    pub(crate) best: Vec<usize>,
    forward: Vec<Scores>,
    backward: Vec<Scores>,
    local: Vec<Scores>,
    back: Vec<[u8; LABELS]>,
}

impl Lattice {
    /// Finds the best path when every label but outside is worth `eagerness` more, and the marginals as they are.
    pub(crate) fn solve(&mut self, chain: &Chain, emissions: &[Scores], eagerness: f32) {
        self.find_marginals(chain, emissions);
        self.find_best(chain, emissions, eagerness);
    }

    /// Fills `marginals`.
    pub(crate) fn find_marginals(&mut self, chain: &Chain, emissions: &[Scores]) {
        self.local.clear();
        self.local.extend(emissions.iter().map(|scores| {
            let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            scores.map(|score| (score - most).max(-FURTHEST).exp())
        }));
        self.forward.clear();
        let mut last = None;
        for local in &self.local {
            let mut now = match &last {
                None => chain.first_weights,
                Some(before) => following(chain, before),
            };
            multiply(&mut now, local);
            normalise(&mut now);
            self.forward.push(now);
            last = Some(now);
        }
        self.backward.clear();
        let mut next = [1.0; LABELS];
        for local in self.local.iter().rev() {
            self.backward.push(next);
            let mut reached = next;
            multiply(&mut reached, local);
            next = chain.weights.map(|row| dot(&row, &reached));
            normalise(&mut next);
        }
        self.backward.reverse();
        self.marginals.clear();
        for (forward, backward) in self.forward.iter().zip(&self.backward) {
            let mut now = *forward;
            multiply(&mut now, backward);
            normalise(&mut now);
            self.marginals.push(now);
        }
    }

    /// For each pair of neighbours: the probability that the one label follows the other. For training.
    pub(crate) fn pairs(&self, chain: &Chain, mut each: impl FnMut(usize, usize, f32)) {
        let words = self.forward.iter().zip(self.backward.iter().zip(&self.local).skip(1));
        for (before, (after, local)) in words {
            let mut reached = *after;
            multiply(&mut reached, local);
            let all: f32 = before.iter().zip(&chain.weights).map(|(p, row)| p * dot(row, &reached)).sum();
            for (label, (probability, row)) in before.iter().zip(&chain.weights).enumerate() {
                for (next, (weight, reached)) in row.iter().zip(&reached).enumerate() {
                    each(label, next, probability * weight * reached / all.max(f32::MIN_POSITIVE));
                }
            }
        }
    }

    fn find_best(&mut self, chain: &Chain, emissions: &[Scores], eagerness: f32) {
        self.back.clear();
        let mut reached = chain.first;
        for (at, emission) in emissions.iter().enumerate() {
            let mut from = [OUTSIDE as u8; LABELS];
            let mut now = [f32::NEG_INFINITY; LABELS];
            for (next, (slot, came)) in now.iter_mut().zip(&mut from).enumerate() {
                let own = emission[next] + if next == OUTSIDE { 0.0 } else { eagerness };
                if at == 0 {
                    *slot = reached[next] + own;
                    continue;
                }
                for (label, (score, row)) in reached.iter().zip(&chain.scores).enumerate() {
                    let total = score + row[next] + own;
                    if total > *slot {
                        (*slot, *came) = (total, label as u8);
                    }
                }
            }
            self.back.push(from);
            reached = now;
        }
        let best = (0..LABELS).max_by(|a, b| reached[*a].total_cmp(&reached[*b]));
        let mut label = best.unwrap_or(OUTSIDE);
        self.best.clear();
        for from in self.back.iter().rev() {
            self.best.push(label);
            label = usize::from(from[label]);
        }
        self.best.reverse();
    }
}

fn following(chain: &Chain, before: &Scores) -> Scores {
    let mut now = [0.0; LABELS];
    for (probability, row) in before.iter().zip(&chain.weights) {
        for (slot, weight) in now.iter_mut().zip(row) {
            *slot += probability * weight;
        }
    }
    now
}

fn multiply(scores: &mut Scores, by: &Scores) {
    for (score, by) in scores.iter_mut().zip(by) {
        *score *= by;
    }
}

fn dot(left: &Scores, right: &Scores) -> f32 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

fn normalise(scores: &mut Scores) {
    let sum: f32 = scores.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    for score in scores {
        *score /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every path with its weight, the slow way.
    fn paths(chain: &Chain, emissions: &[Scores]) -> Vec<(Vec<usize>, f32)> {
        let mut all = vec![(Vec::new(), 1.0)];
        for emission in emissions {
            all = all
                .into_iter()
                .flat_map(|(path, weight): (Vec<usize>, f32)| {
                    (0..LABELS).map(move |label| {
                        let step = path.last().map_or(chain.first[label], |last| chain.scores[*last][label]);
                        let mut path = path.clone();
                        path.push(label);
                        (path, weight * (step + emission[label]).exp())
                    })
                })
                .collect();
        }
        all
    }

    fn example() -> (Chain, Vec<Scores>) {
        let mut value = 0.0f32;
        let mut next = || {
            value = (value * 7.3 + 1.7) % 4.0;
            value - 2.0
        };
        let chain = Chain::new(std::array::from_fn(|_| std::array::from_fn(|_| next())), [0.1; LABELS]);
        (chain, (0..4).map(|_| std::array::from_fn(|_| next())).collect())
    }

    #[test]
    fn marginals_pairs_and_the_best_path_are_those_of_all_paths() {
        let (chain, emissions) = example();
        let all = paths(&chain, &emissions);
        let sum: f32 = all.iter().map(|(_, weight)| weight).sum();
        let mut lattice = Lattice::default();
        lattice.solve(&chain, &emissions, 0.0);
        for (at, marginals) in lattice.marginals.iter().enumerate() {
            for (label, marginal) in marginals.iter().enumerate() {
                let expected: f32 = all.iter().filter(|(path, _)| path[at] == label).map(|(_, w)| w).sum();
                assert!(
                    (marginal - expected / sum).abs() < 1e-4,
                    "{at} {label}: {marginal} {}",
                    expected / sum
                );
            }
        }
        let mut pairs = [[0.0f32; LABELS]; LABELS];
        lattice.pairs(&chain, |label, next, probability| pairs[label][next] += probability);
        let expected: f32 = all
            .iter()
            .map(|(path, weight)| weight * path.windows(2).filter(|pair| *pair == [1, 2]).count() as f32)
            .sum();
        assert!((pairs[1][2] - expected / sum).abs() < 1e-4);
        let best = all.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert_eq!(lattice.best, best.0);
    }

    #[test]
    fn nothing_goes_on_that_has_not_begun_however_much_it_scores() {
        let chain = Chain::new([[0.0; LABELS]; LABELS], [0.0; LABELS]);
        let mut emission = [0.0; LABELS];
        emission[4] = 1000.0;
        let mut lattice = Lattice::default();
        lattice.solve(&chain, &[emission; 3], 0.0);
        assert_eq!(lattice.best, [3, 4, 4]);
        assert!(lattice.marginals.iter().flatten().all(|probability| probability.is_finite()));
    }
}
