//! What customers say about the flow itself: stop, and "no, I meant …".

use std::sync::LazyLock;

use regex::Regex;

static CANCEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\W*(?:oh |ok |okay |no,? |nein,? |please |bitte )?(?:never ?mind|cancel(?: (?:that|this|it))?|stop(?: (?:that|this|it))?|forget (?:it|that|about it)|abort|quit|leave it|vergiss es|vergessen sie es|schon gut|abbrechen|abbruch|stopp?|hat sich erledigt|lassen wir das|doch nicht|egal)(?: please| bitte| thanks| danke| then)?\W*$",
    )
    .expect("the pattern is a constant")
});
static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:^\W*(?:oh,? |ah,? )?(?:no|nein|nee|nope|wait|moment|halt|sorry|pardon|entschuldigung)\s*[,.;:!–-]+|\b(?:i (?:actually )?meant?|actually|correction|rather|should (?:have been|be)|ich meinte?|eigentlich|vielmehr|korrektur|sondern|ich habe mich (?:vertan|verschrieben|geirrt)|i made a mistake|es (?:ist|war) doch)\b)",
    )
    .expect("the pattern is a constant")
});
static OUTRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:i (?:actually )?meant?|actually|correction|ich meinte?|eigentlich|korrektur)\b")
        .expect("the pattern is a constant")
});
static QUESTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\?\s*$|^\W*(?:and |und |but |aber )?(?:what|when|where|which|who|why|how|do you|does|can i|could i|is there|are there|was|wann|wo|welche[rsn]?|wer|warum|wieso|wie|gibt es|kann ich|haben sie)\b",
    )
    .expect("the pattern is a constant")
});

/// Whether the whole message calls the matter off.
pub(super) fn cancels(text: &str) -> bool {
    CANCEL.is_match(text)
}

/// What stands behind the words of a correction.
pub(super) fn correction(text: &str) -> Option<&str> {
    CORRECTION.find_iter(text).last().and_then(|found| text.get(found.end()..))
}

/// Whether it says outright that it corrects: "no, it did not" may as well answer the question.
pub(super) fn corrects_outright(text: &str) -> bool {
    OUTRIGHT.is_match(text)
}

/// Whether the message asks something.
pub(super) fn asks(text: &str) -> bool {
    QUESTION.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_called_off_by_a_message_that_says_no_more() {
        for text in
            ["never mind", "Cancel that please", "vergiss es", "Schon gut.", "stop", "Nein, doch nicht"]
        {
            assert!(cancels(text), "{text}");
        }
        for text in [
            "cancel my order [ORDER_1]",
            "do not cancel it",
            "it stops after a minute",
            "ich will stornieren",
        ] {
            assert!(!cancels(text), "{text}");
        }
    }

    #[test]
    fn a_correction_is_what_stands_behind_its_words() {
        assert_eq!(correction("no, I meant the 4th"), Some(" the 4th"));
        assert_eq!(correction("Nein, [ORDER_2]"), Some(" [ORDER_2]"));
        assert_eq!(correction("ich meinte den 5.11."), Some(" den 5.11."));
        assert_eq!(correction("no"), None);
        assert_eq!(correction("the 4th of November"), None);
    }
}
