//! Numbers of the English, Welsh and Manx National Health Service: ten digits, the last a check digit modulo 11 (NHS
//! Data Dictionary, "NHS number").

use super::{Check, NumberKind, digits, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "uk-nhs",
    reported: Some("UK_NHS"),
    shapes: &["9999999999"],
    groupings: &[&[3, 3, 4]],
    check,
    cues: &["nhs", "nhs number", "nhs no", "health service number"],
    alone: None,
    announced: 93,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let remainder = weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    Check::of(digits.last().is_some_and(|last| *last == (11 - remainder) % 11))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["9434765919", "4010232137", "9876543210"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["9434765918", "4010232173"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_counts_beside_its_cue_only() {
        assert_eq!(found_of_kind(&KIND, "NHS number: 943 476 5919."), ["943 476 5919"]);
        assert_eq!(found_of_kind(&KIND, "nhs no 943-476-5918"), ["943-476-5918"], "mistyped");
        assert_eq!(found_of_kind(&KIND, "call 943 476 5919"), Vec::<String>::new());
    }
}
