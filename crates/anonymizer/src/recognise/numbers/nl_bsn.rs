//! Dutch citizen service numbers: nine digits that pass the eleven test, the last digit counting minus one (Rijksdienst
//! voor Identiteitsgegevens, "Burgerservicenummer"; Wikipedia, "Burgerservicenummer").

use super::{Check, NumberKind, digits, is_monotonous, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "nl-bsn",
    reported: Some("NL_BSN"),
    shapes: &["9{9}"],
    groupings: &[],
    check,
    cues: &["bsn", "bsn-nummer", "bsn nummer", "burgerservicenummer", "sofinummer", "sofi-nummer"],
    alone: None,
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2, 10]);
    Check::of(!is_monotonous(&digits) && sum.is_multiple_of(11))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["111222333", "123456782"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["111222334", "123456728", "000000000"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("Mijn BSN is 111222333", "111222333"), ("bsn 1112.22.334", "1112.22.334")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "bel 111222333"), Vec::<String>::new());
    }
}
