//! From YAML to conversations: every problem of a file with its line and what to write instead.

use serde_json::Value as Json;

use super::{
    Act, Button, Category, Conversation, Expected, ExpectedCall, FlowAfter, Line, Needs, ServiceAnswer,
    ServiceOutcome, Step, script::Said,
};
use crate::flows::names::meant;
use crate::yaml::{self, Entry, Node, Value};
use crate::{HandOffReason, Identification, Language};

/// The day on which a conversation takes place that names none: results depend on no clock.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 22);

/// What is wrong in a file of conversations, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ConversationProblem {
    /// The file's path.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub problem: String,
}

/// Reads one file's text; `file` is its name in messages.
///
/// # Errors
/// With all problems of the file at once.
pub fn read(file: &str, text: &str) -> Result<Vec<Conversation>, Vec<ConversationProblem>> {
    let mut reader = Reader { file, problems: Vec::new() };
    let conversations = match yaml::parse(text) {
        Ok(node) => reader.file(&node),
        Err(problem) => {
            reader.wrong(problem.line, problem.what);
            Vec::new()
        }
    };
    if reader.problems.is_empty() { Ok(conversations) } else { Err(reader.problems) }
}

const CONVERSATION: [&str; 8] =
    ["category", "language", "signed_in", "today", "needs", "tools", "forbidden", "turns"];
const TURN: [&str; 14] = [
    "say",
    "press",
    "signs_in",
    "model",
    "answers",
    "clarifies",
    "hands_off",
    "flow",
    "ends",
    "slots",
    "calls",
    "card",
    "contains",
    "lacks",
];

struct Reader<'a> {
    file: &'a str,
    problems: Vec<ConversationProblem>,
}

