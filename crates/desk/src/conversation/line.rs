//! The way of a message through the desk. Two functions, read one after the other:
//!
//! [`Conversation::receive`]: open → mask → store → acknowledge;
//! [`Conversation::reply`]: check → restore → seal → store → send.
//!
//! Between them the assistant thinks about masked text (`thinking.rs`).

use anonymizer::Plaintext;
use assistant::{DraftReply, FlowState};
use e2ee::{Opened, Sender};
use protocol::{
    Card, Citation, Delivery, EnvelopeKind, FromCustomer, FromDesk, Holder, MessageId, MessageText,
    NoticeCode, Speaker,
};
use store::desk::{ConsentRecord, NewMessage, Phase, StoredSpeaker};
use tracing::{info, warn};

use super::{
    Conversation, anonymise,
    memory::Memory,
    step::{Changes, Stored},
};
use crate::{
    access::{Access, Actor, Purpose, released},
    chain::chain,
    hub_link::Outgoing,
    identity,
    phase::{self, AssistantAllowed, PhaseEvent},
};

/// What the assistant decided to say.
pub(super) struct Reply {
    /// The same as that of the pieces before it.
    pub(super) id: MessageId,
    /// The position of the message that it answers.
    pub(super) position: i64,
    pub(super) draft: DraftReply,
    /// How often in a row the assistant had no answer, this time counted.
    pub(super) unanswered: u32,
    pub(super) hand_off: Option<HandOff>,
    pub(super) flow: Option<FlowState>,
    /// What is remembered instead of what follows from `flow` and the draft's card.
    pub(super) memory: Option<Memory>,
}

/// Why a person is asked for, for whoever takes over.
pub(super) struct HandOff {
    /// A stable code.
    pub(super) reason: &'static str,
    /// Masked.
    pub(super) summary: String,
}

/// The customer pressed the button.
const REQUESTED: &str = "requested";
/// The policy lets no model read the message.
const BLOCKED: &str = "blocked";

impl Conversation {
    /// From the hub into the store. An envelope that cannot be opened is noted, acknowledged and left: the hub,
    /// or whoever holds a capability, can deliver anything, and one bad envelope must not stop the next.
    pub(super) async fn receive(&mut self, delivery: Delivery) {
        if delivery.seq > self.processed {
            let mut changes = Changes { processed: Some(delivery.seq), ..Changes::default() };
            match self.open_envelope(&delivery) {
                Ok(Some(payload)) => self.take(payload, &mut changes),
                Ok(None) => {}
                Err(error) => {
                    warn!(channel = %self.channel, seq = delivery.seq, error = %chain(&error), "an envelope was refused");
                }
            }
            if self.commit(changes).await == Stored::No {
                return;
            }
        }
        self.send(Outgoing::Ack(self.channel, delivery.seq)).await;
    }

    fn open_envelope(&mut self, delivery: &Delivery) -> Result<Option<FromCustomer>, e2ee::OpenError> {
        match delivery.envelope.kind {
            EnvelopeKind::Welcome => return Ok(None),
            EnvelopeKind::Commit | EnvelopeKind::Message => {}
        }
        match self.member.open(&delivery.envelope.body.0, self.desk.clock.now())? {
            // A payload that is no JSON of ours is a newer version's or nobody's; either way it says nothing.
            Opened::Message { sender: Sender::Device, payload } => {
                Ok(Some(serde_json::from_slice(&payload).unwrap_or(FromCustomer::Unknown)))
            }
            Opened::Message { sender: Sender::Desk, .. } | Opened::Own => Ok(None),
            Opened::Commit { added, removed, .. } => {
                info!(channel = %self.channel, added = added.len(), removed = removed.len(), "devices changed");
                Ok(None)
            }
        }
    }

