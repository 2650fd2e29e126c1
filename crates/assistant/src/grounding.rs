//! Whether a passage says what a sentence says, as far as code can tell: its numbers, its names, most of its
//! words, and no more and no less negation.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use anonymizer::tokens_in;
use regex::Regex;

use crate::analysis::{stems, without_tokens};
use crate::knowledge::Passage;
use crate::language::Lexicon;
use crate::{Article, Language};

/// A sentence that is supported.
pub(crate) struct Supported {
    /// The sentence without its passage numbers.
    pub(crate) text: String,
    /// Which of the given passages supports it.
    pub(crate) passage: usize,
    /// The sentence of the passage that is nearest to it.
    pub(crate) quote: String,
}

/// Share of a sentence's stems that its passage must have.
const OVERLAP: f32 = 0.6;
/// Share of a sentence's stems that the nearest single sentence of the passage must have.
const NEAREST: f32 = 0.4;
/// Of a sentence with fewer stems the passage must have all: a single word may be what it claims.
const SHORT: usize = 5;
/// A sentence with fewer stems says nothing that a passage could support.
const LEAST_STEMS: usize = 2;

static MARKER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s*\[(\d)\]").expect("the pattern is a constant"));
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\d+(?:[.,:]\d+)*").expect("the pattern is a constant"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)://|\bwww\.|\]\(|@|\b\w+\.(?:com|net|org|de|fr|es|it|nl|pt|be|ch|at|br|eu|io|example)\b")
        .expect("the pattern is a constant")
});

/// Checks one sentence against the passages that it names, or against each when it names none. `known` tells
/// whether a token belongs to the conversation.
pub(crate) fn supported(
    sentence: &str,
    given: &[(&Article, &Passage)],
    question: &str,
    known: &dyn Fn(&str) -> bool,
    language: Language,
) -> Option<Supported> {
    let named: Vec<usize> = MARKER
        .captures_iter(sentence)
        .filter_map(|found| found[1].parse::<usize>().ok()?.checked_sub(1))
        .collect();
    let text = MARKER.replace_all(sentence, "").trim().to_owned();
    if ADDRESS.is_match(&text) || !tokens_in(&text).iter().all(|token| known(&token.text)) {
        return None;
    }
    let claim = Claim::new(&text, question, language);
    let mut candidates: Vec<usize> = match named.is_empty() {
        true => (0..given.len()).collect(),
        false => named,
    };
    candidates.dedup();
    candidates.into_iter().find_map(|passage| {
        let quote = claim.within(given.get(passage)?.1, language)?;
        Some(Supported { text: text.clone(), passage, quote })
    })
}

/// What a sentence claims.
struct Claim {
    stems: BTreeSet<String>,
    numbers: BTreeSet<String>,
    names: BTreeSet<String>,
    negated: bool,
}

impl Claim {
    fn new(text: &str, question: &str, language: Language) -> Self {
        let plain = without_tokens(text);
        let asked: BTreeSet<String> = stems(question, language).into_iter().collect();
        let names = capitalised(&plain)
            .flat_map(|word| stems(word, language))
            .filter(|stem| !asked.contains(stem))
            .collect();
        Self {
            stems: stems(&plain, language).into_iter().collect(),
            numbers: numbers(&plain),
            names,
            negated: Lexicon::of(language).negation.is_match(&plain),
        }
    }

    /// The sentence of the passage that carries the claim, if the passage supports it.
    fn within(&self, passage: &Passage, language: Language) -> Option<String> {
        let text = format!("{} {}", passage.heading, passage.text());
        let all: BTreeSet<String> = stems(&text, language).into_iter().collect();
        let written = numbers(&text);
        let short = self.stems.len() < SHORT;
        if self.stems.len() < LEAST_STEMS
            || (short && !self.stems.is_subset(&all))
            || share(&self.stems, &all) < OVERLAP
            || !self.numbers.is_subset(&written)
            || !self.names.is_subset(&all)
        {
            return None;
        }
        let of_sentence = |sentence: &String| {
            let stems: BTreeSet<String> = stems(sentence, language).into_iter().collect();
            share(&self.stems, &stems)
        };
        let nearest = passage.sentences.iter().max_by(|a, b| of_sentence(a).total_cmp(&of_sentence(b)))?;
        let negated = Lexicon::of(language).negation.is_match(nearest);
        (of_sentence(nearest) >= NEAREST && negated == self.negated).then(|| nearest.clone())
    }
}

fn share(part: &BTreeSet<String>, whole: &BTreeSet<String>) -> f32 {
    part.intersection(whole).count() as f32 / part.len().max(1) as f32
}

fn numbers(text: &str) -> BTreeSet<String> {
    NUMBER.find_iter(text).map(|found| found.as_str().replace(',', ".")).collect()
}

/// Words with a capital that do not begin the sentence. In German these are also the nouns, which makes the
/// check stricter there.
fn capitalised(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .skip(1)
        .filter(|word| word.chars().next().is_some_and(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Knowledge;

    const ARTICLE: &str = "+++\nid = \"a\"\ntitle = \"Returns\"\nurl = \"/a\"\nlanguage = \"en\"\n+++\n\n## Returns\n\n\
        You can return any unopened item within 30 days of delivery. The return label is free. \
        Opened test strips cannot be returned.\n";

    fn check(sentence: &str) -> Option<String> {
        let knowledge = Knowledge::from_files([("a.md".to_owned(), ARTICLE.to_owned())]).unwrap();
        let article = &knowledge.articles()[0];
        let given = [(article, &article.passages[0])];
        let known = |token: &str| token == "[PERSON_1]";
        supported(sentence, &given, "How do I return it, asks Grandma?", &known, Language::English)
            .map(|found| found.text)
    }

    #[test]
    fn what_the_passage_says_passes_without_its_marker() {
        assert_eq!(
            check("You can return unopened items within 30 days [1].").as_deref(),
            Some("You can return unopened items within 30 days.")
        );
        assert!(check("The return label is free, [PERSON_1] [1].").is_some());
        assert!(check("Opened strips can not be returned [1].").is_some());
    }

    #[test]
    fn what_it_does_not_say_is_dropped() {
        for sentence in [
            "You can return unopened items within 60 days [1].",
            "You cannot return any unopened item within 30 days [1].",
            "Opened test strips can be returned [1].",
            "Opened items are refunded [1].",
            "The return label is free at Amazon [1].",
            "The return label is free [2].",
            "The label is free, see www.evil.example [1].",
            "The return label is free, [PERSON_2] [1].",
            "Our astronauts travel to distant planets every summer.",
            "I hope this helps!",
            "Yes.",
        ] {
            assert_eq!(check(sentence), None, "{sentence}");
        }
    }
}
