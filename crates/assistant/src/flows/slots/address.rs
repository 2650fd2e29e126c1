//! A postal address: the tokens of its parts, from the first to the last.

use anonymizer::{Entity, tokens_in};

use super::{Found, SlotValue, Unfit};

pub(super) fn read(text: &str) -> Result<Found, Unfit> {
    let tokens = tokens_in(text);
    if !tokens.iter().any(|token| token.entity == Entity::Address) {
        return Err(Unfit::None);
    }
    let parts: Vec<_> =
        tokens.into_iter().filter(|token| matches!(token.entity, Entity::Address | Entity::Place)).collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return Err(Unfit::None);
    };
    let range = first.range.start..last.range.end;
    let written: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    Ok(Found { value: SlotValue::Address(written.join(", ")), range })
}
