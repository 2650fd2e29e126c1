//! From a question to ranked articles and one calibrated probability.

use std::collections::HashMap;

use super::index::{Index, Part, SearchError};
use super::{Article, Passage};
use crate::analysis::stems;

/// What was found for a question.
#[derive(Clone, Debug, Default)]
pub struct Retrieved<'a> {
    /// Articles, best first, at most ten.
    pub candidates: Vec<Candidate<'a>>,
    /// Probability, from 0 to 1, that the first candidate answers the question.
    pub confidence: f32,
    /// What the probability was computed from; for evaluation.
    pub signals: Signals,
    /// The question's stems as the index knows them.
    pub(crate) stems: Vec<String>,
}

/// An article that may answer.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The article.
    pub article: &'a Article,
    /// The number of its passage that fits best.
    pub passage: usize,
    /// Weighted sum of BM25 scores; only the order and ratios within one question mean something.
    pub score: f32,
}

impl<'a> Candidate<'a> {
    /// The passage that fits best.
    #[must_use]
    pub fn best_passage(&self) -> Option<&'a Passage> {
        self.article.passages.get(self.passage)
    }
}

/// What tells a good match from a poor one, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Signals {
    /// Share of the question's words, weighted by rarity, that the article has at all.
    pub coverage: f32,
    /// Overlap with the nearest of the article's questions: weight of the common words over that of all.
    pub likeness: f32,
    /// How far the second article is behind: 1 when there is none, 0 when it is level.
    pub margin: f32,
    /// How much was asked in words that mean something: 1 from about three rare words on.
    pub substance: f32,
}

/// How many articles are looked at.
pub(super) const MOST: usize = 10;

// Chosen on content/evaluation by `cargo run -p assistant --example retrieval -- --sweep`, 2026-11.
const QUESTION: f32 = 1.0;
const PASSAGE: f32 = 0.4;
const KEYWORDS: f32 = 0.6;

// Logistic regression on the same queries; see content/evaluation/README.md.
const INTERCEPT: f32 = -5.0;
const COVERAGE: f32 = 4.5;
const LIKENESS: f32 = 3.0;
const MARGIN: f32 = 2.5;
const SUBSTANCE: f32 = 1.0;

/// The weights of the three kinds of text.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Of the best of the title and alternative questions.
    pub question: f32,
    /// Of the best passage.
    pub passage: f32,
    /// Of the keywords.
    pub keywords: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            question: QUESTION,
            passage: PASSAGE,
            keywords: KEYWORDS,
        }
    }
}

pub(super) fn retrieve<'a>(
    articles: &'a [Article],
    index: &Index,
    weights: Weights,
    question: &str,
) -> Result<Retrieved<'a>, SearchError> {
    let asked = stems(question, index.language);
    let mut known: Vec<String> = asked
        .iter()
        .flat_map(|stem| index.vocabulary.resolve(stem))
        .collect();
    known.sort();
    known.dedup();
    if known.is_empty() {
        return Ok(Retrieved::default());
    }
    let mut scores: HashMap<usize, (f32, f32, f32, usize)> = HashMap::new();
    for part in [Part::Question, Part::Passage(0), Part::Keywords] {
        for (score, article, found) in index.search(part, &known, MOST * 5)? {
            let best = scores.entry(article).or_default();
            match found {
                Part::Question => best.0 = best.0.max(score),
                Part::Passage(number) if score > best.1 => (best.1, best.3) = (score, number),
                Part::Passage(_) => {}
                Part::Keywords => best.2 = score,
            }
        }
    }
    let mut ranked: Vec<(f32, usize, usize)> = scores
        .into_iter()
        .map(|(article, (question, passage, keywords, number))| {
            let score = weights.question * question
                + weights.passage * passage
                + weights.keywords * keywords;
            (score, article, number)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(MOST);
    let signals = signals(index, &asked, &known, &ranked);
    let candidates = ranked
        .into_iter()
        .map(|(score, article, passage)| Candidate {
            article: &articles[article],
            passage,
            score,
        })
        .collect();
    Ok(Retrieved {
        candidates,
        confidence: confidence(signals),
        signals,
        stems: known,
    })
}

fn signals(
    index: &Index,
    asked: &[String],
    known: &[String],
    ranked: &[(f32, usize, usize)],
) -> Signals {
    let Some(&(first, article, _)) = ranked.first() else {
        return Signals::default();
    };
    let vocabulary = &index.vocabulary;
    let weigh = |stems: &mut dyn Iterator<Item = &String>| {
        stems.map(|stem| vocabulary.weight(stem)).sum::<f32>()
    };
    let content = index
        .contents
        .get(&article)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let in_content = |stem: &&String| content.binary_search(stem).is_ok();
    // A word that resolves to nothing counts as asked for and not found.
    let lost: f32 = asked
        .iter()
        .filter(|stem| vocabulary.resolve(stem).is_empty())
        .map(|stem| vocabulary.weight(stem))
        .sum();
    let all = weigh(&mut known.iter()) + lost;
    let matched = weigh(&mut known.iter().filter(in_content));
    let likeness = index
        .questions
        .get(&article)
        .into_iter()
        .flatten()
        .map(|question| {
            let common = weigh(&mut known.iter().filter(|stem| question.contains(stem)));
            let only_there = weigh(&mut question.iter().filter(|stem| !known.contains(stem)));
            common / (all + only_there).max(f32::EPSILON)
        })
        .fold(0.0, f32::max);
    let second = ranked.get(1).map_or(0.0, |(score, _, _)| *score);
    Signals {
        coverage: matched / all.max(f32::EPSILON),
        likeness,
        margin: if first > 0.0 {
            (first - second) / first
        } else {
            0.0
        },
        substance: (matched / 9.0).min(1.0),
    }
}

fn confidence(signals: Signals) -> f32 {
    let sum = INTERCEPT
        + COVERAGE * signals.coverage
        + LIKENESS * signals.likeness
        + MARGIN * signals.margin
        + SUBSTANCE * signals.substance;
    1.0 / (1.0 + (-sum).exp())
}
