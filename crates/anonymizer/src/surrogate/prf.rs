//! A row of numbers that only the conversation's key and the value decide: without the key, nobody can try values
//! until one gives the surrogate that was seen.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// HMAC-SHA-256 (RFC 2104) in counter mode.
pub(super) struct Choices {
    mac: Hmac<Sha256>,
    block: Zeroizing<Vec<u8>>,
    counter: u32,
}

impl Choices {
    /// `about` says what is chosen; each gives another row.
    pub(super) fn new(key: &[u8; 32], about: &[&str]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        for part in about {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Self { mac, block: Zeroizing::default(), counter: 0 }
    }

    /// A number below `end`; 0 where that is 0. The bias of a small range in 64 bits says nothing.
    pub(super) fn below(&mut self, end: usize) -> usize {
        if self.block.is_empty() {
            let mut mac = self.mac.clone();
            mac.update(&self.counter.to_be_bytes());
            self.counter += 1;
            self.block = Zeroizing::new(mac.finalize().into_bytes().to_vec());
        }
        let rest = self.block.len().saturating_sub(8);
        let number = self.block.drain(rest..).fold(0_u64, |number, byte| number << 8 | u64::from(byte));
        usize::try_from(number.checked_rem(end as u64).unwrap_or(0)).unwrap_or(0)
    }

    pub(super) fn one_of<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        list.get(self.below(list.len())).copied()
    }

    pub(super) fn digit(&mut self) -> char {
        char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0))
    }

    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.digit()).collect()
    }
}
