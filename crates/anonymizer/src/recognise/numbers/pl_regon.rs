//! Polish numbers of businesses: nine digits or fourteen, the last a check digit modulo 11 (Główny Urząd Statystyczny;
//! Wikipedia, "REGON").

use super::{Check, NumberKind, digits, is_monotonous, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "pl-regon",
    reported: Some("PL_REGON"),
    shapes: &["9{9}", "9{14}"],
    groupings: &[],
    check,
    cues: &["regon", "numer regon"],
    alone: None,
    announced: 88,
    mistyped: Some(76),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let weights: &[u32] =
        if digits.len() == 9 { &[8, 9, 2, 3, 4, 5, 6, 7] } else { &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8] };
    Check::of(!is_monotonous(&digits) && digits.last() == Some(&(weighted(&digits, weights) % 11 % 10)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["192598184", "123456785", "12345678512347"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["192598183", "123456758", "12345678512348", "000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        assert_eq!(found_of_kind(&KIND, "REGON 123456785"), ["123456785"]);
        assert_eq!(found_of_kind(&KIND, "tel 123456785"), Vec::<String>::new());
    }
}
