//! Postal addresses and their parts: street and number in the order of each country, flats and floors, post office
//! boxes, postcodes with their town. What is written in one piece is one value, over line breaks too.
//!
//! A street needs its number, or a word that says that somebody lives there: "Wall Street" is also a film.

use std::ops::Range;

use regex::Regex;

use super::date::{ahead, behind};
use super::marks::{Number, Sign};
use super::read::{Reader, Word};
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

mod goes_on;
mod parts;
use goes_on::extended;
use parts::{corner_of, post_box, postcode_after};

pub(crate) struct Addresses {
    uk_postcode: Regex,
    town_postcode: Regex,
    cue_end: Regex,
}

impl Addresses {
    pub(crate) fn new() -> Self {
        Self {
            uk_postcode: pattern(
                r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPS-UW]) [0-9][ABD-HJLNP-UW-Z]{2}|[ABCEGHJ-NPRSTVXY][0-9][A-Z] [0-9][A-Z][0-9])\b",
            ),
            town_postcode: pattern(
                r"\b(?:[1-9][0-9]{3} ?[A-Z]{2} \p{Lu}\p{L}+|[0-9]{4}-[0-9]{3} \p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?|\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+){0,2},? (?:AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR),? [0-9]{5}(?:-[0-9]{4})?)\b",
            ),
            cue_end: pattern(
                r"(?:\b(?:address(?:es)?|adresse|anschrift|direccion|domicilio|indirizzo|endereco|morada|adres)(?: (?:is|to|of [^.\n]{1,30} is|ist|lautet|es|e|est|with|for [^.\n]{1,30} is))?|\b(?:live|lives|lived|living|reside|resides|located|wohne|wohnt|wohnen|wohnhaft|habite|vivo|vive|resido|abito|abita|moro|mora|woon|woont|office is|offices are|home is|restaurant is|station is|sent|send it|ship|shipped|deliver|delivered|delivery|moved|move|taxi|return|meet me|meet you|stop|you off|order|go|liefern|senden|envoyer|enviar|spedire)(?: (?:it|them|me|now))?(?: (?:at|on|in|to|near|der|dem|in der|am|au|a|en|na|no|rua|op|aan|del|nach|an))?(?: the (?:corner|north side|south side|east side|west side) of)?|\bthe corner of|\bthe (?:north|south|east|west) side of|\bit(?:'s| is) in|\bhere they are|\bfollowing)\s?[:=?]?(?:\s|it is|it's|user:){0,3}$",
            ),
        }
    }
}

impl Recogniser for Addresses {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let marks = scene.marks();
        if marks.numbers.is_empty() {
            return;
        }
        let reader = Reader { scene, text: scene.folded.text() };
        let mut places: Vec<Range<usize>> = Vec::new();
        for street in marks.with(Sign::STREET_LAST) {
            places.extend(number_first(&reader, &street.range));
        }
        for street in marks.with(Sign::STREET_FIRST) {
            places.extend(kind_first(&reader, &street.range));
        }
        for number in &marks.numbers {
            places.extend(number_last(&reader, number));
        }
        for word in marks.with(Sign::BOX) {
            places.extend(post_box(&reader, &word.range));
        }
        for word in marks.with(Sign::UNIT) {
            places.extend(unit_alone(&reader, &word.range));
        }
        for cue in marks.with(Sign::ADDRESS) {
            places.extend(self.announced(&reader, cue.range.end));
        }
        for word in marks.with(Sign::POSTCODE) {
            places.extend(postcode_after(&reader, word.range.end));
        }
        self.add_postcodes(scene, &mut places);
        let mut whole: Vec<Range<usize>> =
            places.into_iter().map(|place| place.start..extended(&reader, place.end)).collect();
        whole.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for place in whole {
            match joined.last_mut() {
                Some(last)
                    if place.start <= last.end
                        || (place.start - last.end <= 3
                            && reader.text[last.end..place.start]
                                .trim_matches([',', ' ', '\n'])
                                .is_empty()) =>
                {
                    last.end = last.end.max(place.end);
                }
                _ => joined.push(place),
            }
        }
        found.extend(joined.into_iter().map(|place| Candidate {
            range: scene.folded.origin(place),
            entity: Entity::Address,
            score: 77,
            recogniser: "address",
        }));
    }
}

