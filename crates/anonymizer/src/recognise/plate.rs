//! Licence plates: by their national shape where it is rare enough (Germany, the United Kingdom, France), else beside
//! a word for one.

use regex::Regex;

use super::marks::{Sign, means};
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct Plates {
    strong: Regex,
    driven: Regex,
    any: Regex,
    small: Regex,
}

/// How far from its word a plate stands, in bytes.
const NEAR: usize = 40;
/// How much of the end of a message may ask for a plate, in bytes.
const QUESTION: usize = 120;
/// A longer message is more than an answer, in bytes.
const ANSWER: usize = 60;
/// Short words that stand before a number and are no part of a plate.
const NO_PLATES: &[&str] = &[
    "is", "on", "at", "in", "of", "for", "the", "to", "by", "no", "ist", "am", "um", "nr", "est", "le", "es",
    "el", "ab", "vom", "my", "and", "und",
];

impl Plates {
    pub(crate) fn new() -> Self {
        Self {
            strong: pattern(
                r"\b(?:[A-ZÄÖÜ]{1,3}-[A-Z]{2} [0-9]{3,4}[EH]?|[A-Z]{2}[0-9]{2} [A-HJ-PR-Z]{3}|[A-HJ-NP-TV-Z]{2}-[0-9]{3}-[A-HJ-NP-TV-Z]{2})\b",
            ),
            driven: pattern(
                r"\b(?:[A-HJ-NPR-TV-Z]{2} ?[0-9]{3} ?[A-HJ-NPR-TV-Z]{2}|[0-9]{4}[- ]?[B-DF-HJ-NPR-TV-Z]{3}|[A-Z]{2}-[0-9]{2}-[A-Z]{2}|[0-9]{2}-[A-Z]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[A-Z]{2}|[A-Z]{2}-[0-9]{3}-[A-Z]|[A-Z]-[0-9]{3}-[A-Z]{2}|[0-9]-[A-Z]{3}-[0-9]{2}|[0-9]{2}-[A-Z]{3}-[0-9]|[0-9]{3}-[A-Z]{2}-[0-9]|(?:AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH) [0-9]{2,3} [0-9]{3})\b",
            ),
            any: pattern(
                r"\b(?:(?:AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH)[ -]?[0-9]{1,3}[ '.]?[0-9]{3}|[A-Z]{3} ?[0-9]{2}[A-Z]|[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]?[0-9]{1,4}[EH]?|[A-Z]{2}[0-9]{2} ?[A-Z]{3}|[A-Z]{1,2}[- ]?[0-9]{3}[- ]?[A-Z]{2}|[0-9]{4}[- ]?[B-DF-HJ-NP-TV-Z]{3}|[A-Z0-9]{2,3}-[A-Z0-9]{2,3}-[A-Z0-9]{1,3}|[A-Z]{3}[- ]?[0-9]{3,4}|[0-9]{1,3}[- ]?[A-Z]{3}[- ]?[0-9]{0,3}|[A-Z]{3}[0-9][A-Z][0-9]{2}|[0-9]{1,2}-?[A-Z]{2,3}-?[0-9]{1,2}|[A-Z]{1,2}-?[0-9]{2,3}-?[A-Z]{1,2}|[0-9]{2}[- ][0-9]{2}[- ][A-Z]{2}|[A-Z]{2}[- ][0-9]{2}[- ][A-Z]{2}|[0-9]{2}[- ][A-Z]{2}[- ][0-9]{2})\b",
            ),
            small: pattern(
                r"\b(?:[a-z]{1,3}-[a-z]{1,2} ?[0-9]{1,4}|[a-z]{2}[0-9]{2} ?[a-z]{3}|[a-z]{2}-?[0-9]{3}-?[a-z]{2}|[0-9]{4}-?[b-df-hj-np-tv-z]{3}|[a-z0-9]{2,3}-[a-z0-9]{2,3}-[a-z0-9]{1,3}|[a-z]{3}-?[0-9]{3,4}|[0-9]{1,2}-?[a-z]{2,3}-?[0-9]{1,2})\b",
            ),
        }
    }

    /// The first one in a text where one is awaited.
    fn first(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let large = self.any.find_iter(text).find(|hit| is_plate(hit.as_str()));
        let hit = large.or_else(|| self.small.find_iter(text).find(|hit| is_plate(hit.as_str())))?;
        Some(hit.range())
    }
}

