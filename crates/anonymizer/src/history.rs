//! What was masked in a conversation before, so that its history, which goes to a model again with each turn, costs a
//! look-up for each text.
//!
//! A result is kept only when making it left the vault as it was, and is given again only while the vault still is: it
//! is then what masking would come to. A masked text stays right longer: until a value that was learnt since is in it.
//! Texts are known by a keyed hash of 128 bits; the masked text is kept, the plain
//! one is not. The keys are the process's own, so nobody outside can prepare two texts with one hash.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};

use zeroize::Zeroizing;

/// Texts in each half of what is kept.
const TEXTS: usize = 256;
/// Bytes of masked text in each half.
const BYTES: usize = 1 << 18;

/// The result of an earlier pass, with what else it came to.
#[derive(Clone)]
struct Seen<T> {
    masked: Zeroizing<String>,
    more: T,
    generation: u64,
}

/// Results by text: a newer half and an older one. When the newer is full it becomes the older.
pub(crate) struct History<T> {
    hashers: [RandomState; 2],
    newer: HashMap<u128, Seen<T>>,
    older: HashMap<u128, Seen<T>>,
    bytes: usize,
}

impl<T: Clone> History<T> {
    /// The name under which a result is kept: everything that it depends on, but for the vault's values.
    pub(crate) fn key(&self, depends_on: &impl Hash) -> u128 {
        let [high, low] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(depends_on)));
        high << 64 | low
    }

    /// The result, if it was made while the vault was in this generation.
    pub(crate) fn get(&self, key: u128, generation: u64) -> Option<(&str, &T)> {
        let seen = self.newer.get(&key).or_else(|| self.older.get(&key))?;
        (seen.generation == generation).then_some((&seen.masked, &seen.more))
    }

    /// The result, whatever the vault has learnt since.
    pub(crate) fn get_old(&self, key: u128) -> Option<(&str, &T)> {
        let seen = self.newer.get(&key).or_else(|| self.older.get(&key))?;
        Some((&seen.masked, &seen.more))
    }

    /// Keeps a result.
    pub(crate) fn keep(&mut self, key: u128, generation: u64, masked: &str, more: T) {
        if masked.len() > BYTES {
            return;
        }
        if self.newer.len() >= TEXTS || self.bytes + masked.len() > BYTES {
            self.older = std::mem::take(&mut self.newer);
            self.bytes = 0;
        }
        self.bytes += masked.len();
        self.newer.insert(key, Seen { masked: Zeroizing::new(masked.to_owned()), more, generation });
    }
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self {
            hashers: [RandomState::new(), RandomState::new()],
            newer: HashMap::new(),
            older: HashMap::new(),
            bytes: 0,
        }
    }
}

/// A copy of a vault makes its own: what is kept is only a matter of speed.
impl<T> Clone for History<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_given_again_in_its_generation_only() {
        let mut history = History::default();
        let key = history.key(&("mask", "text"));
        assert_eq!(history.get(key, 1), None);
        history.keep(key, 1, "masked", 5);
        assert_eq!(history.get(key, 1), Some(("masked", &5)));
        assert_eq!(history.get(key, 2), None);
        assert_eq!(history.get(history.key(&("mask", "other")), 1), None);
    }

    #[test]
    fn what_is_kept_is_bounded_in_texts_and_bytes() {
        let mut history = History::default();
        for nth in 0..10 * TEXTS {
            history.keep(nth as u128, 1, "x", ());
        }
        assert!(history.newer.len() + history.older.len() <= 2 * TEXTS);
        let long = "x".repeat(BYTES / 2);
        for nth in 0..10 {
            history.keep(nth, 1, &long, ());
        }
        assert!(history.newer.len() + history.older.len() <= 4);
        history.keep(77, 1, &"x".repeat(BYTES + 1), ());
        assert_eq!(history.get(77, 1), None);
    }
}
