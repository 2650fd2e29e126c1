//! All conversations of the desk: brings each event to its conversation, and is what the staff API calls.

use std::{collections::HashMap, sync::Arc};

use anonymizer::{Plaintext, TokenVault};
use assistant::Assistant;
use e2ee::Member;
use protocol::{ChannelId, Timestamp};
use store::{
    StoreError,
    desk::{Phase, StaffId, StoredSpeaker},
};
use tokio::sync::{Mutex, broadcast, mpsc, oneshot};

use crate::{
    access::{Access, AccessError, Actor, Purpose},
    context::Context,
    conversation::{self, Event, StaffCommand, StaffError},
    spending,
};

/// How many events wait for one conversation before its sender waits.
const QUEUE: usize = 64;
/// How many conversations and messages one look returns at the most.
const MOST_CONVERSATIONS: u32 = 200;
const MOST_MESSAGES: u32 = 500;

/// An agent who acts, already signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Which account.
    pub id: StaffId,
    /// The name that customers see.
    pub name: String,
}

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationSummary {
    /// Which.
    pub channel: ChannelId,
    /// Who holds it.
    pub phase: Phase,
    /// BCP 47 tag.
    pub language: String,
    /// When it began.
    pub opened_at: Timestamp,
    /// When something was last said.
    pub last_at: Timestamp,
}

/// A conversation as an agent sees it: masked.
#[derive(Clone, Debug)]
pub struct ConversationView {
    /// Which, who holds it, since when.
    pub summary: ConversationSummary,
    /// What was said, oldest first.
    pub messages: Vec<ViewMessage>,
    /// The tokens that this conversation has issued, for writing an answer.
    pub tokens: Vec<String>,
    /// Both ends show the same, when nobody is in the middle.
    pub safety_number: String,
    /// Whether the business's page said who the customer is.
    pub identified: Identified,
}

/// Whether the customer is known to the business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identified {
    /// The page gave a signed identity.
    Yes,
    /// Nobody is signed in.
    No,
}

/// One message, masked.
#[derive(Clone, Debug)]
pub struct ViewMessage {
    /// Its place.
    pub position: i64,
    /// Who.
    pub speaker: StoredSpeaker,
    /// The words, in tokens.
    pub text: String,
    /// Citations, or a hand-off's reason, as JSON.
    pub extra: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Why a conversation could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// There is no such conversation.
    #[error("there is no such conversation")]
    NoConversation,
    /// The access record comes first.
    #[error(transparent)]
    NoRecord(#[from] AccessError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// What is stored cannot be read.
    #[error("the conversation's state is damaged")]
    Damaged,
}

/// The conversations; cheap to clone.
#[derive(Clone)]
pub struct Conversations {
    desk: Arc<Context>,
    live: Arc<Mutex<HashMap<ChannelId, mpsc::Sender<Event>>>>,
}

impl Conversations {
    pub(crate) fn new(desk: Arc<Context>) -> Self {
        Self { desk, live: Arc::default() }
    }

    /// Answers with this assistant from now on: what was published since. Answers under way are finished with the one
    /// before, and what its model has cost today counts on.
    pub fn replace_assistant(&self, assistant: Assistant) {
        let before = self.desk.assistant.get();
        if let (Some(before), Some(model)) = (before.model(), assistant.model()) {
            let today = spending::day(self.desk.clock.now());
            model.budget().remember(today, before.budget().spent(today));
        }
        self.desk.assistant.replace(assistant);
    }

    /// Those that changed last, first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self) -> Result<Vec<ConversationSummary>, StoreError> {
        let summaries = self.desk.store.summaries(MOST_CONVERSATIONS).await?;
        Ok(summaries
            .into_iter()
            .map(|summary| ConversationSummary {
                channel: summary.channel,
                phase: summary.phase,
                language: summary.language,
                opened_at: summary.opened_at,
                last_at: summary.last_at,
            })
            .collect())
    }

