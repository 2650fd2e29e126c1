//! International Mobile Equipment Identities (3GPP TS 23.003, section 6.2.1): fourteen digits and a Luhn check digit.

use super::{Check, NumberKind, digits, passes_luhn};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Device,
    name: "imei",
    reported: None,
    shapes: &["999999999999999"],
    groupings: &[&[2, 6, 6, 1], &[6, 2, 6, 1]],
    check,
    cues: &["imei", "imei number", "imei nummer", "device id", "equipment identity"],
    alone: None,
    announced: 97,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    Check::of(passes_luhn(&digits(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["490154203237518", "352099001761481"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        assert_eq!(check("490154203237519"), Check::Wrong);
    }

    #[test]
    fn it_counts_beside_its_cue_only() {
        assert_eq!(found_of_kind(&KIND, "IMEI 49-015420-323751-8"), ["49-015420-323751-8"]);
        assert_eq!(found_of_kind(&KIND, "parcel 490154203237518"), Vec::<String>::new());
    }
}
