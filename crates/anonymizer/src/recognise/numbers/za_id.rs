//! South African identity numbers: date of birth, four digits for the sex and the order, one for citizenship, one that
//! was used until 1986, and a Luhn check digit (Department of Home Affairs; Wikipedia, "South African identity card").

use super::{Check, NumberKind, digits, is_day, part, passes_luhn};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "za-id",
    reported: Some("ZA_ID"),
    shapes: &["9{13}"],
    groupings: &[&[13], &[6, 4, 3], &[6, 4, 2, 1]],
    check,
    cues: &["id number", "sa id", "rsa id", "south african id", "identity number", "id no"],
    alone: Some(74),
    announced: 93,
    mistyped: None,
};

fn check(number: &str) -> Check {
    let born = is_day(part(number, 2..4), part(number, 4..6));
    Check::of(born && part(number, 10..11) < 3 && passes_luhn(&digits(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["8001015009087", "7503305044089"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["8001015009088", "8013015009087", "8001015009807"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("my SA ID is 8001015009087", "8001015009087"), ("800101 5009 087", "800101 5009 087")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["8001015009088", "EAN 4006381333931"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
