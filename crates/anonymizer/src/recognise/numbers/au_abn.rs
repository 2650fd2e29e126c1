//! Australian Business Numbers: eleven digits, valid when the sum with weights is divisible by 89 (Australian Business
//! Register, "Format of the ABN").

use super::{Check, NumberKind, digits};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "au-abn",
    reported: Some("AU_ABN"),
    shapes: &["9{11}"],
    groupings: &[],
    check,
    cues: &["abn", "australian business number"],
    alone: None,
    announced: 90,
    mistyped: Some(78),
};

fn check(number: &str) -> Check {
    let mut digits = digits(number);
    if let Some(first) = digits.first_mut() {
        // A number that begins with zero is none: the first digit counts one less.
        *first = first.wrapping_sub(1);
    }
    let sum = digits
        .iter()
        .zip([10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19])
        .fold(0_u32, |sum, (digit, weight)| sum.wrapping_add(digit.wrapping_mul(weight)));
    Check::of(digits.first() != Some(&u32::MAX) && sum.is_multiple_of(89))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["51824753556", "83914571673"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["51824753557", "15824753556", "01824753556"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        assert_eq!(found_of_kind(&KIND, "ABN 51 824 753 556"), ["51 824 753 556"]);
        assert_eq!(found_of_kind(&KIND, "ring 51 824 753 556"), Vec::<String>::new());
    }
}
