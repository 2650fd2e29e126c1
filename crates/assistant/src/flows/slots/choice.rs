//! One of several options: by its number, its words, or other words for it.

use std::ops::Range;

use super::{Asked, Found, SlotValue, Unfit};
use crate::Language;
use crate::analysis::blanked;
use crate::choice;
use crate::flows::flow::Choice;

/// The options as a numbered list.
pub(in crate::flows) fn numbered(choices: &[Choice], language: Language) -> String {
    let line = |(number, choice): (usize, &Choice)| format!("\n{number}. {}", choice.label.of(language));
    (1..).zip(choices).map(line).collect()
}

pub(super) fn read(text: &str, choices: &[Choice], asked: Asked) -> Result<Found, Unfit> {
    let free = blanked(text).to_lowercase();
    if asked == Asked::Yes
        && let Some(choice) = by_number(&free).and_then(|number| choices.get(number.checked_sub(1)?))
    {
        return Ok(chosen(choice, 0..text.len()));
    }
    // Words of two options, neither within the other, name none.
    let mut named: Vec<(&Choice, Range<usize>)> = Vec::new();
    for choice in choices {
        let said = ways(choice).into_iter().filter_map(|way| place(&free, &way)).max_by_key(Range::len);
        if let Some(range) = said {
            named.push((choice, range));
        }
    }
    let within =
        |a: &Range<usize>, b: &Range<usize>| b.start <= a.start && a.end <= b.end && a.len() < b.len();
    let outer: Vec<_> =
        named.iter().filter(|(_, range)| !named.iter().any(|(_, other)| within(range, other))).collect();
    match outer.as_slice() {
        // Lower case may be longer than what was typed.
        [(choice, range)] if text.len() == free.len() => Ok(chosen(choice, range.clone())),
        [(choice, _)] => Ok(chosen(choice, 0..text.len())),
        _ => Err(Unfit::None),
    }
}

fn chosen(choice: &Choice, range: Range<usize>) -> Found {
    Found { value: SlotValue::Choice(choice.name.clone()), range }
}

fn by_number(text: &str) -> Option<usize> {
    let words = choice::words(text);
    choice::number(text).or_else(|| if words.len() > 5 { None } else { choice::ordinal(&words) })
}

fn ways(choice: &Choice) -> Vec<String> {
    let name = choice.name.replace('_', " ");
    choice.label.0.values().chain(&choice.also).chain([&name]).map(|way| way.trim().to_lowercase()).collect()
}

/// Where `way` stands as whole words.
fn place(text: &str, way: &str) -> Option<Range<usize>> {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(way)
        .map(|(at, found)| at..at + found.len())
        .find(|range| edge(text[..range.start].chars().next_back()) && edge(text[range.end..].chars().next()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::flows::flow::Texts;

    fn choice(name: &str, label: &str, also: &[&str]) -> Choice {
        Choice {
            name: name.into(),
            label: Texts(BTreeMap::from([(Language::English, label.into())])),
            also: also.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[test]
    fn an_option_is_chosen_by_number_name_and_other_words() {
        let choices = [
            choice("fit", "It does not fit", &["too big", "size"]),
            choice("broken", "It is broken", &["defekt"]),
        ];
        let read = |text: &str, asked| match read(text, &choices, asked).ok()?.value {
            SlotValue::Choice(name) => Some(name),
            _ => None,
        };
        for (text, asked, expected) in [
            ("2", Asked::Yes, Some("broken")),
            ("the first one", Asked::Yes, Some("fit")),
            ("das zweite bitte", Asked::Yes, Some("broken")),
            ("la seconda, grazie", Asked::Yes, Some("broken")),
            ("le premier", Asked::Yes, Some("fit")),
            ("It does not fit.", Asked::No, Some("fit")),
            ("they are too big for me", Asked::No, Some("fit")),
            ("ist defekt", Asked::No, Some("broken")),
            ("too big and broken", Asked::Yes, None),
            ("2", Asked::No, None),
            ("9", Asked::Yes, None),
            ("oversized", Asked::Yes, None),
        ] {
            assert_eq!(read(text, asked).as_deref(), expected, "{text}");
        }
    }
}
