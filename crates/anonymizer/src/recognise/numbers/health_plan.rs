//! Numbers of health plans and their members, by their cue only: payers form them each their own way (45 CFR
//! 164.514(b)(2)(i)(I) lists them among the identifiers of the HIPAA privacy rule).

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "health-plan",
    reported: Some("HEALTH_PLAN_ID"),
    shapes: &["9{6,12}", "A{1,4}9{5,12}", "A{3}X9{5,10}", "9{5,11}A{1,2}"],
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
