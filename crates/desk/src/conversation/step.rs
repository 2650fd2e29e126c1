//! One step of a conversation: sealed, stored in one transaction, then sent.

use std::time::Duration;

use protocol::{Envelope, EnvelopeId, EnvelopeKind, FromDesk};
use store::{
    StoreError,
    desk::{ConsentRecord, NewMessage, Phase, Step},
};
use tracing::warn;

use super::{Conversation, memory::Memory};
use crate::{chain::chain, context::Context, hub_link::Outgoing};

/// What a step changes, gathered first so that it is stored all at once or not at all.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) processed: Option<u64>,
    pub(super) answered: Option<i64>,
    pub(super) unanswered: Option<u32>,
    pub(super) phase: Option<Phase>,
    pub(super) language: Option<String>,
    pub(super) consent: Option<ConsentRecord>,
    pub(super) memory: Option<Memory>,
    /// The verified claims, as JSON.
    pub(super) identity: Option<zeroize::Zeroizing<Vec<u8>>>,
    /// Masked, for the desk's own record.
    pub(super) messages: Vec<NewMessage>,
    /// In plain, for the customer; sealed by [`Conversation::commit`].
    pub(super) payloads: Vec<FromDesk>,
}

impl Conversation {
    /// Seals, stores, sends. Returns false when the desk stops before it could be stored: then nothing was.
    ///
    /// The ratchet has moved when storing begins, so a store that is busy or full is tried again until it
    /// takes the step; nothing is acknowledged or sent before.
    pub(super) async fn commit(&mut self, changes: Changes) -> Stored {
        let mut outbox = Vec::with_capacity(changes.payloads.len());
        for payload in &changes.payloads {
            if let Some(envelope) = self.seal(payload) {
                outbox.push(envelope);
            }
        }
        let group_state = self.member.state();
        let vault = self.vault.to_bytes();
        let memory = changes.memory.as_ref().map(Memory::to_bytes);
        let step = Step {
            processed: changes.processed,
            memory: memory.as_deref(),
            group_state: Some(&group_state),
            vault: Some(&vault),
            phase: changes.phase,
            language: changes.language.clone(),
            identity: changes.identity.as_deref().map(Vec::as_slice),
            answered: changes.answered,
            unanswered: changes.unanswered,
            messages: changes.messages,
            outbox: outbox.clone(),
            consent: changes.consent,
        };
        self.last_from_customer = loop {
            match self.desk.store.apply(self.channel, &step).await {
                Ok(last_from_customer) => break last_from_customer,
                Err(error) => {
                    warn!(channel = %self.channel, error = %chain(&error), "a step is not stored yet; trying again");
                }
            }
            if pause(&self.desk).await.is_none() {
                return Stored::No;
            }
        };
        self.processed = changes.processed.unwrap_or(self.processed);
        self.answered = changes.answered.unwrap_or(self.answered);
        self.unanswered = changes.unanswered.unwrap_or(self.unanswered);
        self.phase = changes.phase.unwrap_or(self.phase);
        if let Some(memory) = changes.memory {
            self.memory = memory;
        }
        self.language = changes.language.unwrap_or_else(|| self.language.clone());
        for envelope in outbox {
            self.send(Outgoing::Post(self.channel, envelope)).await;
        }
        // Nobody listens when no console is open.
        let _ = self.desk.changes.send(self.channel);
        Stored::Yes
    }

    /// Sends what is of the moment alone (a piece of an answer, "is writing"): the ratchet is stored first, the
    /// envelope is not.
    pub(super) async fn commit_passing(&mut self, payload: &FromDesk) {
        let Some(envelope) = self.seal(payload) else { return };
        let group_state = self.member.state();
        let step = Step { group_state: Some(&group_state), ..Step::default() };
        match self.desk.store.apply(self.channel, &step).await {
            Ok(_) => self.send(Outgoing::Post(self.channel, envelope)).await,
            Err(error) => {
                warn!(channel = %self.channel, error = %chain(&error), "a passing message was left out")
            }
        }
    }

    pub(super) async fn send(&self, outgoing: Outgoing) {
        // The link ends only when the desk stops; what must arrive is in the outbox.
        let _ = self.desk.outgoing.send(outgoing).await;
    }

    fn seal(&mut self, payload: &FromDesk) -> Option<Envelope> {
        let json = zeroize::Zeroizing::new(serde_json::to_vec(payload).ok()?);
        match self.member.seal(&json) {
            Ok(sealed) => Some(Envelope {
                id: EnvelopeId::random(self.desk.entropy.as_ref()),
                kind: EnvelopeKind::Message,
                epoch: sealed.epoch,
                body: sealed.body.into(),
            }),
            Err(error) => {
                warn!(channel = %self.channel, error = %chain(&error), "a message could not be sealed");
                None
            }
        }
    }
}

/// Whether a step is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Yes,
    /// The desk is stopping.
    No,
}

/// Waits before another try; `None` when the desk is stopping.
pub(super) async fn pause(desk: &Context) -> Option<()> {
    const PAUSE: Duration = Duration::from_millis(500);
    tokio::select! {
        () = desk.stop.cancelled() => None,
        () = tokio::time::sleep(PAUSE) => Some(()),
    }
}

/// Whether trying again cannot help.
pub(super) fn is_lasting(error: &StoreError) -> bool {
    !matches!(error, StoreError::Busy | StoreError::Full)
}
