//! United States routing numbers: nine digits, valid when the sum with weights 3, 7, 1 is divisible by ten; the first
//! two say what kind it is (American Bankers Association, "Routing number policy"; Federal Reserve, E-Payments Routing
//! Directory).

use super::{Check, NumberKind, digits, is_monotonous, part, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Routing,
    name: "us-aba",
    reported: Some("ABA_ROUTING_NUMBER"),
    shapes: &["9{9}"],
    groupings: &[],
    check,
    cues: &[
        "routing",
        "routing number",
        "routing no",
        "aba",
        "aba number",
        "aba routing",
        "rtn",
        "transit number",
    ],
    alone: None,
    announced: 93,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let known = matches!(part(number, 0..2), 0..=12 | 21..=32 | 61..=72 | 80);
    let sum = weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]);
    Check::of(known && !is_monotonous(&digits) && sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["111000025", "021000021", "122105155"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["111000026", "111000052", "131000023", "000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("routing number is 021000021", "021000021"),
            ("ABA: 1110-0002-5", "1110-0002-5"),
            ("routing 021000022", "021000022"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "call 021000021"), Vec::<String>::new());
    }
}
