//! Hard rules: what is recognised in a message before anything is searched. The patterns are data
//! (languages/*/signals.toml), one file a language, with the examples and counterexamples that they must hold.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::analysis::without_tokens;
use crate::language::loose;
use crate::{HandOffReason, Language};

/// Something that a message says outright.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signal {
    /// Somebody may come to harm.
    Danger,
    /// A lawyer, a court or an authority is spoken of.
    Legal,
    /// A decision with a significant effect on the customer is contested or asked about (GDPR Art. 22): credit refused,
    /// an account closed.
    Decision,
    /// A person is asked for.
    Person,
    /// The customer is angry or complains.
    Anger,
    /// The customer asks where an order is.
    OrderStatus,
    /// No more than a greeting.
    Greeting,
    /// No more than thanks.
    Thanks,
    /// No more than a goodbye.
    Goodbye,
    /// None of the choices offered.
    NoneOfThese,
}

/// One signal's patterns in one language.
struct Rule {
    patterns: Vec<Regex>,
    unless: Vec<Regex>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    patterns: Vec<String>,
    unless: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "only the test reads the examples"))]
    examples: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "only the test reads the examples"))]
    counterexamples: Vec<String>,
}

type Rules = BTreeMap<Signal, Rule>;

static RULES: LazyLock<Vec<Rules>> = LazyLock::new(|| Language::ALL.into_iter().map(compile).collect());

/// Whether the message says this, in any language that we know: people switch when they are upset.
pub(crate) fn says(message: &str, signal: Signal) -> bool {
    let text = normalised(message);
    let rules = || RULES.iter().filter_map(|rules| rules.get(&signal));
    // Words that several languages have ("ictus") are excused in each of them.
    let rest = rules().fold(text, |rest, rule| rule.without_excused(rest));
    rules().any(|rule| rule.patterns.iter().any(|pattern| pattern.is_match(&rest)))
}

/// Why the message must go to a person at once, the gravest reason first.
pub(crate) fn alarm(message: &str) -> Option<HandOffReason> {
    let alarms = [
        (Signal::Danger, HandOffReason::Danger),
        (Signal::Legal, HandOffReason::Legal),
        (Signal::Decision, HandOffReason::SignificantDecision),
        (Signal::Person, HandOffReason::Requested),
        (Signal::Anger, HandOffReason::Anger),
    ];
    alarms.into_iter().find(|(signal, _)| says(message, *signal)).map(|(_, reason)| reason)
}

impl Rule {
    fn without_excused(&self, text: String) -> String {
        self.unless.iter().fold(text, |rest, pattern| match pattern.is_match(&rest) {
            true => pattern.replace_all(&rest, "…").into_owned(),
            false => rest,
        })
    }
}

// Lower case, straight apostrophes, no tokens, one blank between words.
fn normalised(message: &str) -> String {
    let text = without_tokens(message).to_lowercase().replace(['’', '‘', '`', '´'], "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn raw(language: Language) -> BTreeMap<Signal, RawRule> {
    toml::from_str(language.sources().signals).expect("a test reads the files that are compiled in")
}

fn compile(language: Language) -> Rules {
    let regex = |pattern: &String| {
        RegexBuilder::new(&loose(pattern))
            .size_limit(1 << 24)
            .build()
            .expect("a test compiles the patterns that are compiled in")
    };
    raw(language)
        .into_iter()
        .map(|(signal, rule)| {
            let patterns = rule.patterns.iter().map(regex).collect();
            (signal, Rule { patterns, unless: rule.unless.iter().map(regex).collect() })
        })
        .collect()
}

#[cfg(test)]
mod tests;
