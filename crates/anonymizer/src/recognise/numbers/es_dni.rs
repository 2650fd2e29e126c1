//! Spanish identity numbers: eight digits and the letter that their rest modulo 23 leads to (Ministerio del Interior,
//! "Cálculo del dígito de control del NIF/NIE").

use super::{Check, NumberKind, letter_at, part};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "es-dni",
    reported: Some("ES_NIF"),
    shapes: &["9{8}A", "9{7}A"],
    groupings: &[&[9], &[8, 1], &[2, 3, 3, 1]],
    check,
    cues: &[
        "dni",
        "nif",
        "documento nacional de identidad",
        "numero de identidad",
        "carnet de identidad",
        "documento de identidad",
    ],
    alone: Some(72),
    announced: 94,
    mistyped: Some(84),
};

/// The letter for each rest; [`super::es_nie`] shares it.
pub(super) const LETTERS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

fn check(number: &str) -> Check {
    let body = &number[..number.len() - 1];
    let letter = letter_at(LETTERS, part(body, 0..body.len()) % 23);
    Check::of(number.chars().next_back() == letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["12345678Z", "99999999R", "54362315K"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["12345678A", "12345679Z", "54362351K"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("mi DNI es 12345678Z", "12345678Z"),
            ("12.345.678-Z gracias", "12.345.678-Z"),
            ("DNI 12345678A", "12345678A"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "ref 12345678A"), Vec::<String>::new());
    }
}
