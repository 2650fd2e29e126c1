//! German tax identification numbers: of the first ten digits exactly one occurs twice or three times, and the eleventh
//! is a check digit (ISO 7064, MOD 11,10; Bundeszentralamt für Steuern, "Steuerliche Identifikationsnummer", § 139b
//! AO).

use super::{Check, NumberKind, digits};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "de-steuer-id",
    reported: Some("DE_TAX_ID"),
    shapes: &["9{11}"],
    groupings: &[],
    check,
    cues: &[
        "steuer-id",
        "steuer id",
        "steuerid",
        "steueridentifikationsnummer",
        "steuer-identifikationsnummer",
        "steuerliche identifikationsnummer",
        "identifikationsnummer",
        "idnr",
        "tin",
        "steuer-identnummer",
        "tax id",
    ],
    alone: None,
    announced: 93,
    mistyped: Some(82),
};

fn check(number: &str) -> Check {
    let digits = digits(number);
    let Some((last, body)) = digits.split_last() else { return Check::Wrong };
    let mut counts = [0; 10];
    for digit in body {
        if let Some(count) = counts.get_mut(*digit as usize) {
            *count += 1;
        }
    }
    let repeated: Vec<i32> = counts.into_iter().filter(|count| *count > 1).collect();
    let product = body.iter().fold(10, |product, digit| match (product + digit) % 10 {
        0 => 10 * 2 % 11,
        rest => rest * 2 % 11,
    });
    Check::of(
        body.first() != Some(&0) && matches!(repeated.as_slice(), [2 | 3]) && *last == (11 - product) % 10,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["36574261809", "86095742719", "65929970489", "47036892816"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["36574261808", "06574261809", "12345678903", "11223456785"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("Meine Steuer-ID lautet 36 574 261 809", "36 574 261 809"),
            ("Steuer-ID: 36574261808", "36574261808"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "Sendung 36574261809"), Vec::<String>::new());
    }
}
