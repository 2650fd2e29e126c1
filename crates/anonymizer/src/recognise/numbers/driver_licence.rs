//! Driving licences of states whose numbers have no form of their own here, by their cue only: six to fourteen letters
//! and digits.

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::DriverLicence,
    name: "driver-licence",
    reported: None,
    shapes: &["9{6,14}", "A{1,3}9{5,11}", "9{2}A{1,2}9{5,8}", "X{11}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &[
        "fuhrerschein",
        "fuehrerschein",
        "fuhrerscheinnummer",
        "fuehrerscheinnummer",
        "permis de conduire",
        "numero de permis",
        "permis",
        "carnet de conducir",
        "permiso de conducir",
        "licencia de conducir",
        "patente di guida",
        "numero di patente",
        "patente",
        "carta de conducao",
        "cnh",
        "rijbewijs",
        "rijbewijsnummer",
        "prawo jazdy",
        "korkort",
        "korekort",
        "forerkort",
        "ajokortti",
        "surucu belgesi",
        "ehliyet",
    ],
    alone: None,
    announced: 84,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("Führerscheinnummer: B072RRE2I55", "B072RRE2I55"),
            ("permis de conduire 911075200001", "911075200001"),
            ("patente di guida RM1234567", "RM1234567"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["Artikel B072RRE2I55", "911075200001"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
