//! Numbers of prescriptions, by their cue only: pharmacies form them each their own way.

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "prescription",
    reported: Some("PRESCRIPTION_NUMBER"),
    shapes: &["9{4,16}", "A{1,3}9{4,12}", "A{1,3}9{3,8}A{1,2}", "X{18}", "X{20}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &[
        "prescription",
        "prescription number",
        "prescription no",
        "rx",
        "rx number",
        "rx no",
        "rx#",
        "rezept",
        "rezeptnummer",
        "e-rezept",
        "ordonnance",
        "numero d'ordonnance",
        "receta",
        "numero de receta",
        "ricetta",
        "nre",
        "numero ricetta",
        "receita",
        "recept",
        "receptnummer",
        "recepta",
        "numer recepty",
        "prescription id",
        "prescription ref",
        "prescription reference",
        "prescription code",
        "script number",
        "rx id",
        "rezept-nr",
        "rezeptnr",
        "rezept-id",
        "verordnung",
        "verordnungsnummer",
        "rezeptcode",
        "ordonnance numero",
        "ordonnance n",
        "numero de l'ordonnance",
        "receta numero",
        "codigo de receta",
        "receta electronica",
        "ricetta numero",
        "ricetta elettronica",
        "codice ricetta",
        "numero della ricetta",
        "receita numero",
        "numero da receita",
        "codigo da receita",
        "receita medica",
        "recept nummer",
        "receptnr",
        "recept-nr",
    ],
    alone: None,
    announced: 80,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("Rx# 7654321", "7654321"),
            ("prescription number: C1234567", "C1234567"),
            ("Rezeptnummer 160.000.123.456.789.1", "160.000.123.456.789.1"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["order 7654321", "my prescription is for 500 mg"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
