//! Machine-readable zones of passports and identity cards (ICAO Doc 9303, parts 3 to 6): lines of 44 (TD3), 36 (TD2) or 30
//! (TD1) capitals, digits and "<", with check digits of weights 7, 3, 1. A line with names has none; it counts by how it
//! begins, or beside another line.

use std::ops::Range;

use super::{Candidate, Recogniser, Scene};
use crate::Entity;

pub(crate) struct Zones;

/// What a line is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Its check digits are right.
    Checked,
    /// It begins like one.
    Likely,
    /// Beside one of the others.
    Names,
}

impl Recogniser for Zones {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !scene.text.contains('<') {
            return;
        }
        let lines = lines(scene.text);
        let mut lines = lines.iter().peekable();
        while let Some((range, line)) = lines.next() {
            let (mut range, mut kinds) = (range.clone(), vec![*line]);
            while let Some((next, line)) =
                lines.next_if(|(next, _)| scene.text[range.end..next.start].trim().is_empty())
            {
                range.end = next.end;
                kinds.push(*line);
            }
            let score = if kinds.contains(&Line::Checked) {
                98
            } else if kinds.contains(&Line::Likely) {
                85
            } else {
                continue;
            };
            found.push(Candidate { range, entity: Entity::Passport, score, recogniser: "mrz" });
        }
    }
}

/// Every word that may be a line.
fn lines(text: &str) -> Vec<(Range<usize>, Line)> {
    let bytes = text.as_bytes();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'<';
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(inside).map(|offset| at + offset) {
        at = start + bytes[start..].iter().take_while(|byte| inside(byte)).count();
        if matches!(at - start, 30 | 36 | 44)
            && let Some(line) = line_of(&text[start..at].to_ascii_uppercase())
        {
            lines.push((start..at, line));
        }
    }
    lines
}

fn line_of(line: &str) -> Option<Line> {
    let right = |field: Range<usize>| passes(line, field);
    let checked = match line.len() {
        44 | 36 => {
            [right(0..9), right(13..19), right(21..27)].into_iter().filter(|right| *right).count() >= 2
        }
        _ => (right(0..6) && right(8..14)) || (right(5..14) && line.starts_with(['A', 'C', 'I'])),
    };
    let filled = line.contains("<<");
    let letters = line.bytes().filter(u8::is_ascii_alphabetic).count() >= 4;
    let begins = line.starts_with(['A', 'C', 'I', 'P', 'V'])
        && line
            .get(2..5)
            .is_some_and(|state| state.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'<'));
    match (checked, filled && letters) {
        (true, _) => Some(Line::Checked),
        (false, true) if begins && line.get(1..2) == Some("<") => Some(Line::Likely),
        (false, true) => Some(Line::Names),
        (false, false) => None,
    }
}

/// Whether the sign after a field is its check digit: "<" counts 0, A to Z count 10 to 35.
fn passes(line: &str, field: Range<usize>) -> bool {
    let value = |c: char| if c == '<' { Some(0) } else { c.to_digit(36) };
    let check = line.get(field.end..field.end + 1).and_then(|check| check.chars().next()).and_then(value);
    let signs = line.get(field).unwrap_or_default();
    let sum: Option<u32> = signs
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(c, weight)| value(c).map(|value| value * weight))
        .sum();
    let empty = signs.bytes().all(|byte| byte == b'<');
    !empty && sum.map(|sum| sum % 10) == check
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn zones(text: &str) -> Vec<String> {
        found_by(&Zones, text)
    }

    // The specimens of Doc 9303, parts 4, 5 and 6.
    const TD3: [&str; 2] =
        ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
    const TD2: [&str; 2] = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"];
    const TD1: [&str; 3] = [
        "I<UTOD231458907<<<<<<<<<<<<<<<",
        "7408122F1204159UTO<<<<<<<<<<<6",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ];

    #[test]
    fn specimens_are_found_whole_and_line_by_line() {
        for zone in [TD3.join("\n"), TD2.join("\r\n"), TD1.join("\n"), TD3.join(" ")] {
            assert_eq!(zones(&format!("Here it is: {zone}\nThanks")), [zone]);
        }
        for line in [TD3[0], TD3[1], TD2[0], TD2[1], TD1[0], TD1[1]] {
            assert_eq!(zones(line), [line]);
        }
        assert_eq!(zones(&TD3.join("\n").to_lowercase()).len(), 1);
    }

    #[test]
    fn a_state_of_one_letter_is_one() {
        // The specimen passport of the Bundesdruckerei; Doc 9303, part 3, gives Germany "D".
        let line = "P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<";
        assert_eq!(zones(line), [line]);
    }

    #[test]
    fn a_line_with_one_wrong_digit_counts_by_the_others() {
        let wrong = TD3[1].replace("7408122", "7408123");
        assert_eq!(zones(&wrong), [wrong.as_str()]);
        let wrong = wrong.replace("1204159", "1204158").replace("L898902C36", "L898902C37");
        assert_eq!(zones(&wrong), Vec::<String>::new());
        assert_eq!(zones(&format!("{}\n{wrong}", TD3[0])).len(), 1, "beside its first line");
    }

    #[test]
    fn other_text_with_brackets_is_none() {
        for text in [
            "a << b <<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
            "<div>1234567890123456789012345678901234567890123</div>",
            TD1[2],
            "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
            "if a<b then",
            "a < b, and not ABCDEFGHIJKLMNOPQRSTUVWXYZABCD",
            // It begins like no passport, its state is none, it has no filler between names, or words come first.
            "X<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            "P<123ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
            "P<UTOERIKSSON<ANNA<MARIA<ERIKSSON<ANNA<MARIA",
            "APPLESANDPEARS<<AND<PLUMS<<<<<<<<<<<<<<<<<<<",
        ] {
            assert_eq!(zones(text), Vec::<String>::new(), "{text}");
        }
    }
}
