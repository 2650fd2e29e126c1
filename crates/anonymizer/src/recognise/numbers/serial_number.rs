//! Serial numbers of devices, by their cue only: makers form them each their own way.

use super::{Check, NumberKind};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Device,
    name: "serial-number",
    reported: None,
    shapes: &["X{6,20}"],
    groupings: &[],
    check,
    cues: &[
        "id del dispositivo",
        "id dispositivo",
        "device id",
        "gerate-id",
        "id de l'appareil",
        "id appareil",
        "id do dispositivo",
        "id do aparelho",
        "apparaat-id",
        "toestel-id",
        "id della camera",
        "chip",
        "microchip",
        "transponder",
        "chipnummer",
        "numero de chip",
        "numero di chip",
        "camera id",
        "kamera-id",
        "mac id",
        "serial",
        "serial number",
        "serial no",
        "serial num",
        "s/n",
        "sn",
        "seriennummer",
        "serien-nr",
        "geratenummer",
        "geraetenummer",
        "numero de serie",
        "numero di serie",
        "numero de serie",
        "serienummer",
        "numer seryjny",
        "seri no",
        "serialnummer",
        "serien nr",
        "seriennr",
        "serien-nummer",
        "serial#",
        "ser. no",
        "ser no",
        "s/n:",
        "sn:",
        "fabriknummer",
        "fabrikationsnummer",
        "numero serie",
        "n° de serie",
        "no de serie",
        "n de serie",
        "num de serie",
        "numero de serial",
        "numero seriale",
        "matricola",
        "n. di serie",
        "n. serie",
        "nr. seryjny",
        "serienr",
        "serie-nummer",
        "implant",
        "implant serial",
        "pacemaker",
        "pump serial",
        "implantat",
        "implantatnummer",
        "device serial",
    ],
    alone: None,
    announced: 79,
    mistyped: None,
};

fn check(number: &str) -> Check {
    // A word in capitals with a digit or two is a model.
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    // "0xC19A0005" is an error.
    Check::possible(!number.starts_with("0X") && digits >= 3 && (number.len() >= 8 || digits >= 4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn numbers_that_cannot_be_are_told() {
        assert_eq!(check("C02XK0AAJG53"), Check::Nothing);
        assert_eq!(check("PIXELPRO9A"), Check::Wrong);
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("serial number: C02XK0AAJG53", "C02XK0AAJG53"),
            ("Seriennummer R58M-3112-345", "R58M-3112-345"),
            ("id del dispositivo K3-8F21-00C4-78", "K3-8F21-00C4-78"),
            ("chip 941000028623733", "941000028623733"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in
            ["another chip, error 0xC19A0005", "model C02XK0AAJG53", "serial number of the PIXELPRO9A"]
        {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
