//! The three kinds of text, kept apart by type: as written, masked, and our own.

use std::fmt;

use serde::Serialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Text as a customer or an agent wrote it. Wiped when dropped; `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Plaintext(String);

impl Plaintext {
    /// Takes the text over; the caller keeps no copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself. The name makes each place that reads it easy to find.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plaintext(***)")
    }
}

/// Text in which every value that was recognised is a token. Only [`crate::Anonymizer`] makes it.
///
/// `Debug` stays silent: what no recogniser found is still in the text.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct AnonymizedText(String);

impl AnonymizedText {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The masked text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AnonymizedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AnonymizedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnonymizedText(***)")
    }
}

/// Text that the business wrote for everyone to read: content/, prompts, knowledge, configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CuratedText(String);

impl CuratedText {
    /// The caller vouches that this came from content/ or from an operator's configuration, and that nothing
    /// a customer said was put into it.
    #[must_use]
    pub fn from_content(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CuratedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_private_text_shows_nothing_of_it() {
        let plain = Plaintext::new("Sarah Connor".to_owned());
        let masked = AnonymizedText::new("hello [PERSON_1]".to_owned());
        insta::assert_snapshot!(format!("{plain:?} {masked:?}"), @"Plaintext(***) AnonymizedText(***)");
    }
}
