//! United States Medicare beneficiary identifiers: eleven letters and digits in a fixed order, without S, L, O, I, B
//! and Z (CMS, "Understanding the Medicare Beneficiary Identifier (MBI) format"; 1EG4-TE5-MK73 is its example).

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "us-mbi",
    reported: Some("US_MBI"),
    shapes: &["9AX9AX9AA99"],
    groupings: &[&[11], &[4, 3, 4]],
    check,
    cues: &["medicare", "medicare number", "medicare id", "mbi", "medicare beneficiary"],
    alone: Some(84),
    announced: 94,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    Check::possible(!number.starts_with('0') && !number.contains(['S', 'L', 'O', 'I', 'B', 'Z']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        assert_eq!(check("1EG4TE5MK73"), Check::Nothing);
        for number in ["0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MZ73"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("Medicare number 1EG4-TE5-MK73", "1EG4-TE5-MK73"), ("1EG4TE5MK73", "1EG4TE5MK73")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "item 1SG4TE5MK73"), Vec::<String>::new());
    }
}
