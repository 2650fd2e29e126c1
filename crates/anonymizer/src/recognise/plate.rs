//! Licence plates: by their national shape where it is rare enough (Germany, the United Kingdom, France), else beside
//! a word for one.

use regex::Regex;

use super::marks::Sign;
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct Plates {
    strong: Regex,
    any: Regex,
}

/// How far from its word a plate stands, in bytes.
const NEAR: usize = 40;

impl Plates {
    pub(crate) fn new() -> Self {
        Self {
            strong: pattern(
                r"\b(?:[A-ZÄÖÜ]{1,3}-[A-Z]{2} [0-9]{3,4}[EH]?|[A-Z]{2}[0-9]{2} [A-HJ-PR-Z]{3}|[A-HJ-NP-TV-Z]{2}-[0-9]{3}-[A-HJ-NP-TV-Z]{2})\b",
            ),
            any: pattern(
                r"\b(?:[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]?[0-9]{1,4}[EH]?|[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z]{1,2}[- ]?[0-9]{3}[- ]?[A-Z]{2}|[0-9]{4}[- ]?[B-DF-HJ-NP-TV-Z]{3}|[A-Z0-9]{2,3}-[A-Z0-9]{2,3}-[A-Z0-9]{1,3}|[A-Z]{3}[- ]?[0-9]{3,4}|[0-9]{1,3}[- ]?[A-Z]{3}[- ]?[0-9]{0,3}|[A-Z]{3}[0-9][A-Z][0-9]{2})\b",
            ),
        }
    }
}

impl Recogniser for Plates {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let marks = scene.marks();
        if marks.numbers.is_empty() && !scene.text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let mut add = |range: std::ops::Range<usize>, score: u8| {
            if scene.is_word(&range) && scene.char_after(range.end).is_none_or(|c| c != '-') {
                found.push(Candidate { range, entity: Entity::Plate, score, recogniser: "plate" });
            }
        };
        if scene.text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.strong.find_iter(scene.text).for_each(|hit| add(hit.range(), 64));
        }
        for mark in marks.with(Sign::PLATE) {
            let at = scene.folded.origin(mark.range.clone()).end;
            let window = scene.after(at, NEAR);
            let plate =
                self.any.find_iter(window).find(|hit| hit.as_str().bytes().any(|byte| byte.is_ascii_digit()));
            if let Some(plate) = plate {
                add(at + plate.start()..at + plate.end(), 81);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    #[test]
    fn plates_are_found_by_shape_or_word() {
        for (text, plate) in [
            ("mein Auto B-AB 1234 steht da", "B-AB 1234"),
            ("Kennzeichen: M-X 12", "M-X 12"),
            ("the car AB12 CDE is mine", "AB12 CDE"),
            ("registration AB12CDE", "AB12CDE"),
            ("ma voiture AB-123-CD", "AB-123-CD"),
            ("targa: AB 123 CD", "AB 123 CD"),
            ("matrícula 1234 BCD", "1234 BCD"),
            ("kenteken 12-ABC-3", "12-ABC-3"),
            ("license plate number is 7ABC123", "7ABC123"),
            ("my plate is ABC-1234", "ABC-1234"),
        ] {
            let found = found_by(&Plates::new(), text);
            assert!(found.iter().any(|found| found == plate), "{text}: {found:?}");
        }
    }

    #[test]
    fn models_and_codes_are_no_plates() {
        for text in [
            "USB-C 3 cable",
            "the XJ-900",
            "IP-X 67",
            "model AB 123",
            "size 42 EU",
            "order KP-10432",
            "plate of 12 cookies",
        ] {
            assert_eq!(found_by(&Plates::new(), text), Vec::<String>::new(), "{text}");
        }
    }
}
