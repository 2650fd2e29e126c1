//! What the assistant is given for one turn of a conversation and what it decides.

use std::collections::BTreeMap;

use anonymizer::{AnonymizedText, LeakGuard};
use jiff::civil::Date;
use llm::Spent;

use crate::FlowState;
use crate::knowledge::Reader;

/// Everything the assistant may know when it decides. It keeps no state of its own: the same turn gives the
/// same decision (without a model), also after a crash.
pub struct Turn<'a> {
    /// What was said before `message`, oldest first.
    pub history: &'a [HistoryEntry],
    /// The customer's message that waits for an answer.
    pub message: &'a AnonymizedText,
    /// BCP 47 tag that the customer's device gave; the words of the message may overrule it.
    pub language: &'a str,
    /// Whether the business's page has vouched for who the customer is.
    pub identification: Identification,
    /// The day in UTC: an article may hold for a time only.
    pub today: Date,
    /// Results of the tools that were called for this message, in order; empty at first.
    pub tool_results: &'a [ToolResult],
    /// How often in a row the assistant could not help, as [`Decision::unanswered`] counted it.
    pub unanswered: u8,
    /// Where the conversation is in a flow, as the last [`Decided::flow`] left it; also with each tool result.
    pub flow: Option<&'a FlowState>,
    /// When the message is the press of a button of the last [`Card`]: whether it was the one that confirms. Words
    /// never confirm.
    pub pressed: Option<bool>,
    /// Scans what leaves for a model once more.
    pub guard: &'a LeakGuard,
    /// What the conversation has spent on a model so far. None: a model is not asked, and the answer is there at once.
    pub model: Option<&'a Spent>,
}

impl Turn<'_> {
    /// For whom articles are looked for.
    pub(crate) fn reader(&self) -> Reader {
        Reader::Customer { identification: self.identification, today: self.today }
    }
}

/// What the desk knows about who the customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identification {
    /// Nobody is signed in on the business's page.
    Unknown,
    /// The page gave a signed identity and the desk has verified it.
    SignedIn,
}

/// One earlier message.
#[derive(Clone, Debug)]
pub struct HistoryEntry {
    /// Who wrote it.
    pub speaker: HistorySpeaker,
    /// The words, masked.
    pub text: AnonymizedText,
}

/// Who wrote an earlier message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistorySpeaker {
    /// The customer.
    Customer,
    /// This assistant.
    Assistant,
    /// A person of the business.
    Agent,
    /// A standard sentence of the desk.
    Desk,
}

/// What a tool gave back.
#[derive(Clone, Debug)]
pub struct ToolResult {
    /// The tool's name, as in the call.
    pub tool: String,
    /// What came of it.
    pub outcome: ToolOutcome,
}

/// What came of a tool call.
#[derive(Clone, Debug)]
pub enum ToolOutcome {
    /// The body of the answer (JSON), masked by the desk.
    Found(AnonymizedText),
    /// There is no such thing for this customer.
    NotFound,
    /// The service, or one of the tool's limits, said no.
    Refused {
        /// Why: a word of lower-case letters, digits and hyphens, such as `over-limit`.
        code: String,
    },
    /// The service did not answer, or answered with something else than the tool declares.
    Failed,
}

/// What to do next, and where in a flow the conversation is then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What to do.
    pub decision: Decision,
    /// For [`Turn::flow`]; none outside of a flow.
    pub flow: Option<FlowState>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Say this.
    Reply(DraftReply),
    /// Call this tool for the verified customer, mask the result and ask again with it.
    CallTool(ToolCall),
    /// Say `text` and put the conversation before a person.
    HandOff {
        /// Why, for the agent and for figures.
        reason: HandOffReason,
        /// What the customer reads.
        text: String,
        /// What the agent reads: what was asked, what was tried. Masked.
        summary: String,
    },
}

