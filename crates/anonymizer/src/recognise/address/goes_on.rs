//! What goes on after a street: the flat, the town, the state, the country, the postcode.

use crate::recognise::date::ahead;
use crate::recognise::marks::Sign;
use crate::recognise::read::{Reader, Word};
use crate::values::SHIELD;

/// How many parts follow a street at most.
const PARTS: usize = 8;

/// The end with everything after the street that belongs to the address.
pub(super) fn extended(reader: &Reader<'_, '_>, mut end: usize) -> usize {
    for _ in 0..PARTS {
        match next_part(reader, end) {
            Some(next) if next > end => end = next,
            _ => break,
        }
    }
    end
}

/// The end of a flat, a town, a state, a country, a postcode that goes on from here.
fn next_part(reader: &Reader<'_, '_>, end: usize) -> Option<usize> {
    let text = reader.text;
    let gap = reader.gap(end);
    if gap == 0 {
        return None;
    }
    let between = &text[end..end + gap];
    let start = end + gap;
    let numbered = between.starts_with(".\n") && text[..end].ends_with(|c: char| c.is_ascii_digit());
    if between.contains(SHIELD) || (between.contains('.') && !numbered && !reader.is_abbreviation_before(end))
    {
        return None;
    }
    if text[start..].starts_with('#') {
        let number = reader.word_from(start + 1, &[' '])?;
        return (number.digits && number.range.len() <= 5).then_some(number.range.end);
    }
    let word = reader.word_from(start, &[])?;
    let written = &text[word.range.clone()];
    let parted = between.contains([',', '\n']);
    if let Some(sign) = reader.sign(&word) {
        if sign.is(Sign::UNIT) {
            let number = reader
                .word_from(word.range.end, &[' ', '.', '#', ':'])
                .filter(|next| next.digits || (next.range.len() == 1 && reader.is_capital(next)));
            return number.filter(|number| number.range.len() <= 5).map(|number| number.range.end);
        }
        if sign.is(Sign::COUNTRY) && (reader.is_capital(&word) || parted) {
            return Some(after_country(reader, word.range.end));
        }
    }
    if word.digits {
        return postcode_and_town(reader, &word);
    }
    if ["d", "f", "ch", "a", "nl", "b", "l", "i", "e"].contains(&written)
        && text[word.range.end..].starts_with('-')
        && let Some(code) = reader.word_from(word.range.end + 1, &[]).filter(|code| code.digits)
    {
        return postcode_and_town(reader, &code);
    }
    let state = STATES.contains(&written)
        || (word.range.len() == 2 && with_postcode(reader, word.range.end) > word.range.end);
    if reader.is_upper(&word.range) && state {
        return Some(with_postcode(reader, word.range.end));
    }
    // "SW1A 1AA".
    if written.len() <= 4 && written.bytes().any(|byte| byte.is_ascii_digit()) && reader.is_upper(&word.range)
    {
        let inward = reader.word_from(word.range.end, &[' '])?;
        let is_inward =
            inward.range.len() == 3 && text[inward.range.clone()].bytes().any(|byte| byte.is_ascii_digit());
        return is_inward.then_some(inward.range.end);
    }
    let first_word = reader.is_two_words(&word, COUNTRIES_OF_TWO);
    if let Some(second) = first_word {
        return Some(after_country(reader, second));
    }
    town(reader, &word, parted, between.contains('\n'))
}

/// "62704", "10115 Berlin", "1012 AB Amsterdam".
fn postcode_and_town(reader: &Reader<'_, '_>, code: &Word) -> Option<usize> {
    let length = reader.text[code.range.clone()].len();
    if !(3..=6).contains(&length)
        || !reader.text[code.range.clone()].bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let mut end = code.range.end;
    let plus = ahead(reader.text, end, 5);
    if plus.starts_with('-') {
        let digits = plus.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        if digits >= 3 {
            end += 1 + digits;
        }
    }
    if length == 4
        && let Some(letters) =
            reader.word_from(end, &[' ']).filter(|next| next.range.len() == 2 && reader.is_upper(&next.range))
    {
        end = letters.range.end;
    }
    let town = town_words(reader, end, &[' '], 4);
    match town {
        Some(town) => Some(town),
        None if length >= 4 => Some(end),
        None => None,
    }
}

