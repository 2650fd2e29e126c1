//! Polish tax numbers: nine digits and a check digit modulo 11 (Ministerstwo Finansów; Wikipedia, "Numer identyfikacji
//! podatkowej").

use super::{Check, NumberKind, digits, is_monotonous, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "pl-nip",
    reported: Some("PL_NIP"),
    shapes: &["9{10}", "AA9{10}"],
    groupings: &[&[12]],
    check,
    cues: &["nip", "numer nip", "numer identyfikacji podatkowej", "nr nip", "tax identification number"],
    alone: Some(68),
    announced: 92,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = weighted(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11;
    let country = number.len() == 10 || number.starts_with("PL");
    Check::of(country && !is_monotonous(&digits) && digits.last() == Some(&sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["1234563218", "8567346215", "PL8567346215"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["1234563219", "1234562318", "DE8567346215", "0000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("NIP: 123-456-32-18", "123-456-32-18"), ("PL8567346215", "PL8567346215")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "tel 123-456-32-18"), Vec::<String>::new());
    }
}
