//! What the customer reads about one-time codes. The desk alone sends and checks them; a code itself never comes here.

use crate::Language;
use crate::words::{Words, fill};

/// A sentence about codes, or a part of the mail that brings one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeSentence {
    /// It was sent to `{address}`.
    Sent,
    /// That was not it; `{left}` tries are left.
    Wrong,
    /// That was not it, and it was the last try.
    Spent,
    /// Its time is over.
    TooLate,
    /// Too many were sent.
    Limit,
    /// There is no address to send it to; a person takes over.
    NoAddress,
    /// The mail's subject: for `{business}`.
    MailSubject,
    /// The mail's text: `{code}`, for `{business}`.
    MailText,
}

impl CodeSentence {
    /// The sentence in the language of a BCP 47 tag, in English for one that is not known. `values` fill its places.
    #[must_use]
    pub fn in_language(self, tag: &str, values: &[(&str, &str)]) -> String {
        let words = Words::of(Language::from_tag(tag).unwrap_or(Language::English));
        let text = match self {
            Self::Sent => &words.code_sent,
            Self::Wrong => &words.code_wrong,
            Self::Spent => &words.code_spent,
            Self::TooLate => &words.code_late,
            Self::Limit => &words.code_limit,
            Self::NoAddress => &words.code_no_address,
            Self::MailSubject => &words.code_mail_subject,
            Self::MailText => &words.code_mail,
        };
        fill(text, values)
    }
}
