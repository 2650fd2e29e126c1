//! The forms in which one person's name comes back, and the words that are names and other things too.

mod nicknames;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::tagger::{is_common, is_much_used};
use crate::view::fold_value;

/// A form of a name, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameForm {
    pub(crate) text: String,
    pub(crate) common_word: bool,
    /// A short form of a name is no part of longer words: "Consta" is not in "constate".
    pub(crate) short: bool,
}

/// Words before a name that say who is meant and are no part of it, folded, without the point.
const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "doctor",
    "sir",
    "madam",
    "herr",
    "herrn",
    "frau",
    "hr",
    "fr",
    "monsieur",
    "madame",
    "mme",
    "mlle",
    "senor",
    "senora",
    "senorita",
    "sr",
    "sra",
    "signor",
    "signora",
    "sig",
    "dhr",
    "mevr",
    "mevrouw",
    "meneer",
    "dona",
];

/// Words inside a name that say nothing alone.
const PARTICLES: &[&str] = &[
    "von", "van", "vom", "zu", "zum", "zur", "der", "den", "de", "del", "della", "di", "da", "do", "dos",
    "das", "du", "la", "le", "el", "al", "bin", "ibn", "ben", "ten", "ter", "y",
];

/// Words that are names too, and more often no names: a capital at the beginning of a sentence says nothing. Folded.
const WORDS_FIRST: &str = include_str!("names/words_first.txt");

/// Names that are words of one of the seven languages too: with a capital they are names. Folded.
const ALSO_WORDS: &str = include_str!("names/also_words.txt");

/// Names that are also months: a number or a preposition beside one makes it a date.
pub(crate) const MONTHS: [&str; 20] = [
    "april", "may", "june", "august", "march", "avril", "mai", "abril", "mayo", "junio", "julio", "agosto",
    "aprile", "giugno", "luglio", "maio", "juni", "juli", "mei", "marco",
];

/// Longer values, in bytes, are no names. Each word of one would be looked for in every text, in several forms.
const LONGEST: usize = 256;

/// Whether a value is short enough for a name, so that its words and other forms stand for it.
pub(crate) fn has_parts(name: &str) -> bool {
    name.len() <= LONGEST
}

pub(crate) fn is_title(folded: &str) -> bool {
    TITLES.contains(&folded.trim_end_matches('.'))
}

pub(crate) fn is_particle(folded: &str) -> bool {
    PARTICLES.contains(&folded)
}

static ALSO_NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| ALSO_WORDS.split_ascii_whitespace().collect());

/// Whether a folded word means something else than a name, too.
pub(crate) fn is_common_word(folded: &str) -> bool {
    is_word_first(folded) || ALSO_NAMES.contains(folded)
}

/// Whether a folded word is seldom a name.
fn is_word_first(folded: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| WORDS_FIRST.split_ascii_whitespace().collect());
    WORDS.contains(folded) || (is_common(folded) && !ALSO_NAMES.contains(folded))
}

/// The folded words of a name in order: no titles, no initials' points, no commas.
pub(crate) fn words(name: &str) -> Vec<String> {
    fold_value(name)
        .split(|c: char| c.is_whitespace() || c == ',')
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|word| !word.is_empty() && !is_title(word))
        .collect()
}

/// All forms of a name: whole, its parts, in other orders, run together, with initials, without umlauts. None of what is
/// too long for a name.
pub(crate) fn forms(name: &str) -> Vec<NameForm> {
    if !has_parts(name) {
        return Vec::new();
    }
    let words = words(name);
    let mut forms = vec![form(words.join(" "))];
    for word in &words {
        let pieces = word.split('-').filter(|piece| piece.chars().count() >= 3);
        for part in std::iter::once(word.as_str()).chain(pieces) {
            if !is_particle(part) {
                forms.push(form(part.to_owned()));
            }
        }
    }
    if let [given, .., family] = words.as_slice() {
        forms.extend(pair_forms(given, family));
    }
    // A single word is taken for a given name.
    if let [given, ..] = words.as_slice() {
        forms.extend(nicknames::of(given).map(|nick| NameForm { short: true, ..form(nick) }));
    }
    forms.extend(spelled(name).map(form));
    forms.extend(spelled_out_umlauts(name, &forms));
    forms.dedup();
    forms
}

fn form(text: String) -> NameForm {
    NameForm { common_word: is_word_too(&text), text, short: false }
}

/// Whether a form of a name is a word as well, so that its case has to say which: two letters are a word of some
/// language ("ab", "no").
pub(crate) fn is_word_too(folded: &str) -> bool {
    is_common_word(folded) || is_much_used(folded) || (folded.len() == 2 && folded.is_ascii())
}

/// "S-Z-A-B-O" is Szabo.
fn spelled(name: &str) -> Option<String> {
    let folded = fold_value(name);
    let mut letters = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let single = letters.clone().count() > 3 && letters.all(|part| part.chars().count() == 1);
    single.then(|| folded.chars().filter(|c| c.is_alphanumeric()).collect())
}

