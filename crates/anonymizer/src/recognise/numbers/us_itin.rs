//! United States individual taxpayer identification numbers: like social security numbers, beginning with 9 and with a
//! group of 50 to 65, 70 to 88, 90 to 92 or 94 to 99 (Internal Revenue Service, Internal Revenue Manual 3.21.263.4).

use super::{Check, NumberKind, digits, is_monotonous, part};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Ssn,
    name: "us-itin",
    reported: Some("US_ITIN"),
    shapes: &["9{9}"],
    groupings: &[&[3, 2, 4]],
    check,
    cues: &["itin", "itin number", "individual taxpayer", "taxpayer", "taxpayer id", "tax id"],
    alone: Some(86),
    announced: 93,
    mistyped: None,
};

fn check(number: &str) -> Check {
    let group = part(number, 3..5);
    let given = matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99);
    Check::possible(number.starts_with('9') && given && !is_monotonous(&digits(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        for number in ["912701234", "900501234", "999991234"] {
            assert_eq!(check(number), Check::Nothing, "{number}");
        }
        for number in ["912891234", "912661234", "812701234", "912931234", "912491234", "999999999"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("my ITIN is 912-70-1234", "912-70-1234"),
            ("912-70-1234", "912-70-1234"),
            ("912 70 1234", "912 70 1234"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["912-89-1234", "912701234", "1-912-70-1234"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
