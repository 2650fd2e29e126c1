//! Tokens in a text that was given to the masker: those that a customer typed, and those that come back from storage.

use crate::resolve::Place;
use crate::token::{self, Edges, Rest};
use crate::{Entity, TokenVault};

/// What the customer typed that a restorer would take for a token or a surrogate.
pub(super) fn look_alikes(written: &str, vault: &TokenVault) -> Vec<Place> {
    let like = |range| Place { range, entity: Entity::Text, score: 1, recogniser: "look-alike", known: None };
    let mut places: Vec<Place> = vault.surrogates().places(written).into_iter().map(like).collect();
    if !token::may_hold_one(written) {
        return places;
    }
    let mut at = 0;
    while let Some(c) = written[at..].chars().next() {
        let found = if token::can_begin(c) {
            token::read(&written[at..], None, Edges::Anything, Rest::Nothing).ok().flatten()
        } else {
            None
        };
        at += match found {
            Some(found) => {
                places.push(like(at..at + found.len));
                found.len
            }
            None => c.len_utf8(),
        };
    }
    places
}

/// Tokens of this conversation in their exact form, nouns for those of no conversation.
pub(super) fn settle_tokens(stored: &str, vault: &TokenVault) -> String {
    let mut settled = String::with_capacity(stored.len());
    let mut before = None;
    let mut at = 0;
    while let Some(c) = stored[at..].chars().next() {
        let found = if token::can_begin(c) {
            token::read(&stored[at..], before, Edges::Word, Rest::Nothing).ok().flatten()
        } else {
            None
        };
        let variant = found.and_then(|found| vault.restorable(found.entity, found.id, found.variant));
        let len = match found.zip(variant) {
            Some((found, variant)) => {
                settled.push_str(&token::write(found.entity, found.id, variant));
                found.len
            }
            None => match found.filter(|found| found.strict) {
                Some(found) => {
                    settled.push_str(found.entity.noun());
                    // "[PERSON_9]_1" is not about person 1.
                    if stored[at + found.len..].starts_with(|c: char| c.is_alphanumeric() || c == '_') {
                        settled.push(' ');
                    }
                    found.len
                }
                None => {
                    settled.push(c);
                    c.len_utf8()
                }
            },
        };
        at += len;
        before = stored[..at].chars().next_back();
    }
    settled
}