impl Reader<'_> {
    fn wrong(&mut self, line: usize, problem: impl Into<String>) {
        self.problems.push(ConversationProblem { file: self.file.to_owned(), line, problem: problem.into() });
    }

    fn file(&mut self, node: &Node) -> Vec<Conversation> {
        self.keys(node, &["conversations"], "a file");
        let Some(all) = node.get("conversations") else {
            self.wrong(node.line, "there is no conversations:; write it, and names below it");
            return Vec::new();
        };
        if all.entries().is_empty() {
            self.wrong(all.line, "conversations must be a map; write names below it, each with a colon");
        }
        all.entries().iter().filter_map(|entry| self.conversation(entry)).collect()
    }

    fn conversation(&mut self, entry: &Entry) -> Option<Conversation> {
        let node = &entry.node;
        self.keys(node, &CONVERSATION, "a conversation");
        let mut conversation = Conversation {
            file: self.file.to_owned(),
            line: entry.line,
            name: entry.key.clone(),
            category: self.category(entry)?,
            needs: Needs::Nothing,
            language: "en".to_owned(),
            identification: Identification::Unknown,
            today: TODAY,
            answers: Vec::new(),
            turns: Vec::new(),
            forbidden: Vec::new(),
        };
        for Entry { line, key, node } in node.entries() {
            match key.as_str() {
                "language" if Language::from_tag(node.text()).is_some() => {
                    node.text().clone_into(&mut conversation.language);
                }
                "language" => self.wrong(
                    *line,
                    format!("language must be one of {}", Language::ALL.map(Language::code).join(", ")),
                ),
                "signed_in" => {
                    conversation.identification = match self.yes_no(*line, key, node) {
                        Some(true) => Identification::SignedIn,
                        Some(false) | None => Identification::Unknown,
                    };
                }
                "today" => match node.text().parse() {
                    Ok(day) => conversation.today = day,
                    Err(_) => self.wrong(*line, "today must be a day such as 2026-11-22"),
                },
                "needs" if node.text() == "model" => conversation.needs = Needs::Model,
                "needs" => self.wrong(*line, "needs must be model, or must not be there"),
                "tools" => {
                    conversation.answers =
                        node.entries().iter().filter_map(|entry| self.answer(entry)).collect();
                }
                "forbidden" => {
                    let texts = self.texts(*line, key, node);
                    conversation.forbidden =
                        texts.into_iter().map(|Line(_, text)| text.to_lowercase()).collect();
                }
                "turns" => {
                    conversation.turns = node.items().iter().filter_map(|turn| self.turn(turn)).collect();
                }
                _ => {}
            }
        }
        if node.get("turns").is_none_or(|turns| turns.items().is_empty()) {
            self.wrong(entry.line, format!("{} has no turns; write turns: and below it - say: …", entry.key));
        }
        Some(conversation)
    }

    fn category(&mut self, entry: &Entry) -> Option<Category> {
        let written = entry.node.get("category");
        let text = written.map_or("", Node::text);
        let category = Category::ALL.into_iter().find(|category| category.name() == text);
        if category.is_none() {
            let list = Category::ALL.map(Category::name).join(", ");
            self.wrong(
                written.map_or(entry.line, |node| node.line),
                format!("category must be one of {list}"),
            );
        }
        category
    }

    /// `order: …`, or `order WF-48213: …` for the calls with this value alone.
    fn answer(&mut self, entry: &Entry) -> Option<ServiceAnswer> {
        let (tool, given) = match entry.key.split_once(' ') {
            Some((tool, given)) => (tool, Some(given.trim().to_owned())),
            None => (entry.key.as_str(), None),
        };
        let outcome = match &entry.node.value {
            Value::Text(text) if text == "not_found" => ServiceOutcome::NotFound,
            Value::Text(text) if text == "failed" => ServiceOutcome::Failed,
            Value::Map(entries) => match entries.as_slice() {
                [Entry { key, node, .. }] if key == "refused" => {
                    ServiceOutcome::Refused(node.text().to_owned())
                }
                _ => ServiceOutcome::Found(json(&entry.node)),
            },
            Value::Text(_) | Value::List(_) => {
                let what = "write what the service answers: not_found, failed, { refused: CODE } or fields such as { status: packing }";
                self.wrong(entry.line, what);
                return None;
            }
        };
        Some(ServiceAnswer { tool: tool.to_owned(), given, outcome })
    }

    fn turn(&mut self, node: &Node) -> Option<Step> {
        self.keys(node, &TURN, "a turn");
        let act = match (node.get("say"), node.get("press"), node.get("signs_in")) {
            (Some(say), None, None) => Act::Say(say.text().to_owned()),
            (None, None, Some(signs_in)) if self.yes_no(signs_in.line, "signs_in", signs_in)? => Act::SignIn,
            (None, Some(press), None) => match self.yes_no(press.line, "press", press)? {
                true => Act::Press(Button::Confirm),
                false => Act::Press(Button::Decline),
            },
            _ => {
                self.wrong(
                    node.line,
                    "a turn needs one of say: with what the customer writes, press: yes or no, signs_in: yes",
                );
                return None;
            }
        };
        let mut expected = Expected::default();
        for entry in node.entries() {
            self.expectation(entry, &mut expected);
        }
        let model = node.get("model").and_then(|said| self.said(said));
        Some(Step { line: node.line, act, model, expected })
    }

    /// `model: …`, `model: { breaks_off: … }`, `model: fails`, or a choice: `model: { start_flow: … }`,
    /// `model: { hand_off: … }`, `model: { clarify: yes }`, `model: { show_article: … }`.
    fn said(&mut self, node: &Node) -> Option<Line<Said>> {
        let said = match (&node.value, node.entries()) {
            (Value::Text(text), _) if text == "fails" => Said::Fails,
            (Value::Text(text), _) if !text.is_empty() => Said::Text(text.clone()),
            (Value::Map(_), [Entry { key, node, .. }]) if key == "breaks_off" && !node.text().is_empty() => {
                Said::BreaksOff(node.text().to_owned())
            }
            (Value::Map(_), [Entry { key, node, .. }])
                if matches!(&**key, "start_flow" | "hand_off" | "show_article") =>
            {
                let name = match &**key {
                    "hand_off" => "reason",
                    "show_article" => "article",
                    _ => "flow",
                };
                let argument = Some((name.to_owned(), node.text().to_owned()));
                Said::Chooses { what: key.clone(), argument }
            }
            (Value::Map(_), [Entry { key, .. }]) if key == "clarify" => {
                Said::Chooses { what: key.clone(), argument: None }
            }
            _ => {
                let what = "model must be what a language model writes, or fails, or one of { breaks_off: what it writes before the connection ends }, { start_flow: a flow }, { hand_off: a reason }, { clarify: yes }, { show_article: an id }";
                self.wrong(node.line, what);
                return None;
            }
        };
        Some(Line(node.line, said))
    }

    fn expectation(&mut self, entry: &Entry, expected: &mut Expected) {
        let Entry { line, key, node } = entry;
        let text = || Line(*line, node.text().to_owned());
        match key.as_str() {
            "answers" => expected.answers = Some(text()),
            "card" => expected.card = Some(text()),
            "clarifies" => {
                expected.clarifies =
                    self.yes_no(*line, key, node).and_then(|yes| yes.then_some(Line(*line, ())));
            }
            "hands_off" => match HandOffReason::ALL.into_iter().find(|reason| reason.code() == node.text()) {
                Some(reason) => expected.hands_off = Some(Line(*line, reason)),
                None => {
                    let list = HandOffReason::ALL.map(HandOffReason::code).join(", ");
                    self.wrong(*line, format!("hands_off must be one of {list}"));
                }
            },
            "flow" => {
                let after = match node.text() {
                    "none" => FlowAfter::Outside,
                    name => FlowAfter::In(name.to_owned()),
                };
                expected.flow = Some(Line(*line, after));
            }
            "ends" => {
                let yes = self.yes_no(*line, key, node) == Some(true);
                expected.flow = yes.then_some(Line(*line, FlowAfter::Ended)).or(expected.flow.take());
            }
            "slots" => {
                let slot =
                    |entry: &Entry| Line(entry.line, (entry.key.clone(), entry.node.text().to_owned()));
                expected.slots = node.entries().iter().map(slot).collect();
            }
            "calls" => expected.calls = node.items().iter().map(expected_call).collect(),
            "contains" => expected.contains = self.texts(*line, key, node),
            "lacks" => expected.lacks = self.texts(*line, key, node),
            _ => {}
        }
    }

    fn texts(&mut self, line: usize, key: &str, node: &Node) -> Vec<Line<String>> {
        let texts: Vec<_> = node.items().iter().map(|item| Line(item.line, item.text().to_owned())).collect();
        if texts.is_empty() || texts.iter().any(|Line(_, text)| text.is_empty()) {
            self.wrong(line, format!("{key} must be a list of texts, as in [one, another]; quotes help where a text has a comma"));
        }
        texts
    }

    fn yes_no(&mut self, line: usize, key: &str, node: &Node) -> Option<bool> {
        match node.text() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => {
                self.wrong(line, format!("{key} must be yes or no"));
                None
            }
        }
    }

    fn keys(&mut self, node: &Node, known: &[&str], what: &str) {
        if !matches!(node.value, Value::Map(_)) {
            self.wrong(node.line, format!("{what} must be a map; write {} below it", known.join(", ")));
        }
        for entry in node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let instead = meant(&entry.key, known.iter().copied(), &format!("one of {}", known.join(", ")));
            self.wrong(entry.line, format!("{what} cannot have {:?}; write {instead}", entry.key));
        }
    }
}

/// `order`, or `order: { order: WF-48213 }`.
fn expected_call(node: &Node) -> Line<ExpectedCall> {
    let call = match node.entries().first() {
        Some(entry) => {
            let given = |entry: &Entry| (entry.key.clone(), entry.node.text().to_owned());
            let arguments = entry.node.entries().iter().map(given).collect();
            ExpectedCall { tool: entry.key.clone(), arguments }
        }
        None => ExpectedCall { tool: node.text().to_owned(), arguments: Vec::new() },
    };
    Line(node.line, call)
}

fn json(node: &Node) -> Json {
    match &node.value {
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), json(&entry.node))).collect())
        }
    }
}
