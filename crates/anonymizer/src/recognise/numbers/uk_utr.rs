//! British unique taxpayer references: a check digit modulo 11 and nine digits (HMRC; the weights are those of its
//! software specification, as in Wikipedia, "Unique Taxpayer Reference").

use super::{Check, NumberKind, digits, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "uk-utr",
    reported: Some("UK_UTR"),
    shapes: &["9{10}"],
    groupings: &[],
    check,
    cues: &["utr", "utr number", "unique taxpayer reference", "taxpayer reference", "self assessment"],
    alone: None,
    announced: 93,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = weighted(digits.get(1..).unwrap_or_default(), &[6, 7, 8, 9, 10, 5, 4, 3, 2]);
    let first = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1].get((sum % 11) as usize);
    Check::of(digits.first() == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        assert_eq!(check("1955839661"), Check::Right);
        for number in ["2955839661", "1955839662", "1955839616"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("UTR 19558 39661", "19558 39661"), ("my UTR is 1955839662", "1955839662")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "ring 1955839661"), Vec::<String>::new());
    }
}
