//! Vehicle identification numbers: seventeen letters and digits without I, O and Q (ISO 3779). In North America and
//! China the ninth is a check sign modulo 11 and the last four are digits (49 CFR 565.15).

use super::{Check, NumberKind, values, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::Vehicle,
    name: "vin",
    reported: None,
    shapes: &["X{13}9{4}"],
    groupings: &[&[17]],
    check,
    cues: &[
        "vin",
        "vin number",
        "vehicle identification",
        "vehicle identification number",
        "chassis",
        "chassis number",
        "fahrgestellnummer",
        "fahrzeugidentifikationsnummer",
        "fahrzeug-identifizierungsnummer",
        "fin",
        "numero de chassis",
        "numero di telaio",
        "telaio",
        "bastidor",
        "numero de bastidor",
        "chassisnummer",
        "numer vin",
    ],
    alone: Some(80),
    announced: 94,
    mistyped: Some(90),
};

/// By place; the check sign itself counts nothing.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// What a letter counts: A to H are 1 to 8, J to R 1 to 9, S to Z 2 to 9.
fn value(sign: u32) -> u32 {
    match sign {
        10..=17 => sign - 9,
        18..=27 => sign - 18,
        28.. => sign - 26,
        _ => sign,
    }
}

fn check(number: &str) -> Check {
    let key = weighted(&values(number).into_iter().map(value).collect::<Vec<u32>>(), &WEIGHTS) % 11;
    let written = number.chars().nth(8);
    let right = written == if key == 10 { Some('X') } else { char::from_digit(key, 10) };
    let mixed = number.get(..13).unwrap_or_default().bytes().filter(u8::is_ascii_uppercase).count() >= 2;
    Check::of(right && mixed && !number.contains(['I', 'O', 'Q']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        // The last two are examples of checkers that others publish (VINValidator, vin_checker).
        for number in ["1M8GDM9AXKP042788", "5GZCZ43D13S812715", "5YJSA1DG9DFP14705", "JN1DA31D63T505967"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in [
            "1M8GDM9A0KP042788",
            "1M8GDM9AXKP042789",
            "11111111111111111",
            "WVWZZZ1JZ3W386752",
            "1M8GDM9AXKP042787",
        ] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("VIN 1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
            ("1m8gdm9axkp042788", "1m8gdm9axkp042788"),
            ("FIN: WVWZZZ1JZ3W386752", "WVWZZZ1JZ3W386752"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "part WVWZZZ1JZ3W386752"), Vec::<String>::new());
    }
}
