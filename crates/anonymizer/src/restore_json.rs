//! Puts values back into JSON (RFC 8259), finished or in pieces cut anywhere, also inside `\u00e9`.
//!
//! Inside a string a value is written with its escapes, so that the text stays JSON and parses to the value; that holds
//! for names of fields too. Outside of one, where a model forgot the quotes, it becomes a string of its own. Everything
//! that is no token stays byte for byte.
//!
//! Tokens are looked for in what the string says, not in how it is escaped: `\u005bPERSON\u005f1]` is one, and so is
//! `[PERSON\\_1]`, which says `[PERSON\_1]`.

use std::collections::VecDeque;
use std::fmt;

use zeroize::Zeroizing;

use crate::Plaintext;
use crate::restore::{Restored, Scanner, Step};
use crate::token::Rest;

/// Restores JSON piece by piece. `Debug` shows nothing.
pub struct JsonRestorer {
    scanner: Scanner,
    state: State,
    /// How each character that the scanner holds was written.
    written: VecDeque<Spelling>,
    /// An escape that is not whole yet.
    escape: String,
}

/// How a character was written.
enum Spelling {
    Itself,
    Escape(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    InString,
}

/// Stands for what is no character: half of a pair, a broken escape. It joins nothing and is no part of a token.
const NO_CHARACTER: char = char::REPLACEMENT_CHARACTER;

impl JsonRestorer {
    pub(crate) fn new(scanner: Scanner) -> Self {
        Self { scanner, state: State::Outside, written: VecDeque::new(), escape: String::new() }
    }

    /// Takes the next piece and gives what is settled, possibly nothing.
    pub fn push(&mut self, piece: &str) -> Plaintext {
        let mut out = String::with_capacity(piece.len());
        for c in piece.chars() {
            self.take(c, &mut out);
        }
        self.advance(Rest::Unknown, &mut out);
        Plaintext::new(out)
    }

    /// Gives what was held back, and the count of unknown tokens in the whole text.
    #[must_use]
    pub fn finish(mut self) -> Restored {
        let mut out = String::new();
        let broken = std::mem::take(&mut self.escape);
        if !broken.is_empty() {
            self.hold(NO_CHARACTER, Spelling::Escape(broken));
        }
        self.advance(Rest::Nothing, &mut out);
        Restored { text: Plaintext::new(out), unknown: self.scanner.unknown() }
    }

    fn take(&mut self, c: char, out: &mut String) {
        if !self.escape.is_empty() {
            self.escape.push(c);
            self.unescape(out);
        } else if c == '"' {
            // A token neither begins before a quote and ends behind it.
            self.advance(Rest::Nothing, out);
            self.scanner.begin_anew();
            out.push('"');
            self.state = match self.state {
                State::Outside => State::InString,
                State::InString => State::Outside,
            };
        } else if c == '\\' && self.state == State::InString {
            self.escape.push(c);
        } else {
            self.hold(c, Spelling::Itself);
        }
    }

    /// Reads the escape, if it is whole. One that is broken is left as it is, and read on behind it.
    fn unescape(&mut self, out: &mut String) {
        let (character, len) = match escaped(&self.escape) {
            Escaped::More => return,
            Escaped::Character(c) => (c, self.escape.len()),
            Escaped::Broken(len) => (NO_CHARACTER, len),
        };
        let rest = self.escape.split_off(len);
        let whole = std::mem::take(&mut self.escape);
        self.hold(character, Spelling::Escape(whole));
        for c in rest.chars() {
            self.take(c, out);
        }
    }

    fn hold(&mut self, character: char, written: Spelling) {
        self.scanner.take(character.encode_utf8(&mut [0; 4]));
        self.written.push_back(written);
    }

    fn advance(&mut self, rest: Rest, out: &mut String) {
        while let Some(step) = self.scanner.step(rest) {
            match step {
                Step::Literal(c) => match self.written.pop_front() {
                    Some(Spelling::Escape(escape)) => out.push_str(&escape),
                    Some(Spelling::Itself) | None => out.push(c),
                },
                Step::Instead { chars, text } => {
                    self.written.drain(..chars.min(self.written.len()));
                    let quoted = quoted(&text);
                    match self.state {
                        State::Outside => out.push_str(&quoted),
                        State::InString => out.push_str(&quoted[1..quoted.len() - 1]),
                    }
                }
            }
        }
    }
}

/// A value as a string of JSON, quotes and all.
fn quoted(value: &str) -> Zeroizing<String> {
    Zeroizing::new(serde_json::to_string(value).expect("a text always serialises into memory"))
}

impl fmt::Debug for JsonRestorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonRestorer(***)")
    }
}

enum Escaped {
    /// It goes on.
    More,
    Character(char),
    /// So many bytes are no escape.
    Broken(usize),
}

/// Reads an escape of a string (RFC 8259, section 7). `\_`, which there is not, is what models write in Markdown.
fn escaped(text: &str) -> Escaped {
    let Some(kind) = text.chars().nth(1) else { return Escaped::More };
    match kind {
        'u' => escaped_unit(text),
        'n' => Escaped::Character('\n'),
        'r' => Escaped::Character('\r'),
        't' => Escaped::Character('\t'),
        'b' => Escaped::Character('\u{8}'),
        'f' => Escaped::Character('\u{c}'),
        other => Escaped::Character(other),
    }
}

/// `\u` and four digits, and the second half of a pair.
fn escaped_unit(text: &str) -> Escaped {
    let Some(first) = unit(text) else { return incomplete(text) };
    match char::decode_utf16([first]).next() {
        Some(Ok(c)) => Escaped::Character(c),
        _ if !(0xd800..0xdc00).contains(&first) => Escaped::Broken(UNIT),
        _ => {
            let second = &text[UNIT..];
            match unit(second) {
                Some(low) => match char::decode_utf16([first, low]).next() {
                    Some(Ok(c)) => Escaped::Character(c),
                    _ => Escaped::Broken(UNIT),
                },
                None => match incomplete(second) {
                    Escaped::More => Escaped::More,
                    _ => Escaped::Broken(UNIT),
                },
            }
        }
    }
}

/// Bytes of `\u0000`.
const UNIT: usize = 6;

fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        u16::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

/// Whether this can still become `\u0000`, or is broken where its last character came.
fn incomplete(text: &str) -> Escaped {
    let fits = text.chars().zip(["\\", "u"]).all(|(c, expected)| expected.contains(c))
        && text.chars().skip(2).all(|c| c.is_ascii_hexdigit())
        && text.len() < UNIT;
    if fits {
        return Escaped::More;
    }
    let last = text.chars().next_back().map_or(0, char::len_utf8);
    Escaped::Broken(text.len() - last)
}

#[cfg(test)]
mod tests;