impl Addresses {
    /// What stands after "my address is" or "I live at".
    fn announced(&self, reader: &Reader<'_, '_>, cue: usize) -> Option<Range<usize>> {
        // The cue's own words go on for a few more: "address of the shop is".
        let text = reader.text;
        let mut at = cue;
        for _ in 0..8 {
            let before = behind(text, at, 72);
            if let Some(corner) = before.strip_suffix("the corner of") {
                return corner_of(reader, at - before.len() + corner.len(), at);
            }
            if self.cue_end.is_match(before)
                && let Some(place) = loose_street(reader, at)
            {
                return Some(place);
            }
            let next = reader.word_from(at, &[' ', ':', '=', ',', '?', '\n', '\t'])?;
            at = next.range.end;
        }
        None
    }

    /// Postcodes whose form is enough, alone or with the town.
    fn add_postcodes(&self, scene: &Scene<'_>, places: &mut Vec<Range<usize>>) {
        let text = scene.text;
        if text.len() != scene.folded.text().len() {
            return;
        }
        if scene.figures().follow_a_capital(text) {
            places.extend(self.uk_postcode.find_iter(text).map(|hit| hit.range()));
        }
        if scene.figures().runs().iter().any(|run| may_be_postcode(text, run)) {
            places.extend(self.town_postcode.find_iter(text).map(|hit| hit.range()));
        }
    }
}

/// Whether these are as many digits as a postcode with its town has, and a sign or capitals stand where they have to.
fn may_be_postcode(text: &str, digits: &Range<usize>) -> bool {
    let before = text.as_bytes().get(..digits.start).unwrap_or_default();
    let after = text.as_bytes().get(digits.end..).unwrap_or_default();
    match digits.len() {
        4 => matches!(after, [b'-', b'0'..=b'9', ..] | [b'A'..=b'Z', ..] | [b' ', b'A'..=b'Z', ..]),
        5 => matches!(before, [.., b'A'..=b'Z', b' '] | [.., b'A'..=b'Z', b',', b' ']),
        _ => false,
    }
}

/// "12 Baker Street", "221B Baker St.", "28245 3911 Fourth Avenue".
fn number_first(reader: &Reader<'_, '_>, street: &Range<usize>) -> Option<Range<usize>> {
    let kind = &reader.text[street.clone()];
    let strong = STRONG.contains(&kind);
    let mut words = 0;
    let mut at = street.start;
    while words < 5 {
        let word = reader.word_back(at, &[' '])?;
        if word.digits {
            if words == 0 && !ORDINAL.iter().any(|end| reader.text[word.range.clone()].ends_with(end)) {
                return None;
            }
            if !ORDINAL.iter().any(|end| reader.text[word.range.clone()].ends_with(end)) {
                let start = reader.with_number_before(word.range.start);
                let end = after_direction(reader, street.end);
                return reader.is_house_number(&word).then_some(start..end);
            }
        } else if !(reader.is_capital(&word) || (strong && !reader.is_stop(&word))) {
            return None;
        }
        words += 1;
        at = word.range.start;
    }
    None
}

/// "Baker Street West", "Main St. N.".
fn after_direction(reader: &Reader<'_, '_>, end: usize) -> usize {
    let abbreviated = reader.text[..end].ends_with(|c: char| c.is_alphanumeric())
        && ahead(reader.text, end, 2) == ". "
        || ahead(reader.text, end, 2) == ".,";
    let after = if abbreviated { end + 1 } else { end };
    match reader.word_from(after, &[' ']) {
        Some(word)
            if ["north", "south", "east", "west", "n", "s", "e", "w", "ne", "nw", "se", "sw"]
                .contains(&&reader.text[word.range.clone()])
                && (reader.is_capital(&word) || word.range.len() > 2) =>
        {
            word.range.end
        }
        _ => end,
    }
}

