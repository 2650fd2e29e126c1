//! Australian tax file numbers: nine digits, seldom eight, valid when the sum with weights is divisible by 11
//! (Australian Taxation Office; Wikipedia, "Tax file number").

use super::{Check, NumberKind, digits, is_monotonous, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "au-tfn",
    reported: Some("AU_TFN"),
    shapes: &["9{8,9}"],
    groupings: &[],
    check,
    cues: &["tfn", "tax file number", "tax file no"],
    alone: None,
    announced: 92,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let weights: &[u32] =
        if digits.len() == 9 { &[1, 4, 3, 7, 5, 8, 6, 9, 10] } else { &[10, 7, 8, 4, 6, 3, 5, 1] };
    Check::of(!is_monotonous(&digits) && weighted(&digits, weights).is_multiple_of(11))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["123456782", "876543210", "38593474"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["123456789", "38593475", "000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("My TFN is 123 456 782.", "123 456 782"), ("tax file number 123456789", "123456789")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "ring 123 456 782"), Vec::<String>::new());
    }
}
