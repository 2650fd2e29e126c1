//! An order's number: the anonymiser's token for one, else the business's own pattern.

use anonymizer::{Entity, tokens_in};

use super::{Found, SlotValue, Unfit, token};
use crate::Business;

pub(super) fn read(text: &str, business: &Business) -> Result<Found, Unfit> {
    if let Ok(token) = token::read(text, Entity::Order) {
        return Ok(token.map(SlotValue::OrderNumber));
    }
    // A short pattern may fit the number inside another token.
    let tokens = tokens_in(text);
    let free = |range: &std::ops::Range<usize>| {
        !range.is_empty()
            && tokens.iter().all(|token| token.range.end <= range.start || range.end <= token.range.start)
    };
    let found =
        business.order_number.find_iter(text).find(|found| free(&found.range())).ok_or(Unfit::None)?;
    Ok(Found { value: SlotValue::OrderNumber(found.as_str().to_owned()), range: found.range() })
}
