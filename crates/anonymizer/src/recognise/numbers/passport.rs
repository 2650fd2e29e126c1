//! Passport numbers: up to nine letters and digits that each state forms its own way (ICAO Doc 9303, part 4, section
//! 4.2.2), so by their cue only.

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Passport,
    name: "passport",
    reported: None,
    shapes: &["9{9}", "A{1,3}9{6,8}", "9{2}A{2}9{5}", "AX{8}"],
    groupings: &[],
    check,
    cues: &[
        "passport",
        "passport number",
        "passport no",
        "passports",
        "reisepass*",
        "passeport*",
        "pasaporte*",
        "passaport*",
        "visum",
        "passnummer",
        "paspoort*",
    ],
    alone: None,
    announced: 84,
    mistyped: None,
};

fn check(number: &str) -> Check {
    // A word with a digit or two is none.
    Check::possible(number.bytes().filter(u8::is_ascii_digit).count() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn it_counts_beside_its_cue_only() {
        assert_eq!(found_of_kind(&KIND, "My passport number is C01X00T47"), ["C01X00T47"]);
        assert_eq!(found_of_kind(&KIND, "Reisepassnummer: C01X 00T47"), ["C01X 00T47"]);
        assert_eq!(found_of_kind(&KIND, "Passaportes XB0417731 e XN184293"), ["XB0417731"]);
        assert_eq!(found_of_kind(&KIND, "article C01X00T47"), Vec::<String>::new());
    }
}
