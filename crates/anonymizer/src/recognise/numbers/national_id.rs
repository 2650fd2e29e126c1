//! The number of a person with a state, by a cue that does not say which state or which number. These cues announce
//! every number of a state that passes its check, too.

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "national-id",
    reported: None,
    shapes: &["9{6,14}", "A{1,2}9{6,10}", "9{7,10}A", "A9{6,8}A", "A{3}9{6}", "9{2}A{2}9{5}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &[
        "national id",
        "national id number",
        "national id no",
        "national identity",
        "national identity number",
        "national identification number",
        "national insurance",
        "identity number",
        "identity card",
        "identity card number",
        "identification number",
        "id number",
        "id no",
        "id card",
        "id card number",
        "tax number",
        "tax id",
        "tax id number",
        "tax identification",
        "tax identification number",
        "taxpayer number",
        "taxpayer id",
        "tax no",
        "tin",
        "social security",
        "social security number",
        "social security no",
        "government id",
        "state id",
        "id-nummer",
        "id nummer",
        "identitatsnummer",
        "ausweisnummer",
        "numero d'identite",
        "carte d'identite",
        "numero fiscal",
        "identifiant fiscal",
        "numero de identificacion",
        "numero de identidad",
        "documento de identidad",
        "cedula",
        "cedula de identidad",
        "cedula de ciudadania",
        "curp",
        "rut",
        "numero de documento",
        "carta d'identita",
        "numero di identita",
        "numero de identificacao",
        "documento de identidade",
        "bilhete de identidade",
        "cartao de cidadao",
        "rg",
        "identiteitsnummer",
        "identiteitskaart",
        "id-kaart",
        "numer dowodu",
        "dowod osobisty",
        "kimlik",
        "kimlik no",
        "id-kort",
        "henkilokortti",
        "legitimation",
        "osobni cislo",
        "rodne cislo",
        "szemelyi szam",
        "egn",
        "cnp",
        "jmbg",
        "oib",
        "amka",
        "afm",
    ],
    alone: None,
    announced: 75,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("my national ID is 29001011234567", "29001011234567"),
            ("numéro d'identité : 880692310285", "880692310285"),
            ("Cédula de ciudadanía 1.020.304.050", "1.020.304.050"),
            ("ID-Nummer: AZ1234567", "AZ1234567"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["parcel 29001011234567", "your order id number is below. Call 29001011234567"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
