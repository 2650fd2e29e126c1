//! A call that needs a one-time code: the code is sent, awaited, taken out of the customer's next message before anyone
//! else reads it, and the call is made.
//!
//! The customer's message that led to the call counts as answered while the code is awaited, and as not answered from the
//! right code on: whoever starts the desk again finds it, and the call beside it. Any message that is no code calls the
//! code off, and is answered like every other.

use std::{collections::BTreeMap, sync::Arc};

use assistant::{CodeSentence, DraftReply, FlowState, IdentityLevel, ReplyKind, Tool, ToolCall};
use protocol::{FromDesk, MessageId, MessageText, Speaker};
use serde::{Deserialize, Serialize};
use store::desk::{Phase, StoredSpeaker};
use tracing::warn;

use super::{
    Conversation,
    line::{HandOff, Reply},
    memory::Memory,
    step::Changes,
    thinking::{Outcome, Question, Thinking},
};
use crate::{
    access::{Access, Actor, Purpose},
    chain::chain,
    code::{Code, PostError, Try, Typed, typed},
    identity::Claims,
    mail::Recipient,
};

/// There is nowhere to send a code to.
const NO_ADDRESS: &str = "no-address";

/// The call that waits for a code.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    /// The position of the customer's message that led to it.
    position: i64,
    tool: String,
    /// With tokens in the place of values.
    arguments: BTreeMap<String, String>,
    /// Where the flow is when the call is made.
    flow: Option<FlowState>,
    /// Whether the code was given.
    ready: bool,
}

/// A code is on its way, or is not.
pub(super) struct Mailed {
    call: ToolCall,
    claims: Claims,
    code: Code,
    sent: Result<(), PostError>,
}

impl Memory {
    /// A message that is no code: the awaited one, and the call, are called off. `None` when nothing is awaited.
    pub(super) fn without_code(&self) -> Option<Self> {
        let mut memory = self.codes.is_awaited().then(|| self.clone())?;
        memory.codes.call_off();
        memory.pending = None;
        Some(memory)
    }
}

impl Conversation {
    /// The customer, when a call of the tool needs a code that was not given yet. Who is not signed in has no address
    /// either; the policy refuses the call.
    pub(super) fn lacks_code(&self, tool: &Tool) -> Option<Claims> {
        let claims = self.claims.as_ref().filter(|_| tool.identity == IdentityLevel::Code)?;
        (!self.memory.codes.holds(claims, self.desk.clock.now())).then(|| claims.clone())
    }

    /// Sends a code, and with it ends the turn.
    pub(super) async fn ask_code(&mut self, thinking: Thinking, call: ToolCall, claims: Claims) {
        let address = claims.email.clone().unwrap_or_default();
        let Some(recipient) = Recipient::new(&address) else {
            let hand_off = HandOff { reason: NO_ADDRESS, summary: String::new() };
            return self.say(&thinking, CodeSentence::NoAddress, &[], None, Some(hand_off)).await;
        };
        if !self.memory.codes.may_send(self.desk.clock.now()) {
            return self.say(&thinking, CodeSentence::Limit, &[], None, None).await;
        }
        let fields = vec![anonymizer::Entity::Email.label().to_owned()];
        if !self.recorded(Access::SendCode, fields).await {
            return self.give_up(thinking.question.message.position).await;
        }
        let (desk, language) = (Arc::clone(&self.desk), self.language.clone());
        let code = Code::random(self.desk.entropy.as_ref());
        let work = self.spawn(async move {
            let sent = desk.post.send(recipient, &address, &code, &language).await;
            Outcome::Mailed(Box::new(Mailed { call, claims, code, sent }))
        });
        self.thinking = Some(thinking.calling(work));
    }

    /// The relay has taken the mail, or has not.
    pub(super) async fn mailed(&mut self, thinking: Thinking, mailed: Mailed) {
        match mailed.sent {
            Ok(()) => {
                let mut memory = self.memory.clone();
                let now = self.desk.clock.now();
                memory.codes.sent(&mailed.code, &mailed.claims, self.desk.entropy.as_ref(), now);
                memory.pending = Some(Pending {
                    position: thinking.question.message.position,
                    tool: mailed.call.tool,
                    arguments: mailed.call.arguments,
                    flow: thinking.flow.clone(),
                    ready: false,
                });
                let address = mailed.claims.email.as_deref().and_then(Recipient::new);
                let shown = address.map(|address| address.shown()).unwrap_or_default();
                let values = [("address", shown.as_str())];
                self.say(&thinking, CodeSentence::Sent, &values, Some(memory), None).await;
            }
            Err(PostError::Limit) => self.say(&thinking, CodeSentence::Limit, &[], None, None).await,
            Err(error) => {
                warn!(channel = %self.channel, error = %chain(&error), "a code was not sent");
                self.give_up(thinking.question.message.position).await;
            }
        }
    }

