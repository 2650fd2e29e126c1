//! Australian Medicare card numbers: eight digits, a check digit modulo 10 and the number of the issue, with the number
//! of the person on it as an eleventh digit (Services Australia; Wikipedia, "Medicare card (Australia)").

use super::{Check, NumberKind, digits, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "au-medicare",
    reported: Some("AU_MEDICARE"),
    shapes: &["9{10,11}"],
    groupings: &[&[4, 5, 1]],
    check,
    cues: &["medicare", "medicare number", "medicare card"],
    alone: Some(66),
    announced: 92,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let rest = weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10;
    let first = digits.first().is_some_and(|first| (2..=6).contains(first));
    Check::of(first && digits.get(8) == Some(&rest) && digits.get(9) != Some(&0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["2123456701", "21234567011"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["2123456711", "1123456701", "2123456700"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("my medicare card is 2123 45670 1", "2123 45670 1"), ("it says 2123 45670 1", "2123 45670 1")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["order 2123456701", "it says 2123 45680 1"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
