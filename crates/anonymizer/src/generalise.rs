//! Coarser values, and the marks in which they are written.
//!
//! A mark is in square brackets and of a closed form, so that a masked text says where something was made coarse and
//! masking it again finds nothing in it: `[1984-05]`, `[1984]`, `[30-39]`, `[42]`, `[90 or over]`, `[area]`, `[area 902]`,
//! `[REDACTED]`.

use std::ops::Range;

use crate::Entity;
use crate::policy::{AddressStep, AgeStep, DateStep, Steps};
use crate::view::fold_value;

/// What stands for a value that is left out.
pub(crate) const REDACTED: &str = "[REDACTED]";
const AREA: &str = "[area]";
const OVER_89: &str = "[90 or over]";
/// The oldest age of a person that a band is given for.
const OLDEST: u32 = 130;

/// The first three digits of postcodes of the United States where at most 20,000 people live: the 17 that the guidance on
/// de-identification of the Department of Health and Human Services (Office for Civil Rights, 26 November 2012, section
/// "When can ZIP codes be included in de-identified information?") lists from the census of 2000, and the six more where
/// the census of 2020 counted so few (202, 204, 205, 369, 753, 772). The guidance asks for newer counts; five of the 17
/// have grown since and stay in the list, which is the safe side.
const FEW_PEOPLE: [&str; 23] = [
    "036", "059", "063", "102", "202", "203", "204", "205", "369", "556", "692", "753", "772", "790", "821",
    "823", "830", "831", "878", "879", "884", "890", "893",
];

/// Months as they begin in seven languages, folded, in the order of the year.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fev"],
    &["mar", "mrz", "maa", "maerz"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag", "mei"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "dic", "des"],
];

/// The coarser value of one, in its mark.
pub(crate) fn generalise(entity: Entity, value: &str, steps: &Steps) -> String {
    match entity {
        Entity::Date | Entity::BirthDate => date(value, steps.dates),
        Entity::Age => age(value, steps.ages),
        Entity::Address | Entity::Place => area(value, steps.addresses),
        _ => None,
    }
    .unwrap_or_else(|| match entity {
        Entity::Address | Entity::Place => AREA.to_owned(),
        _ => REDACTED.to_owned(),
    })
}

/// Where marks stand in a text, in order.
pub(crate) fn marks_in(text: &str) -> Vec<Range<usize>> {
    let opens = text.bytes().enumerate().filter(|(_, byte)| *byte == b'[').map(|(at, _)| at);
    opens.filter_map(|at| mark_at(&text[at..]).map(|len| at..at + len)).collect()
}

/// Whether one of the marks, which are in order and apart, covers the range.
pub(crate) fn is_inside(marks: &[Range<usize>], range: &Range<usize>) -> bool {
    let next = marks.partition_point(|mark| mark.end < range.end);
    marks.get(next).is_some_and(|mark| mark.start <= range.start)
}

/// The length of a mark at the start of a text.
fn mark_at(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let end = inside.bytes().take(24).position(|byte| byte == b']')?;
    let inside = &inside[..end];
    let digits =
        |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = |part: &str| (1..=4).any(|count| digits(part, count));
    let is_mark = number(inside)
        || inside.split_once('-').is_some_and(|(from, to)| number(from) && to.len() <= 3 && number(to))
        || inside.strip_prefix("area ").is_some_and(|zip| digits(zip, 3))
        || [REDACTED, AREA, OVER_89].iter().any(|mark| &mark[1..mark.len() - 1] == inside);
    is_mark.then_some(end + 2)
}

/// The year, and the month if it can be told.
fn date(value: &str, step: DateStep) -> Option<String> {
    let folded = fold_value(value);
    let numbers: Vec<&str> =
        folded.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month) = match numbers.as_slice() {
        [compact] if compact.len() == 8 => (compact.get(..4)?.parse().ok()?, compact.get(4..6)?.parse().ok()),
        _ => (year_of(&numbers)?, month_of(&folded, &numbers)),
    };
    if !(1000..=9999).contains(&year) {
        return None;
    }
    match (step, month.filter(|month| (1..=12).contains(month))) {
        (DateStep::Month, Some(month)) => Some(format!("[{year}-{month:02}]")),
        (DateStep::Month | DateStep::Year, _) => Some(format!("[{year}]")),
    }
}

