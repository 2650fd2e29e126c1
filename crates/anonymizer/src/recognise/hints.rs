//! One pass over the folded text for the short strings without which a recogniser has nothing to look for: most texts
//! hold none of them, and asking for each by itself costs more than reading the text once.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind};

use super::{age, bic, email, secret};

/// Which strings are in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hints(u8);

impl Hints {
    const NONE: Self = Self(0);
    /// What an e-mail address in words has in it.
    pub(crate) const SPELLED_EMAIL: Self = Self(1);
    /// What a key begins with.
    pub(crate) const KEY: Self = Self(1 << 1);
    /// What says that a bare number may be an age.
    pub(crate) const AGE: Self = Self(1 << 2);
    /// The code of a bank.
    pub(crate) const BIC: Self = Self(1 << 3);
    /// "I'm", "c/o".
    pub(crate) const INTRODUCED: Self = Self(1 << 4);

    pub(crate) fn of(folded: &str) -> Self {
        HINTS.find(folded)
    }

    pub(crate) const fn has(self, hint: Self) -> bool {
        self.0 & hint.0 != 0
    }
}

/// What a name may follow that is no word of its own.
pub(super) const IM: &str = "i'm ";
pub(super) const CARE_OF: &str = "c/o ";

static HINTS: LazyLock<Index> = LazyLock::new(|| {
    let listed = [
        (Hints::SPELLED_EMAIL, email::IN_WORDS),
        (Hints::KEY, secret::BEGINNINGS),
        (Hints::AGE, age::SAID_IN_WORDS),
        (Hints::BIC, bic::IN_ALL_CUES),
        (Hints::INTRODUCED, &[IM, CARE_OF]),
    ];
    Index::of(
        listed.into_iter().flat_map(|(hint, strings)| strings.iter().map(move |string| (*string, hint))),
    )
});

/// The strings, ready to be looked for.
struct Index {
    automaton: AhoCorasick,
    hints: Vec<Hints>,
}

impl Index {
    fn of(listed: impl Iterator<Item = (&'static str, Hints)>) -> Self {
        let (strings, hints): (Vec<String>, Vec<Hints>) =
            listed.map(|(string, hint)| (string.to_lowercase(), hint)).unzip();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .build(strings)
            .expect("some short strings always build");
        Self { automaton, hints }
    }

    fn find(&self, folded: &str) -> Hints {
        let hits = self.automaton.find_overlapping_iter(Input::new(folded).anchored(Anchored::No));
        hits.filter_map(|hit| self.hints.get(hit.pattern().as_usize()))
            .fold(Hints::NONE, |all, hint| Hints(all.0 | hint.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_text_is_told_and_nothing_else() {
        let hints = Hints::of("he's on whatsapp, key sk-123");
        assert!(hints.has(Hints::AGE) && hints.has(Hints::KEY));
        assert!(!hints.has(Hints::BIC) && !hints.has(Hints::SPELLED_EMAIL) && !hints.has(Hints::INTRODUCED));
        assert_eq!(Hints::of("where is my parcel?"), Hints::NONE);
    }
}