    /// What the customer's device said, as changes of this step.
    fn take(&mut self, payload: FromCustomer, changes: &mut Changes) {
        match payload {
            FromCustomer::Text { id, text } => self.take_text(id, &text, changes),
            FromCustomer::Hello { notice, language, consents, identity } => {
                changes.language = Some(language);
                self.take_consents(&notice, consents, changes);
                if let Some(token) = identity {
                    self.take_identity(token.reveal(), changes);
                }
            }
            FromCustomer::Consent { consents } => self.take_consents("", consents, changes),
            FromCustomer::Press { id, card, yes } => self.take_press(id, card, yes, changes),
            FromCustomer::WantPerson { id } => {
                changes.payloads.push(FromDesk::Received { id });
                self.hand_off(REQUESTED, "", changes);
            }
            FromCustomer::Typing => {}
            FromCustomer::Unknown => {
                changes.payloads.push(FromDesk::Notice { code: NoticeCode::NewerVersion })
            }
        }
    }

    fn take_text(&mut self, id: MessageId, text: &MessageText, changes: &mut Changes) {
        if self.take_code(id, text.reveal(), changes) {
            return;
        }
        changes.memory = self.memory.without_code();
        let plain = Plaintext::new(text.reveal().to_owned());
        let masked = anonymise(|| self.desk.anonymizer.mask(&plain, &mut self.vault));
        let stored = masked.as_ref().unwrap_or_else(|blocked| &blocked.hidden);
        changes.messages.push(self.message(id, StoredSpeaker::Customer, stored.as_str()));
        changes.payloads.push(FromDesk::Received { id });
        self.shift(PhaseEvent::CustomerWrote { assistant_allowed: self.assistant_allowed }, changes);
        if masked.is_err() {
            self.hand_off(BLOCKED, "", changes);
        }
    }

    /// A press of the last card becomes a message, so that it is answered and stands in the history. One of a card that
    /// is settled, or that a person's coming has settled, does nothing.
    fn take_press(&mut self, id: MessageId, card: MessageId, yes: bool, changes: &mut Changes) {
        changes.payloads.push(FromDesk::Received { id });
        let mut memory = self.memory.clone();
        let Some(label) = memory.press(card, id, yes).filter(|_| self.phase == Phase::Assistant) else {
            return;
        };
        changes.messages.push(self.message(id, StoredSpeaker::Customer, &label));
        changes.memory = Some(memory);
        self.shift(PhaseEvent::CustomerWrote { assistant_allowed: self.assistant_allowed }, changes);
    }

    fn take_consents(&mut self, notice: &str, consents: protocol::Consents, changes: &mut Changes) {
        self.assistant_allowed =
            if consents.assistant { AssistantAllowed::Yes } else { AssistantAllowed::No };
        changes.consent = Some(ConsentRecord {
            notice: notice.to_owned(),
            assistant: consents.assistant,
            improve: consents.improve,
            at: self.desk.clock.now(),
        });
    }

    fn take_identity(&mut self, token: &str, changes: &mut Changes) {
        match identity::verify(token, self.desk.issuer.as_ref(), self.desk.clock.as_ref()) {
            Ok(claims) => {
                for (entity, value) in
                    [(anonymizer::Entity::Person, &claims.name), (anonymizer::Entity::Email, &claims.email)]
                {
                    if let Some(value) = value {
                        self.vault.know(entity, value);
                    }
                }
                changes.identity = serde_json::to_vec(&claims).ok().map(zeroize::Zeroizing::new);
                self.claims = Some(claims);
                // The message that waited for this is answered again.
                if let Some(memory) = self.memory.signed_in() {
                    changes.answered = Some(self.last_from_customer - 1);
                    changes.memory = Some(memory);
                }
            }
            Err(error) => {
                info!(channel = %self.channel, %error, "an identity was refused");
                changes.payloads.push(FromDesk::Notice { code: NoticeCode::IdentityRefused });
            }
        }
    }