impl Decision {
    /// The number of failures in a row after this decision, to be stored and given back in
    /// [`Turn::unanswered`]: an answer sets it to zero, a clarification adds one, small talk leaves it.
    #[must_use]
    pub fn unanswered(&self, before: u8) -> u8 {
        match self {
            Self::Reply(reply) => match reply.kind {
                ReplyKind::Answer | ReplyKind::SignIn => 0,
                ReplyKind::Clarification => before.saturating_add(1),
                ReplyKind::SmallTalk => before,
            },
            Self::CallTool(_) => before,
            Self::HandOff { .. } => 0,
        }
    }
}

/// A reply in tokens, never values; the desk checks and restores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftReply {
    /// The words: text with a small safe subset of Markdown.
    pub text: String,
    /// The articles it rests on. Never empty for an answer from the knowledge base.
    pub citations: Vec<Citation>,
    /// What sort of reply it is.
    pub kind: ReplyKind,
    /// Two buttons below the words.
    pub card: Option<Card>,
    /// Words that the customer may choose from instead of writing; the text asks for one of them.
    pub quick_replies: Vec<String>,
}

impl DraftReply {
    /// Words and nothing besides.
    #[must_use]
    pub fn plain(text: String, kind: ReplyKind) -> Self {
        Self { text, citations: Vec::new(), kind, card: None, quick_replies: Vec::new() }
    }
}

/// Asks the customer to confirm what will be done; the words of the reply say what that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What is called after the press of the button that confirms, and only then.
    pub call: ToolCall,
    /// The words on that button.
    pub confirm: String,
    /// The words on the other one.
    pub decline: String,
}

/// What sort of reply it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyKind {
    /// It answers, or carries on a flow ("please sign in", "which order?").
    Answer,
    /// The assistant did not understand and asks again.
    Clarification,
    /// A greeting, thanks or goodbye.
    SmallTalk,
    /// The customer must sign in first. Once they have, the same message is to be answered again, with the flow that
    /// came with this reply.
    SignIn,
}

/// Where an answer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The article's title.
    pub title: String,
    /// Where it can be read, when it is on the web.
    pub url: Option<String>,
    /// The article's own words that support the answer.
    pub quote: String,
}

/// A tool to call. It never carries the customer's id: the desk puts that in from the verified identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The tool's name, one of [`crate::Tools`].
    pub tool: String,
    /// Declared parameters; a value may be a token, which the desk restores.
    pub arguments: BTreeMap<String, String>,
}

/// Why a person is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandOffReason {
    /// The customer asked for a person.
    Requested,
    /// The customer is angry or complains.
    Anger,
    /// Somebody may come to harm, or a device is dangerous.
    Danger,
    /// The customer speaks of a lawyer, a court or an authority.
    Legal,
    /// A decision with a significant effect on the customer is asked about or contested (GDPR Art. 22).
    SignificantDecision,
    /// The assistant did not understand twice in a row.
    NotUnderstood,
    /// A tool that the answer needs does not work.
    ToolFailed,
    /// A step of a flow, or an intent, is for a person.
    Flow,
}

impl HandOffReason {
    pub(crate) const ALL: [Self; 8] = [
        Self::Requested,
        Self::Anger,
        Self::Danger,
        Self::Legal,
        Self::SignificantDecision,
        Self::NotUnderstood,
        Self::ToolFailed,
        Self::Flow,
    ];

    /// A stable code for figures and records.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Anger => "anger",
            Self::Danger => "danger",
            Self::Legal => "legal",
            Self::SignificantDecision => "decision",
            Self::NotUnderstood => "not-understood",
            Self::ToolFailed => "tool-failed",
            Self::Flow => "flow",
        }
    }
}

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// The index could not be read.
    #[error("the knowledge index cannot be searched")]
    Search(#[from] crate::SearchError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(kind: ReplyKind) -> Decision {
        Decision::Reply(DraftReply::plain(String::new(), kind))
    }

    #[test]
    fn only_a_clarification_counts_as_a_failure_and_only_an_answer_ends_the_row() {
        assert_eq!(reply(ReplyKind::Clarification).unanswered(1), 2);
        assert_eq!(reply(ReplyKind::SmallTalk).unanswered(1), 1);
        assert_eq!(reply(ReplyKind::Answer).unanswered(1), 0);
        assert_eq!(reply(ReplyKind::Clarification).unanswered(u8::MAX), u8::MAX);
    }
}
