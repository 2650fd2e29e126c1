//! Canadian social insurance numbers: nine digits with a Luhn check digit (Service Canada; Wikipedia, "Social insurance
//! number"; 046 454 286 is its fictitious example).

use super::{Check, NumberKind, digits, is_monotonous, passes_luhn};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "ca-sin",
    reported: Some("CA_SIN"),
    shapes: &["9{9}"],
    groupings: &[],
    check,
    cues: &[
        "sin",
        "sin number",
        "social insurance",
        "social insurance number",
        "numero d'assurance sociale",
        "nas",
    ],
    alone: None,
    announced: 93,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    Check::of(!is_monotonous(&digits(number)) && passes_luhn(&digits(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["046454286", "130692544"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["046454287", "130692554", "000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("My SIN is 046 454 286", "046 454 286"), ("NAS : 130-692-544", "130-692-544")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "call 046 454 286"), Vec::<String>::new());
    }
}
