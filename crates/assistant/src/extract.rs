//! The extractive answer: an article's own sentences, never other words.

use std::collections::BTreeSet;

use crate::Language;
use crate::analysis::stems;
use crate::knowledge::Passage;

/// How many sentences an answer has at most.
pub(crate) const MOST_SENTENCES: usize = 3;

/// The run of at most three sentences of `passage` that has most of the asked stems; the earliest of equals,
/// so that what the business put first comes first.
pub(crate) fn extract<'a>(passage: &'a Passage, asked: &[String], language: Language) -> &'a [String] {
    let sentences = passage.sentences.as_slice();
    let asked: BTreeSet<&String> = asked.iter().collect();
    let hits = |window: &[String]| {
        let found: BTreeSet<String> = window.iter().flat_map(|sentence| stems(sentence, language)).collect();
        found.iter().filter(|stem| asked.contains(stem)).count()
    };
    let mut best = (0, sentences.get(..MOST_SENTENCES).unwrap_or(sentences));
    for window in sentences.windows(MOST_SENTENCES) {
        let count = hits(window);
        if count > best.0 {
            best = (count, window);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(text: &str) -> Passage {
        let sentences = text.split_inclusive('.').map(|sentence| sentence.trim().to_owned()).collect();
        Passage { heading: String::new(), sentences }
    }

    #[test]
    fn a_short_passage_is_quoted_whole_and_a_long_one_where_it_fits() {
        let english = Language::English;
        let short = passage("One. Two.");
        assert_eq!(extract(&short, &["two".into()], english), ["One.", "Two."]);
        let long = passage("Start here. Then wait. Charge it fully. The red light goes out. Done.");
        assert_eq!(
            extract(&long, &["red".into(), "light".into()], english),
            ["Then wait.", "Charge it fully.", "The red light goes out."]
        );
        assert_eq!(
            extract(&long, &["nothing".into()], english),
            ["Start here.", "Then wait.", "Charge it fully."]
        );
    }
}
