//! Reads a name word by word.

use std::ops::Range;

use super::words::is_no_name_word;
use crate::names;
use crate::recognise::marks::Sign;
use crate::recognise::read::{Reader, Word};

/// How sure a sign makes that a name follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Sure enough for a name in lower case.
    Any,
    /// Each word of the name is capitalised.
    Capital,
}

/// What may follow a name that stands in a sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Anything,
    /// A comma, a point, the end, or a word that goes on after a name.
    Boundary,
}

/// The name that begins here, as long as its words can be parts of one.
pub(super) fn name_at(
    reader: &Reader<'_, '_>,
    at: usize,
    case: Case,
    most: usize,
    follows: Follows,
) -> Option<Range<usize>> {
    let text = reader.text;
    let mut from = at;
    let mut name: Option<Range<usize>> = None;
    let mut capitals = false;
    let mut words = 0;
    while words < most {
        let Some(word) =
            reader.word_from(from, if name.is_some() || case == Case::Any { &[' '] } else { &[' ', '"'] })
        else {
            break;
        };
        if word.range.start > from + 1 || (name.is_some() && word.range.start == from) {
            break;
        }
        let written = &text[word.range.clone()];
        let capital = reader.is_capital(&word);
        // "Cem vom Kundenservice" is Cem.
        let particle = names::is_particle(written) && name.is_some() && written != "vom";
        if name.is_none() {
            capitals = capital;
        }
        let fits = capital || particle || (case == Case::Any && !capitals && !written.is_empty());
        let mixed = written.bytes().any(|byte| byte.is_ascii_digit());
        if word.digits
            || mixed
            || !fits
            || (!particle && is_no_name(reader, &word))
            || (!capital && !particle && reader.has_sign(&word))
        {
            break;
        }
        if name.is_some() && capital && ends_name(reader, &word) {
            break;
        }
        let possessive = written.strip_suffix("'s").map_or(written.len(), str::len);
        let end = word.range.start + possessive;
        let start = name.as_ref().map_or(word.range.start, |name| name.start);
        if particle {
            // It counts only with the word after it.
            match reader.word_from(word.range.end, &[' ']) {
                Some(next)
                    if !next.digits
                        && (reader.is_capital(&next) || names::is_particle(&text[next.range.clone()])) => {}
                _ => break,
            }
        }
        name = Some(start..end);
        words += 1;
        if possessive < written.len() {
            break;
        }
        let initial = written.chars().count() == 1 || names::is_title(written) || written == "jr";
        from = word.range.end;
        if text[from..].starts_with('.') {
            if !initial {
                break;
            }
            if text[from + 1..].starts_with(' ') {
                from += 1;
            }
        }
    }
    let name = name?;
    let last = text[name.clone()].rsplit(' ').next().unwrap_or("");
    if text[name.clone()].chars().count() < 2 || names::is_particle(last) {
        return None;
    }
    let rest = &text[name.end..];
    let boundary = rest.is_empty()
        || rest.starts_with([',', '.', '!', '?', '\n', ';', ')', '(', ':'])
        || rest.starts_with(" - ")
        || BEFORE_MORE
            .iter()
            .any(|word| rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    (follows == Follows::Anything || boundary).then_some(name)
}

/// What goes on after "this is Petra".
const BEFORE_MORE: &[&str] = &[
    " from",
    " with",
    " and",
    " here",
    " speaking",
    " calling",
    " writing",
    " again",
    " at",
    " your",
    " the",
    " i",
    " am",
    " vom",
    " von",
    " aus",
    " und",
    " de",
    " del",
    " della",
    " da",
    " do",
    " di",
    " et",
    " y",
    " e",
    " en",
    " van",
    " uit",
    " du",
    " dal",
    " in",
    " but",
    " my",
    " on",
];

/// Whether the word cannot be a name here.
pub(super) fn is_no_name(reader: &Reader<'_, '_>, word: &Word) -> bool {
    let written = &reader.text[word.range.clone()];
    if is_no_name_word(written) {
        return true;
    }
    reader.sign(word).is_some_and(|sign| {
        sign.is(Sign::WEEKDAY
            .or(Sign::MONTH)
            .or(Sign::GREETING)
            .or(Sign::ORDER)
            .or(Sign::CUSTOMER)
            .or(Sign::REFERENCE)
            .or(Sign::SECRET)
            .or(Sign::COUNTRY)
            .or(Sign::RELATION)
            .or(Sign::USER)
            .or(Sign::ADDRESS))
            && !["april", "june", "august", "tag", "martin", "domingo"].contains(&written)
    })
}

/// Whether a capitalised word after a name is no part of it: the next field of a line.
fn ends_name(reader: &Reader<'_, '_>, word: &Word) -> bool {
    reader.text[word.range.end..].starts_with(':') || reader.has_sign(word)
}
