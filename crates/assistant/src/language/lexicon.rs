//! A language's words as its file lists them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Deserializer};

use super::{Language, loose};

/// The lists and patterns of `languages/CODE/words.toml`. A missing or unknown key fails every test.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    pub(crate) own_name: String,
    /// The language as a model is told to write it.
    pub(crate) prompt: String,
    pub(crate) stemmer: tantivy::tokenizer::Language,
    /// Letters that no other of our languages has.
    pub(super) letters: String,
    /// Pieces of words that are rare in the others.
    pub(super) pieces: Vec<String>,
    /// An apostrophe parts two words: "l'ordre".
    #[serde(default)]
    pub(crate) elision: bool,
    /// Words are put together: "Rücksendeetikett".
    #[serde(default)]
    pub(crate) compounds: bool,
    /// What is replaced before stemming.
    #[serde(default)]
    pub(crate) stem_folds: Vec<(String, String)>,
    #[serde(deserialize_with = "words")]
    pub(super) frequent: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub(crate) stop_words: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub(crate) order_words: Vec<String>,
    #[serde(deserialize_with = "pattern")]
    pub(crate) negation: Regex,
    pub(crate) choice: ChoiceWords,
    pub(crate) talk: Talk,
    pub(crate) date: Dates,
    /// ISO 4217 code and what the currency is called.
    pub(crate) currency: BTreeMap<String, String>,
}

/// How one of several is named. Alternatives of a pattern each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceWords {
    /// What may stand before a digit.
    pub(crate) number: String,
    /// First, second, …
    pub(crate) ordinals: [String; 5],
    /// One, two, three.
    pub(crate) cardinals: [String; 3],
    pub(crate) last: String,
}

/// What is said about a flow. Alternatives of a pattern each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Talk {
    pub(crate) cancel_before: String,
    pub(crate) cancel: String,
    pub(crate) cancel_after: String,
    pub(crate) correction_start: String,
    pub(crate) correction: String,
    pub(crate) correction_outright: String,
    pub(crate) question_before: String,
    pub(crate) question: String,
    pub(crate) no: String,
    pub(crate) yes: String,
    /// What keeps a yes from being one.
    pub(crate) not_yes: String,
}

/// How dates are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dates {
    /// 5/11 is a day in November.
    pub(crate) day_first: bool,
    pub(crate) months: [String; 12],
    /// From Monday.
    pub(crate) weekdays: [String; 7],
    /// Words for a day, and how many days from today it is.
    pub(crate) days: Vec<(String, i64)>,
    pub(crate) day: String,
    pub(crate) week: String,
    pub(crate) ago: Vec<String>,
    pub(crate) ahead: Vec<String>,
    pub(crate) past: String,
    pub(crate) coming: String,
    #[serde(default)]
    pub(crate) of: Option<String>,
    pub(crate) day_suffix: String,
    pub(crate) day_alone: Vec<String>,
}

static LEXICONS: LazyLock<BTreeMap<Language, Lexicon>> = LazyLock::new(|| {
    let read = |language: Language| {
        let lexicon = toml::from_str(language.sources().words);
        (language, lexicon.expect("every test reads the files that are compiled in"))
    };
    Language::ALL.into_iter().map(read).collect()
});

impl Lexicon {
    /// That of this language.
    pub(crate) fn of(language: Language) -> &'static Self {
        LEXICONS.get(&language).expect("the map is made of all languages")
    }

    /// Those of all languages: people switch.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        Language::ALL.into_iter().map(Self::of)
    }
}

fn words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let text = String::deserialize(deserializer)?;
    Regex::new(&format!("(?i){}", loose(&text))).map_err(serde::de::Error::custom)
}
