//! What goes into the machine and what comes out of it.

use anonymizer::AnonymizedText;

use super::state::FlowState;
use crate::{HandOffReason, ToolCall, ToolResult};

/// What goes into the machine.
#[derive(Clone, Copy)]
pub enum Input<'a> {
    /// What the customer wrote.
    Message {
        /// The words.
        text: &'a AnonymizedText,
        /// The intent that the words surely have, when they have one.
        intent: Option<&'a str>,
    },
    /// The customer pressed a button of the card: whether it was the one that confirms.
    Pressed(bool),
    /// The result of the call that it asked for.
    Result(&'a ToolResult),
}

/// What comes out of it. Texts are in tokens, never values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Say this and wait for the customer.
    Asks {
        /// For the next input.
        state: FlowState,
        /// Ends with a question.
        text: String,
        /// What is called when the customer presses the button for it; words do not confirm.
        card: Option<ToolCall>,
        /// What the customer may choose from; empty when anything may be the answer.
        quick_replies: Vec<String>,
    },
    /// Call this tool for the verified customer and come back with its result. What needs the customer's yes has it.
    Calls {
        /// For the next input.
        state: FlowState,
        /// What to call.
        call: ToolCall,
    },
    /// The message was about something else: answer that, then put the flow's question again.
    Aside {
        /// For the next input.
        state: FlowState,
        /// The question.
        again: String,
        /// As in `Asks`.
        card: Option<ToolCall>,
        /// As in `Asks`.
        quick_replies: Vec<String>,
    },
    /// A person takes over.
    HandsOff {
        /// Why.
        why: Why,
        /// What the customer reads.
        text: String,
        /// What the flow has found out: names of slots and fields, and their values.
        known: Vec<(String, String)>,
    },
    /// It is over; say this.
    Ends {
        /// The last words.
        text: String,
        /// How it ended.
        how: Ending,
    },
}

/// Why a flow needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// What the assistant hands over for anywhere.
    Reason(HandOffReason),
    /// The flow says so, for this reason.
    Step(String),
    /// It went on for too long.
    TooLong,
    /// Something was changed already that the customer now wants otherwise.
    Done,
    /// The files were changed and the place in the flow is gone.
    Gone,
}

/// How a flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At one of its ends.
    Done,
    /// The customer called it off.
    Cancelled,
}