fn year_of(numbers: &[&str]) -> Option<u32> {
    if let Some(full) = numbers.iter().find(|part| part.len() == 4) {
        return full.parse().ok();
    }
    // Two digits at the end: a year of the last hundred, if the date has a day or a month before it.
    let [_, .., last] = numbers else { return None };
    let short: u32 = last.parse().ok().filter(|_| last.len() == 2)?;
    (numbers.len() >= 3 || short > 31).then_some(if short > 30 { 1900 + short } else { 2000 + short })
}

/// The month by its name; by its number only where it cannot be the day.
fn month_of(folded: &str, numbers: &[&str]) -> Option<u32> {
    let words = folded.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= 3);
    for word in words {
        if let Some(month) =
            (1..).zip(MONTHS).find(|(_, starts)| starts.iter().any(|start| word.starts_with(start)))
        {
            return Some(month.0);
        }
    }
    let number = |part: &&str| part.parse::<u32>().ok();
    match numbers {
        [first, second, _] => match (number(first)?, number(second)?) {
            // A year counts as a day that is none of a month: "1984-05-12".
            (day, month) if day > 12 => Some(month),
            (month, day) if day > 12 => Some(month),
            // "05/11/2024" is May or November. Points part day and month in that order everywhere.
            (_, month) => folded.contains('.').then_some(month),
        },
        _ => None,
    }
}

fn age(value: &str, step: AgeStep) -> Option<String> {
    let mut numbers = value.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let (Some(years), None) = (numbers.next(), numbers.next()) else { return None };
    let years: u32 = years.parse().ok().filter(|years| *years <= OLDEST)?;
    if years >= 90 {
        return Some(OVER_89.to_owned());
    }
    match step {
        AgeStep::Decade => Some(format!("[{}-{}]", years / 10 * 10, years / 10 * 10 + 9)),
        AgeStep::Over89 => Some(format!("[{years}]")),
    }
}

