//! French social security numbers: sex, year, month, département, commune, serial number and 97 less the rest modulo
//! 97; 2A and 2B, the two of Corsica, count as 19 and 18 (INSEE, "Numéro de Sécurité sociale"; Wikipedia, "Numéro de
//! sécurité sociale en France"). People often leave the key off.

use super::{Check, NumberKind, digits, part, remainder};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "fr-nir",
    reported: Some("FR_NIR"),
    shapes: &["9{15}", "9{6}A9{8}", "9{13}", "9{6}A9{6}"],
    groupings: &[&[15], &[1, 2, 2, 2, 3, 3, 2], &[13, 2]],
    check,
    cues: &[
        "nir",
        "securite sociale",
        "numero de securite sociale",
        "secu",
        "numero de secu",
        "carte vitale",
        "insee",
        "numero insee",
    ],
    alone: Some(88),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let plain = number.replacen("2A", "19", 1).replacen("2B", "18", 1);
    if !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Check::Wrong;
    }
    let number = plain.as_str();
    let month = part(number, 3..5);
    // 20 and 30 up stand for months that are not known.
    let born = (1..=12).contains(&month) || (20..=42).contains(&month) || (50..=99).contains(&month);
    let possible = born && matches!(number.as_bytes().first(), Some(b'1'..=b'4' | b'7' | b'8'));
    let digits = digits(number);
    let Some(key) = number.get(13..).filter(|key| !key.is_empty()) else {
        return Check::possible(possible && digits.len() == 13);
    };
    let rest = remainder(digits.get(..13).unwrap_or_default(), 97);
    Check::of(possible && key.parse() == Ok(97 - rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["255081416802538", "253072B07300470", "295109912611193"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["2550814168025", "253072B073004"] {
            assert_eq!(check(number), Check::Nothing, "{number}");
        }
        for number in [
            "255081416802539",
            "255131416802538",
            "955081416802538",
            "253072A07300470",
            "253072C07300470",
            "253072C07300",
        ] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("numéro de sécu : 2 55 08 14 168 025 38", "2 55 08 14 168 025 38"),
            ("253072B07300470", "253072B07300470"),
            ("n° de sécurité sociale 2550814168025", "2550814168025"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["colis 255081416802539", "colis 2550814168025"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
