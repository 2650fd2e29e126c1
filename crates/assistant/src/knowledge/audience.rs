//! Who may be answered with an article.

use jiff::civil::Date;

use crate::Identification;

/// Whom an article is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Whoever asks.
    #[default]
    Everyone,
    /// Customers for whom the business's page has vouched.
    SignedIn,
}

impl Audience {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Everyone, Self::SignedIn];

    /// As it is written in front matter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::SignedIn => "signed_in",
        }
    }

    /// The audience of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.name() == name)
    }

    pub(super) fn includes(self, identification: Identification) -> bool {
        match (self, identification) {
            (Self::Everyone, _) | (Self::SignedIn, Identification::SignedIn) => true,
            (Self::SignedIn, Identification::Unknown) => false,
        }
    }
}

/// For whom articles are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Reader {
    /// Someone who works on the articles: every one of them counts.
    Author,
    /// A customer: only what is meant for them and holds today.
    Customer {
        /// Whether the business's page has vouched for them.
        identification: Identification,
        /// The day in UTC.
        today: Date,
    },
}
