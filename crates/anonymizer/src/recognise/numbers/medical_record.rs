//! Numbers of medical records and patients, by their cue only: hospitals form them each their own way (45 CFR
//! 164.514(b)(2)(i)(H) lists them among the identifiers of the HIPAA privacy rule).

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "medical-record",
    reported: Some("MEDICAL_RECORD"),
    shapes: &["9{5,12}", "A{1,4}9{4,10}", "9{4,10}A{1,2}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &[
        "mrn",
        "medical record",
        "medical record number",
        "medical record no",
        "medical records",
        "record number",
        "patient id",
        "patient number",
        "patient no",
        "patient record",
        "chart number",
        "hospital number",
        "hospital no",
        "health record",
        "case record",
        "patientennummer",
        "patienten-nr",
        "patienten-id",
        "patientenakte",
        "fallnummer",
        "krankenakte",
        "numero de dossier medical",
        "dossier medical",
        "dossier patient",
        "numero de patient",
        "historia clinica",
        "numero de historia",
        "numero de paciente",
        "cartella clinica",
        "numero paziente",
        "prontuario",
        "numero do paciente",
        "patientnummer",
        "patientennummer",
        "medisch dossier",
        "numer pacjenta",
    ],
    alone: None,
    announced: 83,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("MRN: 00987654", "00987654"),
            ("patient ID is AB123456", "AB123456"),
            ("Patientennummer 4711-0815", "4711-0815"),
            ("medical record number 123-45-678", "123-45-678"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["parcel 00987654", "the patient id was lost on 05.11.2024"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
