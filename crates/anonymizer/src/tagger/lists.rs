//! Lists that features look words up in: ordinary words, words that are used, names of people, names of places.
//! Where each comes from stands in `models/README.md`.

use std::sync::LazyLock;

use super::features::{both, hash, hash_lower};
use super::keys::{ByKey, Keys};
use crate::view::fold_value;

/// The words that are used in each language, those that are used most first; German nouns with their capital.
pub const WORDS: [(&str, &str); 7] = [
    ("en", include_str!("lists/words/en.txt")),
    ("de", include_str!("lists/words/de.txt")),
    ("fr", include_str!("lists/words/fr.txt")),
    ("es", include_str!("lists/words/es.txt")),
    ("it", include_str!("lists/words/it.txt")),
    ("pt", include_str!("lists/words/pt.txt")),
    ("nl", include_str!("lists/words/nl.txt")),
];
/// The words that are ordinary in one of the seven languages, and seldom names.
const COMMON: &str = include_str!("lists/common.txt");
/// Names that are no ordinary words, folded; a star is behind those that are some word of the seven languages.
const GIVEN: &str = include_str!("lists/given.txt");
const FAMILY: &str = include_str!("lists/family.txt");
/// Towns, regions and countries, folded, with "_" for a blank; a star is behind those that are words, too.
const PLACES: &str = include_str!("lists/places.txt");

/// How many of a language's words count as used most.
const MOST_USED: usize = 1_500;
/// About how many words the lists have together.
const ALL_WORDS: usize = 100_000;
/// Of how many words and marks the name of a place is made at most.
pub(super) const MOST_PARTS: usize = 4;

/// How much a word is used in the seven languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Usage {
    Unknown,
    /// In the list of words that are used.
    Used,
    /// Among the words that are used most.
    MostUsed,
    /// In the short list of ordinary words.
    Ordinary,
}

/// In which list of names a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    Nowhere,
    Family,
    Given,
    FamilyOrWord,
    GivenOrWord,
}

/// Whether what is in a list is nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sure {
    Yes,
    No,
}

static ORDINARY: LazyLock<Keys> =
    LazyLock::new(|| COMMON.split_ascii_whitespace().map(hash_folded).collect());

static USED: LazyLock<ByKey<Usage>> = LazyLock::new(|| {
    let mut used = ByKey::default();
    used.reserve(ALL_WORDS);
    for (_, words) in WORDS {
        for (rank, word) in words.split_ascii_whitespace().enumerate() {
            let usage = if rank < MOST_USED { Usage::MostUsed } else { Usage::Used };
            let known = used.entry(hash_folded(word)).or_insert(usage);
            *known = usage.max(*known);
        }
    }
    used.extend(ORDINARY.iter().map(|word| (*word, Usage::Ordinary)));
    used
});

static NAMES: LazyLock<ByKey<Listed>> = LazyLock::new(|| {
    let listed = |names: &'static str, [sure, word]: [Listed; 2]| {
        starred(names)
            .map(move |(name, only)| (hash(name.as_bytes()), if only == Sure::Yes { sure } else { word }))
    };
    let family = listed(FAMILY, [Listed::Family, Listed::FamilyOrWord]);
    family.chain(listed(GIVEN, [Listed::Given, Listed::GivenOrWord])).collect()
});

/// By the hashes of their words and marks.
static TOWNS: LazyLock<ByKey<Sure>> = LazyLock::new(|| {
    let parts = |name: &str| {
        let pieces = name.split_inclusive(['_', '-', '\'']).flat_map(|piece| {
            let word = piece.trim_end_matches(['_', '-', '\'']);
            [word, piece[word.len()..].trim_start_matches('_')]
        });
        pieces.filter(|part| !part.is_empty()).map(|part| hash(part.as_bytes())).reduce(both)
    };
    starred(PLACES).filter_map(|(name, sure)| Some((parts(name)?, sure))).collect()
});

/// Makes the tables, so that the first message does not wait for them.
pub(super) fn make_ready() {
    LazyLock::force(&USED);
    LazyLock::force(&NAMES);
    LazyLock::force(&TOWNS);
}