/// "12 rue de la Paix", "Calle Mayor 5", "Via Garibaldi, 12".
fn kind_first(reader: &Reader<'_, '_>, street: &Range<usize>) -> Option<Range<usize>> {
    let text = reader.text;
    let mut end = street.end + usize::from(text[street.end..].starts_with('.'));
    let mut words = 0;
    let mut named = false;
    let mut number = None;
    while words < 7 {
        let Some(word) = reader.word_from(end, &[' ', '\'', '/']) else { break };
        if word.digits {
            number = Some(word);
            break;
        }
        let particle = PARTICLES.contains(&&text[word.range.clone()]);
        if !(particle || reader.is_capital(&word)) {
            break;
        }
        named |= !particle;
        words += 1;
        end = word.range.end;
    }
    if !named {
        return None;
    }
    let after = number.filter(|word| reader.is_house_number(word)).or_else(|| {
        let comma = ahead(text, end, 6);
        let skip = [", n. ", ", n.", ", nº ", ", no. ", ", n ", ", ", " n. ", " nº ", " n° "]
            .into_iter()
            .find(|skip| comma.starts_with(skip))?;
        let word = reader.word_from(end + skip.len(), &[])?;
        (word.digits && word.range.len() <= 4 && reader.is_house_number(&word)).then_some(word)
    });
    let before = reader.word_back(street.start, &[' ', ',']).and_then(|word| {
        let bis = ["bis", "ter"].contains(&&text[word.range.clone()]);
        if bis { reader.word_back(word.range.start, &[' ', ',']) } else { Some(word) }
    });
    let before = before.filter(|word| word.digits && reader.is_house_number(word));
    match (before, after) {
        // "12 avenue Foch 75116 Paris": what follows is the postcode.
        (Some(number), Some(code)) if code.range.len() >= 4 => {
            Some(reader.with_number_before(number.range.start)..end)
        }
        (_, Some(number)) => Some(reader.with_number_before(street.start)..number.range.end),
        (Some(number), None) => Some(reader.with_number_before(number.range.start)..end),
        (None, None) => None,
    }
}

/// "Hauptstraße 5a", "Keizersgracht 12", "Villacher Straße 89".
fn number_last(reader: &Reader<'_, '_>, number: &Number) -> Option<Range<usize>> {
    let text = reader.text;
    if number.range.len() > 4 {
        return None;
    }
    let gap = text[..number.range.start].chars().next_back()?;
    if gap != ' ' {
        return None;
    }
    let street = reader.word_back(number.range.start, &[' ', '.'])?;
    let written = &text[street.range.clone()];
    let suffix = SUFFIXES.iter().find(|(suffix, _)| written.ends_with(suffix))?;
    let stem = written.len() - suffix.0.len();
    let capital = reader.is_capital(&street);
    let mut start = street.range.start;
    if stem < 3 {
        // "Villacher Straße": the name stands by itself.
        if !["strasse", "str", "platz", "allee", "weg", "gasse", "straat", "gate", "katu", "utca", "ut", "u"]
            .contains(&written)
        {
            return None;
        }
        let name = reader.word_back(start, &[' ']).filter(|word| !word.digits && reader.is_capital(word))?;
        start = name.range.start;
        for _ in 0..2 {
            match reader.word_back(start, &[' ']) {
                Some(word) if !word.digits && reader.is_capital(&word) && !reader.has_sign(&word) => {
                    start = word.range.start;
                }
                _ => break,
            }
        }
    } else if !(suffix.1 || capital) {
        return None;
    }
    let after = ahead(text, number.end, 10).trim_start();
    let unit =
        ["km", "m ", "stunden", "std", "min", "uhr", "%", "euro", "eur", "stuck", "x ", "tage", "€", "cm"]
            .iter()
            .any(|unit| after.starts_with(unit));
    let word = reader.word_from(number.range.start, &[])?;
    (!unit && reader.is_house_number(&word)).then(|| reader.with_number_before(start)..word.range.end)
}

/// "Apt. 595", with the street before it where one is written.
fn unit_alone(reader: &Reader<'_, '_>, word: &Range<usize>) -> Option<Range<usize>> {
    let kind = &reader.text[word.clone()];
    if !["apt", "apartment", "suite", "flat", "appt", "appartement", "apto", "ste"].contains(&kind) {
        return None;
    }
    let number =
        reader.word_from(word.end, &[' ', '.', '#']).filter(|next| next.digits && next.range.len() <= 5)?;
    if !reader.is_house_number(&number) {
        return None;
    }
    let capital = reader.is_capital(&Word { range: word.clone(), digits: false });
    let street = street_before(reader, word.start);
    if street.is_none() && !capital && kind != "apt" {
        return None;
    }
    Some(street.unwrap_or(word.start)..number.range.end)
}

/// "20789 Allika 46" before ", Suite 501".
fn street_before(reader: &Reader<'_, '_>, at: usize) -> Option<usize> {
    let number = reader
        .word_back(at, &[' ', ',', '\n', '.', '>', '?'])
        .filter(|word| word.digits && reader.is_house_number(word))?;
    let mut start = None;
    let mut end = number.range.start;
    for _ in 0..4 {
        match reader.word_back(end, &[' ', '.']) {
            Some(word)
                if !word.digits
                    && (reader.is_capital(&word)
                        || PARTICLES.contains(&&reader.text[word.range.clone()])
                        || start.is_none() && !reader.is_stop(&word)) =>
            {
                end = word.range.start;
                start = Some(end);
            }
            _ => break,
        }
    }
    start.map(|start| reader.with_number_before(start))
}

