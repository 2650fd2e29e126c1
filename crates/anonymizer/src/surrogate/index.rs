//! The surrogates of a conversation, as they are found again in an answer.

use std::collections::HashMap;
use std::ops::Range;

use crate::Entity;
use crate::token::{NeedMore, Rest};
use crate::values::SHIELD;

/// What a surrogate stands for: kind, id and spelling, as a token has them.
pub(crate) type Meaning = (Entity, u32, u32);

/// Every surrogate that was issued.
#[derive(Clone, Default)]
pub(crate) struct Surrogates {
    /// By their first character, the longest first.
    by_first: HashMap<char, Vec<(String, Meaning)>>,
}

/// A surrogate at the start of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoundSurrogate {
    pub(crate) len: usize,
    pub(crate) meaning: Meaning,
}

impl Surrogates {
    pub(crate) fn new(all: impl Iterator<Item = (String, Meaning)>) -> Self {
        let mut by_first: HashMap<char, Vec<(String, Meaning)>> = HashMap::new();
        for (surrogate, meaning) in all {
            if let Some(first) = surrogate.chars().next() {
                by_first.entry(first).or_default().push((surrogate, meaning));
            }
        }
        for same in by_first.values_mut() {
            same.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
        }
        Self { by_first }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_first.is_empty()
    }

    /// Whether one of them is this, in any case.
    pub(crate) fn has(&self, surrogate: &str) -> bool {
        let lower = surrogate.to_lowercase();
        self.by_first.values().flatten().any(|(known, _)| known == surrogate || known.to_lowercase() == lower)
    }

    /// Reads a surrogate at the start of `text`, exactly as it was issued and as a word of its own; the longest, where
    /// one begins another. `before` is the character before it.
    pub(crate) fn read(
        &self,
        text: &str,
        before: Option<char>,
        rest: Rest,
    ) -> Result<Option<FoundSurrogate>, NeedMore> {
        let Some(same) = text.chars().next().and_then(|first| self.by_first.get(&first)) else {
            return Ok(None);
        };
        if before.is_some_and(joins) {
            return Ok(None);
        }
        for (surrogate, meaning) in same {
            if let Some(after) = text.strip_prefix(surrogate.as_str()) {
                match after.chars().next() {
                    None if rest == Rest::Unknown => return Err(NeedMore),
                    Some(c) if joins(c) => {}
                    _ => return Ok(Some(FoundSurrogate { len: surrogate.len(), meaning: *meaning })),
                }
            } else if rest == Rest::Unknown && surrogate.starts_with(text) {
                return Err(NeedMore);
            }
        }
        Ok(None)
    }

    /// Where surrogates stand in a text.
    pub(crate) fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        if self.is_empty() {
            return places;
        }
        let mut before = None;
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let len = match self.read(&text[at..], before, Rest::Nothing) {
                Ok(Some(found)) => {
                    places.push(at..at + found.len);
                    found.len
                }
                Ok(None) | Err(NeedMore) => c.len_utf8(),
            };
            before = text[..at + len].chars().next_back();
            at += len;
        }
        places
    }

    /// Replaces each by as many bytes that join nothing, as [`crate::guard::shield_tokens`] does with tokens.
    pub(crate) fn shield(&self, text: String) -> String {
        let places = self.places(&text);
        if places.is_empty() {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for range in places {
            out.push_str(&text[at..range.start]);
            out.extend(std::iter::repeat_n(SHIELD, range.len()));
            at = range.end;
        }
        out.push_str(&text[at..]);
        out
    }
}

/// What a word goes on with.
fn joins(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Surrogates {
        let all = [("Alice", 1), ("Alice Bennett", 2), ("+1 202-555-0143", 3)];
        Surrogates::new(all.into_iter().map(|(text, id)| (text.to_owned(), (Entity::Person, id, 1))))
    }

    #[test]
    fn a_surrogate_is_a_word_and_the_longest_one_counts() {
        let ids = |text: &str| {
            known().read(text, None, Rest::Nothing).expect("the text is whole").map(|found| found.meaning.1)
        };
        assert_eq!(ids("Alice, hello"), Some(1));
        assert_eq!(ids("Alice Bennett's"), Some(2));
        assert_eq!(ids("Alice Bennetton"), Some(1));
        assert_eq!(ids("Alicex"), None);
        assert_eq!(ids("alice"), None);
        assert_eq!(known().read("Alice", Some('x'), Rest::Nothing), Ok(None));
    }

    #[test]
    fn a_cut_surrogate_asks_for_more_until_it_is_decided() {
        for cut in 1..="Alice Bennett".len() {
            assert_eq!(known().read(&"Alice Bennett"[..cut], None, Rest::Unknown), Err(NeedMore), "{cut}");
        }
        let decided = known().read("Alice B.", None, Rest::Unknown);
        assert!(matches!(decided, Ok(Some(found)) if found.len == 5));
    }

    #[test]
    fn shielded_text_keeps_its_length() {
        let text = "x Alice Bennett, +1 202-555-0143 Zoë";
        let shielded = known().shield(text.to_owned());
        assert_eq!(shielded.len(), text.len());
        assert!(!shielded.contains("Alice") && shielded.ends_with(" Zoë"));
    }
}
