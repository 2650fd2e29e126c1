//! What came of a turn beside what was expected of it.

use std::collections::BTreeMap;

use super::run::Failure;
use super::{Conversation, Expected, ExpectedCall, FlowAfter, Line, Step};
use crate::{Assistant, Citation, HandOffReason, ReplyKind};

/// What came of one turn; values are restored.
#[derive(Default)]
pub(super) struct Came {
    pub(super) text: String,
    pub(super) citations: Vec<Citation>,
    pub(super) kind: Option<ReplyKind>,
    pub(super) hand_off: Option<HandOffReason>,
    pub(super) card: Option<(String, BTreeMap<String, String>)>,
    pub(super) calls: Vec<(String, BTreeMap<String, String>)>,
    /// Whether a flow was under way before the turn or during it.
    pub(super) was_in_flow: bool,
    pub(super) flow: Option<String>,
    pub(super) slots: Vec<(String, String)>,
}

/// Longest text that a failure shows, in characters.
const SHOWN: usize = 240;

pub(super) fn compare(
    step: &Step,
    conversation: &Conversation,
    came: &Came,
    assistant: &Assistant,
    failures: &mut Vec<Failure>,
) {
    let mut check = Check { line: step.line, came, failures };
    check.decision(&step.expected, assistant);
    check.state(&step.expected);
    check.calls(&step.expected.calls);
    check.words(&step.expected, &conversation.forbidden);
}

struct Check<'a> {
    line: usize,
    came: &'a Came,
    failures: &'a mut Vec<Failure>,
}

impl Check<'_> {
    fn fail(&mut self, line: usize, expected: String, came: String) {
        self.failures.push(Failure { line, expected, came });
    }

    /// Compares two things by what they are called; `None` stands for nothing of the kind.
    fn same(&mut self, what: &str, expected: Option<(usize, &str)>, came: Option<&str>) {
        if expected.map(|(_, name)| name) != came {
            let line = expected.map_or(self.line, |(line, _)| line);
            let named =
                |name: Option<&str>| name.map_or(format!("no {what}"), |name| format!("{what} {name}"));
            let text = format!("{}: {}", named(came), self.shown());
            self.fail(line, named(expected.map(|(_, name)| name)), text);
        }
    }

    fn decision(&mut self, expected: &Expected, assistant: &Assistant) {
        let came = self.came;
        let article = came.citations.first().map(|citation| {
            let articles = assistant.knowledge().articles();
            let cited = articles.iter().find(|article| article.title == citation.title);
            cited.map_or(citation.title.as_str(), |article| article.id.as_str())
        });
        self.same(
            "answer from",
            expected.answers.as_ref().map(|Line(line, id)| (*line, id.as_str())),
            article,
        );
        let clarifies = (came.kind == Some(ReplyKind::Clarification)).then_some("again");
        self.same("asking", expected.clarifies.as_ref().map(|Line(line, ())| (*line, "again")), clarifies);
        let reason = expected.hands_off.as_ref().map(|Line(line, reason)| (*line, reason.code()));
        self.same("hand-off", reason, came.hand_off.map(HandOffReason::code));
        let card = expected.card.as_ref().map(|Line(line, tool)| (*line, tool.as_str()));
        self.same("card", card, came.card.as_ref().map(|(tool, _)| tool.as_str()));
    }

    fn state(&mut self, expected: &Expected) {
        let after = self.came.flow.as_deref();
        match &expected.flow {
            Some(Line(line, FlowAfter::In(name))) => self.same("flow", Some((*line, name)), after),
            Some(Line(line, FlowAfter::Outside)) if after.is_some() => {
                self.fail(*line, "no flow".to_owned(), format!("flow {}", after.unwrap_or_default()));
            }
            Some(Line(line, FlowAfter::Ended)) if after.is_some() || !self.came.was_in_flow => {
                let came =
                    after.map_or("no flow was under way".to_owned(), |name| format!("flow {name} goes on"));
                let came = format!("{came}: {}", self.shown());
                self.fail(*line, "the flow ends".to_owned(), came);
            }
            Some(Line(_, FlowAfter::Outside | FlowAfter::Ended)) | None => {}
        }
        for Line(line, (name, value)) in &expected.slots {
            let is = self.came.slots.iter().find(|(slot, _)| slot == name).map(|(_, value)| value.as_str());
            if is != Some(value) {
                let came = is.map_or("it is empty".to_owned(), |is| format!("it is {is:?}"));
                self.fail(*line, format!("{name} is {value:?}"), came);
            }
        }
    }

    fn calls(&mut self, expected: &[Line<ExpectedCall>]) {
        let fits = |expected: &ExpectedCall, (tool, arguments): &(String, BTreeMap<String, String>)| {
            let given = |(name, value): &(String, String)| arguments.get(name) == Some(value);
            expected.tool == *tool && expected.arguments.iter().all(given)
        };
        let calls = &self.came.calls;
        let same = calls.len() == expected.len()
            && expected.iter().zip(calls).all(|(Line(_, expected), call)| fits(expected, call));
        if !same {
            let line = expected.first().map_or(self.line, |Line(line, _)| *line);
            let expected = expected.iter().map(|Line(_, call)| {
                written(&call.tool, call.arguments.iter().map(|(name, value)| (name, value)))
            });
            let came = calls.iter().map(|(tool, arguments)| written(tool, arguments));
            let (expected, came) = (listed(expected), listed(came));
            self.fail(line, format!("calls: {expected}"), format!("calls: {came}"));
        }
    }

    fn words(&mut self, expected: &Expected, forbidden: &[String]) {
        let text = self.came.text.to_lowercase();
        for Line(line, words) in &expected.contains {
            if !text.contains(&words.to_lowercase()) {
                self.fail(*line, format!("{words:?} in the text"), self.shown());
            }
        }
        for Line(line, words) in &expected.lacks {
            if text.contains(&words.to_lowercase()) {
                self.fail(*line, format!("no {words:?} in the text"), self.shown());
            }
        }
        let quotes = self.came.citations.iter().map(|citation| citation.quote.to_lowercase());
        let cards = self.came.card.iter();
        let calls = self
            .came
            .calls
            .iter()
            .chain(cards)
            .map(|(tool, arguments)| written(tool, arguments).to_lowercase());
        let everything: Vec<String> = quotes.chain(calls).chain([text]).collect();
        for words in forbidden {
            if let Some(found) = everything.iter().find(|text| text.contains(words)) {
                self.fail(self.line, format!("{words:?} nowhere (forbidden)"), cut(found));
            }
        }
    }

    fn shown(&self) -> String {
        cut(&self.came.text)
    }
}

fn written<'a>(tool: &str, arguments: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    let arguments: Vec<String> =
        arguments.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    if arguments.is_empty() { tool.to_owned() } else { format!("{tool} ({})", arguments.join(", ")) }
}

fn listed(calls: impl Iterator<Item = String>) -> String {
    let calls: Vec<String> = calls.collect();
    if calls.is_empty() { "none".to_owned() } else { calls.join(", then ") }
}

fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut shown: String = line.chars().take(SHOWN).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    shown
}
