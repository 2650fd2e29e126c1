//! What was found in each conversation, for as many as are kept.

use std::num::NonZeroUsize;
use std::process::ExitCode;

use anonymizer::TokenVault;
use anyhow::{Context, Result};
use lru::LruCache;

use super::requests::{Request, Requests};
use super::responses::Responses;

/// Conversations kept at most; the one that was idle longest goes first, and begins anew if it goes on.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");

/// Answers each request from standard input, in order, until it ends.
pub(super) fn answer_all(
    mut answer: impl FnMut(&Request, &mut Conversations, &mut Responses) -> Result<()>,
) -> Result<ExitCode> {
    let mut conversations = Conversations::new(MOST);
    let mut requests = Requests::new(std::io::stdin());
    let mut responses = Responses::new();
    while let Some(request) = requests.next().context("read standard input")? {
        match request {
            Ok(request) => answer(&request, &mut conversations, &mut responses)?,
            Err(refusal) => responses.refuse(&refusal)?,
        }
        if requests.may_wait() || responses.is_full() {
            responses.flush()?;
        }
    }
    responses.finish()
}

/// The vault of each conversation.
pub(super) struct Conversations(LruCache<String, TokenVault>);

impl Conversations {
    fn new(most: NonZeroUsize) -> Self {
        Self(LruCache::new(most))
    }

    /// Lets the conversation of a request know what the request says of it, and works with its vault.
    pub(super) fn with_known<T>(&mut self, request: &Request, work: impl FnOnce(&mut TokenVault) -> T) -> T {
        self.with(request.conversation.as_deref(), |vault| {
            for (entity, value) in &request.known {
                vault.know(*entity, value.reveal());
            }
            work(vault)
        })
    }

    /// Works with the vault of a conversation, or with a new one for a text that belongs to none.
    fn with<T>(&mut self, name: Option<&str>, work: impl FnOnce(&mut TokenVault) -> T) -> T {
        match name {
            Some(name) => work(self.0.get_or_insert_mut_ref(name, TokenVault::new)),
            None => work(&mut TokenVault::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use anonymizer::Entity;

    use super::*;

    #[test]
    fn the_conversation_that_was_idle_longest_is_dropped() {
        let mut conversations = Conversations::new(NonZeroUsize::MIN.saturating_add(1));
        for name in ["a", "b", "a", "c"] {
            conversations.with(Some(name), |vault| vault.know(Entity::Person, name));
        }
        let mut size = |name| conversations.with(Some(name), |vault| vault.tokens().len());
        assert_eq!([size("a"), size("c"), size("b")], [1, 1, 0]);
    }
}
