//! Reads the words of a folded text forwards and backwards from a place.

use std::ops::Range;

use super::Scene;
use super::marks::{Sign, sign_of};
use crate::values::SHIELD;

/// A run of letters and digits in the folded text.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) range: Range<usize>,
    /// Whether it begins with a digit.
    pub(super) digits: bool,
}

pub(super) struct Reader<'s, 'a> {
    pub(super) scene: &'s Scene<'a>,
    pub(super) text: &'s str,
}

/// No word of an address is longer.
const LONGEST: usize = 40;
/// What may stand between two parts, in bytes.
const GAP: usize = 8;

impl Reader<'_, '_> {
    /// The word that begins here, after these characters at most.
    pub(super) fn word_from(&self, at: usize, skip: &[char]) -> Option<Word> {
        let rest = self.text.get(at..)?;
        let start = at + rest.len() - rest.trim_start_matches(|c| skip.contains(&c)).len();
        if start - at > GAP {
            return None;
        }
        let mut end = start;
        for c in self.text[start..].chars() {
            let inside =
                c.is_alphanumeric() || (end > start && (c == '-' || c == '\'') && self.goes_on(end, c));
            if !inside || end - start > LONGEST {
                break;
            }
            end += c.len_utf8();
        }
        self.word(start..end)
    }

    /// The word that ends here, before these characters at most.
    pub(super) fn word_back(&self, at: usize, skip: &[char]) -> Option<Word> {
        let before = &self.text[..at];
        let mut end = before.len();
        for c in before.chars().rev().take(GAP) {
            if !skip.contains(&c) {
                break;
            }
            end -= c.len_utf8();
        }
        let mut start = end;
        for c in self.text[..end].chars().rev() {
            let inside = c.is_alphanumeric() || (start < end && (c == '-' || c == '\''));
            if !inside || end - start > LONGEST {
                break;
            }
            start -= c.len_utf8();
        }
        let word = self.text[start..end].trim_start_matches(['-', '\'']);
        self.word(end - word.len()..end)
    }

    fn word(&self, range: Range<usize>) -> Option<Word> {
        let first = self.text[range.clone()].chars().next()?;
        if range.len() > LONGEST
            || self.text[..range.start].ends_with(SHIELD)
            || self.text[range.end..].starts_with(SHIELD)
        {
            return None;
        }
        let digits = first.is_ascii_digit();
        Some(Word { range, digits })
    }

    /// Whether a letter follows the hyphen or apostrophe here, so that the word goes on.
    fn goes_on(&self, at: usize, c: char) -> bool {
        self.text[at + c.len_utf8()..].starts_with(char::is_alphabetic)
            && self.text[..at].ends_with(char::is_alphabetic)
    }

    pub(super) fn is_capital(&self, word: &Word) -> bool {
        self.scene.text[self.scene.folded.origin(word.range.clone())].starts_with(char::is_uppercase)
    }

    pub(super) fn is_upper(&self, range: &Range<usize>) -> bool {
        let written = &self.scene.text[self.scene.folded.origin(range.clone())];
        !written.chars().any(char::is_lowercase)
    }

    pub(super) fn sign(&self, word: &Word) -> Option<Sign> {
        sign_of(&self.text[word.range.clone()])
    }

    /// Whether the word means something that no street or town is called.
    pub(super) fn has_sign(&self, word: &Word) -> bool {
        self.sign(word).is_some_and(|sign| {
            !sign.is(Sign::COUNTRY.or(Sign::STREET_LAST).or(Sign::STREET_FIRST).or(Sign::MONTH_RARE))
        })
    }

    pub(super) fn is_date_word(&self, word: &Word) -> bool {
        self.sign(word)
            .is_some_and(|sign| sign.is(Sign::MONTH.or(Sign::MONTH_SHORT).or(Sign::WEEKDAY).or(Sign::DAY)))
    }

    /// A word of a sentence, and of no street.
    pub(super) fn is_stop(&self, word: &Word) -> bool {
        STOP.contains(&&self.text[word.range.clone()])
    }

    pub(super) fn is_stop_at(&self, at: usize) -> bool {
        self.word_from(at, &[' ']).is_some_and(|word| self.is_stop(&word) && !self.is_capital(&word))
    }

