//! From a question to ranked articles and one calibrated probability.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::index::{Index, Kind, Part, SearchError};
use super::semantic::Semantic;
use super::vectors::{Near, Nearness, Spread};
use super::{Article, Passage, Reader};
use crate::analysis::{stems, wording};

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
    /// With a sentence encoder only.
    pub meaning: Option<Meaning>,
}

/// What the meaning tells of a match.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meaning {
    /// Cosine of the question and the nearest question of the first article.
    pub question: f32,
    /// Cosine of the question and the nearest passage of the first article.
    pub passage: f32,
    /// By how much the combined cosine of the first article is above the best of all others; may be below nothing.
    pub ahead: f32,
}

/// How many articles are looked at.
pub(super) const MOST: usize = 10;

// Chosen on content/evaluation by `cargo run -p assistant --example retrieval -- --sweep`, 2026-11.
const QUESTION: f32 = 1.0;
const PASSAGE: f32 = 0.4;
const KEYWORDS: f32 = 0.6;
const COVERED: f32 = 2.0;
const WORDING: f32 = 0.5;
const KEYWORDS_BESIDE_MEANING: f32 = 0.3;

// Logistic regression on the same questions; see content/evaluation/README.md.
const INTERCEPT: f32 = -1.95;
const COVERAGE: f32 = 2.42;
const LIKENESS: f32 = 0.87;
const MARGIN: f32 = 2.16;
const SUBSTANCE: f32 = 2.42;

/// The same with a sentence encoder, fitted on the English questions.
mod beside_meaning {
    pub(super) const INTERCEPT: f32 = -4.75;
    pub(super) const COVERAGE: f32 = 2.35;
    pub(super) const SUBSTANCE: f32 = 3.11;
    pub(super) const QUESTION: f32 = 2.9;
    pub(super) const PASSAGE: f32 = 3.59;
    pub(super) const AHEAD: f32 = 2.68;
}

// From this probability on the first article answers, and from this one it is worth asking "did you mean".
// Calibration does not carry over to other articles and customers; these are on the careful side.
const ANSWER: f32 = 0.8;
const CLARIFY: f32 = 0.35;
// Two articles that are this close are both offered, however likely the first is.
const CLEAR: f32 = 0.06;
// One word ("size") names a topic, not a question, unless a single article has it.
const CLEAR_OF_ONE_WORD: f32 = 0.5;

/// What the calibrated probability allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// The first article answers.
    Answer,
    /// "Did you mean one of these?"
    Clarify,
    /// Nothing fits.
    Unknown,
}

impl Retrieved<'_> {
    /// What the probability allows.
    #[must_use]
    pub fn zone(&self) -> Zone {
        let clear = if self.stems.len() == 1 { CLEAR_OF_ONE_WORD } else { CLEAR };
        if self.confidence >= ANSWER && self.signals.margin >= clear {
            Zone::Answer
        } else if self.confidence >= CLARIFY {
            Zone::Clarify
        } else {
            Zone::Unknown
        }
    }
}

impl<'a> Retrieved<'a> {
    /// What an answer may be written from: none when nothing fits.
    pub(crate) fn candidates_that_fit(&self) -> &[Candidate<'a>] {
        if self.zone() == Zone::Unknown { &[] } else { &self.candidates }
    }
}

/// The weights of the three kinds of text.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Of the best of the title and alternative questions.
    pub question: f32,
    /// Of the best passage.
    pub passage: f32,
    /// Of the keywords.
    pub keywords: f32,
    /// How much more an article counts that has every word of the question somewhere: the weighted sum is
    /// multiplied by one plus this times the share that it has.
    pub covered: f32,
    /// With a sentence encoder: how much the full wording of the questions counts beside the meaning, both brought to
    /// one scale.
    pub wording: f32,
    /// With a sentence encoder: how much the keywords count beside the meaning. The weights above are for retrieval
    /// without one.
    pub beside_meaning: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            question: QUESTION,
            passage: PASSAGE,
            keywords: KEYWORDS,
            covered: COVERED,
            wording: WORDING,
            beside_meaning: KEYWORDS_BESIDE_MEANING,
        }
    }
}

/// Where is looked, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Shelf<'a> {
    pub(super) articles: &'a [Article],
    pub(super) index: &'a Index,
    pub(super) reader: Reader,
}

impl Shelf<'_> {
    fn shows(&self, article: usize) -> bool {
        self.articles[article].is_for(self.reader)
    }
}

