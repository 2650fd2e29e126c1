//! What was found in each conversation, for as many as are kept.

use std::num::NonZeroUsize;

use anonymizer::TokenVault;
use lru::LruCache;

/// Conversations kept at most; the one that was idle longest goes first, and begins anew if it goes on.
pub(super) const MOST: NonZeroUsize = NonZeroUsize::new(10_000).expect("it is not zero");

/// The vault of each conversation.
pub(super) struct Conversations(LruCache<String, TokenVault>);

impl Conversations {
    pub(super) fn new(most: NonZeroUsize) -> Self {
        Self(LruCache::new(most))
    }

    /// Works with the vault of a conversation, or with a new one for a text that belongs to none.
    pub(super) fn with<T>(&mut self, name: Option<&str>, work: impl FnOnce(&mut TokenVault) -> T) -> T {
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
