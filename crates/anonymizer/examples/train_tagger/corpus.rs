//! Reads the development data, which is no part of the repository, and puts its labels on common ground.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use anonymizer::tagger_training::Label;
use anyhow::{Context, Result};
use serde::Deserialize;

use crate::example::Example;
use crate::grammar::Grammar;
use crate::random::Random;

#[derive(Deserialize)]
struct Tokens {
    tokens: Vec<String>,
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Spans {
    text: String,
    spans: Vec<(usize, usize, String)>,
}

#[derive(Deserialize)]
struct Dialogue {
    turns: Vec<DialogueTurn>,
}

#[derive(Deserialize)]
struct DialogueTurn {
    speaker: String,
    text: String,
    spans: Vec<(usize, usize, String)>,
}

/// A text to measure on: what is to be found, and where it does not matter what is found.
pub(crate) struct Measured {
    pub(crate) example: Example,
    pub(crate) either: Vec<Range<usize>>,
    /// A customer's turn in which nothing is labelled.
    pub(crate) empty_turn: bool,
}

impl From<Example> for Measured {
    fn from(example: Example) -> Self {
        Self { example, either: Vec::new(), empty_turn: false }
    }
}

fn lines<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<T>> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    text.lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("in {}", path.display())))
        .collect()
}

/// Broad Twitter Corpus and WNUT-17: words with BIO tags.
pub(crate) fn tagged(path: &Path) -> Result<Vec<Example>> {
    Ok(lines::<Tokens>(path)?.iter().map(written_out).collect())
}

