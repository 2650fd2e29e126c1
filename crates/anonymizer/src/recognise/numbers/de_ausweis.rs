//! German identity cards: a serial number of nine signs (no vowels, and none of B, D, Q, S), and in the machine-
//! readable zone a check digit with weights 7, 3, 1 (ICAO Doc 9303, part 3; BSI TR-03110; specimen cards of the
//! Bundesministerium des Innern).

use super::{Check, NumberKind, values, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "de-ausweis",
    reported: Some("DE_ID_CARD"),
    shapes: &["X{9,10}"],
    groupings: &[],
    check,
    cues: &[
        "personalausweis",
        "personalausweisnummer",
        "ausweisnummer",
        "ausweis-nr",
        "ausweis nr",
        "perso",
        "perso-nummer",
        "ausweis",
    ],
    alone: None,
    announced: 86,
    mistyped: Some(76),
};

fn check(number: &str) -> Check {
    let serial = number.get(..9).unwrap_or_default();
    let known = serial.chars().all(|c| c.is_ascii_digit() || "CFGHJKLMNPRTVWXYZ".contains(c));
    let last = number.get(9..).unwrap_or_default();
    let key = weighted(&values(serial), &[7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10;
    match last.parse::<u32>() {
        Ok(last) => Check::of(known && last == key),
        Err(_) => Check::possible(known && last.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["T220001293", "L01X00T471"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        assert_eq!(check("T22000129"), Check::Nothing);
        for number in ["T220001294", "A220001293", "A22000129", "T22000129X"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("Personalausweisnummer: T220001293", "T220001293"),
            ("Mein Perso hat die Nummer L01X00T47", "L01X00T47"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "Artikel T220001293"), Vec::<String>::new());
    }
}