    /// Digits, with a letter or a second number at most: "12", "12b", "12-14".
    pub(super) fn is_house_number(&self, word: &Word) -> bool {
        let written = &self.text[word.range.clone()];
        let digits = written.bytes().take_while(u8::is_ascii_digit).count();
        let letters = written.len() - digits;
        let before = self.text[..word.range.start].chars().next_back();
        let after = self.text[word.range.end..].chars();
        let mut after = after.clone();
        let decimal =
            matches!(after.next(), Some('.' | ',' | ':')) && after.next().is_some_and(|c| c.is_ascii_digit());
        let percent = self.text[word.range.end..].starts_with(['%', '€', '$', '£']);
        (1..=5).contains(&digits)
            && letters <= 1
            && !decimal
            && !percent
            && !before.is_some_and(|c| "$€£.,:+#@_".contains(c) && c != '#' || c == SHIELD)
    }

    /// The start with a number right before it: "28245 Puruntie 82".
    pub(super) fn with_number_before(&self, start: usize) -> usize {
        match self.word_back(start, &[' ']) {
            Some(word)
                if word.digits
                    && word.range.end + 1 == start
                    && word.range.len() >= 2
                    && self.text[word.range.clone()].bytes().all(|byte| byte.is_ascii_digit())
                    && self.is_house_number(&word) =>
            {
                word.range.start
            }
            _ => start,
        }
    }

    /// How much of blanks, commas, points, line breaks and quote signs stands here.
    pub(super) fn gap(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        let gap =
            rest.len() - rest.trim_start_matches([' ', ',', '\n', '\r', '\t', '.', '>', '?', '-']).len();
        let dashed = rest[..gap].contains('-') && !rest[..gap].contains(" - ");
        let questioned = rest[..gap].contains('?') && !rest[..gap].contains('\n');
        if gap > GAP + 4 || dashed || questioned || rest[..gap].matches('\n').count() > 2 { 0 } else { gap }
    }

    /// "St.", "Rd.": the point is no end of a sentence.
    pub(super) fn is_abbreviation_before(&self, at: usize) -> bool {
        self.word_back(at, &[]).is_some_and(|word| {
            ["st", "ave", "rd", "blvd", "dr", "ln", "ct", "pl", "sq", "hwy", "str", "n", "s", "e", "w"]
                .contains(&&self.text[word.range.clone()])
                || (word.digits && self.text[at..].starts_with(". apt")
                    || self.text[at..].starts_with(". suite"))
        })
    }

    /// The end of the second word, when these are two that belong together.
    pub(super) fn is_two_words(&self, first: &Word, pairs: &[(&str, &str)]) -> Option<usize> {
        let written = &self.text[first.range.clone()];
        pairs.iter().filter(|(one, _)| *one == written).find_map(|(_, other)| {
            let second = self.word_from(first.range.end, &[' '])?;
            (&self.text[second.range.clone()] == *other).then_some(second.range.end)
        })
    }
}

const STOP: &[&str] = &[
    "a", "an", "the", "in", "on", "at", "to", "for", "of", "and", "or", "is", "are", "was", "were", "it",
    "my", "your", "our", "his", "her", "their", "this", "that", "with", "from", "by", "as", "if", "when",
    "but", "so", "not", "no", "i", "you", "we", "they", "he", "she", "days", "day", "hours", "people",
    "tickets", "nights", "please", "can", "will", "do", "did", "have", "has", "had", "there", "here", "out",
    "up", "down", "off", "near", "into", "over", "under", "after", "before", "until", "till", "since",
    "then", "than", "also", "just", "only", "one", "two", "any", "all", "some", "more", "most", "other",
    "another", "same", "miles", "minutes", "blocks", "times", "items", "thanks", "und", "oder", "ist",
    "bitte", "ich", "mit", "et", "est", "merci", "por", "con", "per", "pm", "am", "last", "next", "because",
    "kommt", "phone", "mobile", "tel", "email", "fax", "date", "hi", "hello", "dear", "what", "where", "who",
    "how", "why", "yes",
];
