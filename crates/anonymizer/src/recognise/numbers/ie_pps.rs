//! Irish personal public service numbers: seven digits, a check letter modulo 23 and since 2013 a second letter, A to I
//! counting nine times (Department of Social Protection, "Validating PPS numbers"; Revenue, "PPSN range").

use super::{Check, NumberKind, digits, letter_at, weighted};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "ie-pps",
    reported: Some("IE_PPS"),
    shapes: &["9{7}A{1,2}"],
    groupings: &[],
    check,
    cues: &["pps", "ppsn", "pps number", "pps no", "personal public service"],
    alone: None,
    announced: 93,
    mistyped: Some(84),
};

fn check(number: &str) -> Check {
    let second = match number.as_bytes().get(8) {
        Some(b'W' | b'T' | b'X') | None => 0,
        Some(letter) => u32::from(letter.saturating_sub(b'A')) + 1,
    };
    let sum = weighted(&digits(number), &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    let letter = letter_at("WABCDEFGHIJKLMNOPQRSTUV", sum % 23);
    Check::of(second <= 9 && number.chars().nth(7) == letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["6433435F", "6433435FT", "6433435OA", "1234567FA", "1234567T"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["6433435E", "6433453F", "6433435OB", "6433435FZ"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [("my PPS number is 1234567FA", "1234567FA"), ("PPSN 6433435E", "6433435E")] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "item 1234567FA"), Vec::<String>::new());
    }
}
