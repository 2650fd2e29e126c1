//! Italian tax codes: letters of the surname and the name, year, month and day of birth, place of birth and a check
//! letter modulo 26. Of two people with the same code one gets letters for digits ("omocodia") (Decreto ministeriale of
//! 23 December 1976; Wikipedia, "Codice fiscale").

use super::{Check, NumberKind, is_day, values};
use crate::Entity;

pub(crate) const KIND: NumberKind = NumberKind {
    entity: Entity::NationalId,
    name: "it-codice-fiscale",
    reported: Some("IT_FISCAL_CODE"),
    shapes: &["A{6}XXAXXAXXXA"],
    groupings: &[&[16], &[3, 3, 5, 5]],
    check,
    cues: &["codice fiscale", "cod. fiscale", "cod fiscale", "c.f.", "cf"],
    alone: Some(92),
    announced: 96,
    mistyped: Some(86),
};

/// What a sign counts: the places with odd numbers, which begin with the first, have a table of their own.
fn odd_or_even(nth: usize, value: u32) -> u32 {
    let letter = if value < 10 { value } else { value - 10 };
    if nth % 2 == 1 {
        return letter;
    }
    let odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    odd.get(letter as usize).copied().unwrap_or_default()
}

fn check(number: &str) -> Check {
    let digit =
        |c: char| c.to_digit(10).or_else(|| "LMNPQRSTUV".find(c).and_then(|place| u32::try_from(place).ok()));
    let at = |place: usize| number.chars().nth(place);
    let two = |place: usize| Some(at(place).and_then(digit)? * 10 + at(place + 1).and_then(digit)?);
    let month = at(8).and_then(|c| "ABCDEHLMPRST".find(c)).and_then(|place| u32::try_from(place + 1).ok());
    let day = two(9).map(|day| if day > 40 { day - 40 } else { day });
    let born = two(6).and(month).zip(day).is_some_and(|(month, day)| is_day(month, day));
    let place = two(12).is_some() && at(14).and_then(digit).is_some();
    let sum: u32 =
        values(number).into_iter().take(15).enumerate().map(|(nth, value)| odd_or_even(nth, value)).sum();
    Check::of(born && place && at(15) == char::from_digit(sum % 26 + 10, 36).map(|c| c.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::numbers::found_of_kind;

    #[test]
    fn published_numbers_pass_and_changed_ones_fail() {
        for number in ["RSSMRA85T10A562S", "MRTMTT25D09F205Z", "MLLSNT82P65Z404U", "RSSMRA85T10A56NH"] {
            assert_eq!(check(number), Check::Right, "{number}");
        }
        for number in ["RSSMRA85T10A562T", "RSSMRA85T32A562S", "RSSMRA85F10A562S", "RSSMRA85T10A5B2S"] {
            assert_eq!(check(number), Check::Wrong, "{number}");
        }
    }

    #[test]
    fn it_is_found_where_it_is_one_and_nowhere_else() {
        for (text, number) in [
            ("il mio codice fiscale è RSSMRA85T10A562S", "RSSMRA85T10A562S"),
            ("RSS MRA 85T10 A562S", "RSS MRA 85T10 A562S"),
            ("rssmra85t10a562s", "rssmra85t10a562s"),
        ] {
            assert_eq!(found_of_kind(&KIND, text), [number], "{text}");
        }
        assert_eq!(found_of_kind(&KIND, "RSSMRA85T10A562T"), Vec::<String>::new());
    }
}