/// The words as one text again.
fn written_out(sentence: &Tokens) -> Example {
    let mut example = Example::default();
    let mut glue = true;
    let mut open: Option<Label> = None;
    for (token, tag) in sentence.tokens.iter().zip(&sentence.tags) {
        let token =
            token.replace("'\"'", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let sticks = token.starts_with([',', '.', '!', '?', ':', ';', ')', '\'', '’']) || token == "n't";
        if !glue && !sticks {
            example.text.push(' ');
        }
        let start = example.text.len();
        example.text.push_str(&token);
        glue = matches!(token.as_str(), "#" | "@" | "(" | "$" | "£");
        let label = match tag.split_once('-').map_or("", |(_, kind)| kind) {
            "PER" | "person" => Some(Label::Person),
            "LOC" | "location" => Some(Label::Location),
            "ORG" | "corporation" | "group" => Some(Label::Organization),
            _ => None,
        };
        match (label, example.spans.last_mut()) {
            (Some(label), Some((range, _))) if tag.starts_with('I') && open == Some(label) => {
                range.end = example.text.len();
            }
            (Some(label), _) => example.spans.push((start..example.text.len(), label)),
            (None, _) => {}
        }
        open = label;
    }
    let text = &example.text;
    // Handles have recognisers of their own, and a hashtag is no place to look for a name.
    example
        .spans
        .retain(|(range, _)| !text[range.clone()].starts_with('@') && !text[..range.start].ends_with('@'));
    for (range, label) in &mut example.spans {
        let hashes = text[range.clone()].len() - text[range.clone()].trim_start_matches('#').len();
        range.start += hashes;
        let kept = text[range.clone()].trim_end_matches([':', ',', '.', '!']).len();
        range.end = range.start + kept;
        if *label == Label::Person {
            range.start += title_length(&text[range.clone()]);
        }
    }
    example.spans.retain(|(range, _)| !range.is_empty());
    example
}

/// The length of a title at the beginning of a name, which is no part of it here.
fn title_length(name: &str) -> usize {
    ["Mr", "Mrs", "Ms", "Dr", "Miss", "Prof", "Professor", "Sir"]
        .iter()
        .filter_map(|title| name.strip_prefix(title))
        .map(|rest| (rest, rest.trim_start_matches(['.', ' '])))
        .find(|(rest, name)| rest.len() > name.len() && !name.is_empty())
        .map_or(0, |(_, rest)| name.len() - rest.len())
}

/// Texts with spans in code points, as examples with spans in bytes; the function gives the kinds their labels.
fn spanned(
    text: &str,
    spans: &[(usize, usize, String)],
    label: impl Fn(&str, &str) -> Option<Label>,
) -> Example {
    let at = byte_offsets(text);
    let mut example = Example { text: text.to_owned(), spans: Vec::new() };
    for (start, end, kind) in spans {
        let (Some(start), Some(end)) = (at.get(*start), at.get(*end)) else { continue };
        let Some(label) = label(kind, &text[*start..*end]) else { continue };
        let title = if label == Label::Person { title_length(&text[*start..*end]) } else { 0 };
        example.spans.push((start + title..*end, label));
    }
    sort_apart(&mut example.spans);
    example
}

fn byte_offsets(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

fn sort_apart(spans: &mut Vec<(Range<usize>, Label)>) {
    spans.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    spans.retain(|(range, _)| {
        let apart = range.start >= end && !range.is_empty();
        end = end.max(range.end);
        apart
    });
}

/// The machine-written business texts: labels put right where it can be done by rule.
pub(crate) fn contextual(path: &Path) -> Result<Vec<Example>> {
    let texts = lines::<Spans>(path)?;
    Ok(texts.iter().map(|text| everywhere(spanned(&text.text, &text.spans, business_label))).collect())
}

fn business_label(kind: &str, value: &str) -> Option<Label> {
    let lettered = value.chars().all(|c| c.is_alphabetic() || " .'-".contains(c))
        && value.starts_with(char::is_uppercase);
    match kind {
        "NAME" | "DOCTOR" | "USERNAME" | "CLIENT_NAME" | "MENTION" => lettered.then_some(Label::Person),
        _ if value.contains(['[', '@', '_']) || value.starts_with("Conference") => None,
        "ADDRESS" | "LOCATION" | "CITY" | "LANDMARK" | "STREET" | "STATE" => Some(Label::Location),
        "COMPANY" | "SCHOOL" | "UNIVERSITY" | "INSURER" | "BANK" | "HOSPITAL" | "COURT" | "COMPANY_NAME"
        | "STORE" | "RESTAURANT" | "UNIVERSITY_NAME" | "BANK_NAME" | "HOTEL_NAME" | "RESTAURANT_NAME" => {
            Some(Label::Organization)
        }
        _ => None,
    }
}

/// A name that is labelled in one place of a text is one in each place.
fn everywhere(mut example: Example) -> Example {
    let values: Vec<(String, Label)> = example
        .spans
        .iter()
        .filter(|(range, _)| range.len() > 3)
        .map(|(range, label)| (example.text[range.clone()].to_owned(), *label))
        .collect();
    for (value, label) in values {
        for (at, _) in example.text.match_indices(&value) {
            let end = at + value.len();
            let touches = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "@._".contains(c));
            let before = example.text[..at].chars().next_back();
            let after = example.text[end..].chars().next().filter(|c| *c != '.');
            let free = example.spans.iter().all(|(range, _)| end <= range.start || at >= range.end);
            if free && !touches(before) && !touches(after) {
                example.spans.push((at..end, label));
            }
        }
    }
    sort_apart(&mut example.spans);
    example
}

/// The same text about other people: each word of a name becomes another name, the same one in each place.
pub(crate) fn about_others(example: &Example, grammar: &Grammar, random: &mut Random) -> Result<Example> {
    let mut others: HashMap<String, String> = HashMap::new();
    let mut out = Example::default();
    let mut end = 0;
    for (range, label) in &example.spans {
        out.text.push_str(&example.text[end..range.start]);
        let start = out.text.len();
        let value = &example.text[range.clone()];
        if *label == Label::Person {
            let words: Vec<&str> = value.split(' ').collect();
            for (index, word) in words.iter().enumerate() {
                let section = if index == 0 { "g-any" } else { "f-any" };
                if !others.contains_key(*word) {
                    others.insert((*word).to_owned(), grammar.write(section, random)?.text);
                }
                out.text.push_str(if index == 0 { "" } else { " " });
                out.text.push_str(others.get(*word).map_or(*word, String::as_str));
            }
        } else if *label == Label::Location
            && value.contains(|c: char| c.is_ascii_digit())
            && random.percent(70)
        {
            out.text.push_str(&grammar.write("address", random)?.text);
        } else {
            out.text.push_str(value);
        }
        out.spans.push((start..out.text.len(), *label));
        end = range.end;
    }
    out.text.push_str(&example.text[end..]);
    Ok(out)
}

/// The synthetic sentences, to measure on only.
pub(crate) fn synthetic(path: &Path) -> Result<Vec<Measured>> {
    let texts = lines::<Spans>(path)?;
    let measured = texts.iter().map(|text| {
        let example = spanned(&text.text, &text.spans, |kind, _| match kind {
            "PERSON" => Some(Label::Person),
            "STREET_ADDRESS" | "GPE" => Some(Label::Location),
            "ORGANIZATION" => Some(Label::Organization),
            _ => None,
        });
        let either = ranges(&text.text, &text.spans, |kind| {
            matches!(kind, "ZIP_CODE" | "EMAIL_ADDRESS" | "DOMAIN_NAME" | "NRP" | "TITLE")
        });
        Measured { example, either, empty_turn: false }
    });
    Ok(measured.collect())
}

/// The turns of the dialogues, to measure on only.
pub(crate) fn dialogues(path: &Path) -> Result<Vec<Measured>> {
    let turns = lines::<Dialogue>(path)?.into_iter().flat_map(|dialogue| dialogue.turns);
    let measured = turns.map(|turn| {
        let example = spanned(&turn.text, &turn.spans, |kind, _| match kind {
            "therapist_name" | "recipient_name" | "director" | "starring" | "actors" => Some(Label::Person),
            "location"
            | "city"
            | "city_of_event"
            | "destination"
            | "from_location"
            | "to_location"
            | "origin_city"
            | "destination_city"
            | "pickup_city"
            | "area"
            | "address"
            | "street_address"
            | "address_of_location" => Some(Label::Location),
            _ => None,
        });
        let either = ranges(&turn.text, &turn.spans, |kind| {
            kind.ends_with("_location")
                || kind.ends_with("_station")
                || matches!(
                    kind,
                    "artist"
                        | "event_name"
                        | "restaurant_name"
                        | "hotel_name"
                        | "place_name"
                        | "property_name"
                        | "attraction_name"
                        | "origin_airport_name"
                        | "destination_airport_name"
                )
        });
        let empty_turn = turn.speaker == "USER" && turn.spans.is_empty();
        Measured { example, either, empty_turn }
    });
    Ok(measured.collect())
}

fn ranges(text: &str, spans: &[(usize, usize, String)], is: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let at = byte_offsets(text);
    let of_kind = spans.iter().filter(|(_, _, kind)| is(kind));
    of_kind.filter_map(|(start, end, _)| Some(*at.get(*start)?..*at.get(*end)?)).collect()
}
