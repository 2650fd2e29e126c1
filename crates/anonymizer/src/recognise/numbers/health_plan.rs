//! Numbers of health plans and their members, by their cue only: payers form them each their own way (45 CFR
//! 164.514(b)(2)(i)(I) lists them among the identifiers of the HIPAA privacy rule).

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "health-plan",
    reported: Some("HEALTH_PLAN_ID"),
    shapes: &["9{6,12}", "A{1,4}9{4,12}", "A{3}X9{5,10}", "9{5,11}A{1,2}", "9{13,16}", "A{1,3}9{3,8}A{1,2}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &[
        "member id",
        "member id number",
        "insurance id",
        "insurance member",
        "insurance number",
        "subscriber id",
        "subscriber number",
        "health plan",
        "health plan number",
        "health insurance number",
        "health insurance id",
        "beneficiary number",
        "beneficiary id",
        "medicaid",
        "medicaid id",
        "medicaid number",
        "health card",
        "health card number",
        "policyholder id",
        "mutuelle",
        "numero d'adherent",
        "tarjeta sanitaria",
        "tessera sanitaria",
        "tsi",
        "cns",
        "cartao sus",
        "bsn-zorg",
        "zorgpas",
        "polisnummer zorg",
        "ehic",
        "member number",
        "member no",
        "membership id",
        "insurance member id",
        "insurance card number",
        "insurance no",
        "insured id",
        "insured number",
        "group number",
        "plan id",
        "plan number",
        "health plan id",
        "payer id",
        "health id",
        "medicare number",
        "versichertennummer",
        "versicherten-nr",
        "versicherten-nummer",
        "versichertennr",
        "krankenversicherungsnummer",
        "krankenversichertennummer",
        "krankenkassennummer",
        "kv-nummer",
        "kvnr",
        "egk",
        "gesundheitskarte",
        "numero de securite sociale",
        "numero de secu",
        "numero secu",
        "numero d'assure",
        "n° d'assure",
        "carte vitale",
        "numero de mutuelle",
        "numero mutuelle",
        "contrat mutuelle",
        "numero de tarjeta sanitaria",
        "tarjeta sanitaria numero",
        "numero de afiliado",
        "numero de afiliacion",
        "numero de asegurado",
        "cip",
        "sip",
        "numero tessera sanitaria",
        "tessera sanitaria numero",
        "numero di tessera",
        "numero assistito",
        "cartao de saude",
        "cartao nacional de saude",
        "numero do sus",
        "sus",
        "sns",
        "numero de beneficiario",
        "numero da carteirinha",
        "carteirinha",
        "numero do plano",
        "plano de saude",
        "verzekerdennummer",
        "verzekerdenummer",
        "polisnummer zorgverzekering",
        "zorgverzekering",
        "relatienummer zorg",
        "numero do convenio",
    ],
    alone: None,
    announced: 77,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("member ID: XYZ123456789", "XYZ123456789"),
            ("my insurance ID is 884512367", "884512367"),
            ("Medicaid number 12345678", "12345678"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["part XYZ123456789", "my health plan costs $123456 in all"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
