//! Spanish numbers for foreigners: X, Y or Z, seven digits and a letter as in the identity number, the first letter
//! counting as 0, 1 or 2 (Ministerio del Interior, "Cálculo del dígito de control del NIF/NIE").

use super::{Check, NumberKind, part};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "es-nie",
    reported: Some("ES_NIE"),
    shapes: &["A9{7}A"],
    groupings: &[&[9], &[1, 7, 1]],
    check,
    cues: &["nie", "nif", "numero de identidad de extranjero", "tarjeta de residencia"],
    alone: Some(78),
    announced: 94,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let first = number.chars().next().and_then(|c| "XYZ".find(c));
    let value = part(number, 1..8) as usize + first.unwrap_or_default() * 10_000_000;
    let letter = super::es_dni::LETTERS.chars().nth(value % 23);
    Check::of(first.is_some() && number.chars().next_back() == letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["X1234567L", "X2482300W", "Z8078221M"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["X1234567M", "Y1234567L", "W1234567L", "Z8078212M"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("NIE X-1234567-L", "X-1234567-L"), ("tengo el Z8078221M", "Z8078221M")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "ref X1234567M"), Vec::<String>::new());
    }
}
