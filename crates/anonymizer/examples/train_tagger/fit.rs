//! Fits the weights of the conditional random field: stochastic gradient with AdaGrad (Duchi, Hazan and Singer 2011),
//! dropout on features, then again on the features that turned out to matter.

use anonymizer::tagger_training::{self as tagger, ByKey, IDENTITY, LABELS, OUTSIDE, Scores};

use crate::example::Example;
use crate::random::Random;

const RATE: f32 = 0.25;
const DECAY: f32 = 2e-6;
/// Of 100 features, how many are left out at a step.
const DROPPED: usize = 10;
/// Of 100 words, how many are not told which word they are.
const UNNAMED: usize = 15;
/// A feature that is seen more rarely is not learned.
const FEWEST: u32 = 3;

pub(crate) struct Plan {
    pub(crate) rounds: usize,
    pub(crate) rounds_after_pruning: usize,
    /// How many features are kept.
    pub(crate) features: usize,
}

pub(crate) struct Fitted {
    pub(crate) steps: [Scores; LABELS],
    pub(crate) first: Scores,
    pub(crate) features: Vec<(u64, Scores)>,
}

/// Weights and the sums of their squared gradients, side by side: they are used together.
#[derive(Clone, Copy, Default)]
struct Weights {
    value: [f32; 8],
    squares: [f32; 8],
}

impl Weights {
    fn learn(&mut self, gradient: &Scores) {
        for ((value, squares), gradient) in self.value.iter_mut().zip(&mut self.squares).zip(gradient) {
            let gradient = gradient + DECAY * *value;
            *squares += gradient * gradient;
            *value -= RATE * gradient / (1.0 + *squares).sqrt();
        }
    }

    fn scores(&self) -> Scores {
        std::array::from_fn(|label| self.value[label])
    }

    fn heaviness(&self) -> f32 {
        self.value.iter().map(|weight| weight.abs()).sum()
    }
}

/// The index of a feature that is not learned.
const NONE: u32 = u32::MAX;

struct Sentence {
    /// The indexes of the features of each word.
    features: Vec<Vec<u32>>,
    labels: Vec<usize>,
}

pub(crate) fn fit(examples: &[Example], plan: &Plan, random: &mut Random) -> Fitted {
    let (keys, mut sentences) = index(examples);
    let mut weights = vec![Weights::default(); keys.len()];
    let mut chain = vec![Weights::default(); LABELS + 1];
    for round in 0..plan.rounds + plan.rounds_after_pruning {
        if round == plan.rounds {
            prune(&mut weights, &mut sentences, plan.features);
        }
        random.shuffle(&mut sentences);
        let loss: f64 =
            sentences.iter().map(|sentence| step(sentence, &mut weights, &mut chain, random)).sum();
        eprintln!("round {}: loss {:.3} a sentence", round + 1, loss / sentences.len() as f64);
    }
    let kept = 1.0 - DROPPED as f32 / 100.0;
    let learned = keys.into_iter().zip(&weights).filter(|(_, weights)| weights.heaviness() > 0.0);
    Fitted {
        steps: std::array::from_fn(|label| chain[label].scores()),
        first: chain[LABELS].scores(),
        features: learned.map(|(key, weights)| (key, weights.scores().map(|weight| weight * kept))).collect(),
    }
}

/// Gives each feature that is seen often enough a number.
fn index(examples: &[Example]) -> (Vec<u64>, Vec<Sentence>) {
    let mut counts: ByKey<u32> = ByKey::default();
    for example in examples {
        for key in tagger::pieces(&example.text).iter().flat_map(|piece| piece.features.iter().flatten()) {
            *counts.entry(*key).or_default() += 1;
        }
    }
    counts.retain(|_, count| *count >= FEWEST);
    let mut keys: Vec<u64> = counts.into_keys().collect();
    keys.sort_unstable();
    let numbers: ByKey<u32> = keys.iter().zip(0..).map(|(key, number)| (*key, number)).collect();
    let mut sentences = Vec::new();
    for example in examples {
        for piece in tagger::pieces(&example.text) {
            let number = |key: &u64| numbers.get(key).copied().unwrap_or(NONE);
            let features = piece.features.iter().map(|keys| keys.iter().map(number).collect()).collect();
            let labels = labels(example, &piece);
            sentences.push(Sentence { features, labels });
        }
    }
    (keys, sentences)
}

