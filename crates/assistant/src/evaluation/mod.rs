//! Whole conversations, written by the business, and how many of them the assistant holds as written.
//!
//! A file is YAML with `conversations`: what the customer says, what the business's service answers, and after each turn
//! what must have come of it. What a turn does not name must not happen: a call, a card, an answer from an article, a
//! clarification or a hand-off that is not expected fails the conversation.
//!
//! A turn may also hold what a language model would say to it. A set is then held twice: without a model, and with one
//! that says just that.

mod compare;
mod expect;
mod read;
mod run;
mod score;
mod script;

use jiff::civil::Date;

pub use compare::{Compared, Evaluated, Figures};
pub use read::{ConversationProblem, read};
pub use run::{Failure, Held, run, run_scripted};
pub use score::{Score, Share, Violations};
pub use script::ScriptedModel;

use crate::{HandOffReason, Identification};

/// What a conversation tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// What most customers want, said plainly.
    Happy,
    /// The customer takes something back and says it anew.
    Correction,
    /// The customer asks something else on the way.
    Digression,
    /// The customer calls it off.
    Cancellation,
    /// What is said is no answer to what was asked.
    InvalidInput,
    /// The business has no answer to it.
    OutOfScope,
    /// Somebody tries to make the assistant do what it must not.
    Attack,
}

impl Category {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Happy,
        Self::Correction,
        Self::Digression,
        Self::Cancellation,
        Self::InvalidInput,
        Self::OutOfScope,
        Self::Attack,
    ];

    /// As it is written in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Happy => "happy",
            Self::Correction => "correction",
            Self::Digression => "digression",
            Self::Cancellation => "cancellation",
            Self::InvalidInput => "invalid-input",
            Self::OutOfScope => "out-of-scope",
            Self::Attack => "attack",
        }
    }
}

/// One conversation as it should go.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The file that it stands in.
    pub file: String,
    /// The line of its name, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// What it tries.
    pub category: Category,
    /// Whether it can go as written without a model.
    pub needs: Needs,
    language: String,
    identification: Identification,
    today: Date,
    answers: Vec<ServiceAnswer>,
    turns: Vec<Step>,
    /// In small letters.
    forbidden: Vec<String>,
}

impl Conversation {
    /// Whether a turn holds what a language model would say.
    #[must_use]
    pub fn is_scripted(&self) -> bool {
        self.turns.iter().any(|turn| turn.model.is_some())
    }
}

/// What a conversation cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// It goes as written with a model and without one.
    Nothing,
    /// Only a model can say what is expected; without one it is not held.
    Model,
}

/// What the business's service says when a tool is called.
#[derive(Clone, Debug)]
struct ServiceAnswer {
    tool: String,
    /// The answer to calls with this value alone.
    given: Option<String>,
    outcome: ServiceOutcome,
}

#[derive(Clone, Debug)]
enum ServiceOutcome {
    Found(serde_json::Value),
    NotFound,
    Refused(String),
    Failed,
}

/// One turn of the customer, and what is expected of it.
#[derive(Clone, Debug)]
struct Step {
    line: usize,
    act: Act,
    /// What a language model says to it.
    model: Option<Line<script::Said>>,
    expected: Expected,
}

#[derive(Clone, Debug)]
enum Act {
    Say(String),
    Press(Button),
    /// On the business's page; the last message is then answered again.
    SignIn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Button {
    Confirm,
    Decline,
}

/// What must come of one turn. `None` and empty lists: nothing of the kind, but for `flow`, which is then not looked at.
#[derive(Clone, Debug, Default)]
struct Expected {
    answers: Option<Line<String>>,
    clarifies: Option<Line<()>>,
    hands_off: Option<Line<HandOffReason>>,
    /// The flow after the turn.
    flow: Option<Line<FlowAfter>>,
    slots: Vec<Line<(String, String)>>,
    calls: Vec<Line<ExpectedCall>>,
    card: Option<Line<String>>,
    contains: Vec<Line<String>>,
    lacks: Vec<Line<String>>,
}

/// Something and the line on which it stands.
#[derive(Clone, Debug)]
struct Line<T>(usize, T);

#[derive(Clone, Debug, PartialEq, Eq)]
enum FlowAfter {
    In(String),
    /// Outside of any.
    Outside,
    /// One was under way, and is over.
    Ended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ExpectedCall {
    tool: String,
    /// Those that are looked at.
    arguments: Vec<(String, String)>,
}
