//! What a model may choose in the place of an answer: only what the assistant could do without it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use llm::{ToolSpec, ToolUse};
use serde::Deserialize;
use serde_json::json;

use crate::knowledge::Candidate;
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
    /// Show this article, which is in another language, in its own words.
    Article(String),
}

/// The choices of one request.
#[derive(Default)]
pub(crate) struct Choices {
    specs: Vec<ToolSpec>,
    rules: String,
    flows: BTreeSet<String>,
    articles: BTreeSet<String>,
}

const START_FLOW: &str = "start_flow";
const HAND_OFF: &str = "hand_off";
const CLARIFY: &str = "clarify";
const SHOW_ARTICLE: &str = "show_article";
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
    flow_rules: String,
    article_rule: String,
    last_rule: String,
    start_flow: String,
    flow: String,
    hand_off: String,
    reason: String,
    clarify: String,
    show_article: String,
    article: String,
}

static WORDING: LazyLock<Wording> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../content/prompts/choices.toml"))
        .expect("a test reads the file that is built in")
});

impl Choices {
    /// To begin a flow, to call a person, to ask, where there are flows; to show an article, where those found are all in
    /// another language. Where there is neither, words are all there is.
    pub(crate) fn of(flows: &Flows, foreign: &[Candidate<'_>]) -> Self {
        let mut choices = Self::default();
        choices.offer_flows(flows);
        choices.offer_articles(foreign);
        choices
    }

    fn offer_flows(&mut self, flows: &Flows) {
        let offered: Vec<_> = flows.flows().take(MOST_FLOWS).collect();
        if offered.is_empty() {
            return;
        }
        let names: Vec<&str> = offered.iter().map(|flow| flow.name.as_str()).collect();
        let lines: Vec<String> =
            offered.iter().map(|flow| format!("- {}: {}", flow.name, flow.description)).collect();
        let reasons: Vec<&str> = REASONS.iter().map(|reason| reason.code()).collect();
        let wording = &*WORDING;
        self.specs.extend([
            ToolSpec::curated(
                START_FLOW,
                &format!("{}\n{}", wording.start_flow, lines.join("\n")),
                object("flow", &wording.flow, &names),
            ),
            ToolSpec::curated(HAND_OFF, &wording.hand_off, object("reason", &wording.reason, &reasons)),
            ToolSpec::curated(CLARIFY, &wording.clarify, json!({ "type": "object", "properties": {} })),
        ]);
        self.rules.push_str(&wording.flow_rules);
        self.flows = names.into_iter().map(str::to_owned).collect();
    }

    fn offer_articles(&mut self, foreign: &[Candidate<'_>]) {
        if foreign.is_empty() {
            return;
        }
        let wording = &*WORDING;
        self.articles = foreign.iter().map(|candidate| candidate.article.id.clone()).collect();
        let ids: Vec<&str> = self.articles.iter().map(String::as_str).collect();
        let spec = object("article", &wording.article, &ids);
        self.specs.push(ToolSpec::curated(SHOW_ARTICLE, &wording.show_article, spec));
        self.rules.push_str(&wording.article_rule);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.specs.is_empty()
    }

    pub(super) fn specs(&self) -> Vec<ToolSpec> {
        self.specs.clone()
    }

    /// What stands behind the prompt.
    pub(super) fn rules(&self) -> String {
        let Wording { rules, last_rule, .. } = &*WORDING;
        if self.is_empty() { String::new() } else { format!("{rules}{}{last_rule}", self.rules) }
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
        #[derive(Deserialize)]
        struct Show {
            article: String,
        }
        match call.name() {
            START_FLOW => {
                let Flow { flow } = call.read().ok()?;
                self.flows.contains(&flow).then_some(Choice::Flow(flow))
            }
            SHOW_ARTICLE => {
                let Show { article } = call.read().ok()?;
                self.articles.contains(&article).then_some(Choice::Article(article))
            }
            // These two are offered with the flows.
            HAND_OFF | CLARIFY if self.flows.is_empty() => None,
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
            flows: ["refund".to_owned()].into(),
            articles: ["returns".to_owned()].into(),
            ..Choices::default()
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
        let shown = read("show_article", "{\"article\":\"returns\"}");
        assert_eq!(shown, Some(Choice::Article("returns".to_owned())));
        for (name, arguments) in [
            ("start_flow", "{\"flow\":\"delete_everything\"}"),
            ("start_flow", "{\"flow\":7}"),
            ("start_flow", "{}"),
            ("hand_off", "{\"reason\":\"tool-failed\"}"),
            ("hand_off", "{\"reason\":\"\"}"),
            ("cancel_order", "{\"order\":\"WF-1\"}"),
            ("show_article", "{\"article\":\"salaries\"}"),
            ("", "{}"),
        ] {
            assert_eq!(read(name, arguments), None, "{name} {arguments}");
        }
        let call = ToolUse::new("clarify".to_owned(), "{}".to_owned()).unwrap();
        assert_eq!(Choices::default().read(&call), None, "nothing was offered");
        let articles = Choices { flows: BTreeSet::new(), ..choices() };
        assert_eq!(articles.read(&call), None, "articles were, and no flow");
    }

    #[test]
    fn the_words_of_the_tools_are_complete() {
        assert!(WORDING.flow_rules.contains(START_FLOW) && WORDING.article_rule.contains(SHOW_ARTICLE));
    }

    proptest! {
        #[test]
        fn whatever_a_model_asks_for_is_an_offered_choice_or_none(name in ".{0,20}", arguments in ".{0,60}") {
            match read(&name, &arguments) {
                Some(Choice::Flow(flow)) => prop_assert_eq!(flow, "refund"),
                Some(Choice::HandOff(reason)) => prop_assert!(REASONS.contains(&reason)),
                Some(Choice::Article(article)) => prop_assert_eq!(article, "returns"),
                Some(Choice::Clarify) | None => {}
            }
        }
    }
}
