//! Where a conversation is in a flow: small, masked, and kept by the desk between messages.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::flow::Flow;
use super::slots::SlotValue;

/// A place in a flow and what is known so far. It refers to flow, step and slots by name, so it stays good when the
/// files change around it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowState {
    pub(super) flow: String,
    pub(super) step: String,
    pub(super) waiting: Waiting,
    /// In the order in which they were given.
    pub(super) values: Vec<(String, SlotValue)>,
    /// Fields that calls kept.
    pub(super) kept: BTreeMap<String, String>,
    /// How often each question was put.
    pub(super) asked: BTreeMap<String, u8>,
    /// Answers in a row that were none.
    pub(super) failures: u8,
    /// Messages and results so far.
    pub(super) turns: u8,
    /// What is to be said with the next words: a call came before they could be.
    #[serde(default)]
    pub(super) said: Vec<String>,
    /// Whether a call that the customer had confirmed has been made.
    pub(super) confirmed: Confirmed,
}

/// What the next input is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Waiting {
    /// The answer to the step's question.
    Answer,
    /// The same, after a person was offered.
    AnswerOrPerson,
    /// The result of the step's call.
    Result,
}

/// Whether something was done that a correction cannot take back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Confirmed {
    Nothing,
    Something,
}

impl FlowState {
    pub(super) fn new(flow: &Flow) -> Self {
        Self {
            flow: flow.name.clone(),
            step: flow.steps.first().map(|step| step.name.clone()).unwrap_or_default(),
            waiting: Waiting::Answer,
            values: Vec::new(),
            kept: BTreeMap::new(),
            asked: BTreeMap::new(),
            failures: 0,
            turns: 0,
            said: Vec::new(),
            confirmed: Confirmed::Nothing,
        }
    }

    /// The name of the flow.
    #[must_use]
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// The slots that are filled, in the order in which they were given, and their values in tokens.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (&str, String)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.plain()))
    }

    /// Whether a call was asked for whose result has not come.
    pub(crate) fn waits_for_result(&self) -> bool {
        self.waiting == Waiting::Result
    }

    /// Whether that call is one that may be made again: no button was pressed for it.
    pub(crate) fn may_call_again(&self) -> bool {
        self.confirmed == Confirmed::Nothing
    }

    pub(super) fn value(&self, slot: &str) -> Option<&SlotValue> {
        self.values.iter().find(|(name, _)| name == slot).map(|(_, value)| value)
    }

    /// Puts a value in; it becomes the last one given.
    pub(super) fn fill(&mut self, slot: &str, value: SlotValue) {
        self.forget(slot);
        self.values.push((slot.to_owned(), value));
    }

    pub(super) fn forget(&mut self, slot: &str) {
        self.values.retain(|(name, _)| name != slot);
    }
}

// What a customer said stays out of logs, masked or not.
impl fmt::Debug for FlowState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowState")
            .field("flow", &self.flow)
            .field("step", &self.step)
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}
