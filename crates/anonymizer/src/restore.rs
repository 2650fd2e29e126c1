//! Puts values back: into a finished text and into a stream that is cut anywhere.
//!
//! Both are one scanner. It decides at each place as soon as nothing that may follow can change the decision,
//! so every way of cutting a stream gives the same text, and it never holds back more than one possible token.

use std::collections::HashMap;
use std::fmt;

use zeroize::Zeroizing;

use crate::token::{Edges, Found, NeedMore, Rest, can_begin, read};
use crate::{Entity, Plaintext};

/// A text with its values back in place.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What may go to the customer whose vault it was, and to nobody else.
    pub text: Plaintext,
    /// Tokens that were never issued in this conversation; a neutral noun stands in their place.
    pub unknown: usize,
}

/// The values by token, as [`crate::TokenVault`] hands them to a restorer.
pub(crate) type Values = HashMap<(Entity, u32), Vec<Zeroizing<String>>>;

/// Restores a stream piece by piece. `Debug` shows nothing.
pub struct StreamRestorer {
    values: Values,
    held: Zeroizing<String>,
    before: Option<char>,
    unknown: usize,
}

impl StreamRestorer {
    pub(crate) fn new(values: Values) -> Self {
        Self { values, held: Zeroizing::default(), before: None, unknown: 0 }
    }

    /// Takes the next piece and gives what is settled, possibly nothing.
    pub fn push(&mut self, piece: &str) -> Plaintext {
        self.held.push_str(piece);
        self.advance(Rest::Unknown)
    }

    /// Gives what was held back, and the count of unknown tokens in the whole stream.
    #[must_use]
    pub fn finish(mut self) -> Restored {
        let text = self.advance(Rest::Nothing);
        Restored { text, unknown: self.unknown }
    }

    fn advance(&mut self, rest: Rest) -> Plaintext {
        let held = std::mem::take(&mut self.held);
        let mut out = String::with_capacity(held.len());
        let mut at = 0;
        while let Some(c) = held[at..].chars().next() {
            let step =
                if can_begin(c) { read(&held[at..], self.before, Edges::Word, rest) } else { Ok(None) };
            match step {
                Err(NeedMore) => break,
                Ok(Some(found)) if self.put(&found, &mut out) => {
                    self.before = held[..at + found.len].chars().next_back();
                    at += found.len;
                }
                Ok(_) => {
                    out.push(c);
                    self.before = Some(c);
                    at += c.len_utf8();
                }
            }
        }
        self.held = Zeroizing::new(held[at..].to_owned());
        Plaintext::new(out)
    }

    /// Writes the value or the noun; false where the text only resembles a token and stays as it is.
    fn put(&mut self, found: &Found, out: &mut String) -> bool {
        match self.values.get(&(found.entity, found.id)) {
            Some(spellings) => {
                let nth = (found.variant as usize).saturating_sub(1);
                let value = spellings.get(nth).or_else(|| spellings.first());
                out.push_str(value.map_or("", |value| value.as_str()));
                true
            }
            None if found.strict => {
                self.unknown += 1;
                out.push_str(found.entity.noun());
                true
            }
            None => false,
        }
    }
}

impl fmt::Debug for StreamRestorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamRestorer(***)")
    }
}