/// Capitalised words that a town may be called.
fn town_words(reader: &Reader<'_, '_>, at: usize, between: &[char], most: usize) -> Option<usize> {
    let mut end = None;
    let mut from = at;
    for nth in 0..most {
        let Some(word) = reader.word_from(from, if nth == 0 { between } else { &[' ', '-'] }) else { break };
        let particle = end.is_some() && TOWN_PARTICLES.contains(&&reader.text[word.range.clone()]);
        if particle {
            from = word.range.end;
            continue;
        }
        let mixed = reader.text[word.range.clone()].bytes().any(|byte| byte.is_ascii_digit());
        if mixed
            || !reader.is_capital(&word)
            || (reader.has_sign(&word)
                && !reader.sign(&word).is_some_and(|sign| sign.is(Sign::STREET_LAST.or(Sign::MONTH_RARE))))
            || reader.is_stop(&word)
        {
            break;
        }
        end = Some(word.range.end);
        from = word.range.end;
    }
    end
}

fn town(reader: &Reader<'_, '_>, word: &Word, parted: bool, over_line: bool) -> Option<usize> {
    let end = town_words(reader, word.range.start, &[], 4)?;
    let rest = &reader.text[end..];
    let gap = reader.gap(end);
    let next = reader.word_from(end + gap, &[]);
    let postal = next.as_ref().is_some_and(|next| {
        (next.range.len() <= 4
            && !next.digits
            && reader.text[next.range.clone()].bytes().any(|byte| byte.is_ascii_digit())
            && reader.is_upper(&next.range))
            || reader.sign(next).is_some_and(|sign| sign.is(Sign::UNIT) && reader.is_capital(next))
            || (next.range.len() == 2
                && reader.is_upper(&next.range)
                && with_postcode(reader, next.range.end) > next.range.end)
            || (next.digits && (4..=6).contains(&next.range.len()))
            || (reader.is_upper(&next.range) && STATES.contains(&&reader.text[next.range.clone()]))
            || reader.sign(next).is_some_and(|sign| sign.is(Sign::COUNTRY) && reader.is_capital(next))
            || reader.is_two_words(next, COUNTRIES_OF_TWO).is_some()
    });
    if postal {
        return Some(end);
    }
    let ends = rest.is_empty()
        || rest.starts_with([',', '.', '\n', ';', ')', '?', '!', '"'])
        || reader.is_stop_at(end);
    (parted && !over_line && ends).then_some(end)
}

fn with_postcode(reader: &Reader<'_, '_>, end: usize) -> usize {
    match reader.word_from(end, &[' ', ',', '\n']) {
        Some(code) if code.digits && (3..=6).contains(&code.range.len()) => {
            let plus = ahead(reader.text, code.range.end, 5);
            let more =
                plus.strip_prefix('-').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
            if more == 4 { code.range.end + 5 } else { code.range.end }
        }
        _ => end,
    }
}

/// "Uruguay 64677", "Cyprus (Greek) 91".
fn after_country(reader: &Reader<'_, '_>, end: usize) -> usize {
    with_postcode(reader, end)
}

const TOWN_PARTICLES: &[&str] = &[
    "am", "an", "der", "de", "la", "le", "les", "sur", "sous", "en", "del", "do", "da", "dos", "of", "upon",
    "bei", "im", "ob", "aan", "den", "u", "v", "nad", "i", "y", "di", "in", "on", "near", "zu",
];
/// States of the United States and provinces of Canada, and the military's.
const STATES: &[&str] = &[
    "al", "ak", "az", "ar", "ca", "co", "ct", "de", "fl", "ga", "hi", "id", "il", "in", "ia", "ks", "ky",
    "la", "me", "md", "ma", "mi", "mn", "ms", "mo", "mt", "ne", "nv", "nh", "nj", "nm", "ny", "nc", "nd",
    "oh", "ok", "or", "pa", "ri", "sc", "sd", "tn", "tx", "ut", "vt", "va", "wa", "wv", "wi", "wy", "dc",
    "pr", "ab", "bc", "mb", "nb", "nl", "ns", "on", "pe", "qc", "sk", "aa", "ae", "ap", "rs", "sp", "rj",
    "mg", "nsw", "vic", "qld", "act",
];
const COUNTRIES_OF_TWO: &[(&str, &str)] = &[
    ("united", "states"),
    ("united", "kingdom"),
    ("new", "zealand"),
    ("south", "africa"),
    ("czech", "republic"),
    ("costa", "rica"),
    ("apo", "aa"),
    ("apo", "ae"),
    ("apo", "ap"),
    ("fpo", "aa"),
    ("fpo", "ae"),
    ("fpo", "ap"),
    ("dpo", "aa"),
    ("dpo", "ae"),
    ("dpo", "ap"),
    ("north", "macedonia"),
];
