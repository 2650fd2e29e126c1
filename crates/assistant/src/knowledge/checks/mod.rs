//! What whoever publishes an article is shown of it: personal data in it, and instructions aimed at a model.
//!
//! A finding forbids nothing: a shop's own telephone number is one too. It is a question to a person.

mod instructions;
mod personal;

use std::fmt;

use anonymizer::Anonymizer;
use serde::{Deserialize, Serialize};

use super::import::Draft;

/// Something that a person should look at before the article goes live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Of which sort.
    pub kind: Kind,
    /// What exactly: the kind of the value, or what the text tries.
    pub name: String,
    /// The line of the article's file, from 1; 0 for what is not in it.
    pub line: usize,
    /// The words.
    pub excerpt: String,
}

/// A sort of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A value that may be a person's.
    PersonalData,
    /// Words or signs that are meant for a language model and not for a reader.
    Instruction,
    /// Text of the imported file that its readers do not see. It was left out.
    HiddenText,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::PersonalData => "personal data",
            Kind::Instruction => "aimed at a model",
            Kind::HiddenText => "hidden text, left out",
        };
        match self.line {
            0 => write!(out, "{kind}")?,
            line => write!(out, "line {line}: {kind}")?,
        }
        if !self.name.is_empty() {
            write!(out, " ({})", self.name)?;
        }
        write!(out, ": {:?}", self.excerpt)
    }
}

/// The most findings of one sort that are kept of an article.
const MOST: usize = 50;
/// The most characters of an excerpt.
const EXCERPT: usize = 80;

/// Everything that is found in a draft.
#[must_use]
pub fn check(draft: &Draft, anonymizer: &Anonymizer) -> Vec<Finding> {
    let mut findings = instructions::find(&draft.text);
    findings.truncate(MOST);
    for hidden in draft.hidden.iter().take(MOST) {
        let tries = instructions::find(hidden).into_iter().next().map(|found| found.name);
        findings.push(Finding {
            kind: Kind::HiddenText,
            name: tries.unwrap_or_default(),
            line: 0,
            excerpt: excerpt(hidden),
        });
    }
    findings.extend(personal::find(&draft.text, anonymizer).into_iter().take(MOST));
    findings
}

/// The first characters in one line; what cannot be seen is written out.
fn excerpt(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let mut short: String = line.chars().take(EXCERPT).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
