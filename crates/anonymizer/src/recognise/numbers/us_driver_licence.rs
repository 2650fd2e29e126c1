//! United States and Canadian driver's licences, by their cue only: each state forms them its own way, from six digits
//! to a letter and fourteen digits (AAMVA, "Driver license number formats"; the states' motor vehicle agencies).

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::DriverLicence,
    name: "us-driver-licence",
    reported: Some("US_DRIVER_LICENSE"),
    shapes: &[
        "9{6,12}",
        "A9{3,14}",
        "AA9{2,8}",
        "A{3}9{6}",
        "A9{5,6}A",
        "A9{8,9}A",
        "9{2}A{3}9{5,6}",
        "9{3}A{2}9{4}",
        "9{7,9}A",
        "A{3}X{2}9{3}X{2}",
        "X{12}",
    ],
    groupings: &[],
    check,
    cues: &[
        "license",
        "licence",
        "licenses",
        "driver license",
        "driver licence",
        "drivers license",
        "drivers licence",
        "driver's license",
        "driver's licence",
        "driving license",
        "driving licence",
        "license number",
        "licence number",
        "license no",
        "dl number",
        "dl no",
        "dl#",
        "dln",
        "dmv",
    ],
    alone: None,
    announced: 85,
    mistyped: None,
};

fn check(number: &str) -> Check {
    Check::possible(number.bytes().filter(u8::is_ascii_digit).count() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        for number in ["A1234567", "S99988801"] {
            assert_eq!(check(number), Check::Nothing, "{number}");
        }
        assert_eq!(check("DOEJJMR1A2BC"), Check::Wrong);
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("driver's license D1234567", "D1234567"),
            ("DL# S123-4567-8901", "S123-4567-8901"),
            ("my license number is 123456789", "123456789"),
            ("drivers license WDLABCD456DG", "WDLABCD456DG"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in [
            "order D1234567",
            "mg/dL. Phone: 5556789",
            "driver license: valid, phone: 5556789",
            "my driver license expired on 05.11.2024",
        ] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
