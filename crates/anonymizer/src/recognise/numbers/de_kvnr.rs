//! German health insurance numbers: a letter, eight digits and a check digit modulo 10 in the manner of Luhn, the
//! letter counting as its place in the alphabet (GKV-Spitzenverband, "Krankenversichertennummer", § 290 SGB V).

use super::{Check, NumberKind, digits, values};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::MedicalId,
    name: "de-kvnr",
    reported: Some("DE_HEALTH_INSURANCE"),
    shapes: &["A9{9}"],
    groupings: &[&[10]],
    check,
    cues: &[
        "kvnr",
        "krankenversichertennummer",
        "krankenversicherungsnummer",
        "versichertennummer",
        "versicherten-nr",
        "versicherten nr",
        "krankenkasse",
        "gesundheitskarte",
        "kv-nummer",
        "egk",
    ],
    alone: None,
    announced: 93,
    mistyped: Some(82),
};

/// Weights 1 and 2 in turn on all but the last, of products the cross sum.
fn weighted_crosswise(digits: &[u32]) -> u32 {
    let body = digits.len().saturating_sub(1);
    digits
        .iter()
        .take(body)
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum()
}

fn check(number: &str) -> Check {
    let letter = values(number).first().map_or(0, |value| value - 9);
    let digits: Vec<u32> = [letter / 10, letter % 10].into_iter().chain(digits(number)).collect();
    let sum: u32 = weighted_crosswise(&digits);
    Check::of(digits.last().is_some_and(|last| sum % 10 == *last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        assert_eq!(check("A123456780"), Check::Right);
        for number in ["A123456781", "B123456780", "A123456870"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in
            [("Meine KVNR: A123456780", "A123456780"), ("Versichertennummer A 123 456 781", "A 123 456 781")]
        {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "Artikel A123456780"), Vec::<String>::new());
    }
}
