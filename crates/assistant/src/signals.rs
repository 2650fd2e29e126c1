//! Hard rules: what is recognised in a message before anything is searched. The patterns are data
//! (signals/*.toml), one file a language, with the examples and counterexamples that they must hold.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::analysis::without_tokens;
use crate::{HandOffReason, Language};

/// Something that a message says outright.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signal {
    /// Somebody may come to harm.
    Danger,
    /// A lawyer, a court or an authority is spoken of.
    Legal,
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

static ENGLISH: LazyLock<Rules> = LazyLock::new(|| compile(Language::English));
static GERMAN: LazyLock<Rules> = LazyLock::new(|| compile(Language::German));

/// Whether the message says this, in any language that we know: people switch when they are upset.
pub(crate) fn says(message: &str, signal: Signal) -> bool {
    let text = normalised(message);
    [&ENGLISH, &GERMAN].into_iter().any(|rules| rules.get(&signal).is_some_and(|rule| rule.holds(&text)))
}

/// Why the message must go to a person at once, the gravest reason first.
pub(crate) fn alarm(message: &str) -> Option<HandOffReason> {
    let alarms = [
        (Signal::Danger, HandOffReason::Danger),
        (Signal::Legal, HandOffReason::Legal),
        (Signal::Person, HandOffReason::Requested),
        (Signal::Anger, HandOffReason::Anger),
    ];
    alarms.into_iter().find(|(signal, _)| says(message, *signal)).map(|(_, reason)| reason)
}

impl Rule {
    fn holds(&self, text: &str) -> bool {
        let mut rest = text.to_owned();
        for pattern in &self.unless {
            if pattern.is_match(&rest) {
                rest = pattern.replace_all(&rest, "…").into_owned();
            }
        }
        self.patterns.iter().any(|pattern| pattern.is_match(&rest))
    }
}

// Lower case, straight apostrophes, no tokens, one blank between words.
fn normalised(message: &str) -> String {
    let text = without_tokens(message).to_lowercase().replace(['’', '‘', '`', '´'], "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn raw(language: Language) -> BTreeMap<Signal, RawRule> {
    let text = match language {
        Language::English => include_str!("../signals/en.toml"),
        Language::German => include_str!("../signals/de.toml"),
    };
    toml::from_str(text).expect("a test reads the files that are compiled in")
}

fn compile(language: Language) -> Rules {
    let regex = |pattern: &String| {
        RegexBuilder::new(pattern)
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
mod tests {
    use super::*;

    #[test]
    fn every_example_is_recognised_and_no_counterexample() {
        let mut wrong = Vec::new();
        for language in Language::ALL {
            for (signal, rule) in raw(language) {
                assert!(!rule.examples.is_empty() && !rule.counterexamples.is_empty(), "{signal:?}");
                let missed = rule.examples.iter().filter(|text| !says(text, signal));
                wrong.extend(missed.map(|text| format!("{signal:?} missed: {text}")));
                let raised = rule.counterexamples.iter().filter(|text| says(text, signal));
                wrong.extend(raised.map(|text| format!("{signal:?} raised: {text}")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn no_example_of_one_language_or_signal_raises_an_alarm_of_another() {
        let alarms = [Signal::Danger, Signal::Legal, Signal::Person, Signal::Anger];
        for language in Language::ALL {
            for (signal, rule) in raw(language) {
                for text in &rule.examples {
                    for alarm in
                        alarms.into_iter().filter(|alarm| *alarm != signal && !alarms.contains(&signal))
                    {
                        assert!(!says(text, alarm), "{text:?} raised {alarm:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_person_is_asked_for_in_every_combination_of_words() {
        let english = (
            [
                "I want to talk to {}",
                "can i speak with {}?",
                "please connect me to {}",
                "could you transfer me to {} please",
                "I would like to chat with {}",
                "let me talk to {} now",
                "I'd rather speak to {}",
                "hi, put me through to {}",
            ],
            [
                "a person",
                "a human",
                "a real person",
                "someone",
                "somebody else",
                "an agent",
                "a human being",
                "a representative",
                "one of your colleagues",
                "customer service",
                "your support team",
                "an employee",
                "a living person",
                "people",
            ],
        );
        let german = (
            [
                "Ich möchte mit {} sprechen",
                "Kann ich mit {} reden?",
                "verbinden Sie mich bitte mit {}",
                "Ich würde lieber mit {} schreiben",
                "Leiten Sie mich weiter zu {}",
                "bitte mit {} chatten",
            ],
            [
                "einem Menschen",
                "einer Person",
                "einem echten Menschen",
                "jemandem",
                "einem Mitarbeiter",
                "einer Mitarbeiterin",
                "dem Kundenservice",
                "einem Berater",
                "Ihrem Support",
                "einer richtigen Person",
                "einem Kollegen",
            ],
        );
        let combined = |sentences: &[&str], people: &[&str]| -> Vec<String> {
            sentences.iter().flat_map(|s| people.iter().map(|p| s.replace("{}", p))).collect()
        };
        let mut all = combined(&english.0, &english.1);
        all.extend(combined(&german.0, &german.1));
        let missed: Vec<String> = all.into_iter().filter(|text| !says(text, Signal::Person)).collect();
        assert!(missed.is_empty(), "{}", missed.join("\n"));
    }

    #[test]
    fn the_name_of_a_token_says_nothing() {
        assert!(!says("[PERSON_1]", Signal::Person));
        assert!(says("May I speak to [PERSON_1] or another person? talk to a person", Signal::Person));
    }
}
