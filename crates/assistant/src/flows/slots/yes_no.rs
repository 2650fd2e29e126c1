//! Yes or no, in the languages that we know: people switch.

use std::sync::LazyLock;

use regex::Regex;

static NO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W*(?:no+|nope|nah|not? really|not yet|not at all|still not|nein|nee|nö|leider nicht|leider nein|noch nicht|gar nicht|(?:that |it )?(?:did not|didn['’]t|does not|doesn['’]t)\b.*|(?:das )?hat nicht\b.*|lieber nicht|better not|do not|don['’]t)\b",
    )
    .expect("the pattern is a constant")
});
static YES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W*(?:y|yes+|yeah|yep|yup|sure|of course|correct|right|exactly|ok|okay|please do|go ahead|that (?:helped|worked)|it (?:helped|worked|works)(?: now)?|j|ja+|jo|jep|klar|gern|gerne|genau|richtig|stimmt|natürlich|bitte|selbstverständlich|(?:das )?hat geholfen|es (?:geht|funktioniert)(?: jetzt| wieder)?)\b",
    )
    .expect("the pattern is a constant")
});
static NOT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:not?|nicht|kein\w*|but|aber|never|nie)\b|n['’]t\b")
        .expect("the pattern is a constant")
});

/// What a message says, when it begins with it. "Yes, but not that one" says neither.
pub(in crate::flows) fn yes_no(text: &str) -> Option<bool> {
    if NO.is_match(text) {
        return Some(false);
    }
    (YES.is_match(text) && !NOT.is_match(text)).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_understood_and_a_maybe_is_neither() {
        for yes in
            ["yes", "Yes please", "ja", "Ja, gerne!", "ok", "that worked, thanks", "Es geht jetzt", "Genau."]
        {
            assert_eq!(yes_no(yes), Some(true), "{yes}");
        }
        for no in [
            "no",
            "Nein danke",
            "no, it did not",
            "still not working",
            "that didn't help",
            "hat nicht geholfen",
        ] {
            assert_eq!(yes_no(no), Some(false), "{no}");
        }
        for neither in
            ["", "maybe", "yes but not that one", "yesterday", "Notebook", "november", "jacket", "okra"]
        {
            assert_eq!(yes_no(neither), None, "{neither}");
        }
    }
}
