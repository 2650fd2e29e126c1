//! How a code looks that stands for something: "KP-10432", "2024/118", "4711 0815", "12 C 345/21".

use std::ops::Range;

use super::Scene;
use super::marks::{Sign, sign_of};

/// Letters and digits in one group at most.
const GROUP: usize = 24;
/// Groups at most.
const GROUPS: usize = 8;
/// Digits in a group that blanks part from the next, at most.
const PARTED: usize = 4;

/// A run of letters and digits that may be a code, in positions of the normal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) range: Range<usize>,
    pub(super) digits: usize,
    pub(super) letters: usize,
}

/// The code that begins here.
pub(super) fn code_at(text: &str, at: usize) -> Option<Code> {
    if text[..at].ends_with(super::is_word_char) {
        return None;
    }
    let mut last = group(text, at)?;
    let mut end = tight_end(text, &mut last)?;
    for _ in 0..GROUPS {
        let Some(next) = text[end..].strip_prefix(' ').and_then(|_| group(text, end + 1)) else { break };
        let Some(joined) = joined_by_blank(text, at, &last, next) else { break };
        last = joined;
        end = tight_end(text, &mut last)?;
    }
    let written = &text[at..end];
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let letters = written.bytes().filter(u8::is_ascii_alphabetic).count();
    Some(Code { range: at..end, digits, letters })
}

/// The run of letters and digits that begins here.
fn group(text: &str, at: usize) -> Option<Range<usize>> {
    let length = text
        .as_bytes()
        .get(at..)?
        .iter()
        .take(GROUP + 1)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    (1..=GROUP).contains(&length).then_some(at..at + length)
}

/// The end of the groups that dashes and strokes tie to this one; `last` becomes the last of them. None where a letter
/// of another script touches it: no code has one.
fn tight_end(text: &str, last: &mut Range<usize>) -> Option<usize> {
    for _ in 0..GROUPS {
        let mut rest = text[last.end..].chars();
        let joint = rest.next();
        if joint.is_some_and(super::is_word_char) {
            return None;
        }
        let digit_before = text[..last.end].ends_with(|c: char| c.is_ascii_digit());
        let digit_after = rest.clone().next().is_some_and(|c| c.is_ascii_digit());
        let tied = match joint {
            Some('-' | '_' | '/') => true,
            Some('.') => digit_before && digit_after,
            _ => false,
        };
        match group(text, last.end + 1).filter(|_| tied) {
            Some(next) => *last = next,
            None => break,
        }
    }
    Some(last.end)
}

/// The group behind a blank, or the one after it, if the code goes on there.
fn joined_by_blank(
    text: &str,
    start: usize,
    last: &Range<usize>,
    next: Range<usize>,
) -> Option<Range<usize>> {
    let (before, after) = (&text[last.clone()], &text[next.clone()]);
    let all_digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let capitals =
        |word: &str, most: usize| word.len() <= most && word.bytes().all(|byte| byte.is_ascii_uppercase());
    if all_digits(before) && all_digits(after) {
        // "UV 7 481 330": behind letters one digit is a group too.
        let least = if last.start > start { 1 } else { 2 };
        let parted = (least..=PARTED).contains(&before.len()) && (2..=PARTED).contains(&after.len());
        return (parted && !begins_another(text, next.end)).then_some(next);
    }
    if all_digits(before) && capitals(after, 3) && !is_unit(after) {
        // "12 C 345/21", "7 EMH 02 4471"
        let third = text[next.end..].strip_prefix(' ').and_then(|_| group(text, next.end + 1))?;
        return (all_digits(&text[third.clone()]) && !begins_another(text, third.end)).then_some(third);
    }
    // "AB 123456", "KFZ 25/00981"
    let first = last.start == start && capitals(before, 4) && before != "I" && before != "A";
    (first
        && after.starts_with(|c: char| c.is_ascii_digit())
        && (after.len() >= 3 || goes_on(text, next.end)))
    .then_some(next)
}

/// Whether digits follow here that belong to the same code: "/00981", " 481 330".
fn goes_on(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    let Some(after) = rest.strip_prefix(['-', '/', ' ']) else { return false };
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    digits >= 3 && (!rest.starts_with(' ') || !begins_another(text, end + 1 + digits))
}

/// Whether digits that end here belong to what follows: an amount, a time, a date.
fn begins_another(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    let mut following = rest.chars();
    let cut = matches!(following.next(), Some(':' | ',' | '.'))
        && following.next().is_some_and(|c| c.is_ascii_digit());
    cut || is_unit_after(rest) || {
        let word: String = rest
            .trim_start_matches([' ', '.'])
            .chars()
            .take_while(|c| c.is_alphabetic())
            .take(12)
            .flat_map(char::to_lowercase)
            .collect();
        sign_of(&word).is_some_and(|sign| {
            sign.is(Sign::MONTH.or(Sign::MONTH_SHORT).or(Sign::MONTH_RARE).or(Sign::YEARS))
        })
    }
}

/// Whether a unit or a currency begins what follows a number.
pub(super) fn is_unit_after(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\u{a0}']);
    if rest.starts_with(['€', '$', '£', '¥', '%', '°', '×']) {
        return true;
    }
    let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
    let whole = !rest[word.len()..].starts_with(char::is_alphanumeric);
    whole && is_unit(word)
}

