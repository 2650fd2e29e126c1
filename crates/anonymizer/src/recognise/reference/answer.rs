//! A number in the answer to a question for one: "hang on... it says KP-10432 on the letter".

use std::ops::Range;

use super::{OTHERS, add, ends_clause};
use crate::Entity;
use crate::recognise::code::code_at;
use crate::recognise::{Candidate, Scene};
use crate::view::fold_value;

/// A longer message is more than an answer, in bytes.
const LONGEST: usize = 400;
/// Words of a message that is an answer and nothing else, at most.
const WORDS: usize = 7;

pub(super) fn find(scene: &Scene<'_>, entity: Entity, found: &mut Vec<Candidate>) {
    let text = scene.text;
    if text.len() > LONGEST {
        return;
    }
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    let mut at = 0;
    let mut before = "";
    while let Some(start) = next_word(text, at) {
        let code = code_at(text, start).filter(|code| {
            let capitals = !text[code.range.clone()].bytes().any(|byte| byte.is_ascii_lowercase());
            let mixed = code.digits > 0 && code.digits + code.letters >= 5 && capitals && words <= WORDS;
            // "QX-20" as a whole message is a part of it, or all.
            let whole = words <= 1 && capitals && code.letters > 0 && code.digits >= 2;
            (code.digits >= 3 || mixed || (whole && is_all(text, &code.range)))
                && !code.is_quantity(scene)
                && (!code.is_year(scene) || words <= 1)
                && ends_clause(scene, code.range.end)
                && !text[..start].ends_with(['+', '(', '@'])
                && !is_dialled(scene, &text[code.range.clone()])
        });
        match code {
            Some(code) if !OTHERS.contains(&fold_value(before).as_str()) => {
                at = code.range.end;
                add(code.range, entity, if words <= WORDS { 77 } else { 64 }, found);
            }
            _ => {
                let length = text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - start);
                before = &text[start..start + length];
                at = start + length;
            }
        }
    }
}

/// Whether nothing but signs stands around it.
fn is_all(text: &str, range: &Range<usize>) -> bool {
    !text[..range.start].contains(char::is_alphanumeric) && !text[range.end..].contains(char::is_alphanumeric)
}

/// Whether a number reads like one of a telephone: with the trunk prefix, or asked for together with this one.
fn is_dialled(scene: &Scene<'_>, written: &str) -> bool {
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let letters = written.bytes().any(|byte| byte.is_ascii_alphabetic());
    !letters && (9..=13).contains(&digits) && (written.starts_with('0') || scene.expects(Entity::Phone))
}

/// Where the next word begins.
fn next_word(text: &str, at: usize) -> Option<usize> {
    text[at..].find(char::is_alphanumeric).map(|offset| at + offset)
}
