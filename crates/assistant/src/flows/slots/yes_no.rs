//! Yes or no, in the languages that we know: people switch.

use std::sync::LazyLock;

use regex::Regex;

use crate::language::{Lexicon, Talk, any_of, compiled};

struct Ways {
    no: Regex,
    yes: Regex,
    not_yes: Regex,
}

static WAYS: LazyLock<Vec<Ways>> = LazyLock::new(|| {
    let ways = |talk: &Talk| Ways {
        no: compiled(&format!(r"^\W*{}\b", any_of([&talk.no]))),
        yes: compiled(&format!(r"^\W*{}\b", any_of([&talk.yes]))),
        not_yes: compiled(&format!(r"\b{}\b", any_of([&talk.not_yes]))),
    };
    Lexicon::all().map(|lexicon| ways(&lexicon.talk)).collect()
});

/// What a message says, when it begins with it. "Yes, but not that one" says neither.
pub(in crate::flows) fn yes_no(text: &str) -> Option<bool> {
    if WAYS.iter().any(|ways| ways.no.is_match(text)) {
        return Some(false);
    }
    let mut yes = WAYS.iter().filter(|ways| ways.yes.is_match(text)).peekable();
    (yes.peek().is_some() && yes.all(|ways| !ways.not_yes.is_match(text))).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buttons_for_yes_and_no_say_so_in_every_language() {
        for language in crate::Language::ALL {
            let words = crate::words::Words::of(language);
            assert_eq!(yes_no(&words.yes), Some(true), "{}", words.yes);
            assert_eq!(yes_no(&words.no), Some(false), "{}", words.no);
        }
    }

    #[test]
    fn yes_and_no_are_understood_and_a_maybe_is_neither() {
        for yes in [
            "yes",
            "Yes please",
            "ja",
            "Ja, gerne!",
            "ok",
            "that worked, thanks",
            "Es geht jetzt",
            "Genau.",
            "oui merci",
            "d'accord",
            "Sí",
            "si claro",
            "sì",
            "va bene",
            "certo",
            "ja hoor",
            "graag",
            "sim",
            "está bem",
            "ça marche",
        ] {
            assert_eq!(yes_no(yes), Some(true), "{yes}");
        }
        for no in [
            "no",
            "Nein danke",
            "no, it did not",
            "still not working",
            "that didn't help",
            "hat nicht geholfen",
            "non merci",
            "ça ne marche pas",
            "no, gracias",
            "todavía no",
            "no grazie",
            "non ancora",
            "nee",
            "werkt niet",
            "não",
            "nao obrigado",
        ] {
            assert_eq!(yes_no(no), Some(false), "{no}");
        }
        for neither in [
            "",
            "maybe",
            "oui mais pas celui-là",
            "sí pero no ese",
            "sì ma non quello",
            "ja maar niet die",
            "sim mas não esse",
            "yes but not that one",
            "yesterday",
            "Notebook",
            "november",
            "jacket",
            "okra",
        ] {
            assert_eq!(yes_no(neither), None, "{neither}");
        }
    }
}
