//! What a model may choose in the place of an answer: only what the assistant could do without it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use llm::{ToolSpec, ToolUse};
use serde::Deserialize;
use serde_json::json;

use crate::{Flows, HandOffReason};

/// A choice of the model. The desk and its policies still decide what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Begin this flow of the business.
    Flow(String),
    /// A person, for this reason.
    HandOff(HandOffReason),
    /// Ask what is meant.
    Clarify,
}

/// The choices of one request.
#[derive(Default)]
pub(crate) struct Choices {
    specs: Vec<ToolSpec>,
    flows: BTreeSet<String>,
}

const START_FLOW: &str = "start_flow";
const HAND_OFF: &str = "hand_off";
const CLARIFY: &str = "clarify";
/// More flows than this make a request long and the choice poor.
const MOST_FLOWS: usize = 64;
/// The hard rules' own reasons: those of the assistant's failures are not the model's to give.
const REASONS: [HandOffReason; 5] = [
    HandOffReason::Requested,
    HandOffReason::Anger,
    HandOffReason::Danger,
    HandOffReason::Legal,
    HandOffReason::SignificantDecision,
];

/// The words of the tools, which are content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    rules: String,
    start_flow: String,
    flow: String,
    hand_off: String,
    reason: String,
    clarify: String,
}

static WORDING: LazyLock<Wording> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../content/prompts/choices.toml"))
        .expect("a test reads the file that is built in")
});

impl Choices {
    /// To begin a flow, to call a person, to ask. None where there are no flows: then the articles are all there is.
    pub(crate) fn of(flows: &Flows) -> Self {
        let offered: Vec<_> = flows.flows().take(MOST_FLOWS).collect();
        if offered.is_empty() {
            return Self::default();
        }
        let names: Vec<&str> = offered.iter().map(|flow| flow.name.as_str()).collect();
        let lines: Vec<String> =
            offered.iter().map(|flow| format!("- {}: {}", flow.name, flow.description)).collect();
        let reasons: Vec<&str> = REASONS.iter().map(|reason| reason.code()).collect();
        let wording = &*WORDING;
        let specs = vec![
            ToolSpec::curated(
                START_FLOW,
                &format!("{}\n{}", wording.start_flow, lines.join("\n")),
                object("flow", &wording.flow, &names),
            ),
            ToolSpec::curated(HAND_OFF, &wording.hand_off, object("reason", &wording.reason, &reasons)),
            ToolSpec::curated(CLARIFY, &wording.clarify, json!({ "type": "object", "properties": {} })),
        ];
        Self { specs, flows: names.into_iter().map(str::to_owned).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }

    pub(super) fn specs(&self) -> Vec<ToolSpec> {
        self.specs.clone()
    }

    /// What stands behind the prompt.
    pub(super) fn rules(&self) -> &'static str {
        if self.is_empty() { "" } else { &WORDING.rules }
    }

    /// The choice, when it is one of those that were offered; whatever else a model asks for is none.
    pub(super) fn read(&self, call: &ToolUse) -> Option<Choice> {
        #[derive(Deserialize)]
        struct Flow {
            flow: String,
        }
        #[derive(Deserialize)]
        struct HandOff {
            reason: String,
        }
        if self.is_empty() {
            return None;
        }
        match call.name() {
            START_FLOW => {
                let Flow { flow } = call.read().ok()?;
                self.flows.contains(&flow).then_some(Choice::Flow(flow))
            }
            HAND_OFF => {
                let HandOff { reason } = call.read().ok()?;
                let reason = REASONS.into_iter().find(|known| known.code() == reason)?;
                Some(Choice::HandOff(reason))
            }
            CLARIFY => Some(Choice::Clarify),
            _ => None,
        }
    }
}

/// A JSON Schema of an object with one property, which is one of some words.
fn object(property: &str, description: &str, words: &[&str]) -> serde_json::Value {
    json!({
        "type": "object",
        "properties": { property: { "type": "string", "enum": words, "description": description } },
        "required": [property],
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choices() -> Choices {
        Choices {
            specs: vec![ToolSpec::curated(CLARIFY, "", json!({}))],
            flows: ["refund".to_owned()].into(),
        }
    }

    fn read(name: &str, arguments: &str) -> Option<Choice> {
        choices().read(&ToolUse::new(name.to_owned(), arguments.to_owned()).ok()?)
    }

    #[test]
    fn only_what_was_offered_is_a_choice() {
        assert_eq!(read("start_flow", "{\"flow\":\"refund\"}"), Some(Choice::Flow("refund".to_owned())));
        assert_eq!(read("hand_off", "{\"reason\":\"legal\"}"), Some(Choice::HandOff(HandOffReason::Legal)));
        assert_eq!(read("clarify", ""), Some(Choice::Clarify));
        for (name, arguments) in [
            ("start_flow", "{\"flow\":\"delete_everything\"}"),
            ("start_flow", "{\"flow\":7}"),
            ("start_flow", "{}"),
            ("hand_off", "{\"reason\":\"tool-failed\"}"),
            ("hand_off", "{\"reason\":\"\"}"),
            ("cancel_order", "{\"order\":\"WF-1\"}"),
            ("", "{}"),
        ] {
            assert_eq!(read(name, arguments), None, "{name} {arguments}");
        }
        let call = ToolUse::new("clarify".to_owned(), "{}".to_owned()).unwrap();
        assert_eq!(Choices::default().read(&call), None, "nothing was offered");
    }

    #[test]
    fn the_words_of_the_tools_are_complete() {
        assert!(WORDING.rules.contains("start_flow") && !WORDING.clarify.is_empty());
    }

    proptest! {
        #[test]
        fn whatever_a_model_asks_for_is_an_offered_choice_or_none(name in ".{0,20}", arguments in ".{0,60}") {
            match read(&name, &arguments) {
                Some(Choice::Flow(flow)) => prop_assert_eq!(flow, "refund"),
                Some(Choice::HandOff(reason)) => prop_assert!(REASONS.contains(&reason)),
                Some(Choice::Clarify) | None => {}
            }
        }
    }
}
