//! Puts values back: into a finished text and into a stream that is cut anywhere.
//!
//! Both are one scanner. It decides at each place as soon as nothing that may follow can change the decision,
//! so every way of cutting a stream gives the same text, and it never holds back more than one possible token.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::surrogate::Surrogates;
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
/// None for a spelling that does not come back.
pub(crate) type Values = HashMap<(Entity, u32), Vec<Option<Zeroizing<String>>>>;

/// Restores a stream piece by piece. `Debug` shows nothing.
pub struct StreamRestorer {
    scanner: Scanner,
}

impl StreamRestorer {
    pub(crate) fn new(scanner: Scanner) -> Self {
        Self { scanner }
    }

    /// Takes the next piece and gives what is settled, possibly nothing.
    pub fn push(&mut self, piece: &str) -> Plaintext {
        self.scanner.take(piece);
        self.advance(Rest::Unknown)
    }

    /// Gives what was held back, and the count of unknown tokens in the whole stream.
    #[must_use]
    pub fn finish(mut self) -> Restored {
        let text = self.advance(Rest::Nothing);
        Restored { text, unknown: self.scanner.unknown() }
    }

    fn advance(&mut self, rest: Rest) -> Plaintext {
        let mut out = String::with_capacity(self.scanner.held());
        while let Some(step) = self.scanner.step(rest) {
            match step {
                Step::Literal(c) => out.push(c),
                Step::Instead { text, .. } => out.push_str(&text),
            }
        }
        Plaintext::new(out)
    }
}

impl fmt::Debug for StreamRestorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamRestorer(***)")
    }
}

/// What the scanner makes of the next part of its text.
pub(crate) enum Step {
    /// This character stays.
    Literal(char),
    /// This stands in place of as many characters: a value, or a noun for a token that was never issued.
    Instead { chars: usize, text: Zeroizing<String> },
}

/// Reads a text for tokens and surrogates, from its beginning and in any pieces.
pub(crate) struct Scanner {
    values: Values,
    surrogates: Arc<Surrogates>,
    /// What was taken: tokens and masked text, no value.
    text: String,
    /// How much of it has been given out.
    at: usize,
    before: Option<char>,
    unknown: usize,
}

impl Scanner {
    pub(crate) fn new(values: Values, surrogates: Arc<Surrogates>) -> Self {
        Self { values, surrogates, text: String::new(), at: 0, before: None, unknown: 0 }
    }

    /// More text. The buffer keeps what is undecided only, so that it stays as small as one possible token.
    pub(crate) fn take(&mut self, piece: &str) {
        self.text.drain(..self.at);
        self.at = 0;
        self.text.push_str(piece);
    }

    /// Bytes that were taken and not given out.
    pub(crate) fn held(&self) -> usize {
        self.text.len() - self.at
    }

    pub(crate) fn unknown(&self) -> usize {
        self.unknown
    }

    /// What is taken from now on is another text: nothing of it goes on with what was before.
    pub(crate) fn begin_anew(&mut self) {
        self.before = None;
    }

    /// The next part, or none where the text ends or more of it is needed.
    pub(crate) fn step(&mut self, rest: Rest) -> Option<Step> {
        let text = &self.text[self.at..];
        let first = text.chars().next()?;
        let (len, instead) = match self.read(text, first, rest) {
            Err(NeedMore) => return None,
            Ok(Read::Literal) => (first.len_utf8(), None),
            Ok(Read::Value(len, value)) => (len, Some(value)),
            Ok(Read::Unknown(len, noun)) => {
                self.unknown += 1;
                (len, Some(Zeroizing::new(noun.to_owned())))
            }
        };
        let step = match instead {
            Some(instead) => Step::Instead { chars: text[..len].chars().count(), text: instead },
            None => Step::Literal(first),
        };
        self.before = text[..len].chars().next_back();
        self.at += len;
        Some(step)
    }

    fn read(&self, text: &str, first: char, rest: Rest) -> Result<Read, NeedMore> {
        if can_begin(first)
            && let Some(found) = read(text, self.before, Edges::Word, rest)?
        {
            let Found { len, entity, id, variant, strict } = found;
            if let Some(value) = self.value(entity, id, variant) {
                return Ok(Read::Value(len, value));
            }
            if strict {
                return Ok(Read::Unknown(len, entity.noun()));
            }
        }
        let surrogate = self.surrogates.read(text, self.before, rest)?;
        let value = surrogate.and_then(|found| {
            let (entity, id, variant) = found.meaning;
            Some((found.len, self.value(entity, id, variant)?))
        });
        Ok(value.map_or(Read::Literal, |(len, value)| Read::Value(len, value)))
    }

    /// The spelling that was asked for, or the first that comes back.
    fn value(&self, entity: Entity, id: u32, variant: u32) -> Option<Zeroizing<String>> {
        let spellings = self.values.get(&(entity, id))?;
        let asked = (variant as usize).checked_sub(1).and_then(|nth| spellings.get(nth));
        asked.and_then(Option::as_ref).or_else(|| spellings.iter().flatten().next()).cloned()
    }
}

enum Read {
    Literal,
    Value(usize, Zeroizing<String>),
    Unknown(usize, &'static str),
}
