//! What an agent does to a conversation.

use anonymizer::Plaintext;
use protocol::{FromDesk, Holder, MessageText, Speaker};
use store::desk::{Phase, StaffId, StoredSpeaker};

use super::{
    Conversation, anonymise,
    step::{Changes, Stored},
};
use crate::{
    access::Actor,
    conversations::Agent,
    phase::{self, PhaseError, PhaseEvent},
};

/// What an agent asks for.
#[derive(Debug)]
pub(crate) enum StaffCommand {
    TakeOver(Agent),
    /// Text in tokens; a value that the agent types is masked in the record.
    Reply(Agent, Plaintext),
    Typing(Agent),
    GiveBack(Agent),
    Close(Agent),
}

/// Why it was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// There is no such conversation.
    #[error("there is no such conversation")]
    NoConversation,
    /// It is not possible now.
    #[error(transparent)]
    Phase(#[from] PhaseError),
    /// The access record cannot be written.
    #[error("the access record cannot be written, so nothing was sent")]
    NoRecord,
    /// The desk is stopping or cannot store now.
    #[error("the desk cannot do this now")]
    Unavailable,
}

impl Conversation {
    pub(super) async fn staff(&mut self, command: StaffCommand) -> Result<(), StaffError> {
        match command {
            StaffCommand::TakeOver(agent) => self.take_over(&agent).await,
            StaffCommand::Reply(agent, text) => self.agent_reply(&agent, &text).await,
            StaffCommand::Typing(agent) => {
                self.must_hold(agent.id)?;
                self.commit_passing(&FromDesk::Typing { speaker: Speaker::Agent }).await;
                Ok(())
            }
            StaffCommand::GiveBack(agent) => {
                // What was said while a person held the conversation is answered; the assistant begins with
                // what comes next.
                let answered = self.last_position().await?;
                self.end_hold(PhaseEvent::GiveBack(agent.id), Some(answered)).await
            }
            StaffCommand::Close(agent) => {
                let answered = self.last_position().await?;
                self.end_hold(PhaseEvent::Close(agent.id), Some(answered)).await
            }
        }
    }

    async fn take_over(&mut self, agent: &Agent) -> Result<(), StaffError> {
        let phase = phase::next(self.phase, PhaseEvent::TakeOver(agent.id))?;
        // The assistant is silent from here on, whatever it was about to say.
        self.thinking = None;
        let holder = Holder::Agent { name: agent.name.clone() };
        let payloads = vec![FromDesk::Holder { holder }];
        let memory = Some(self.memory.left());
        let changes = Changes { phase: Some(phase), memory, payloads, ..Changes::default() };
        stored(self.commit(changes).await)
    }

    async fn agent_reply(&mut self, agent: &Agent, text: &Plaintext) -> Result<(), StaffError> {
        self.must_hold(agent.id)?;
        let masked = anonymise(|| self.desk.anonymizer.admit(text, &mut self.vault));
        let plain =
            self.restore(Actor::Agent(agent.id), masked.as_str()).await.ok_or(StaffError::NoRecord)?;
        self.desk.anonymizer.hear(&masked, &mut self.vault);
        let message = self.message(self.new_message(), StoredSpeaker::Agent, masked.as_str());
        let payload = FromDesk::Text {
            id: message.id,
            speaker: Speaker::Agent,
            text: MessageText::new(plain.reveal().to_owned()),
            citations: Vec::new(),
            card: None,
            quick_replies: Vec::new(),
            at: message.at,
        };
        let changes = Changes { messages: vec![message], payloads: vec![payload], ..Changes::default() };
        stored(self.commit(changes).await)
    }

    async fn end_hold(&mut self, event: PhaseEvent, answered: Option<i64>) -> Result<(), StaffError> {
        phase::next(self.phase, event)?;
        self.thinking = None;
        let mut changes = Changes { answered, unanswered: Some(0), ..Changes::default() };
        self.shift(event, &mut changes);
        stored(self.commit(changes).await)
    }

    fn must_hold(&self, agent: StaffId) -> Result<(), PhaseError> {
        match self.phase {
            Phase::Agent(holder) if holder == agent => Ok(()),
            Phase::Agent(_) => Err(PhaseError::HeldByAnother),
            Phase::Assistant | Phase::Waiting | Phase::Closed => Err(PhaseError::NotHeld),
        }
    }

    async fn last_position(&self) -> Result<i64, StaffError> {
        self.desk.store.last_position(self.channel).await.map_err(|_| StaffError::Unavailable)
    }
}

fn stored(stored: Stored) -> Result<(), StaffError> {
    match stored {
        Stored::Yes => Ok(()),
        Stored::No => Err(StaffError::Unavailable),
    }
}