/// Letters and digits that are no amount.
fn is_plate(written: &str) -> bool {
    let first = written.split([' ', '-']).next().unwrap_or_default();
    let last = written
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .rsplit([' ', '-'])
        .next()
        .unwrap_or_default();
    written.bytes().any(|byte| byte.is_ascii_digit())
        && written.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !NO_PLATES.contains(&first)
        && !(last.len() > 1
            && (super::code::is_unit(last) || ["BMW", "RPM", "KWH", "CHF", "PLN", "CV"].contains(&last)))
}

/// Words for what has a plate, folded: beside one a plate needs no word of its own.
pub(super) const VEHICLES: &str = "car van vehicle motorbike auto wagen fahrzeug pkw parkplatz parking voiture vehicule amende coche \
                                   carro vehiculo moto furgoneta multa macchina vettura veicolo automobile furgone viatura veiculo \
                                   automovel carrinha voertuig bestelbus parkeren boete itv apk bollo soat";

/// Whether one of them is in a text. Marks part words at the signs of ASCII only: "car…" is none of theirs.
fn names_vehicle(scene: &Scene<'_>) -> bool {
    let text = scene.folded.text();
    scene.marks().has(Sign::VEHICLE)
        || (!text.is_ascii()
            && text.split(|c: char| !c.is_alphanumeric()).any(|word| means(word, Sign::VEHICLE)))
}

/// Whether what stands between a plate and its word says that the one is the other: " is my ".
fn is_said_of(between: &str) -> bool {
    let words = between.trim();
    words.len() <= 24
        && ["is", "ist", "est", "es", "è", "é", "e"].contains(&words.split(' ').next().unwrap_or_default())
        && !words.contains(['.', ',', '?', '!'])
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
        if scene.figures().follow_a_capital(scene.text) {
            self.strong.find_iter(scene.text).for_each(|hit| add(hit.range(), 64));
        }
        if names_vehicle(scene) {
            self.driven
                .find_iter(scene.text)
                .filter(|hit| is_plate(hit.as_str()))
                .for_each(|hit| add(hit.range(), 68));
        }
        for mark in marks.with(Sign::PLATE) {
            let at = scene.folded.origin(mark.range.clone()).end;
            let window = scene.after(at, NEAR);
            if let Some(plate) = self.first(window) {
                let end = at + plate.end;
                add(at + plate.start..end, 81);
                // "KA-RS 8564, mine is HD-WP 88": a second one.
                let rest = scene.after(end, NEAR);
                let second = self.any.find_iter(rest).find(|hit| is_plate(hit.as_str()));
                if let Some(second) = second {
                    add(end + second.start()..end + second.end(), 78);
                }
            } else if let before = scene.before(scene.folded.origin(mark.range.clone()).start, NEAR)
                && let Some(plate) = self.first(before)
                && is_said_of(&before[plate.end..])
            {
                let from = scene.folded.origin(mark.range.clone()).start - before.len();
                add(from + plate.start..from + plate.end, 80);
            }
        }
        if scene.expects(Entity::Plate) && scene.text.len() <= ANSWER {
            if let Some(plate) = self.first(scene.text) {
                add(plate, 79);
            }
            self.any
                .find_iter(scene.text)
                .skip(1)
                .filter(|hit| is_plate(hit.as_str()))
                .for_each(|hit| add(hit.range(), 78));
        }
    }

    /// "What is your registration number?"
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let end = scene.folded.text().len();
        let asked = scene.marks().before(Sign::PLATE, end, QUESTION).next().is_some();
        if asked { vec![Entity::Plate] } else { Vec::new() }
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
            ("kenteken 12-abc-3", "12-abc-3"),
            ("mein kennzeichen ist b-ab 1234", "b-ab 1234"),
            ("AB12 CDE is my number plate", "AB12 CDE"),
            ("targa ab123cd", "ab123cd"),
            ("matrícula 12-34-AB", "12-34-AB"),
            ("Kennzeichen KA-RS 8564. Meins: HD WP 89", "HD WP 89"),
            ("targa TI 118 448", "TI 118 448"),
            ("placa QXW 49F", "QXW 49F"),
            ("a minha viatura é BD-22-TV", "BD-22-TV"),
            ("la mia macchina, AB 123 CD, è ferma", "AB 123 CD"),
            ("mi coche 7110 LKN no arranca", "7110 LKN"),
            ("mijn auto 12-ABC-3 is weg", "12-ABC-3"),
            ("une amende pour VS 204 888", "VS 204 888"),
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
            "the plate is 500 ml",
            "the registration is on 12 May",
            "registration fee of 300 EUR",
            "my car has 1500 RPM",
            "code BD-22-TV",
            "the car costs 9000 CHF",
            "mein Auto, 2024 BMW",
        ] {
            assert_eq!(found_by(&Plates::new(), text), Vec::<String>::new(), "{text}");
        }
    }
}
