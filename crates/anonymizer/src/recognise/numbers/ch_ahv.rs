//! Swiss social security numbers: 756 and ten digits, the last the check digit of EAN-13 (Zentrale Ausgleichsstelle,
//! "AHV-Nummer").

use super::{Check, NumberKind, digits, part, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "ch-ahv",
    reported: Some("CH_AHV"),
    shapes: &["9{13}"],
    groupings: &[&[3, 4, 4, 2], &[13]],
    check,
    cues: &[
        "ahv",
        "ahv-nummer",
        "ahv nummer",
        "ahv-nr",
        "ahvn13",
        "avs",
        "numero avs",
        "sozialversicherungsnummer",
    ],
    alone: Some(86),
    announced: 94,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = weighted(&digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
    Check::of(part(number, 0..3) == 756 && sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        assert_eq!(check("7569217076985"), Check::Right);
        for number in ["7569217076986", "7569217076958", "7579217076982"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("AHV-Nr. 756.9217.0769.85", "756.9217.0769.85"), ("7569217076985", "7569217076985")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["756.9217.0769.86", "EAN 4006381333931"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
