//! Danish personal numbers: date of birth and four digits (CPR-kontoret, "Personnummeret i CPR"; Wikipedia, "CPR-
//! nummer"). Since 2007 numbers are given out that fail the check modulo 11, so failing costs them little.

use super::{Check, NumberKind, digits, is_day, part, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "dk-cpr",
    reported: Some("DK_CPR"),
    shapes: &["9{10}"],
    groupings: &[&[6, 4]],
    check,
    cues: &["cpr", "cpr-nummer", "cpr nummer", "cpr-nr", "cpr nr", "personnummer", "cpr number"],
    alone: Some(64),
    announced: 93,
    mistyped: Some(88),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = weighted(&digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    Check::of(is_day(part(number, 2..4), part(number, 0..2)) && sum.is_multiple_of(11))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["2110625629", "0707614285"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["2110625628", "2113625629", "0707614258"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("mit CPR-nummer er 211062-5629", "211062-5629"),
            ("070761-4285 tak", "070761-4285"),
            ("cpr 211062-5628", "211062-5628"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["ordre 2110625629", "211062-5628"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
