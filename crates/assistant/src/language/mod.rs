//! The languages that the assistant answers in, and which one a message is written in.
//!
//! What a language needs is data: `languages/CODE/words.toml`, `languages/CODE/signals.toml` and
//! `translations/assistant/CODE.json`. Code names a language in this file alone.

mod detect;
mod lexicon;
mod pattern;

pub(crate) use lexicon::{Dates, Lexicon, Talk};
pub(crate) use pattern::{any_of, compiled, loose};

/// A language with its own recognition, index and standard sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// English, also the language of last resort.
    English,
    /// German, in the polite form.
    German,
    /// French, in the polite form.
    French,
    /// Spanish, in the polite form.
    Spanish,
    /// Italian, in the polite form.
    Italian,
    /// Dutch, in the polite form.
    Dutch,
    /// Portuguese, in the polite form, in words that Portugal and Brazil share where there are any.
    Portuguese,
}

/// The files that make up a language.
pub(crate) struct Sources {
    pub(crate) words: &'static str,
    pub(crate) signals: &'static str,
    pub(crate) sentences: &'static str,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Italian,
        Self::Dutch,
        Self::Portuguese,
    ];

    /// The language of a BCP 47 tag such as `de-AT`, when we have it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// ISO 639-1 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Italian => "it",
            Self::Dutch => "nl",
            Self::Portuguese => "pt",
        }
    }

    /// What the language is called in itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        &Lexicon::of(self).own_name
    }

    /// The language of `text`: the words decide when they are clearly of one language, else what the
    /// device said, else English.
    #[must_use]
    pub fn of(text: &str, device: &str) -> Self {
        detect::language_of(text, Self::from_tag(device))
    }

    pub(crate) fn sources(self) -> Sources {
        let (words, signals, sentences) = match self {
            Self::English => (
                include_str!("../../languages/en/words.toml"),
                include_str!("../../languages/en/signals.toml"),
                include_str!("../../../../translations/assistant/en.json"),
            ),
            Self::German => (
                include_str!("../../languages/de/words.toml"),
                include_str!("../../languages/de/signals.toml"),
                include_str!("../../../../translations/assistant/de.json"),
            ),
            Self::French => (
                include_str!("../../languages/fr/words.toml"),
                include_str!("../../languages/fr/signals.toml"),
                include_str!("../../../../translations/assistant/fr.json"),
            ),
            Self::Spanish => (
                include_str!("../../languages/es/words.toml"),
                include_str!("../../languages/es/signals.toml"),
                include_str!("../../../../translations/assistant/es.json"),
            ),
            Self::Italian => (
                include_str!("../../languages/it/words.toml"),
                include_str!("../../languages/it/signals.toml"),
                include_str!("../../../../translations/assistant/it.json"),
            ),
            Self::Dutch => (
                include_str!("../../languages/nl/words.toml"),
                include_str!("../../languages/nl/signals.toml"),
                include_str!("../../../../translations/assistant/nl.json"),
            ),
            Self::Portuguese => (
                include_str!("../../languages/pt/words.toml"),
                include_str!("../../languages/pt/signals.toml"),
                include_str!("../../../../translations/assistant/pt.json"),
            ),
        };
        Sources { words, signals, sentences }
    }
}

#[cfg(test)]
mod tests;
