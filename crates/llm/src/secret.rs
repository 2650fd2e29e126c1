//! A provider's key.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A key that is sent in a header and shown nowhere. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the key over.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self(key)
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_key() {
        insta::assert_snapshot!(format!("{:?}", Secret::new("sk-123".to_owned())), @"Secret(***)");
    }
}
