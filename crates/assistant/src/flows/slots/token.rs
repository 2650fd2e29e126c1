//! A value that is a token of the anonymiser.

use std::ops::Range;

use anonymizer::{Entity, tokens_in};

use super::{Found, SlotValue, Unfit};

/// A token and its place.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

impl Token {
    pub(super) fn map(self, value: impl FnOnce(String) -> SlotValue) -> Found {
        Found { value: value(self.text), range: self.range }
    }
}

/// The first token of this kind.
pub(super) fn read(text: &str, entity: Entity) -> Result<Token, Unfit> {
    let token = tokens_in(text).into_iter().find(|token| token.entity == entity).ok_or(Unfit::None)?;
    Ok(Token { text: token.text, range: token.range })
}
