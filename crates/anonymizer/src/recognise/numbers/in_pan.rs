//! Indian permanent account numbers: five letters, of which the fourth says who holds it, four digits and a letter
//! (Income Tax Department, "PAN structure"). The last letter is a check sign whose rule is not published.

use super::{Check, NumberKind, part};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "in-pan",
    reported: Some("IN_PAN"),
    shapes: &["A{5}9{4}A"],
    groupings: &[&[10]],
    check,
    cues: &["pan", "pan number", "pan card", "pan no", "permanent account number"],
    alone: Some(70),
    announced: 92,
    mistyped: Some(78),
};

fn check(number: &str) -> Check {
    let holder = number.chars().nth(3).is_some_and(|holder| "ABCEFGHJKLPT".contains(holder));
    Check::possible(holder && part(number, 5..9) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        for number in ["AAAPL1234C", "ACUPA7085R"] {
            assert_eq!(check(number), Check::Nothing, "{number}");
        }
        for number in ["AAAXL1234C", "AAAPL0000C"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("PAN: AAAPL1234C", "AAAPL1234C"), ("it is ACUPA7085R", "ACUPA7085R")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "SKU AAAXL1234C"), Vec::<String>::new());
    }
}
