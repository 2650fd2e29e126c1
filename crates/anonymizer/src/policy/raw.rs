//! The file as it is written, before any rule.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{PolicyError, PolicyFault};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPolicy {
    pub(super) minimum_score: Option<Spanned<i64>>,
    #[serde(default)]
    pub(super) treatments: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    pub(super) generalise: RawSteps,
    #[serde(default)]
    pub(super) allow: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) deny: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    #[serde(default, rename = "recogniser")]
    pub(super) recognisers: Vec<RawRecogniser>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSteps {
    pub(super) dates: Option<Spanned<String>>,
    pub(super) ages: Option<Spanned<String>>,
    pub(super) addresses: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRecogniser {
    pub(super) name: Spanned<String>,
    pub(super) entity: Spanned<String>,
    pub(super) pattern: Spanned<String>,
    pub(super) score: Option<Spanned<i64>>,
    #[serde(default)]
    pub(super) cues: Vec<Spanned<String>>,
    pub(super) check: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) matches: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) ignores: Vec<Spanned<String>>,
}

pub(super) fn read(text: &str) -> Result<RawPolicy, PolicyError> {
    toml::from_str(text).map_err(|error| {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        let message = error.message().replace('\n', " ");
        PolicyError { faults: vec![PolicyFault { line, message }] }
    })
}

/// The line of a place in the file, from 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}
