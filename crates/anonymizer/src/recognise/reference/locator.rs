//! Codes of bookings as airlines and railways give them out, six letters and digits ("K7QX2M"), and codes run together
//! with the abbreviation of what they belong to ("INC0012345").

use super::{add, shape};
use crate::Entity;
use crate::recognise::{Candidate, Scene, is_word_char};

/// Letters and digits of a booking's code (IATA Resolution 1830d calls it a record locator).
const LENGTH: usize = 6;

/// Words right before such a code that leave it what it is.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "flight", "flug", "vol", "vuelo", "volo", "voo", "vlucht", "train", "zug", "treno", "tren", "comboio", "trein",
    "ticket", "billet", "billete", "biglietto", "bilhete", "bahnticket", "code", "codigo", "codice", "pnr", "is", "ist",
    "est", "es", "its", "it's", "c'est", "ref", "reference",
];

/// Six capitals and digits that change more than once from one to the other: a model has its digits behind.
pub(super) fn is_one(written: &str) -> bool {
    let bytes = written.as_bytes();
    let changes = bytes.windows(2).filter(|pair| match pair {
        [first, second] => first.is_ascii_digit() != second.is_ascii_digit(),
        _ => false,
    });
    let letters = bytes.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    bytes.len() == LENGTH && letters + digits == LENGTH && letters >= 2 && digits >= 1 && changes.count() >= 2
}

/// Each has digits, so only what stands around digits is read.
pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Candidate>) {
    let text = scene.text;
    let bytes = text.as_bytes();
    let part = |byte: &&u8| byte.is_ascii_alphanumeric();
    let mut end = 0;
    for run in scene.figures().runs() {
        if run.start < end {
            continue;
        }
        let start = run.start - bytes[end..run.start].iter().rev().take_while(part).count();
        end = run.end + bytes[run.end..].iter().take_while(part).count();
        let word = &text[start..end];
        if word.len() < LENGTH || !word.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()) {
            continue;
        }
        let free = !text[..start].ends_with(|c: char| is_word_char(c) || "#-_/.@".contains(c))
            && !text[end..].starts_with(|c: char| is_word_char(c) || "-_/@%".contains(c));
        if !free {
            continue;
        }
        if is_one(word) && stands_alone(text, start, end) {
            add(start..end, Entity::Reference, 66, found);
        } else if let Some(entity) = shape::run_together(word) {
            add(start..end, entity, 70, found);
        }
    }
}

/// Whether it is a clause by itself, but for a word that announces it.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let ends = |rest: &str| {
        let rest = rest.trim_start_matches(' ');
        rest.is_empty() || rest.starts_with(['.', ',', ';', '!', '?', ')', '\n', ':'])
    };
    let before = text[..start].trim_end_matches(' ');
    let begins = before.is_empty() || before.ends_with(['.', ',', ';', '!', '?', '(', '\n', ':']);
    let word = before.rsplit(|c: char| c.is_whitespace()).next().unwrap_or_default();
    let led = LEADS.iter().any(|lead| word.eq_ignore_ascii_case(lead));
    ends(&text[end..]) && (begins || led)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        find(&Scene::of(text), &mut found);
        found.into_iter().map(|candidate| &text[candidate.range]).collect()
    }

    #[test]
    fn a_code_of_a_booking_stands_by_itself() {
        for text in [
            "we cannot check in. H4TQ9B",
            "mein Flug H4TQ9B",
            "H4TQ9B",
            "vuelo H4TQ9B, por favor",
            "it's H4TQ9B!",
        ] {
            assert_eq!(codes(text), ["H4TQ9B"], "{text}");
        }
        for text in [
            "the H4TQ9B charger",
            "flight LH4471",
            "GTX970, please",
            "colour #F4A2B9",
            "H4TQ9B-XL",
            "in 2024",
            "ABCDEF",
        ] {
            assert_eq!(codes(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_code_runs_on_from_its_abbreviation() {
        assert_eq!(codes("yes, INC0012345 and ORD771234"), ["INC0012345", "ORD771234"]);
        for text in ["the SR20001 lens", "RTX4090", "HTTP404", "PO10"] {
            assert_eq!(codes(text), Vec::<&str>::new(), "{text}");
        }
    }
}