/// The hash of a word as it folds.
fn hash_folded(word: &str) -> u64 {
    if word.is_ascii() { hash_lower(word.as_bytes()) } else { hash(fold_value(word).as_bytes()) }
}

/// The entries of a list without their stars.
fn starred(list: &'static str) -> impl Iterator<Item = (&'static str, Sure)> {
    list.split_ascii_whitespace().map(|entry| match entry.strip_suffix('*') {
        Some(entry) => (entry, Sure::No),
        None => (entry, Sure::Yes),
    })
}

impl Usage {
    /// Of a folded word, by its hash.
    pub(super) fn of(word: u64) -> Self {
        USED.get(&word).copied().unwrap_or(Self::Unknown)
    }
}

impl Listed {
    /// Of a folded word, by its hash.
    pub(super) fn of(word: u64, capital: bool) -> Self {
        match NAMES.get(&word) {
            // In small letters these are words: "greet me", "a bot".
            Some(Self::FamilyOrWord | Self::GivenOrWord) if !capital => Self::Nowhere,
            Some(listed) => *listed,
            None => Self::Nowhere,
        }
    }
}

/// Whether the folded words and marks with this hash (each joined with those before it by [`both`]) are a place.
pub(super) fn place(words: u64) -> Option<Sure> {
    TOWNS.get(&words).copied()
}

/// The given and the family names of the lists, for training.
pub fn listed_names() -> [impl Iterator<Item = &'static str>; 2] {
    [GIVEN, FAMILY].map(|names| starred(names).map(|(name, _)| name))
}

/// The places of the list, for training.
pub fn listed_places() -> impl Iterator<Item = &'static str> {
    starred(PLACES).map(|(name, _)| name)
}

/// Whether a folded word is one of the words that are used, be it a name too.
pub(crate) fn is_word(folded: &str) -> bool {
    USED.contains_key(&hash(folded.as_bytes()))
}

/// Whether a folded word is one of the words that are used most in one of the seven languages, and no name.
pub(crate) fn is_much_used(folded: &str) -> bool {
    let word = hash(folded.as_bytes());
    Usage::of(word) >= Usage::MostUsed && !NAMES.contains_key(&word)
}

/// Whether a folded word is one of the words that are used in one of the seven languages, and no name.
pub(crate) fn is_used(folded: &str) -> bool {
    let word = hash(folded.as_bytes());
    USED.contains_key(&word) && !NAMES.contains_key(&word)
}

/// Whether a folded word is a listed given name, and no ordinary word.
pub(crate) fn is_given_name(folded: &str) -> bool {
    let word = hash(folded.as_bytes());
    matches!(NAMES.get(&word), Some(Listed::Given | Listed::GivenOrWord)) && !ORDINARY.contains(&word)
}

/// Whether a folded word is an ordinary one in one of the seven languages.
pub(crate) fn is_common(folded: &str) -> bool {
    ORDINARY.contains(&hash(folded.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, capital: bool) -> Listed {
        Listed::of(hash(name.as_bytes()), capital)
    }

    #[test]
    fn a_name_that_is_a_word_counts_with_a_capital_only() {
        assert_eq!((listed("thierry", true), listed("thierry", false)), (Listed::Given, Listed::Given));
        assert_eq!((listed("greet", true), listed("greet", false)), (Listed::GivenOrWord, Listed::Nowhere));
        assert_eq!(listed("keyboard", true), Listed::Nowhere);
    }

    #[test]
    fn words_are_told_by_how_much_they_are_used() {
        let of = |word: &str| Usage::of(hash(word.as_bytes()));
        assert_eq!([of("order"), of("miracolo"), of("xqzv")], [Usage::Ordinary, Usage::Used, Usage::Unknown]);
        assert!(is_used("vidro") && !is_used("thierry"));
    }

    #[test]
    fn places_are_found_by_all_their_words() {
        let of = |parts: &[&str]| place(parts.iter().map(|part| hash(part.as_bytes())).reduce(both).unwrap());
        assert_eq!(of(&["los", "gatos"]), Some(Sure::Yes));
        assert_eq!(of(&["saint", "-", "denis"]), Some(Sure::Yes));
        assert_eq!(of(&["los"]), None);
    }
}