    /// From the assistant's draft to the customer.
    pub(super) async fn reply(&mut self, reply: Reply) {
        let DraftReply { text, citations, card, quick_replies, kind } = reply.draft;
        let text = anonymise(|| self.desk.anonymizer.readmit(&text, &mut self.vault));
        let Some(plain) = self.restore(Actor::Assistant, text.as_str()).await else {
            // Thinking again would come to the same answer and the same refusal, for as long as the disk is full.
            return self.give_up(reply.position).await;
        };
        let assistant = self.desk.assistant.get();
        let hosts = &assistant.business().hosts;
        let plain = Plaintext::new(assistant::without_links(plain.reveal(), hosts));
        let citations: Vec<_> = citations.into_iter().map(citation).collect();
        let message = NewMessage {
            extra: serde_json::to_string(&citations).ok(),
            ..self.message(reply.id, StoredSpeaker::Assistant, text.as_str())
        };
        let payload = FromDesk::Text {
            id: message.id,
            speaker: Speaker::Assistant,
            text: MessageText::new(plain.reveal().to_owned()),
            citations,
            card: card
                .as_ref()
                .map(|card| Card { confirm: card.confirm.clone(), decline: card.decline.clone() }),
            quick_replies,
            at: message.at,
        };
        let mut changes = Changes {
            answered: Some(reply.position),
            unanswered: Some(reply.unanswered),
            memory: Some(reply.memory.unwrap_or_else(|| self.memory.after(reply.flow, reply.id, card, kind))),
            messages: vec![message],
            payloads: vec![payload],
            ..Changes::default()
        };
        if let Some(hand_off) = reply.hand_off {
            self.hand_off(hand_off.reason, &hand_off.summary, &mut changes);
        }
        self.desk.anonymizer.hear(&text, &mut self.vault);
        self.commit(changes).await;
    }

    /// Puts the customer's values back, after the access record says so. `None` when it cannot be written:
    /// then nothing is released.
    pub(super) async fn restore(&self, actor: Actor, text: &str) -> Option<Plaintext> {
        let restored = self.vault.restore(text);
        if restored.unknown > 0 {
            warn!(channel = %self.channel, unknown = restored.unknown, "tokens of no conversation were left out");
        }
        // What is read as a token in another form than the exact one is released as well, and so is on record.
        if restored.text.reveal() != text {
            let fields = released(text);
            let written = self
                .desk
                .access
                .write(actor, Access::Restore, self.subject, Purpose::AnswerCustomer, fields)
                .await;
            if let Err(error) = written {
                warn!(channel = %self.channel, error = %chain(&error), "nothing was released");
                return None;
            }
        }
        Some(restored.text)
    }

    /// To a person, with the reason for whoever takes over.
    pub(super) fn hand_off(&mut self, reason: &str, summary: &str, changes: &mut Changes) {
        let extra = serde_json::json!({ "hand_off": reason }).to_string();
        let note = NewMessage {
            extra: Some(extra),
            ..self.message(self.new_message(), StoredSpeaker::Note, summary)
        };
        changes.messages.push(note);
        self.shift(PhaseEvent::HandOff, changes);
    }

    /// Changes who holds the conversation, and tells the customer when it changed.
    pub(super) fn shift(&mut self, event: PhaseEvent, changes: &mut Changes) {
        let before = changes.phase.unwrap_or(self.phase);
        let Ok(after) = phase::next(before, event) else { return };
        if after != before {
            if let Some(holder) = holder(after) {
                changes.payloads.push(FromDesk::Holder { holder });
            }
            changes.phase = Some(after);
            if after != Phase::Assistant {
                changes.memory = Some(self.memory.left());
            }
        }
    }

    pub(super) fn message(&self, id: MessageId, speaker: StoredSpeaker, masked: &str) -> NewMessage {
        NewMessage { id, speaker, text: masked.to_owned(), extra: None, at: self.desk.clock.now() }
    }

    pub(super) fn new_message(&self) -> MessageId {
        MessageId::random(self.desk.entropy.as_ref())
    }
}

/// What the customer is told. An agent's name is known only to the command that takes over, which tells it.
fn holder(phase: Phase) -> Option<Holder> {
    match phase {
        Phase::Assistant => Some(Holder::Assistant),
        Phase::Waiting => Some(Holder::Waiting),
        Phase::Closed => Some(Holder::Closed),
        Phase::Agent(_) => None,
    }
}

fn citation(citation: assistant::Citation) -> Citation {
    Citation { title: citation.title, url: citation.url, quote: citation.quote }
}
