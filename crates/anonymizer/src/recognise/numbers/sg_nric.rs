//! Singapore identity numbers: a letter for citizens (S, T) or foreigners (F, G, M), seven digits and a check letter
//! modulo 11 (Immigration and Checkpoints Authority; Wikipedia, "National Registration Identity Card").

use super::{Check, NumberKind, digits, letter_at, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "sg-nric",
    reported: Some("SG_NRIC_FIN"),
    shapes: &["A9{7}A"],
    groupings: &[&[9]],
    check,
    cues: &["nric", "nric no", "nric number", "fin", "fin number"],
    alone: Some(76),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let (offset, letters) = match number.as_bytes().first() {
        Some(b'S') => (0, "JZIHGFEDCBA"),
        Some(b'T') => (4, "JZIHGFEDCBA"),
        Some(b'F') => (0, "XWUTRQPNMLK"),
        Some(b'G') => (4, "XWUTRQPNMLK"),
        Some(b'M') => (3, "XWUTRQPNJLK"),
        _ => return Check::Wrong,
    };
    let sum = offset + weighted(&digits(number), &[2, 7, 6, 5, 4, 3, 2]);
    Check::of(number.chars().nth(8) == letter_at(letters, sum % 11))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["S1234567D", "T1234567J", "F1234567N", "G1234567X", "M1234567K", "S0000001I"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["S1234567E", "T1234567D", "S1234576D", "A1234567D", "M1234567N"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("NRIC S1234567D", "S1234567D"), ("it is s1234567d", "s1234567d")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "item S1234567E"), Vec::<String>::new());
    }
}
