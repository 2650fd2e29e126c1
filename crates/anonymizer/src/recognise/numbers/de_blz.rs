//! German bank codes: eight digits, by their cue only (Deutsche Bundesbank, "Bankleitzahlendatei"; clearing areas 1 to
//! 8 lead).

use super::{Check, NumberKind, part};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Routing,
    name: "de-blz",
    reported: None,
    shapes: &["9{8}"],
    groupings: &[],
    check,
    cues: &["blz", "bankleitzahl"],
    alone: None,
    announced: 86,
    mistyped: Some(70),
};

fn check(number: &str) -> Check {
    Check::possible(part(number, 0..1) != 0 && part(number, 0..1) != 9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        assert_eq!(check("37040044"), Check::Nothing);
        for number in ["07040044", "97040044"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("BLZ 370 400 44", "370 400 44"), ("Bankleitzahl: 07040044", "07040044")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "Bestellung 37040044"), Vec::<String>::new());
    }
}