/// The first digits of a postcode of five or nine digits, the last number of the address.
fn area(value: &str, step: AddressStep) -> Option<String> {
    if step == AddressStep::Area {
        return None;
    }
    let parts: Vec<&str> =
        value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let is_zip = |part: &&&str| part.len() == 5 && part.bytes().all(|byte| byte.is_ascii_digit());
    let position = parts.iter().rposition(|part| is_zip(&part))?;
    // "12345 Main Street" begins with a house number: a postcode stands alone or after the state.
    let after_state = position
        .checked_sub(1)
        .and_then(|before| parts.get(before))
        .is_some_and(|state| state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_uppercase()));
    if parts.len() > 2 && !after_state {
        return None;
    }
    let start = parts.get(position)?.get(..3)?;
    Some(format!("[area {}]", if FEW_PEOPLE.contains(&start) { "000" } else { start }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coarse(entity: Entity, value: &str) -> String {
        generalise(entity, value, &Steps::default())
    }

    fn hipaa(entity: Entity, value: &str) -> String {
        let steps = Steps { dates: DateStep::Year, ages: AgeStep::Over89, addresses: AddressStep::Zip3 };
        generalise(entity, value, &steps)
    }

    #[test]
    fn dates_become_their_month_or_their_year() {
        for (date, month, year) in [
            ("12.05.1984", "[1984-05]", "[1984]"),
            ("1984-05-12", "[1984-05]", "[1984]"),
            ("19840512", "[1984-05]", "[1984]"),
            ("May 12th, 1984", "[1984-05]", "[1984]"),
            ("12 août 1984", "[1984-08]", "[1984]"),
            ("3. März 84", "[1984-03]", "[1984]"),
            ("25/12/2024", "[2024-12]", "[2024]"),
            ("12/25/24", "[2024-12]", "[2024]"),
            ("05/11/2024", "[2024]", "[2024]"),
            ("next Tuesday", "[REDACTED]", "[REDACTED]"),
            ("12 May", "[REDACTED]", "[REDACTED]"),
            ("May 1984", "[1984-05]", "[1984]"),
            ("5/31", "[REDACTED]", "[REDACTED]"),
            ("5/32", "[1932]", "[1932]"),
            ("3.3.30", "[2030-03]", "[2030]"),
            ("3.3.31", "[1931-03]", "[1931]"),
            ("05/12/2024", "[2024]", "[2024]"),
            ("12/05/2024", "[2024]", "[2024]"),
        ] {
            assert_eq!(coarse(Entity::Date, date), month, "{date}");
            assert_eq!(hipaa(Entity::BirthDate, date), year, "{date}");
        }
    }

    #[test]
    fn ages_become_ten_years_and_the_oldest_are_one() {
        assert_eq!(coarse(Entity::Age, "34"), "[30-39]");
        assert_eq!(coarse(Entity::Age, "34 Jahre"), "[30-39]");
        assert_eq!(coarse(Entity::Age, "9"), "[0-9]");
        assert_eq!(coarse(Entity::Age, "97 years old"), "[90 or over]");
        assert_eq!(hipaa(Entity::Age, "89"), "[89]");
        assert_eq!(hipaa(Entity::Age, "90"), "[90 or over]");
        assert_eq!(coarse(Entity::Age, "thirty"), "[REDACTED]");
        assert_eq!(coarse(Entity::Age, "131"), "[REDACTED]");
    }

    #[test]
    fn addresses_become_an_area_where_enough_people_live() {
        assert_eq!(coarse(Entity::Address, "12 Main Street, Springfield, IL 62704"), "[area]");
        assert_eq!(hipaa(Entity::Address, "12 Main Street, Springfield, IL 62704"), "[area 627]");
        assert_eq!(hipaa(Entity::Address, "62704-1234"), "[area 627]");
        assert_eq!(hipaa(Entity::Address, "Rutland, VT 05901"), "[area 000]");
        for few in ["Washington, DC 20201", "05901", "87901-0001"] {
            assert_eq!(hipaa(Entity::Address, few), "[area 000]", "{few}");
        }
        assert_eq!(hipaa(Entity::Address, "12345 Main Street"), "[area]");
        assert_eq!(hipaa(Entity::Address, "12 Main Street, Springfield, ILLINOIS 62704"), "[area]");
        assert_eq!(hipaa(Entity::Address, "12 Main Street, Springfield, Il 62704"), "[area]");
        assert_eq!(hipaa(Entity::Place, "Springfield"), "[area]");
    }

    #[test]
    fn a_range_is_inside_a_mark_that_covers_it() {
        let marks = marks_in("x [42] [1984-05] y");
        assert_eq!(marks, [2..6, 7..16]);
        for inside in [2..6, 3..5, 7..16, 8..12, 12..16] {
            assert!(is_inside(&marks, &inside), "{inside:?}");
        }
        for outside in [1..3, 5..9, 6..7, 0..1, 15..17, 17..18, 1..7] {
            assert!(!is_inside(&marks, &outside), "{outside:?}");
        }
    }

    #[test]
    fn every_coarse_value_is_a_mark_and_a_mark_is_nothing_else() {
        for mark in [
            "[1984-05]",
            "[1984]",
            "[30-39]",
            "[0-9]",
            "[42]",
            "[90 or over]",
            "[area]",
            "[area 902]",
            "[REDACTED]",
        ] {
            assert_eq!(mark_at(mark), Some(mark.len()), "{mark}");
            assert_eq!(mark_at(&format!("{mark} x]")), Some(mark.len()), "{mark}");
        }
        for text in [
            "[Sarah]",
            "[12345]",
            "[1-2345]",
            "[area 9021]",
            "[area Berlin]",
            "1984]",
            "[1984",
            "[]",
            "[-]",
            "[1-]",
        ] {
            assert_eq!(mark_at(text), None, "{text}");
        }
    }
}
