//! United States national provider identifiers: ten digits with a Luhn check digit over 80840 and the number (CMS,
//! "Requirements for NPI and NPI check digit", 45 CFR 162.406).

use super::{Check, NumberKind, digits, passes_luhn};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::ProviderId,
    name: "us-npi",
    reported: Some("US_NPI"),
    shapes: &["9{10}"],
    groupings: &[],
    check,
    cues: &[
        "npi",
        "npi number",
        "npi no",
        "national provider",
        "national provider identifier",
        "provider number",
        "provider id",
    ],
    alone: None,
    announced: 93,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    let digits: Vec<u32> = [8, 0, 8, 4, 0].into_iter().chain(digits(number)).collect();
    Check::of(number.starts_with(['1', '2']) && passes_luhn(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["1234567893", "1245319599"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["1234567894", "1234567839", "3234567891"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("NPI 1234567893", "1234567893"), ("npi: 1234567894", "1234567894")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "call 1234567893"), Vec::<String>::new());
    }
}
