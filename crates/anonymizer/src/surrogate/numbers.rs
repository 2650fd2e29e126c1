//! Invented numbers.

use super::prf::Choices;
use crate::Entity;
use crate::recognise::numbers::checks::{digits, passes_luhn};
use crate::recognise::numbers::{Check, right_check};

/// The fewest letters and digits of a number that is invented: a shorter one is met too often in an answer.
const SHORTEST: usize = 5;
/// How many numbers of a form are tried until its check digits hold.
const TRIES: usize = 4_000;
/// Area codes that are in use in the North American Numbering Plan.
const AREAS: &[&str] = &[
    "202", "206", "212", "213", "303", "305", "312", "313", "404", "406", "412", "415", "503", "505", "512",
    "602", "612", "614", "617", "702", "713", "801", "808", "901",
];

/// Numbers that are kept for films and examples and given to nobody: 555-0100 to 0199 in each area of the North American
/// plan (ATIS-0300115), 07700 900000 to 900999 (Ofcom, telephone numbers for use in TV and radio drama), 0171 39200 00 to
/// 99 (Bundesnetzagentur, Mitteilung 148/2021, Amtsblatt 7/2021), 06 39 98 (Arcep, decision 2018-0881). Elsewhere few
/// regulators keep any: a number of the North American plan stands for all others.
pub(super) fn phone(value: &str, choices: &mut Choices) -> Option<String> {
    let compact: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let country = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"));
    Some(match country {
        Some(number) if number.starts_with("44") => format!("+44 7700 900{}", choices.digits(3)),
        Some(number) if number.starts_with("49") => format!("+49 171 39200{}", choices.digits(2)),
        Some(number) if number.starts_with("33") => {
            format!("+33 6 39 98 {} {}", choices.digits(2), choices.digits(2))
        }
        _ => format!("+1 {}-555-01{}", choices.one_of(AREAS)?, choices.digits(2)),
    })
}

/// Another day of the same form: names of months stay, a year moves by at most three.
pub(super) fn date(value: &str, choices: &mut Choices) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    let mut moved = false;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (number, after) = from.split_at(digits_at(from));
        out.push_str(before);
        match number.len() {
            4 => {
                let year: usize = number.parse().ok()?;
                out.push_str(&format!("{:04}", (year + choices.below(7)).saturating_sub(3)));
            }
            1 => out.push_str(&(choices.below(9) + 1).to_string()),
            2 => {
                let most = if number.parse::<usize>().ok()? > 12 { 28 } else { 12 };
                out.push_str(&format!("{:02}", choices.below(most) + 1));
            }
            _ => return None,
        }
        moved = true;
        rest = after;
    }
    out.push_str(rest);
    moved.then_some(out)
}

/// Another age of the same ten years.
pub(super) fn age(value: &str, choices: &mut Choices) -> Option<String> {
    let start = value.find(|c: char| c.is_ascii_digit())?;
    let (before, from) = value.split_at(start);
    let (years, rest) = from.split_at(digits_at(from));
    let years: usize = years.parse().ok().filter(|years| *years < 130)?;
    let other = years / 10 * 10 + choices.below(10);
    (!rest.contains(|c: char| c.is_ascii_digit())).then(|| format!("{before}{other}{rest}"))
}

fn digits_at(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// RFC 5737 (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24) and RFC 3849 (2001:db8::/32).
pub(super) fn ip(value: &str, choices: &mut Choices) -> String {
    if value.contains(':') {
        return format!("2001:db8::{:x}:{:x}", choices.below(0xffff) + 1, choices.below(0xffff) + 1);
    }
    let net = choices.one_of(&["192.0.2", "198.51.100", "203.0.113"]).unwrap_or("192.0.2");
    format!("{net}.{}", choices.below(254) + 1)
}

/// RFC 7042, section 2.1.2: 00-00-5E-00-53-00 to FF are for documentation.
pub(super) fn mac(value: &str, choices: &mut Choices) -> Option<String> {
    let separator = value.chars().find(|c| !c.is_ascii_hexdigit()).filter(|c| matches!(c, ':' | '-'))?;
    let last = format!("{:02X}", choices.below(256));
    Some(["00", "00", "5E", "00", "53", last.as_str()].join(&separator.to_string()))
}

/// A number that begins like the test numbers of its scheme, which payment services publish, with its Luhn digit, in the
/// groups of the real one. No scheme reserves a whole range.
pub(super) fn card(value: &str, choices: &mut Choices) -> Option<String> {
    let count = value.bytes().filter(u8::is_ascii_digit).count();
    if !(12..=19).contains(&count) {
        return None;
    }
    let range = match value.chars().find(char::is_ascii_digit)? {
        '3' if count == 15 => "378282",
        '3' => "353011",
        '5' => "555555",
        '6' => "601111",
        _ => "411111",
    };
    let mut number = format!("{range}{}", choices.digits(count - range.len() - 1));
    let check = ('0'..='9').find(|check| passes_luhn(&digits(&format!("{number}{check}"))))?;
    number.push(check);
    Some(in_form_of(value, &number))
}

/// Same country, same form, check digits by ISO 7064 MOD 97-10. The first four characters of the account are zeros,
/// with which hardly a bank's code begins.
pub(super) fn iban(value: &str, choices: &mut Choices) -> Option<String> {
    let compact = compact(value);
    let country = compact.get(..2).filter(|code| code.bytes().all(|byte| byte.is_ascii_uppercase()))?;
    let account = compact.get(8..).filter(|account| account.len() >= 4)?;
    let mut invented = "0000".to_owned();
    for c in account.chars() {
        invented.push(if c.is_ascii_digit() { choices.digit() } else { letter(choices) });
    }
    let rest = remainder(&format!("{invented}{country}00"));
    Some(in_form_of(value, &format!("{country}{:02}{invented}", 98 - rest)))
}

/// Modulo 97, letters as 10 to 35.
pub(super) fn remainder(text: &str) -> u32 {
    let values = text.chars().filter_map(|c| c.to_digit(36));
    values.fold(0, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97)
}

/// Area 000 was never given to anybody (Social Security Administration, POMS RM 10201.035).
pub(super) fn ssn(value: &str, choices: &mut Choices) -> Option<String> {
    let count = value.bytes().filter(u8::is_ascii_digit).count();
    (count == 9).then(|| in_form_of(value, &format!("000{}", choices.digits(6))))
}

/// Another number of the same form. Where the real one is of a kind whose check digits hold, so do the invented one's.
pub(super) fn same_form(entity: Entity, value: &str, choices: &mut Choices) -> Option<String> {
    let compact = compact(value);
    if compact.len() < SHORTEST || !compact.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let check = right_check(entity, &compact);
    for _ in 0..TRIES {
        let other: String =
            compact.chars().map(|c| if c.is_ascii_digit() { choices.digit() } else { c }).collect();
        if other != compact && check.is_none_or(|check| check(&other) == Check::Right) {
            return Some(in_form_of(value, &other));
        }
    }
    None
}

fn letter(choices: &mut Choices) -> char {
    char::from(b'A' + u8::try_from(choices.below(26)).unwrap_or(0))
}

fn compact(value: &str) -> String {
    value.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The letters and digits of `number` with the separators and the case of `value`.
fn in_form_of(value: &str, number: &str) -> String {
    let mut next = number.chars();
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_ascii_lowercase() {
            out.extend(next.next().map(|other| other.to_ascii_lowercase()));
        } else if c.is_ascii_alphanumeric() {
            out.extend(next.next());
        } else {
            out.push(c);
        }
    }
    out.extend(next);
    out
}
