//! Identifiers of one device, by their cue only: UUIDs (RFC 9562, section 4) as phones show them for advertising, the
//! 24 hexadecimal digits of newer Apple devices, the sixteen of Android.

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Device,
    name: "device-id",
    reported: None,
    shapes: &["X{16}", "X{24}", "X{32}"],
    groupings: &[],
    check,
    cues: &[
        "device id",
        "deviceid",
        "device identifier",
        "device uuid",
        "uuid",
        "udid",
        "idfa",
        "idfv",
        "gaid",
        "aaid",
        "advertising id",
        "android id",
        "installation id",
        "gerate-id",
        "geraete-id",
        "geratekennung",
        "identifiant de l'appareil",
        "id del dispositivo",
        "id do dispositivo",
    ],
    alone: None,
    announced: 88,
    mistyped: None,
};

fn check(number: &str) -> Check {
    Check::possible(number.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        assert_eq!(check("550E8400E29B41D4A716446655440000"), Check::Nothing);
        assert_eq!(check("550E8400E29B41D4A716446655440OOO"), Check::Wrong);
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("device id 550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
            ("UDID: 00008030-001A35E11A88802E", "00008030-001A35E11A88802E"),
            ("android id 9774d56d682e549c", "9774d56d682e549c"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["request 550e8400-e29b-41d4-a716-446655440000", "device id 1234 5678 9012 345G"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
