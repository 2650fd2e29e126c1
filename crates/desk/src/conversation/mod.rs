//! One conversation at the desk: a task that owns its MLS state and its token vault.
//!
//! Everything that happens to a conversation goes through its queue, one after the other. A step changes what
//! is in memory, is stored in one transaction, and only then acknowledged, sent or shown: a crash between any
//! two of these repeats the step or finds it done.

mod codes;
mod line;
mod loading;
mod memory;
mod staff;
mod step;
mod thinking;

use std::{sync::Arc, time::Duration};

use anonymizer::TokenVault;
use e2ee::Member;
use protocol::{ChannelId, Delivery, EnvelopeId, ProblemCode};
use store::desk::{Phase, SubjectId};
use tokio::sync::{mpsc, oneshot};
use tracing::warn;

pub(crate) use staff::StaffCommand;
pub use staff::StaffError;

use crate::{chain::chain, context::Context, identity::Claims, phase::AssistantAllowed};
use loading::Loaded;
use memory::Memory;
use thinking::Thinking;

/// Something that happens to a conversation.
#[derive(Debug)]
pub(crate) enum Event {
    /// The hub delivered an envelope of a customer's device.
    Delivery(Delivery),
    /// The hub will never take this envelope.
    Refused(EnvelopeId, ProblemCode),
    /// An agent does something.
    Staff(StaffCommand, oneshot::Sender<Result<(), StaffError>>),
    /// Look whether a message waits for an answer (after a start of the desk).
    Resume,
}

/// How long a conversation stays in memory without anything happening.
const IDLE: Duration = Duration::from_secs(120);

/// A conversation in memory.
pub(crate) struct Conversation {
    desk: Arc<Context>,
    channel: ChannelId,
    subject: SubjectId,
    member: Member,
    vault: TokenVault,
    phase: Phase,
    language: String,
    assistant_allowed: AssistantAllowed,
    claims: Option<Claims>,
    /// The highest place in the channel that was dealt with.
    processed: u64,
    /// The position of the last customer message that needs no answer of the assistant any more.
    answered: i64,
    /// The position of the customer's last message.
    last_from_customer: i64,
    /// How often in a row the assistant had no answer.
    unanswered: u32,
    memory: Memory,
    thinking: Option<Thinking>,
}

/// Runs a conversation until it is idle or the desk stops. Events that come while it ends stay in `events`.
pub(crate) async fn run(desk: Arc<Context>, channel: ChannelId, events: &mut mpsc::Receiver<Event>) {
    let Some(mut conversation) = begin(desk, channel, events).await else { return };
    conversation.answer_next().await;
    let stop = conversation.desk.stop.clone();
    loop {
        let happened = {
            let thinking = conversation.thinking.as_mut();
            tokio::select! {
                () = stop.cancelled() => return,
                event = events.recv() => event.map(Happened::Event),
                thought = thinking::next(thinking) => Some(Happened::Thought(thought)),
                () = tokio::time::sleep(IDLE) => None,
            }
        };
        match happened {
            Some(Happened::Event(event)) => conversation.handle(event).await,
            Some(Happened::Thought(thought)) => conversation.thought(thought).await,
            None => return,
        }
    }
}

enum Happened {
    Event(Event),
    Thought(thinking::Thought),
}

/// Loads the conversation, or opens it with the welcome that must be the first event of a new one.
async fn begin(
    desk: Arc<Context>,
    channel: ChannelId,
    events: &mut mpsc::Receiver<Event>,
) -> Option<Conversation> {
    loop {
        match Conversation::load(Arc::clone(&desk), channel).await {
            Ok(Loaded::Conversation(conversation)) => return Some(*conversation),
            Ok(Loaded::Unknown) => match events.recv().await? {
                Event::Delivery(delivery) => Conversation::open(&desk, channel, &delivery).await,
                Event::Staff(_, answer) => {
                    let _ = answer.send(Err(StaffError::NoConversation));
                }
                Event::Refused(..) | Event::Resume => {}
            },
            Err(error) if error.is_lasting() => {
                warn!(%channel, error = %chain(&error), "a conversation cannot be read; its envelopes stay at the hub");
                leave(events);
                return None;
            }
            Err(error) => {
                warn!(%channel, error = %chain(&error), "a conversation cannot be read now; trying again");
                step::pause(&desk).await?;
            }
        }
    }
}

/// Anonymises. A long message takes seconds to read: the thread is given up to it, so that other conversations go on.
fn anonymise<T>(work: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(work)
}

/// Answers what waits, without acknowledging deliveries: when the state is mended they come again.
fn leave(events: &mut mpsc::Receiver<Event>) {
    while let Ok(event) = events.try_recv() {
        if let Event::Staff(_, answer) = event {
            let _ = answer.send(Err(StaffError::Unavailable));
        }
    }
}

impl Conversation {
    async fn handle(&mut self, event: Event) {
        match event {
            Event::Delivery(delivery) => self.receive(delivery).await,
            Event::Refused(id, code) => {
                warn!(channel = %self.channel, envelope = %id, ?code, "the hub refused an envelope for good");
            }
            Event::Staff(command, answer) => {
                let done = self.staff(command).await;
                let _ = answer.send(done);
            }
            Event::Resume => {}
        }
        self.answer_next().await;
    }
}
