//! The access record: before a value leaves, who gets it and why is on disk.

use std::sync::Arc;

use ledger::{Leaf, Ledger};
use protocol::Clock;
use store::desk::{StaffId, SubjectId};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// The AI assistant.
    Assistant,
    /// A person of the business.
    Agent(StaffId),
}

/// What happens to the customer's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// The masked conversation is shown to an agent.
    ViewMasked,
    /// Values are put back for tokens, in a message to the customer whose values they are.
    Restore,
    /// Values are given to a tool of the business.
    CallTool,
    /// A one-time code is sent to the customer's address, through the mail relay.
    SendCode,
    /// A right code lets a call of a tool go on.
    UseCode,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Answering the customer who asked.
    AnswerCustomer,
    /// Making sure that it is the customer who asks.
    VerifyCustomer,
}

/// Nothing was released, because the record could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the access record cannot be written, so nothing was released")]
pub struct AccessError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The types of the values that restoring this text would release, each once.
pub(crate) fn released(text: &str) -> Vec<String> {
    let mut types: Vec<_> =
        anonymizer::tokens_in(text).into_iter().map(|token| token.entity.label().to_owned()).collect();
    types.sort_unstable();
    types.dedup();
    types
}

/// Writes the access record.
#[derive(Clone)]
pub(crate) struct AccessRecord {
    ledger: Arc<Ledger>,
    clock: Arc<dyn Clock>,
}

impl AccessRecord {
    pub(crate) fn new(ledger: Ledger, clock: Arc<dyn Clock>) -> Self {
        Self { ledger: Arc::new(ledger), clock }
    }

    /// Returns once the entry is on disk. `fields` names what is released by type, never by value.
    pub(crate) async fn write(
        &self,
        actor: Actor,
        access: Access,
        subject: SubjectId,
        purpose: Purpose,
        fields: Vec<String>,
    ) -> Result<(), AccessError> {
        let leaf = Leaf {
            time: self.clock.now().0,
            actor: match actor {
                Actor::Assistant => "assistant".to_owned(),
                Actor::Agent(id) => format!("agent {id}"),
            },
            action: match access {
                Access::ViewMasked => "view-masked",
                Access::Restore => "restore",
                Access::CallTool => "call-tool",
                Access::SendCode => "send-code",
                Access::UseCode => "use-code",
            }
            .to_owned(),
            subject: subject.to_string(),
            purpose: match purpose {
                Purpose::AnswerCustomer => "answer-customer",
                Purpose::VerifyCustomer => "verify-customer",
            }
            .to_owned(),
            fields,
        };
        let ledger = Arc::clone(&self.ledger);
        tokio::task::spawn_blocking(move || ledger.append(&leaf))
            .await
            .map_err(|error| AccessError(error.into()))?
            .map_err(|error| AccessError(error.into()))?;
        Ok(())
    }
}