/// After a cue: "255 Hersnapvej 18", "12 Crown Yard".
fn loose_street(reader: &Reader<'_, '_>, at: usize) -> Option<Range<usize>> {
    let first =
        reader.word_from(at, &[' ', ':', '\n', '\t', '=', ',']).filter(|word| word.range.start - at <= 12)?;
    let mut words = 0;
    let mut letters = false;
    let mut numbers = usize::from(first.digits);
    if first.digits && !reader.is_house_number(&first) {
        return None;
    }
    if !first.digits && (!reader.is_capital(&first) || reader.has_sign(&first)) {
        return None;
    }
    letters |= !first.digits && first.range.len() >= 3;
    let start = first.range.start;
    let mut end = first.range.end;
    let lower = !reader.scene.text.bytes().any(|byte| byte.is_ascii_uppercase());
    while words < 6 {
        if text_breaks(reader, end) {
            break;
        }
        let Some(word) = reader.word_from(end, &[' ', '.', '\'']) else { break };
        if word.digits {
            if !reader.is_house_number(&word) {
                break;
            }
            numbers += 1;
            end = word.range.end;
            if letters {
                break;
            }
            continue;
        }
        let particle = PARTICLES.contains(&&reader.text[word.range.clone()]);
        if !(particle || reader.is_capital(&word) || (lower && first.digits && !reader.is_stop(&word)))
            || reader.is_date_word(&word)
        {
            break;
        }
        letters |= !particle && word.range.len() >= 3;
        words += 1;
        if !particle {
            end = word.range.end;
        } else {
            let Some(next) = reader
                .word_from(word.range.end, &[' ', '.', '\''])
                .filter(|next| reader.is_capital(next) || next.digits)
            else {
                break;
            };
            if next.digits && !reader.is_house_number(&next) {
                break;
            }
            end = word.range.end;
        }
    }
    let last_is_number = reader.text[..end].ends_with(|c: char| c.is_ascii_digit());
    let parted = reader.text[end..].starts_with(',');
    let enough = if first.digits { words >= 2 || last_is_number || parted } else { last_is_number };
    (numbers > 0 && letters && enough).then_some(start..end)
}

/// Whether a sentence ends here: a point after a word of more than three letters.
fn text_breaks(reader: &Reader<'_, '_>, at: usize) -> bool {
    reader.text[at..].starts_with('.')
        && reader.word_back(at, &[]).is_some_and(|word| word.range.len() > 3 || word.digits)
}

/// Kinds of street that are enough in lower case too.
const STRONG: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "drive",
    "blvd",
    "boulevard",
    "lane",
    "dr",
    "ln",
    "terrace",
    "crescent",
    "highway",
    "parkway",
    "str",
];
const ORDINAL: &[&str] = &["st", "nd", "rd", "th"];
/// Ends of words that are streets, and whether they are enough in lower case.
const SUFFIXES: &[(&str, bool)] = &[
    ("strasse", true),
    ("str", true),
    ("weg", false),
    ("gasse", true),
    ("allee", false),
    ("platz", false),
    ("ring", false),
    ("ufer", false),
    ("damm", false),
    ("straat", true),
    ("laan", false),
    ("plein", false),
    ("gracht", true),
    ("kade", false),
    ("dijk", false),
    ("singel", false),
    ("steeg", false),
    ("markt", false),
    ("graben", false),
    ("steig", false),
    ("berg", false),
    ("katu", true),
    ("gatan", true),
    ("gata", true),
    ("gade", false),
    ("vej", true),
    ("vagen", true),
    ("veien", true),
    ("vegen", true),
    ("stieg", false),
    ("chaussee", false),
    ("promenade", false),
    ("utca", false),
    ("hof", false),
    ("wei", false),
];
const PARTICLES: &[&str] = &[
    "de", "la", "le", "les", "du", "des", "del", "della", "dei", "degli", "delle", "di", "da", "do", "das",
    "dos", "d", "l", "el", "los", "las", "von", "van", "der", "den", "of", "the", "y", "e", "and", "u",
    "san", "santa",
];
#[cfg(test)]
mod tests;
