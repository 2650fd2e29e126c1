//! What check digits are computed with. Each function reads the number without separators, in capitals.

use std::ops::Range;

/// The digits as values; letters are left out.
pub(crate) fn digits(compact: &str) -> Vec<u32> {
    compact.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// The sum of digits times weights; the shorter of the two ends it.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// A part as a number. What holds anything but digits, or is not there, is larger than every number.
pub(super) fn part(compact: &str, range: Range<usize>) -> u32 {
    compact.get(range).and_then(|part| part.parse().ok()).unwrap_or(u32::MAX)
}

/// What a number of any length leaves when divided.
pub(super) fn remainder(digits: &[u32], divisor: u32) -> u32 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + digit) % divisor)
}

/// Whether some year has the day.
pub(super) fn is_day(month: u32, day: u32) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Whether all digits are the same: sums let such rows pass, and no authority issues them.
pub(super) fn is_monotonous(digits: &[u32]) -> bool {
    digits.iter().all(|digit| digits.first() == Some(digit))
}

/// Digits as 0 to 9 and letters as 10 to 35.
pub(super) fn values(compact: &str) -> Vec<u32> {
    compact.chars().filter_map(|c| c.to_digit(36)).collect()
}

/// The Luhn check (ISO/IEC 7812-1, annex B), the check digit last.
pub(crate) fn passes_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(nth, digit)| match (nth % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    digits.len() > 1 && sum.is_multiple_of(10)
}

/// The letter at a place of an alphabet.
pub(super) fn letter_at(alphabet: &str, place: u32) -> Option<char> {
    alphabet.chars().nth(place as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_that_some_year_has() {
        for (month, day) in [(1, 1), (1, 31), (2, 29), (4, 30), (12, 31)] {
            assert!(is_day(month, day), "{month}-{day}");
        }
        for (month, day) in [(0, 1), (1, 0), (1, 32), (2, 30), (4, 31), (13, 1)] {
            assert!(!is_day(month, day), "{month}-{day}");
        }
    }

    #[test]
    fn luhn_takes_two_digits_or_more() {
        assert!(passes_luhn(&digits("18")) && passes_luhn(&digits("79927398713")));
        assert!(!passes_luhn(&digits("0")) && !passes_luhn(&digits("79927398710")));
    }

    #[test]
    fn parts_and_remainders_are_those_of_the_whole_number() {
        assert_eq!((part("12A4", 0..2), part("12A4", 1..3), part("12A4", 3..9)), (12, u32::MAX, u32::MAX));
        assert_eq!(remainder(&digits("255081416802538"), 97), (255_081_416_802_538_u64 % 97) as u32);
    }
}
