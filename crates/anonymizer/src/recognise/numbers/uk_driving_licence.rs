//! British driving licences: five letters of the surname filled with nines, decade, month (50 more for women), day and
//! year of birth, initials, and three signs (DVLA, driver number; Wikipedia, "Driving licence in the United Kingdom").

use super::{Check, NumberKind, is_day, part};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::DriverLicence,
    name: "uk-driving-licence",
    reported: Some("UK_DRIVING_LICENCE"),
    shapes: &["X{5}9{6}XXXAA"],
    groupings: &[&[16], &[5, 6, 5]],
    check,
    cues: &[
        "driving licence",
        "driving license",
        "driver licence",
        "driver number",
        "dvla",
        "licence number",
        "licence no",
    ],
    alone: Some(84),
    announced: 93,
    mistyped: Some(80),
};

fn check(number: &str) -> Check {
    let filled = number.get(..5).unwrap_or_default().trim_end_matches('9');
    let surname = !filled.is_empty() && filled.bytes().all(|byte| byte.is_ascii_uppercase());
    let born = is_day(part(number, 6..8) % 50, part(number, 8..10)) && part(number, 6..8) < 63;
    let initials =
        number.get(11..13).unwrap_or_default().bytes().all(|byte| byte == b'9' || byte.is_ascii_uppercase());
    Check::possible(surname && born && initials)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        for number in ["MORGA657054SM9IJ", "FOX99657054S99IJ"] {
            assert_eq!(check(number), Check::Nothing, "{number}");
        }
        for number in [
            "MORGA613054SM9IJ",
            "MORGA657324SM9IJ",
            "M0RGA657054SM9IJ",
            "99999657054SM9IJ",
            "MORGA657054S19IJ",
            "MORGA663054SM9IJ",
        ] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("driving licence MORGA657054SM9IJ", "MORGA657054SM9IJ"),
            ("MORGA 657054 SM9IJ", "MORGA 657054 SM9IJ"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "MORGA613054SM9IJ"), Vec::<String>::new());
    }
}