/// By meaning and words where there is a meaning, else by words.
pub(super) async fn retrieve<'a>(
    shelf: Shelf<'a>,
    semantic: Option<&Semantic>,
    weights: Weights,
    question: &str,
) -> Result<Retrieved<'a>, SearchError> {
    let Shelf { articles, index, .. } = shelf;
    let asked = Asked::new(index, question);
    let beside = match semantic {
        Some(semantic) => beside_words(shelf, semantic, &asked, question).await?,
        None => None,
    };
    if asked.known.is_empty() && beside.is_none() {
        return Ok(Retrieved::default());
    }
    let mut ranked: Vec<(f32, usize)> = match &beside {
        None => asked.by_words(index, weights)?,
        Some((near, words)) => combined(near, words, weights),
    };
    ranked.retain(|(_, article)| shelf.shows(*article));
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.truncate(MOST);
    let meaning = beside.as_ref().and_then(|(near, _)| meaning(near, &ranked));
    let signals = Signals { meaning, ..asked.signals(index, &ranked) };
    let candidates = ranked
        .into_iter()
        .map(|(score, article)| {
            let passage = asked.passage(index, article);
            Candidate { article: &articles[article], passage, score }
        })
        .collect();
    Ok(Retrieved { candidates, confidence: confidence(signals), signals, stems: asked.known })
}

/// What the words say beside the meaning, of articles that are shown.
struct BesideMeaning {
    wording: Scores,
    keywords: Scores,
}

/// The meaning, and what the words say beside it; `None` while the meaning cannot be had.
async fn beside_words(
    shelf: Shelf<'_>,
    semantic: &Semantic,
    asked: &Asked,
    question: &str,
) -> Result<Option<(Near, BesideMeaning)>, SearchError> {
    let mut words = BesideMeaning {
        wording: by_wording(shelf.index, question)?,
        keywords: by_keywords(shelf.index, &asked.known)?,
    };
    words.wording.retain(|article, _| shelf.shows(*article));
    words.keywords.retain(|article, _| shelf.shows(*article));
    let also: BTreeSet<usize> = words.wording.keys().chain(words.keywords.keys()).copied().collect();
    let also: Vec<usize> = also.into_iter().collect();
    let near = semantic.near(question, &|article| shelf.shows(article), &also).await;
    Ok(near.map(|near| (near, words)))
}

/// What BM25 says of the best question of each article, stop words and all.
fn by_wording(index: &Index, question: &str) -> Result<Scores, SearchError> {
    let mut words = wording(question, index.language);
    words.sort();
    words.dedup();
    let mut best = Scores::new();
    for (score, article, _) in index.search(Kind::Wording, &words, MOST * 20)? {
        let known = best.entry(article).or_default();
        *known = known.max(score);
    }
    Ok(best)
}

/// What BM25 says of each article's keywords.
fn by_keywords(index: &Index, known: &[String]) -> Result<Scores, SearchError> {
    let found = index.search(Kind::Keywords, known, MOST * 5)?;
    Ok(found.into_iter().map(|(score, article, _)| (article, score)).collect())
}

/// Scores by article; nothing for those that are not there.
type Scores = BTreeMap<usize, f32>;

/// The sum of nearness and of the words' scores by their weights, each brought to mean zero and deviation one over all
/// articles that are shown. An article that neither meaning nor words have found is behind all that they have.
fn combined(near: &Near, words: &BesideMeaning, weights: Weights) -> Vec<(f32, usize)> {
    let others = [(&words.wording, weights.wording), (&words.keywords, weights.beside_meaning)]
        .map(|(scores, weight)| (scores, weight, Spread::of(scores.values().copied(), near.all.count)));
    let sum = |(article, nearness): &(usize, Nearness)| {
        let words = others.iter().map(|(scores, weight, spread)| {
            weight * spread.place(scores.get(article).copied().unwrap_or(0.0))
        });
        (near.all.place(nearness.combined()) + words.sum::<f32>(), *article)
    };
    near.articles.iter().map(sum).collect()
}

fn meaning(near: &Near, ranked: &[(f32, usize)]) -> Option<Meaning> {
    let (_, first) = ranked.first()?;
    let (_, best) = near.articles.iter().find(|(article, _)| article == first)?;
    let others = near.articles.iter().filter(|(article, _)| article != first);
    let next = others.map(|(_, nearness)| nearness.combined()).fold(0.0, f32::max);
    Some(Meaning { question: best.question, passage: best.passage, ahead: best.combined() - next })
}

/// The best BM25 scores of one article.
#[derive(Default)]
struct Found {
    question: f32,
    passage: f32,
    keywords: f32,
}

fn gather(index: &Index, known: &[String]) -> Result<HashMap<usize, Found>, SearchError> {
    let mut gathered: HashMap<usize, Found> = HashMap::new();
    for kind in [Kind::Question, Kind::Passage, Kind::Keywords] {
        for (score, article, part) in index.search(kind, known, MOST * 5)? {
            let found = gathered.entry(article).or_default();
            match part {
                Part::Question => found.question = found.question.max(score),
                Part::Passage(_) => found.passage = found.passage.max(score),
                Part::Keywords => found.keywords = score,
                Part::Wording => {}
            }
        }
    }
    Ok(gathered)
}

