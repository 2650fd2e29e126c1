//! United States social security numbers. Since 2011 they have no area 000, 666 or from 900 on, no group 00 and no
//! serial 0000 (Social Security Administration, "Social Security Number Randomization"); advertisements made some
//! famous that nobody holds.

use super::{Check, NumberKind, part};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Ssn,
    name: "us-ssn",
    reported: Some("US_SSN"),
    shapes: &["9{9}"],
    groupings: &[&[3, 2, 4]],
    check,
    cues: &[
        "ssn",
        "ss#",
        "ss number",
        "s.s.n",
        "s.s.n.",
        "social security",
        "social security number",
        "social security no",
        "social",
        "taxpayer",
        "tax id",
    ],
    alone: Some(85),
    announced: 92,
    mistyped: Some(91),
};

fn check(number: &str) -> Check {
    let (area, group, serial) = (part(number, 0..3), part(number, 3..5), part(number, 5..9));
    let advertised = matches!(number, "078051120" | "219099999" | "123456789");
    Check::possible(area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 && !advertised)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        for number in ["536228726", "899228726"] {
            assert_eq!(check(number), Check::Nothing, "{number}");
        }
        for number in [
            "000123456",
            "666123456",
            "900123456",
            "536008726",
            "536220000",
            "078051120",
            "219099999",
            "123456789",
        ] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("it's 536-22-8726.", "536-22-8726"),
            ("ssn: 536228726", "536228726"),
            ("536 22 8726", "536 22 8726"),
            ("536.22.8726", "536.22.8726"),
            ("social security number 000-12-3456", "000-12-3456"),
            ("SS# 536228726", "536228726"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in [
            "000-12-3456",
            "666-12-3456",
            "536-00-8726",
            "536-22-0000",
            "536228726",
            "1-536-22-8726",
            "536-22-87265",
            "ssn 1-536-22-8726",
            "536-22-8726-1",
        ] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