fn pair_forms(given: &str, family: &str) -> Vec<NameForm> {
    let initial = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
    let (g, f) = (initial(given), initial(family));
    // "Price May" is "the price may change" too; the given order is left to stand for itself.
    let common_word = is_common_word(given) && is_common_word(family);
    let texts = [
        (format!("{given} {family}"), false),
        (format!("{family} {given}"), common_word),
        (format!("{family}, {given}"), common_word),
        (format!("{given}{family}"), common_word),
        (format!("{g}. {family}"), false),
        (format!("{g}.{family}"), false),
        (format!("{given} {f}."), false),
        (format!("{g}.{f}."), false),
        (format!("{g}. {f}."), false),
    ];
    texts.into_iter().map(|(text, common_word)| NameForm { text, common_word, short: false }).collect()
}

/// "Müller" is also "Mueller", and "Mueller" may be written "Müller", which folds to "muller".
fn spelled_out_umlauts(name: &str, forms: &[NameForm]) -> Vec<NameForm> {
    let mut more = Vec::new();
    let long: String = name
        .chars()
        .map(|c| match c {
            'ä' | 'Ä' => "ae".to_owned(),
            'ö' | 'Ö' => "oe".to_owned(),
            'ü' | 'Ü' => "ue".to_owned(),
            _ => c.to_string(),
        })
        .collect();
    if long != name {
        more.extend(self::words(&long).into_iter().map(form));
    }
    for known in forms {
        let short = known.text.replace("ae", "a").replace("oe", "o").replace("ue", "u");
        if short != known.text && short.len() >= 4 {
            more.push(form(short));
        }
    }
    more
}

/// Whether what stands between two parts of a name belongs to it: blanks, or a middle initial.
pub(crate) fn is_inside_name(text: &str, end: usize, start: usize) -> bool {
    let Some(between) = text.get(end..start) else {
        return end >= start;
    };
    let middle = between.trim();
    let initial = middle.trim_end_matches('.');
    between.len() <= 6
        && (middle.is_empty()
            || (between.starts_with(' ')
                && initial.chars().count() == 1
                && initial.chars().all(char::is_uppercase)))
}

/// Whether a word that is a common word too is meant as a name here: capitalised in mid-sentence, and no month
/// beside a number or a preposition.
pub(crate) fn is_used_as_name(text: &str, range: &Range<usize>) -> bool {
    let word = &text[range.clone()];
    let mut letters = word.chars();
    let capitalised = letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase);
    let before = text[..range.start].trim_end();
    let starts_sentence = before.is_empty() || before.ends_with(['.', '!', '?', ':', ';', '\n']);
    let previous =
        fold_value(before.rsplit(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).unwrap_or(""));
    if is_title(&previous) {
        return true;
    }
    let folded = fold_value(word);
    if !capitalised || (starts_sentence && is_word_first(&folded)) {
        return false;
    }
    let month = MONTHS.contains(&folded.as_str());
    let dated = previous.chars().any(|c| c.is_ascii_digit())
        || [
            "in", "on", "since", "of", "this", "next", "last", "until", "till", "by", "early", "late", "im",
            "seit", "bis", "ab", "mitte", "anfang", "ende", "en", "de", "del", "em", "op", "vanaf", "eind",
            "begin", "fin", "mi", "meta", "meados", "depuis", "dal", "di", "a", "fino",
        ]
        .contains(&previous.as_str())
        || text[range.end..].trim_start().starts_with(|c: char| c.is_ascii_digit());
    !(month && dated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str) -> Vec<String> {
        forms(name).into_iter().map(|form| form.text).collect()
    }

    #[test]
    fn a_name_has_the_forms_in_which_people_write_it() {
        let all = texts("Ms. Sarah Jane Connor");
        for expected in [
            "sarah jane connor",
            "sarah",
            "connor",
            "connor, sarah",
            "s. connor",
            "sarah c.",
            "s.c.",
            "sarahconnor",
        ] {
            assert!(all.iter().any(|form| form == expected), "{expected} in {all:?}");
        }
        assert!(!all.iter().any(|form| form == "ms"), "{all:?}");
    }

    #[test]
    fn umlauts_are_found_in_both_spellings() {
        assert!(texts("Jörg Müller").contains(&"mueller".to_owned()));
        assert!(texts("Joerg Mueller").contains(&"muller".to_owned()));
    }

    #[test]
    fn a_spelled_name_and_a_short_one_are_the_name() {
        assert!(texts("S-Z-A-B-O").contains(&"szabo".to_owned()));
        assert!(texts("Robert Miller").contains(&"bob".to_owned()));
    }

    #[test]
    fn what_is_too_long_for_a_name_has_no_forms() {
        let longest = format!("Ada {}", "x".repeat(LONGEST - 4));
        assert!(texts(&longest).contains(&"ada".to_owned()));
        assert_eq!(texts(&format!("{longest}x")), Vec::<String>::new());
    }

    #[test]
    fn particles_alone_are_no_form() {
        assert!(!texts("Ludwig van Beethoven").contains(&"van".to_owned()));
    }
}
