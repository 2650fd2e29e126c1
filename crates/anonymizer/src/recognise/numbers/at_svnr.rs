//! Austrian social insurance numbers: a serial number of three digits, a check digit modulo 11 and the date of birth
//! (Dachverband der Sozialversicherungsträger; Wikipedia, "Sozialversicherungsnummer"). Months 13 to 15 are given out
//! when a day has run out of serial numbers.

use super::{Check, NumberKind, digits, is_day, part, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "at-svnr",
    reported: Some("AT_SVNR"),
    shapes: &["9{10}"],
    groupings: &[&[4, 6]],
    check,
    cues: &[
        "svnr",
        "sv-nummer",
        "sv nummer",
        "sv-nr",
        "sv nr",
        "sozialversicherungsnummer*",
        "versicherungsnummer",
        "e-card",
    ],
    alone: Some(62),
    announced: 93,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let rest = weighted(&digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    let month = part(number, 6..8);
    let day = is_day(month, part(number, 4..6)) || (13..=15).contains(&month);
    Check::of(day && digits.first() != Some(&0) && digits.get(3) == Some(&rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        assert_eq!(check("1237010180"), Check::Right);
        for number in ["1237010181", "1238010180", "1237320180", "0237010180"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("SV-Nummer: 1237 010180", "1237 010180"),
            ("versichert unter 1237 010180.", "1237 010180"),
            ("Meine SVNR ist 1238010180", "1238010180"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["Paket 1237010180", "am 1238 010180"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