    /// One conversation, masked. Who looks is on record before anything is read.
    ///
    /// # Errors
    /// [`ViewError`]; nothing was shown.
    pub async fn view(&self, agent: &Agent, channel: ChannelId) -> Result<ConversationView, ViewError> {
        let subject = self.desk.store.subject(channel).await?.ok_or(ViewError::NoConversation)?;
        self.desk
            .access
            .write(
                Actor::Agent(agent.id),
                Access::ViewMasked,
                subject,
                Purpose::AnswerCustomer,
                vec!["messages".to_owned()],
            )
            .await?;
        let stored = self.desk.store.conversation(channel).await?.ok_or(ViewError::NoConversation)?;
        let member =
            Member::load_desk(&stored.group_state, &self.desk.identity).map_err(|_| ViewError::Damaged)?;
        let vault = match &stored.vault {
            Some(bytes) => TokenVault::from_bytes(bytes).map_err(|_| ViewError::Damaged)?,
            None => TokenVault::new(),
        };
        let messages = self.desk.store.messages(channel, 0, MOST_MESSAGES).await?;
        Ok(ConversationView {
            summary: ConversationSummary {
                channel,
                phase: stored.phase,
                language: stored.language,
                opened_at: stored.opened_at,
                last_at: stored.last_at,
            },
            messages: messages
                .into_iter()
                .map(|message| ViewMessage {
                    position: message.position,
                    speaker: message.speaker,
                    text: message.text,
                    extra: message.extra,
                    at: message.at,
                })
                .collect(),
            tokens: vault.tokens(),
            safety_number: member.safety_number(),
            identified: if stored.identity.is_some() { Identified::Yes } else { Identified::No },
        })
    }

    /// The agent holds the conversation from now on; the assistant is silent.
    ///
    /// # Errors
    /// [`StaffError`]; nothing changed.
    pub async fn take_over(&self, agent: &Agent, channel: ChannelId) -> Result<(), StaffError> {
        self.staff(channel, StaffCommand::TakeOver(agent.clone())).await
    }

    /// Says something to the customer; tokens of this conversation become values on the way.
    ///
    /// # Errors
    /// [`StaffError`]; nothing was sent.
    pub async fn reply(&self, agent: &Agent, channel: ChannelId, text: String) -> Result<(), StaffError> {
        self.staff(channel, StaffCommand::Reply(agent.clone(), Plaintext::new(text))).await
    }

    /// Shows the customer that the agent is writing.
    ///
    /// # Errors
    /// [`StaffError`]; nothing was sent.
    pub async fn typing(&self, agent: &Agent, channel: ChannelId) -> Result<(), StaffError> {
        self.staff(channel, StaffCommand::Typing(agent.clone())).await
    }

    /// The assistant answers again.
    ///
    /// # Errors
    /// [`StaffError`]; nothing changed.
    pub async fn give_back(&self, agent: &Agent, channel: ChannelId) -> Result<(), StaffError> {
        self.staff(channel, StaffCommand::GiveBack(agent.clone())).await
    }

    /// Ends the conversation; a new message of the customer opens it again.
    ///
    /// # Errors
    /// [`StaffError`]; nothing changed.
    pub async fn close(&self, agent: &Agent, channel: ChannelId) -> Result<(), StaffError> {
        self.staff(channel, StaffCommand::Close(agent.clone())).await
    }

    /// Which conversation changed, from now on. Who lags behind should look at all of them again.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<ChannelId> {
        self.desk.changes.subscribe()
    }

    async fn staff(&self, channel: ChannelId, command: StaffCommand) -> Result<(), StaffError> {
        // A conversation begins with its welcome; nothing is started for an id that is only guessed.
        match self.desk.store.subject(channel).await {
            Ok(Some(_)) => {}
            Ok(None) => return Err(StaffError::NoConversation),
            Err(_) => return Err(StaffError::Unavailable),
        }
        let (answer, done) = oneshot::channel();
        self.dispatch(channel, Event::Staff(command, answer)).await;
        done.await.unwrap_or(Err(StaffError::Unavailable))
    }

    /// Brings an event to its conversation, starting it when it is not in memory. Waits when its queue is full.
    pub(crate) async fn dispatch(&self, channel: ChannelId, event: Event) {
        let mut event = event;
        loop {
            let queue = self.queue(channel).await;
            match queue.send(event).await {
                Ok(()) => return,
                // It ended between the look-up and now, or the desk stops.
                Err(mpsc::error::SendError(unsent)) => event = unsent,
            }
            if self.desk.stop.is_cancelled() {
                return;
            }
        }
    }

    async fn queue(&self, channel: ChannelId) -> mpsc::Sender<Event> {
        let mut live = self.live.lock().await;
        if let Some(queue) = live.get(&channel).filter(|queue| !queue.is_closed()) {
            return queue.clone();
        }
        let (queue, events) = mpsc::channel(QUEUE);
        live.insert(channel, queue.clone());
        self.desk.tasks.spawn(self.clone().run(channel, events));
        queue
    }

    /// Runs one conversation; what comes while it goes idle wakes it up again.
    async fn run(self, channel: ChannelId, mut events: mpsc::Receiver<Event>) {
        loop {
            conversation::run(Arc::clone(&self.desk), channel, &mut events).await;
            let mut live = self.live.lock().await;
            // Nobody can get the queue while the lock is held, so an empty one is really done with.
            if events.is_empty() || self.desk.stop.is_cancelled() {
                events.close();
                live.remove(&channel);
                return;
            }
        }
    }
}
