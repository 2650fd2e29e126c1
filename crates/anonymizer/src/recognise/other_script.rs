//! Names in another script: in a message of Latin letters, a few words in Chinese, Arabic, Cyrillic or Greek are what
//! somebody or something is called.

use std::ops::Range;

use super::{Candidate, Recogniser, Scene, is_word_char};
use crate::Entity;
use crate::view::fold_value;

/// A name has no more words than this.
const MOST_WORDS: usize = 4;
/// Nor more letters.
const MOST_LETTERS: usize = 40;
const SCORE: u8 = 62;

pub(super) struct OtherScript;

impl Recogniser for OtherScript {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        // Up to U+027F all letters are Latin, and no character has a byte as high.
        if !scene.text.bytes().any(|byte| byte >= 0xca) {
            return;
        }
        let letters = scene.text.chars().filter(|c| c.is_alphabetic());
        let (mut latin, mut others) = (0_usize, 0_usize);
        letters.for_each(|c| if is_latin(c) { latin += 1 } else { others += 1 });
        if others == 0 || others >= latin {
            return;
        }
        found.extend(runs(scene.text).filter(|run| is_name(&scene.text[run.clone()])).map(|range| {
            Candidate {
                entity: if follows_place_word(scene, range.start) { Entity::Place } else { Entity::Person },
                range,
                score: SCORE,
                recogniser: "other script",
            }
        }));
    }
}

/// Words without a Latin letter, with blanks between them; each run as long as it can be.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_other)?;
        let mut end = start;
        for (offset, c) in text[start..].char_indices() {
            if is_word_char(c) && !is_other(c) {
                break;
            }
            if is_other(c) || is_mark(c) {
                end = start + offset + c.len_utf8();
            } else if !matches!(c, ' ' | '\u{a0}' | '·' | '-' | '\'' | '’') {
                break;
            }
        }
        at = end;
        Some(start..end)
    })
}

/// Whether the word before says where something is.
fn follows_place_word(scene: &Scene<'_>, at: usize) -> bool {
    const PLACE_WORDS: &str = "in at near city town village to nach aus bei stadt ort en desde ciudad ville vers citta \
                               cidade em stad uit naar";
    let before = scene.before(at, 24).trim_end();
    let word = fold_value(before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or(""));
    PLACE_WORDS.split_ascii_whitespace().any(|known| known == word)
}

fn is_name(run: &str) -> bool {
    let letters = run.chars().filter(|c| c.is_alphabetic()).count();
    (2..=MOST_LETTERS).contains(&letters) && run.split_whitespace().count() <= MOST_WORDS
}

fn is_other(c: char) -> bool {
    c.is_alphabetic() && !is_latin(c)
}

/// Marks above and below letters, of Indic and Semitic scripts too.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The Latin letters of Unicode's blocks up to Latin Extended-B, and those of Latin Extended Additional; the ordinal
/// and micro signs, which are letters too, stand beside Latin ones.
fn is_latin(c: char) -> bool {
    matches!(c, 'A'..='Z' | 'a'..='z' | '\u{aa}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' | '\u{2c60}'..='\u{2c7f}')
}

#[cfg(test)]
mod tests {
    use super::super::found_by;
    use super::*;

    #[test]
    fn words_of_another_script_among_latin_ones_are_a_name() {
        for (text, name) in [
            ("the label should read 李小龍, please", "李小龍"),
            ("my aunt writes it Наталья Петровна on forms", "Наталья Петровна"),
            ("Der Pass ist auf فاطمة الزهراء ausgestellt", "فاطمة الزهراء"),
            ("il conto è di Νίκος Παππάς da anni", "Νίκος Παππάς"),
            ("nome no passaporte: שרה לוי e mais nada", "שרה לוי"),
        ] {
            assert_eq!(found_by(&OtherScript, text), [name], "{text}");
        }
    }

    #[test]
    fn after_a_word_for_a_place_it_is_one() {
        let mut found = Vec::new();
        OtherScript.find(&Scene::of("I flew to Αθήνα with Μαρία"), &mut found);
        assert_eq!(
            found.iter().map(|found| found.entity).collect::<Vec<_>>(),
            [Entity::Place, Entity::Person]
        );
    }

    #[test]
    fn a_message_in_another_script_or_a_single_letter_is_none() {
        for text in [
            "Где мой заказ? Я жду уже неделю",
            "It costs 5 µ or α times more",
            "Müller, Łódź, ß and ñ are Latin",
            "",
        ] {
            assert_eq!(found_by(&OtherScript, text), Vec::<String>::new(), "{text}");
        }
    }
}
