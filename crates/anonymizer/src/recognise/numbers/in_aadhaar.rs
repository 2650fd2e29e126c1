//! Indian Aadhaar numbers: twelve digits, the first not 0 or 1, with a check digit of Verhoeff (UIDAI, "Aadhaar
//! numbering scheme"; J. Verhoeff, Error Detecting Decimal Codes, 1969).

use super::{Check, NumberKind, digits};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "in-aadhaar",
    reported: Some("IN_AADHAAR"),
    shapes: &["9{12}"],
    groupings: &[&[4, 4, 4]],
    check,
    cues: &["aadhaar", "aadhar", "adhar", "aadhaar number", "aadhaar card", "uidai", "uid"],
    alone: Some(76),
    announced: 94,
    mistyped: Some(84),
};

/// The product of two places in the dihedral group of ten.
fn times(one: usize, other: usize) -> usize {
    match (one / 5, other / 5) {
        (0, 0) => (one + other) % 5,
        (0, _) => (one + other) % 5 + 5,
        (_, 0) => (one - other + 5) % 5 + 5,
        (_, _) => (one + 5 - other) % 5,
    }
}

/// What a digit becomes at a place: Verhoeff's permutation, once for each place.
fn permuted(place: usize, digit: usize) -> usize {
    (0..place % 8).fold(digit, |digit, _| [1, 5, 7, 6, 2, 8, 3, 0, 9, 4].get(digit).copied().unwrap_or(digit))
}

fn check(number: &str) -> Check {
    let digits = digits(number);
    let sum = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0, |sum, (place, digit)| times(sum, permuted(place, *digit as usize)));
    Check::of(digits.first().is_some_and(|first| *first > 1) && sum == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["234123412346", "999941057058"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["234123412347", "234123412364", "034123412346", "134123412346"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("my Aadhaar: 2341 2341 2346", "2341 2341 2346"),
            ("2341 2341 2346 it is", "2341 2341 2346"),
            ("aadhar 234123412347", "234123412347"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        for text in ["parcel 234123412346", "2341 2341 2347", "2341 2341 2346 1111"] {
            assert_eq!(found_of_kind(&KIND, text), Vec::<String>::new(), "{text}");
        }
    }
}