/// Whether a word is a unit or a currency.
pub(super) fn is_unit(word: &str) -> bool {
    UNITS.iter().any(|unit| word.eq_ignore_ascii_case(unit))
}

impl Code {
    /// An amount, a size, a date, a time, a version, a year that nothing calls a number: no code.
    pub(super) fn is_quantity(&self, scene: &Scene<'_>) -> bool {
        let written = &scene.text[self.range.clone()];
        let rest = &scene.text[self.range.end..];
        let mut following = rest.chars();
        let cut = matches!(following.next(), Some(',' | '.' | ':'))
            && following.next().is_some_and(|c| c.is_ascii_digit());
        let before = scene.char_before(self.range.start);
        let sign = before.is_some_and(|c| "$€£¥+~<>@".contains(c));
        let decimal_before = matches!(before, Some('.' | ',' | ':'))
            && scene.text[..self.range.start - 1].ends_with(|c: char| c.is_ascii_digit());
        sign || cut || decimal_before || is_unit_after(rest) || self.has_unit(written) || is_date(written)
    }

    /// "500ml", "3rd", "12kg".
    fn has_unit(&self, written: &str) -> bool {
        let digits = written.bytes().take_while(u8::is_ascii_digit).count();
        let tail = &written[digits..];
        digits > 0
            && !tail.is_empty()
            && tail.bytes().all(|byte| byte.is_ascii_alphabetic())
            && (is_unit(tail) || ["st", "nd", "rd", "th", "er", "eme", "ste"].contains(&tail))
    }

    /// A number of four digits that may be a year.
    pub(super) fn is_year(&self, scene: &Scene<'_>) -> bool {
        let written = &scene.text[self.range.clone()];
        written.len() == 4 && self.digits == 4 && (written.starts_with("19") || written.starts_with("20"))
    }
}

/// Day, month and year, or the other way round.
fn is_date(written: &str) -> bool {
    let groups: Vec<&str> = written.split(['-', '/', '.']).collect();
    let digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let small =
        |group: &str, most: u32| group.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number));
    digits
        && match (lengths.as_slice(), groups.as_slice()) {
            ([4, 1 | 2, 1 | 2], [_, month, day]) => small(month, 12) && small(day, 31),
            ([1 | 2, 1 | 2, 2 | 4], [day, month, _]) => small(day, 31) && small(month, 31),
            _ => false,
        }
}

#[rustfmt::skip]
const UNITS: &[&str] = &[
    "eur", "euro", "euros", "usd", "gbp", "chf", "dollar", "dollars", "pound", "pounds", "quid", "bucks", "reais",
    "items", "pieces", "pcs", "pc", "stk", "stuck", "units", "kg", "g", "mg", "lb", "lbs", "oz", "ml", "cl", "l",
    "cm", "mm", "m", "km", "w", "kw", "kwh", "watt", "watts", "gb", "mb", "tb", "kb", "mah", "ah", "v", "volt",
    "hz", "mhz", "ghz", "k", "x", "px", "dpi", "uhr", "h", "min", "mins", "minutes", "minuten", "hours", "stunden",
    "days", "tage", "tagen", "jours", "dias", "giorni", "dagen", "weeks", "wochen", "people", "persons", "times",
    "percent", "prozent", "am", "pm", "miles", "degrees", "points", "punkte", "bar", "lumen", "rpm", "inch",
    "inches", "zoll", "lines", "words", "characters",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<&str> {
        code_at(text, 0).map(|code| &text[code.range])
    }

    #[test]
    fn a_code_has_its_groups_and_nothing_of_what_follows() {
        for (text, expected) in [
            ("KP-10432 is late", "KP-10432"),
            ("A-2024-10432.", "A-2024-10432"),
            ("4711 0815, please", "4711 0815"),
            ("12 C 345/21", "12 C 345/21"),
            ("AB 123456 and", "AB 123456"),
            ("4711 12 Nov", "4711"),
            ("4711 50 EUR", "4711"),
            ("4711 10:30", "4711"),
            ("10432 10433", "10432"),
            ("160.000.123.456 x", "160.000.123.456"),
            ("UV 7 481 330 92, please", "UV 7 481 330 92"),
            ("KFZ 25/00981 is", "KFZ 25/00981"),
            ("7 EMH 02 2240 7731", "7 EMH 02 2240 7731"),
            ("AB 7 days", "AB"),
            ("AB 12 500 EUR", "AB"),
            ("4711 KWH 200", "4711"),
            ("4711 2 shirts", "4711"),
        ] {
            assert_eq!(code(text), Some(expected), "{text}");
        }
        assert_eq!(code("10432ü"), None);
    }

    #[test]
    fn amounts_dates_times_and_sizes_are_quantities() {
        for text in ["1299 EUR", "500ml", "3rd", "10:30", "05.11.2024", "2024-11-05", "20%", "1500 W"] {
            let scene = Scene::of(text);
            assert!(code_at(text, 0).is_none_or(|code| code.is_quantity(&scene)), "{text}");
        }
        for text in ["10432", "KP-10432", "20-1190", "2024-118", "4711-0815"] {
            assert!(code_at(text, 0).is_some_and(|code| !code.is_quantity(&Scene::of(text))), "{text}");
        }
    }
}