/// The question as the index sees it.
struct Asked {
    /// Its stems that the index knows, or what stands for them; sorted, each once.
    known: Vec<String>,
    /// Weight of everything asked, also of the words that nobody knows.
    weight: f32,
}

impl Asked {
    /// What BM25 says of each article that has any of the words.
    fn by_words(&self, index: &Index, weights: Weights) -> Result<Vec<(f32, usize)>, SearchError> {
        let score = |(article, found): (usize, Found)| {
            let sum = weights.question * found.question
                + weights.passage * found.passage
                + weights.keywords * found.keywords;
            let coverage = self.matched(index, article) / self.weight;
            (sum * (1.0 + weights.covered * coverage), article)
        };
        Ok(gather(index, &self.known)?.into_iter().map(score).collect())
    }

    fn new(index: &Index, question: &str) -> Self {
        let mut known = Vec::new();
        let mut lost = 0.0;
        let small = |stem: &str| stem.len() < 3 && stem.bytes().all(|byte| byte.is_ascii_digit());
        // A small number says nothing by itself and stands in many articles.
        for stem in stems(question, index.language).into_iter().filter(|stem| !small(stem)) {
            let resolved = index.vocabulary.resolve(&stem);
            if resolved.is_empty() {
                lost += index.vocabulary.weight(&stem);
            }
            known.extend(resolved);
        }
        known.sort();
        known.dedup();
        let weight = known.iter().map(|stem| index.vocabulary.weight(stem)).sum::<f32>() + lost;
        Self { known, weight: weight.max(f32::EPSILON) }
    }

    /// Weight of the words that the article has anywhere.
    fn matched(&self, index: &Index, article: usize) -> f32 {
        let content = index.contents.get(&article).map(Vec::as_slice).unwrap_or_default();
        let has = |stem: &&String| content.binary_search(stem).is_ok();
        self.known.iter().filter(has).map(|stem| index.vocabulary.weight(stem)).sum()
    }

    /// The passage to answer with: the first, where an article says the main thing, unless another has clearly
    /// more of what was asked.
    fn passage(&self, index: &Index, article: usize) -> usize {
        let passages = index.passages.get(&article).map(Vec::as_slice).unwrap_or_default();
        let matched = |passage: &Vec<String>| {
            let has = |stem: &&String| passage.contains(stem);
            self.known.iter().filter(has).map(|stem| index.vocabulary.weight(stem)).sum::<f32>()
        };
        let mut best = (0, passages.first().map_or(0.0, matched) + FIRST);
        for (number, passage) in passages.iter().enumerate().skip(1) {
            let weight = matched(passage);
            if weight > best.1 {
                best = (number, weight);
            }
        }
        best.0
    }

    /// Overlap with the nearest of the article's questions, from 0 to 1.
    fn likeness(&self, index: &Index, article: usize) -> f32 {
        let weigh = |stems: Vec<&String>| stems.iter().map(|stem| index.vocabulary.weight(stem)).sum::<f32>();
        let overlap = |question: &Vec<String>| {
            let common = weigh(self.known.iter().filter(|stem| question.contains(stem)).collect());
            let only_there = weigh(question.iter().filter(|stem| !self.known.contains(stem)).collect());
            common / (self.weight + only_there)
        };
        index.questions.get(&article).into_iter().flatten().map(overlap).fold(0.0, f32::max)
    }

    fn signals(&self, index: &Index, ranked: &[(f32, usize)]) -> Signals {
        let Some(&(first, article)) = ranked.first() else {
            return Signals::default();
        };
        let matched = self.matched(index, article);
        let second = ranked.get(1).map_or(0.0, |(score, _)| *score);
        Signals {
            coverage: matched / self.weight,
            likeness: self.likeness(index, article),
            margin: if first > 0.0 { (first - second) / first } else { 0.0 },
            substance: (matched / SUBSTANTIAL).min(1.0),
            meaning: None,
        }
    }
}

/// How much a later passage must have over the first: most of one rare word.
const FIRST: f32 = 2.5;
/// The weight of about three rare words.
const SUBSTANTIAL: f32 = 9.0;

fn confidence(signals: Signals) -> f32 {
    let sum = match signals.meaning {
        None => {
            INTERCEPT
                + COVERAGE * signals.coverage
                + LIKENESS * signals.likeness
                + MARGIN * signals.margin * signals.coverage
                + SUBSTANCE * signals.substance
        }
        Some(meaning) => {
            beside_meaning::INTERCEPT
                + beside_meaning::COVERAGE * signals.coverage
                + beside_meaning::SUBSTANCE * signals.substance
                + beside_meaning::QUESTION * meaning.question
                + beside_meaning::PASSAGE * meaning.passage
                + beside_meaning::AHEAD * meaning.ahead
        }
    };
    1.0 / (1.0 + (-sum).exp())
}
