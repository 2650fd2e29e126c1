//! German tax numbers of the tax offices, by their cue only: ten or eleven digits as each state writes them, thirteen
//! in the form of ELSTER. The check digits differ from state to state (ELSTER, "Prüfung der Steuer- und
//! Steueridentifikationsnummer").

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "de-steuernummer",
    reported: Some("DE_TAX_NUMBER"),
    shapes: &["9{10,11}", "9{13}"],
    groupings: &[],
    check: |_| Check::Nothing,
    cues: &["steuernummer", "steuer-nr", "steuer nr", "st.-nr", "st-nr", "steuernr", "stnr"],
    alone: None,
    announced: 86,
    mistyped: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("Steuernummer 181/815/08155", "181/815/08155"),
            ("St.-Nr. 93/815/08152", "93/815/08152"),
            ("Steuernummer: 2893081508152", "2893081508152"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "Akte 181/815/08155"), Vec::<String>::new());
    }
}
