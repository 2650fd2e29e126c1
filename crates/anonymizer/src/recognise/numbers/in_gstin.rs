//! Indian goods and services tax numbers: state, permanent account number, entity, Z, and a check sign in base 36
//! (Goods and Services Tax Network, "GSTIN format").

use super::{Check, NumberKind, part, values};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "in-gstin",
    reported: Some("IN_GSTIN"),
    shapes: &["99A{5}9999AXAX"],
    groupings: &[&[15]],
    check,
    cues: &["gstin", "gst number", "gst no", "gst"],
    alone: Some(90),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let values = values(number);
    let sum: u32 = values
        .iter()
        .take(14)
        .zip([1, 2].into_iter().cycle())
        .map(|(value, weight)| value * weight)
        .map(|product| product / 36 + product % 36)
        .sum();
    Check::of(part(number, 0..2) > 0 && values.get(14) == Some(&((36 - sum % 36) % 36)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        assert_eq!(check("27AAPFU0939F1ZV"), Check::Right);
        for number in ["27AAPFU0939F1ZW", "28AAPFU0939F1ZV", "27AAPFU0993F1ZV"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("GSTIN 27AAPFU0939F1ZV", "27AAPFU0939F1ZV"), ("27AAPFU0939F1ZV", "27AAPFU0939F1ZV")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "27AAPFU0939F1ZW"), Vec::<String>::new());
    }
}