fn labels(example: &Example, piece: &tagger::Piece) -> Vec<usize> {
    let mut last = None;
    let mut all = Vec::with_capacity(piece.words.len());
    for word in &piece.words {
        let span =
            example.spans.iter().position(|(range, _)| range.start < word.end && word.start < range.end);
        all.push(span.map_or(OUTSIDE, |index| {
            let first = tagger::first_label(example.spans[index].1);
            if last == span { first + 1 } else { first }
        }));
        last = span;
    }
    all
}

/// One sentence: what the model expects against what is so. Returns how surprised it was.
fn step(sentence: &Sentence, weights: &mut [Weights], chain: &mut [Weights], random: &mut Random) -> f64 {
    let features: Vec<Vec<u32>> = sentence.features.iter().map(|all| drop_some(all, random)).collect();
    let emissions: Vec<Scores> = features
        .iter()
        .map(|word| {
            let mut sum = [0.0; 8];
            for feature in word {
                for (sum, weight) in sum.iter_mut().zip(&weights[*feature as usize].value) {
                    *sum += weight;
                }
            }
            std::array::from_fn(|label| sum[label])
        })
        .collect();
    let steps = std::array::from_fn(|label| chain[label].scores());
    let expected = tagger::expect(&steps, &chain[LABELS].scores(), &emissions);
    let mut surprise = 0.0;
    for ((word, label), probabilities) in features.iter().zip(&sentence.labels).zip(&expected.labels) {
        surprise -= f64::from(probabilities[*label].max(1e-9).ln());
        let mut gradient = *probabilities;
        gradient[*label] -= 1.0;
        if gradient.iter().any(|part| part.abs() > 1e-4) {
            for feature in word {
                weights[*feature as usize].learn(&gradient);
            }
        }
    }
    let mut gradients = expected.steps;
    for pair in sentence.labels.windows(2) {
        gradients[pair[0]][pair[1]] -= 1.0;
    }
    for (weights, gradient) in chain.iter_mut().zip(&gradients) {
        weights.learn(gradient);
    }
    if let (Some(probabilities), Some(label)) = (expected.labels.first(), sentence.labels.first()) {
        let mut gradient = *probabilities;
        gradient[*label] -= 1.0;
        chain[LABELS].learn(&gradient);
    }
    surprise
}

fn drop_some(features: &[u32], random: &mut Random) -> Vec<u32> {
    let unnamed = features.len() > IDENTITY[3] && random.percent(UNNAMED);
    let kept = features.iter().enumerate().filter(|(position, feature)| {
        **feature != NONE && !random.percent(DROPPED) && !(unnamed && IDENTITY.contains(position))
    });
    kept.map(|(_, feature)| *feature).collect()
}

/// Forgets all but the heaviest.
fn prune(weights: &mut [Weights], sentences: &mut [Sentence], most: usize) {
    let mut heaviness: Vec<f32> = weights.iter().map(Weights::heaviness).collect();
    heaviness.sort_by(|left, right| right.total_cmp(left));
    let least = heaviness.get(most).copied().unwrap_or(0.0);
    eprintln!("{} features, of which {} stay", weights.len(), most.min(weights.len()));
    let kept: Vec<bool> = weights.iter().map(|weights| weights.heaviness() > least).collect();
    for (weights, kept) in weights.iter_mut().zip(&kept) {
        if !kept {
            *weights = Weights::default();
        }
    }
    for feature in sentences.iter_mut().flat_map(|sentence| sentence.features.iter_mut().flatten()) {
        if *feature != NONE && !kept[*feature as usize] {
            *feature = NONE;
        }
    }
}
