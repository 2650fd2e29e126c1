//! Words that say what a number beside them is, looked up in one pass over the folded text.
//!
//! A cue is written as it folds: lower case, no accents, no look-alikes ("numero de securite sociale", "strasse").
//! It counts as a whole word or phrase; one that ends in `*` also at the start of a longer word.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, MatchKind};

use super::is_word_char;
use crate::view::View;

/// How far before a value its cue may stand, in bytes.
const BEFORE: usize = 48;
/// How far after it.
const AFTER: usize = 24;
/// The longest cue, in bytes of a text that folds to it.
const LONGEST: usize = 96;

/// The cues of all recognisers. `owner` is whatever the caller counts them by.
pub(crate) struct CueIndex {
    automaton: AhoCorasick,
    cues: Vec<Cue>,
}

struct Cue {
    owner: usize,
    open: bool,
}

/// The cues that stand in one text, in order of their end.
#[derive(Default)]
pub(crate) struct CueHits {
    hits: Vec<(Range<usize>, usize)>,
}

impl CueIndex {
    /// `cues` gives each cue with its owner.
    pub(crate) fn new<'a>(cues: impl Iterator<Item = (usize, &'a str)>) -> Self {
        let (patterns, cues): (Vec<&str>, Vec<Cue>) = cues
            .map(|(owner, text)| match text.strip_suffix('*') {
                Some(start) => (start, Cue { owner, open: true }),
                None => (text, Cue { owner, open: false }),
            })
            .unzip();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .build(&patterns)
            .expect("cues are constants or at most a few thousand short texts of a policy; a test builds all of ours");
        Self { automaton, cues }
    }

    /// Where cues stand, in positions of the normal text.
    pub(crate) fn find(&self, folded: &View<'_>) -> CueHits {
        self.find_from(folded, 0)
    }

    /// Those that stand in the last bytes, and maybe some before.
    pub(crate) fn find_at_end(&self, folded: &View<'_>, bytes: usize) -> CueHits {
        // A sign folds to two at most ("ß").
        let mut from = folded.text().len().saturating_sub(2 * bytes);
        while !folded.text().is_char_boundary(from) {
            from += 1;
        }
        self.find_from(folded, from)
    }

    fn find_from(&self, folded: &View<'_>, from: usize) -> CueHits {
        let text = folded.text();
        let mut hits = Vec::new();
        for hit in self.automaton.find_overlapping_iter(Input::new(text).range(from..)) {
            let Some(cue) = self.cues.get(hit.pattern().as_usize()) else { continue };
            let before = text[..hit.start()].chars().next_back();
            let after = text[hit.end()..].chars().next();
            if !before.is_some_and(is_word_char) && (cue.open || !after.is_some_and(is_word_char)) {
                hits.push((folded.origin(hit.range()), cue.owner));
            }
        }
        CueHits { hits }
    }
}

impl CueHits {
    /// Each with its owner, in order of their end.
    pub(crate) fn into_all(self) -> Vec<(Range<usize>, usize)> {
        self.hits
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// Every cue beside the range, shortly before it or right after it, with its owner.
    pub(crate) fn near(
        &self,
        range: &Range<usize>,
    ) -> impl Iterator<Item = (&Range<usize>, usize)> + use<'_> {
        let range = range.clone();
        let first = self.hits.partition_point(|(hit, _)| hit.end + BEFORE < range.start);
        self.hits
            .iter()
            .skip(first)
            .take_while({
                let end = range.end;
                move |(hit, _)| hit.end <= end + AFTER + LONGEST
            })
            .filter(move |(hit, _)| {
                hit.end <= range.start || (hit.start >= range.end && hit.start - range.end <= AFTER)
            })
            .map(|(hit, of)| (hit, *of))
    }

    /// Whether a cue of this owner is beside the range.
    pub(crate) fn beside(&self, owner: usize, range: &Range<usize>) -> bool {
        self.near(range).any(|(_, of)| of == owner)
    }

    /// Every owner that has a cue in this part of the text, once for each hit.
    pub(crate) fn owners_in(&self, range: Range<usize>) -> impl Iterator<Item = usize> {
        self.hits
            .iter()
            .filter(move |(hit, _)| hit.start >= range.start && hit.end <= range.end)
            .map(|(_, of)| *of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cue_is_a_whole_word_before_or_after_its_number() {
        let index = CueIndex::new([(0, "nhs number"), (1, "steuer*")].into_iter());
        let found = |text: &str, owner| {
            let at = text.find(|c: char| c.is_ascii_digit()).expect("each text has a number");
            index.find(&View::folded(text)).beside(owner, &(at..at + 3))
        };
        assert!(found("My NHS Number is 485", 0));
        assert!(found("485 is my nhs number", 0));
        assert!(found("Steuernummer: 485", 1));
        assert!(!found("the vorsteuer 485", 1));
        assert!(!found(
            "nhs numbers are long, and this goes on for more than the distance that counts: 485",
            0
        ));
    }
}
