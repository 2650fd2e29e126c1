//! Names that are spelled: "S-Z-A-B-O", "m u e l l e r".

use std::ops::Range;

use super::{Candidate, Recogniser, Scene, is_word_char};
use crate::Entity;

/// Fewer letters are an abbreviation: "U.S.A.", "F A Q".
const LEAST: usize = 4;
/// More are no name: "a.a.a.a" without an end.
const MOST: usize = 40;
const SCORE: u8 = 63;

pub(super) struct Spelled;

impl Recogniser for Spelled {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !may_have_runs(scene.text) {
            return;
        }
        let asked = scene.expects(Entity::Person);
        found.extend(
            runs(scene.text)
                .filter(|(_, letters, _)| *letters <= MOST)
                .filter(|(_, letters, between)| asked || *letters > LEAST || *between == '-')
                .map(|(range, ..)| Candidate {
                    range,
                    entity: Entity::Person,
                    score: SCORE,
                    recogniser: "spelled",
                }),
        );
    }
}

/// Whether the same sign stands twice with one character between: reading character by character is slow.
fn may_have_runs(text: &str) -> bool {
    let bytes = text.as_bytes();
    let signs = |byte: &u8| matches!(byte, b'-' | b' ' | b'.' | b'_' | b'/');
    text.contains('–')
        || bytes.iter().enumerate().filter(|(_, byte)| signs(byte)).any(|(at, sign)| {
            let mut next = at;
            (1..LEAST - 1).all(|_| {
                next += 1 + length_of(bytes.get(next + 1));
                bytes.get(next) == Some(sign)
            })
        })
}

/// The length of a character by its first byte.
fn length_of(first: Option<&u8>) -> usize {
    match first {
        None | Some(..0x80) => 1,
        Some(0x80..0xe0) => 2,
        Some(0xe0..0xf0) => 3,
        Some(0xf0..) => 4,
    }
}

/// Single letters with the same sign between each two: where, how many, which sign.
fn runs(text: &str) -> impl Iterator<Item = (Range<usize>, usize, char)> {
    let mut letters = text.char_indices().peekable();
    let mut before = None;
    std::iter::from_fn(move || {
        while let Some((start, c)) = letters.next() {
            let free = !before.replace(c).is_some_and(is_word_char);
            if !free || !c.is_alphabetic() {
                continue;
            }
            let (mut end, mut count, mut between) = (start + c.len_utf8(), 1, None);
            loop {
                let mut rest = text[end..].chars();
                let (Some(sign), Some(letter)) = (rest.next(), rest.next()) else { break };
                let goes_on =
                    between.map_or(matches!(sign, '-' | ' ' | '.' | '–' | '_' | '/'), |b| b == sign);
                if !goes_on || !letter.is_alphabetic() || rest.next().is_some_and(is_word_char) {
                    break;
                }
                between = Some(sign);
                end += sign.len_utf8() + letter.len_utf8();
                count += 1;
            }
            if let Some(sign) = between.filter(|_| count >= LEAST) {
                while let Some((_, c)) = letters.next_if(|(at, _)| *at < end) {
                    before = Some(c);
                }
                return Some((start..end, count, sign));
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::super::{found_by, found_in};
    use super::*;

    #[test]
    fn letters_with_one_sign_between_them_are_a_spelled_name() {
        for (text, name) in [
            ("it is S-Z-A-B-O, like the goalkeeper", "S-Z-A-B-O"),
            ("m u e l l e r bitte", "m u e l l e r"),
            ("Nachname: Ö.Z.T.Ü.R.K", "Ö.Z.T.Ü.R.K"),
        ] {
            assert_eq!(found_by(&Spelled, text), [name], "{text}");
        }
    }

    #[test]
    fn abbreviations_are_none_unless_a_name_is_asked_for() {
        for text in ["made in the U.S.A.", "a b c", "plan A or B - C", "I-beam", "W I F I"] {
            assert_eq!(found_by(&Spelled, text), Vec::<String>::new(), "{text}");
        }
        let asked = Scene { expected: &[Entity::Person], ..Scene::of("W I L D") };
        assert_eq!(found_in(&Spelled, &asked), ["W I L D"]);
        assert_eq!(found_by(&Spelled, &"a.".repeat(1_000)), Vec::<String>::new());
    }
}