    /// Takes a message that holds a code, while one is awaited: it is not stored, and nobody else reads it. Gives
    /// whether it was one.
    pub(super) fn take_code(&mut self, id: MessageId, text: &str, changes: &mut Changes) -> bool {
        if !self.memory.codes.is_awaited() || self.phase != Phase::Assistant {
            return false;
        }
        let Some(claims) = &self.claims else { return false };
        let digits = match typed(text) {
            Typed::Nothing => return false,
            Typed::One(digits) => Some(digits),
            Typed::Several => None,
        };
        let digits = digits.as_ref().and_then(|digits| std::str::from_utf8(digits).ok());
        let mut memory = self.memory.clone();
        let outcome = memory.codes.attempt(digits, claims, self.desk.clock.now());
        changes.payloads.push(FromDesk::Received { id });
        let said = match outcome {
            Try::Right => {
                if let Some(pending) = &mut memory.pending {
                    pending.ready = true;
                    changes.answered = Some(pending.position - 1);
                }
                None
            }
            Try::Wrong { left } => Some((CodeSentence::Wrong, left)),
            Try::Spent => Some((CodeSentence::Spent, 0)),
            Try::TooLate => Some((CodeSentence::TooLate, 0)),
        };
        if !memory.codes.is_awaited() && outcome != Try::Right {
            memory.pending = None;
        }
        if let Some((sentence, left)) = said {
            let text = sentence.in_language(&self.language, &[("left", &left.to_string())]);
            let message = self.message(self.new_message(), StoredSpeaker::Assistant, &text);
            changes.payloads.push(FromDesk::Text {
                id: message.id,
                speaker: Speaker::Assistant,
                text: MessageText::new(text),
                citations: Vec::new(),
                card: None,
                quick_replies: Vec::new(),
                at: message.at,
            });
            changes.messages.push(message);
        }
        changes.memory = Some(memory);
        true
    }

    /// Makes the call that waited for the code, if this is the message that led to it; else gives the question back.
    pub(super) async fn resume(&mut self, question: Question) -> Option<Question> {
        let pending = self.memory.pending.take_if(|pending| pending.ready);
        let Some(pending) = pending.filter(|pending| pending.position == question.message.position) else {
            return Some(question);
        };
        let now = self.desk.clock.now();
        if !self.claims.as_ref().is_some_and(|claims| self.memory.codes.holds(claims, now)) {
            return Some(question);
        }
        if !self.recorded(Access::UseCode, vec![pending.tool.clone()]).await {
            self.give_up(pending.position).await;
            return None;
        }
        let nothing = self.spawn(std::future::pending());
        let thinking = Thinking::resumed(question, pending.flow, self.memory.spent.tokens(), nothing);
        let call = ToolCall { tool: pending.tool, arguments: pending.arguments };
        self.call(thinking, call).await;
        None
    }

    async fn recorded(&self, access: Access, fields: Vec<String>) -> bool {
        let written =
            self.desk.access.write(Actor::Assistant, access, self.subject, Purpose::VerifyCustomer, fields);
        match written.await {
            Ok(()) => true,
            Err(error) => {
                warn!(channel = %self.channel, error = %chain(&error), "nothing was released");
                false
            }
        }
    }

    /// Answers the message with a sentence of the desk's own; the flow stays where it was before the message.
    async fn say(
        &mut self,
        thinking: &Thinking,
        sentence: CodeSentence,
        values: &[(&str, &str)],
        memory: Option<Memory>,
        hand_off: Option<HandOff>,
    ) {
        let reply = Reply {
            id: thinking.question.reply,
            position: thinking.question.message.position,
            draft: DraftReply::plain(sentence.in_language(&self.language, values), ReplyKind::Answer),
            unanswered: 0,
            hand_off,
            flow: None,
            memory: Some(memory.unwrap_or_else(|| self.memory.clone())),
        };
        self.reply(reply).await;
    }
}
