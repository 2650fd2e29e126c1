//! German pension insurance numbers: area, date of birth, initial, serial number and a check digit modulo 10 over cross
//! sums (Deutsche Rentenversicherung, Verordnung über die Versicherungsnummer (VKVV), § 4; Wikipedia,
//! "Versicherungsnummer", whose examples these are).

use super::{Check, NumberKind, digits, is_day, part, values};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "de-rvnr",
    reported: Some("DE_SOCIAL_SECURITY"),
    shapes: &["99999999A999"],
    groupings: &[&[12], &[2, 6, 1, 3], &[8, 1, 3]],
    check,
    cues: &[
        "rvnr",
        "rentenversicherungsnummer",
        "sozialversicherungsnummer*",
        "sv-nummer",
        "sv nummer",
        "sv-nr",
        "sv nr",
        "versicherungsnummer",
        "rentenversicherung",
    ],
    alone: Some(84),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let initial = values(number).get(8).map_or(0, |value| value - 9);
    let mut digits = digits(number);
    digits.splice(8..8, [initial / 10, initial % 10]);
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let sum: u32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    let born = is_day(part(number, 4..6), part(number, 2..4));
    Check::of(born && digits.last().is_some_and(|last| sum % 10 == *last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["15070649C103", "65170839J003"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["15070649C104", "15071349C103", "15070649D103"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("meine SV-Nummer ist 15 070649 C 103", "15 070649 C 103"), ("65170839J003", "65170839J003")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["65170839J004", "Teil 15071349C103"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
