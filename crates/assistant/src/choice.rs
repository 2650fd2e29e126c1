//! How one of several is named without its own words: "2", "the second one", "the last".

use std::sync::LazyLock;

use regex::Regex;

use crate::language::{Lexicon, any_of, compiled};

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let before = any_of(Lexicon::all().map(|lexicon| &lexicon.choice.number));
    compiled(&format!(r"^\W*{before}?\s*([1-9])\W*$"))
});
static ORDINALS: LazyLock<[Regex; 5]> = LazyLock::new(|| {
    [0, 1, 2, 3, 4].map(|at| word(Lexicon::all().filter_map(move |lexicon| lexicon.choice.ordinals.get(at))))
});
static CARDINALS: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [0, 1, 2].map(|at| word(Lexicon::all().filter_map(move |lexicon| lexicon.choice.cardinals.get(at))))
});
static LAST: LazyLock<Regex> = LazyLock::new(|| word(Lexicon::all().map(|lexicon| &lexicon.choice.last)));

fn word<'a>(alternatives: impl Iterator<Item = &'a String>) -> Regex {
    compiled(&format!("^{}$", any_of(alternatives)))
}

/// The number, from 1, when the message is no more than one.
pub(crate) fn number(message: &str) -> Option<usize> {
    NUMBER.captures(message).and_then(|found| found.get(1)?.as_str().parse().ok())
}

/// "First" to "fifth" as a number from 1, among the words of a short message.
pub(crate) fn ordinal(words: &[&str]) -> Option<usize> {
    named(ORDINALS.as_slice(), words)
}

/// "One" to "three" as a number from 1, when it is the only word: "the second one" is no first.
pub(crate) fn cardinal(words: &[&str]) -> Option<usize> {
    if words.len() == 1 { named(CARDINALS.as_slice(), words) } else { None }
}

/// Whether a word says "last".
pub(crate) fn is_last(words: &[&str]) -> bool {
    words.iter().any(|word| LAST.is_match(word))
}

/// The words of a message.
pub(crate) fn words(message: &str) -> Vec<&str> {
    message.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

fn named(names: &[Regex], words: &[&str]) -> Option<usize> {
    names.iter().position(|name| words.iter().any(|word| name.is_match(word))).map(|at| at + 1)
}
