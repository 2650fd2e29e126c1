//! Checked intents and flows: every name in them leads somewhere.

use std::collections::BTreeMap;

use crate::Language;

/// What customers want, and what is then done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its name.
    pub name: String,
    /// For people who edit it.
    pub description: String,
    /// What customers say, by language; at least five in one of them.
    pub examples: BTreeMap<Language, Vec<String>>,
    /// What it starts.
    pub starts: Start,
}

/// What an intent starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The flow of this name.
    Flow(String),
    /// The answer of the article with this id.
    Article(String),
    /// A person, for this reason.
    HandOff(String),
}

/// One flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// For people who edit it.
    pub description: String,
    pub(super) slots: Vec<Slot>,
    /// Never empty; the first one is where it begins.
    pub(super) steps: Vec<Step>,
}

impl Flow {
    pub(super) fn slot(&self, name: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name == name)
    }

    pub(super) fn step(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }
}

/// Something that the customer is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) kind: SlotKind,
    /// The question.
    pub(super) ask: Texts,
    /// What is said when the answer is none; the standard sentence when absent.
    pub(super) wrong: Option<Texts>,
}

/// What may stand in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SlotKind {
    OrderNumber,
    Date(When),
    Amount,
    Email,
    Address,
    YesNo,
    Choice(Vec<Choice>),
}

/// On which side of today a date lies; today is on both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Past,
    Future,
    Any,
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) name: String,
    /// As the customer reads it.
    pub(super) label: Texts,
    /// Other words for it.
    pub(super) also: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// As written, else "step 3".
    pub(super) name: String,
    pub(super) action: Action,
}

/// A step's number in its flow.
pub(super) type Place = usize;

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Ask {
        slot: String,
        asks: Asks,
        next: Place,
    },
    Say {
        text: Texts,
        next: Place,
    },
    Call(Call),
    Check {
        /// A slot, or a field that a call kept.
        what: String,
        cases: Vec<(Condition, Place)>,
        otherwise: Place,
    },
    Try {
        text: Texts,
        yes: Place,
        no: Place,
    },
    HandOff {
        reason: String,
        say: Option<Texts>,
    },
    End {
        say: Option<Texts>,
    },
}

/// Whether a step asks for what is known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    WhenUnknown,
    Again,
}

/// A tool to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) tool: String,
    /// The slot for each parameter of the tool.
    pub(super) arguments: BTreeMap<String, String>,
    /// Fields of the answer that later steps use.
    pub(super) keep: Vec<String>,
    pub(super) confirm: Option<Confirm>,
    pub(super) next: Place,
    /// A person takes over when there is none.
    pub(super) not_found: Option<Place>,
    /// The same.
    pub(super) failed: Option<Place>,
    /// When the service said no; as `failed` when there is none.
    pub(super) refused: Option<Place>,
}

/// What the customer agrees to before a tool is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Confirm {
    pub(super) text: Texts,
    /// Where it goes on after a no; the flow is cancelled when there is none.
    pub(super) declined: Option<Place>,
}

/// When a case of a check holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// The value is one of these, but for case.
    Is(Vec<String>),
    /// The date is more than so many days ago.
    OlderThanDays(u32),
    /// The amount is more than this, in hundredths.
    MoreThan(u64),
    /// There is no value, or one that was masked and so cannot be compared.
    Missing,
}

/// One text in each language of its flow; never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts(pub(super) BTreeMap<Language, String>);

impl Texts {
    /// The text in this language, else in the first that there is.
    pub(super) fn of(&self, language: Language) -> &str {
        self.0.get(&language).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }
}
