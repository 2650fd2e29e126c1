//! What customers say about the flow itself: stop, and "no, I meant …".

use std::sync::LazyLock;

use regex::Regex;

use crate::language::{Lexicon, Talk, any_of, compiled};

static CANCEL: LazyLock<Regex> = LazyLock::new(|| {
    let (before, cancel) = (of_all(|talk| &talk.cancel_before), of_all(|talk| &talk.cancel));
    let after = of_all(|talk| &talk.cancel_after);
    compiled(&format!(r"^\W*(?:{before},? )?{cancel}(?:(?:,? {after})?\W*$|\s*[,.;:!–-]+\s)"))
});
/// Words behind "forget it, …" that still say why and nothing new.
const MOST_WORDS: usize = 8;
static CORRECTION: LazyLock<Regex> = LazyLock::new(|| {
    let (start, anywhere) = (of_all(|talk| &talk.correction_start), of_all(|talk| &talk.correction));
    let outright = of_all(|talk| &talk.correction_outright);
    compiled(&format!(r"(?:^\W*(?:oh,? |ah,? )?{start}\s*[,.;:!–-]+|\b(?:{anywhere}|{outright})\b)"))
});
static OUTRIGHT: LazyLock<Regex> =
    LazyLock::new(|| compiled(&format!(r"\b{}\b", of_all(|talk| &talk.correction_outright))));
static QUESTION: LazyLock<Regex> = LazyLock::new(|| {
    let (before, question) = (of_all(|talk| &talk.question_before), of_all(|talk| &talk.question));
    compiled(&format!(r"\?\s*$|^\W*(?:{before} )?{question}\b"))
});

fn of_all(part: fn(&'static Talk) -> &'static String) -> String {
    any_of(Lexicon::all().map(|lexicon| part(&lexicon.talk)))
}

/// Whether the message calls the matter off: it says no more, or only why ("forget it, the old one is fine"). A number, a
/// correction or a question behind it is something else to do.
pub(super) fn cancels(text: &str) -> bool {
    let Some(rest) = CANCEL.find(text).and_then(|found| text.get(found.end()..)) else { return false };
    let says_why =
        || !corrects_outright(rest) && !asks(rest) && rest.split_whitespace().count() <= MOST_WORDS;
    rest.is_empty() || (!rest.contains(|c: char| c.is_ascii_digit()) && says_why())
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
    fn a_flow_is_called_off_by_a_message_that_says_no_more_than_why() {
        for text in [
            "never mind",
            "Cancel that please",
            "vergiss es",
            "Schon gut.",
            "stop",
            "Nein, doch nicht",
            "laissez tomber",
            "Non, tant pis",
            "déjalo",
            "no importa, gracias",
            "lascia perdere",
            "non importa",
            "laat maar",
            "deixa pra lá",
            "esquece isso",
            "forget it, the old one is fine",
            "Vergiss es, die alte stimmt noch.",
            "laissez tomber, c'est réglé",
        ] {
            assert!(cancels(text), "{text}");
        }
        for text in [
            "cancel my order [ORDER_1]",
            "do not cancel it",
            "it stops after a minute",
            "ich will stornieren",
            "annuler ma commande [ORDER_1]",
            "quiero cancelar el pedido",
            "voglio annullare l'ordine",
            "ik wil annuleren",
            "quero cancelar o pedido",
            "para o meu pai",
            "forget it, make it 12.50",
            "forget that, I meant the black ones",
            "stop, [ORDER_2]",
            "never mind, how long is the warranty?",
            "leave it as it is",
        ] {
            assert!(!cancels(text), "{text}");
        }
    }

    #[test]
    fn a_correction_is_what_stands_behind_its_words() {
        assert_eq!(correction("no, I meant the 4th"), Some(" the 4th"));
        assert_eq!(correction("Nein, [ORDER_2]"), Some(" [ORDER_2]"));
        assert_eq!(correction("ich meinte den 5.11."), Some(" den 5.11."));
        assert_eq!(correction("je voulais dire le 5 novembre"), Some(" le 5 novembre"));
        assert_eq!(correction("perdona, [ORDER_2]"), Some(" [ORDER_2]"));
        assert_eq!(correction("intendevo il 5"), Some(" il 5"));
        assert_eq!(correction("ik bedoel de 5e"), Some(" de 5e"));
        assert_eq!(correction("quis dizer 5 de novembro"), Some(" 5 de novembro"));
        assert_eq!(correction("no"), None);
        assert_eq!(correction("the 4th of November"), None);
    }
}
