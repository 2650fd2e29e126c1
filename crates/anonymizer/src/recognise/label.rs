//! From a word that says what a value is to the value: "my order number, the one on the invoice, is KP-10432".

use std::ops::Range;

use super::Scene;
use super::code::{Code, code_at};
use super::date::{ahead, behind};
use super::marks::{Sign, speech_of};
use crate::values::SHIELD;

/// Words between a word and its value at most.
const WORDS: usize = 10;
/// Those of them that say nothing to us, at most.
const STRANGE: usize = 4;
/// The longest word looked at, in bytes.
const LONGEST: usize = 24;

/// Words of one letter.
const PARTICLES: &[&str] = &["n", "e", "y", "o", "a", "d", "l", "i", "u"];

/// What stands between a word and its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Between {
    /// "number", "no.", "id".
    pub(super) numbered: bool,
    /// A colon, a number sign, an equals sign, a tab, a stroke of a table.
    pub(super) sign: bool,
    /// "is", "lautet", "est".
    pub(super) says: bool,
    /// Whether one of these three stands right before the value.
    pub(super) led: bool,
    /// Words that are neither of these nor those that often stand there.
    pub(super) strange: usize,
    /// Words that often stand there, but bind no more than a sentence does: "of", "for", "from".
    pub(super) links: usize,
}

/// A place where a value may begin, in positions of the folded text, and what stands before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) at: usize,
    pub(super) between: Between,
}

/// Walks from a place, and gives each word that could be the value, until the sentence ends.
pub(super) struct Path<'s> {
    text: &'s str,
    from: usize,
    at: usize,
    words: usize,
    between: Between,
    /// Words of this meaning are passed over like those that often stand there.
    passed: Sign,
}

impl<'s> Path<'s> {
    pub(super) fn new(scene: &'s Scene<'_>, from: usize, passed: Sign) -> Self {
        let between = Between::default();
        Self { text: scene.folded.text(), from, at: from, words: 0, between, passed }
    }

    /// Says that the word before counts as one for a number.
    pub(super) fn numbered(mut self) -> Self {
        self.between.numbered = true;
        self
    }

    /// Goes over signs; false where the sentence or the line ends.
    fn pass_signs(&mut self) -> bool {
        let mut lines = 0;
        for c in ahead(self.text, self.at, 2 * LONGEST).chars() {
            match c {
                ' ' | '@' | '(' | '[' | '*' | '_' | '"' | '\'' | '`' | '-' | '>' | '<' | '\r' | '\u{a0}' => {}
                ':' | '#' | '=' | '\t' | '|' => (self.between.sign, self.between.led) = (true, true),
                '\u{b0}' | '\u{ba}' => (self.between.numbered, self.between.led) = (true, true),
                '\n' => lines += 1,
                ',' | ')' | ']' => self.between.led = false,
                // "no. 12", "Az. 12": the dot of an abbreviation.
                '.' if self.abbreviates() => {}
                _ if c.is_alphanumeric() => return lines <= 1,
                _ => return false,
            }
            self.at += c.len_utf8();
        }
        false
    }

    /// Whether the dot here stands after a word of few letters or one for a number.
    fn abbreviates(&self) -> bool {
        let before = &self.text[self.from.min(self.at)..self.at];
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        word.is_empty() || word.len() <= 5
    }

    fn take_word(&mut self, word: &str) {
        let sign = speech_of(word);
        let is = |any: Sign| sign.is_some_and(|sign| sign.is(any));
        let single = PARTICLES.contains(&word);
        self.between.led = false;
        if is(Sign::NUMBERED) || word == "n" {
            (self.between.numbered, self.between.led) = (true, true);
        } else if is(Sign::SAYS) || word == "e" {
            (self.between.says, self.between.led) = (true, true);
        } else if is(Sign::LINK) || single {
            self.between.links += 1;
        } else if !is(self.passed) {
            self.between.strange += 1;
        }
        self.at += word.len();
        self.words += 1;
    }
}

impl Iterator for Path<'_> {
    type Item = Place;

    /// The next word: whoever does not take it for the value asks on.
    fn next(&mut self) -> Option<Place> {
        loop {
            if self.words >= WORDS || self.between.strange > STRANGE || !self.pass_signs() {
                return None;
            }
            let rest = ahead(self.text, self.at, LONGEST);
            let word = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
            if self.text[self.at + word.len()..].starts_with(SHIELD) || word.is_empty() {
                return None;
            }
            let known = speech_of(word).is_some_and(|sign| sign.is(SPEECH.or(self.passed)));
            let place = Place { at: self.at, between: self.between };
            let rest = &self.text[self.at + word.len()..];
            let letter = word.len() == 1 && !PARTICLES.contains(&word);
            let is_part = |c: char| c.is_ascii_digit() || (letter && c.is_ascii_alphanumeric());
            let begins_code = rest
                .strip_prefix(|c| matches!(c, '-' | '_' | '/') || (letter && matches!(c, ' ' | '.')))
                .is_some_and(|after| {
                    after.starts_with(
                        |c: char| if rest.starts_with(' ') { c.is_ascii_digit() } else { is_part(c) },
                    )
                });
            self.take_word(word);
            if (!known && word.len() > 1) || word.starts_with(|c: char| c.is_ascii_digit()) || begins_code {
                return Some(place);
            }
        }
    }
}

/// The code before a word that says of it what it is: "10432 is my order number", "10432 (Bestellnummer)".
pub(super) fn code_before(scene: &Scene<'_>, cue: &Range<usize>, passed: Sign) -> Option<Code> {
    let text = scene.folded.text();
    let words = behind(text, cue.start, 48);
    let last_digit = words.rfind(|c: char| c.is_ascii_digit())?;
    // The word belongs to what follows it.
    if ahead(text, cue.end, 16).bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let between = &words[last_digit + 1..];
    let mut said = between.trim_start().starts_with('(');
    for word in between.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let sign = speech_of(word);
        said |= word == "e" || sign.is_some_and(|sign| sign.is(Sign::SAYS));
        if word.len() > 1 && !sign.is_some_and(|sign| sign.is(SPEECH.or(passed))) {
            return None;
        }
    }
    if !said || between.contains(['?', '!', ';', '\n', SHIELD]) || between.starts_with(['.', ',', ':']) {
        return None;
    }
    let last = cue.start - between.len() - 1;
    code_ending(scene, scene.folded.origin(last..last + 1).end)
}

/// Parts of a sentence.
const SPEECH: Sign = Sign::NUMBERED.or(Sign::SAYS).or(Sign::LINK);

/// The code that ends here: the longest of those that begin shortly before.
fn code_ending(scene: &Scene<'_>, end: usize) -> Option<Code> {
    let window = scene.before(end, 32);
    let first = end - window.len();
    let starts = window.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).map(|(at, _)| first + at);
    starts.filter_map(|at| code_at(scene.text, at)).find(|code| code.range.end == end)
}
