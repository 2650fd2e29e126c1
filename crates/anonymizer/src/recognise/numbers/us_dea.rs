//! Registration numbers of the United States Drug Enforcement Administration: a letter for the kind of registrant, the
//! initial of a name or 9, six digits and a check digit modulo 10 (Wikipedia, "DEA number").

use super::{Check, NumberKind, digits, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::ProviderId,
    name: "us-dea",
    reported: Some("MEDICAL_LICENSE"),
    shapes: &["AX9{7}"],
    groupings: &[],
    check,
    cues: &["dea", "dea number", "dea no", "dea registration", "dea#"],
    alone: None,
    announced: 94,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let known = number.starts_with(|c| "ABCDEFGHJKLMPRSTUX".contains(c));
    let digits = digits(number.get(2..).unwrap_or_default());
    let sum = weighted(&digits, &[1, 2, 1, 2, 1, 2]);
    Check::of(known && digits.last() == Some(&(sum % 10)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["F91234563", "AB1234563"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["F91234564", "AB1234536", "ZB1234563"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("DEA number AB1234563", "AB1234563"), ("DEA# AB1234564", "AB1234564")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "item AB1234563"), Vec::<String>::new());
    }
}
