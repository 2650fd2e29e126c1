//! What the writer can be asked to do.

use std::sync::Arc;

use protocol::{
    Author, Bytes, ChannelId, Claimed, CreateChannel, Created, Delivery, DeskKey, Envelope, Posted, Timestamp,
};
use store::{
    StoreError,
    hub::{Chunk, KeyPackageCount, StoredEnvelope},
};
use tokio::sync::oneshot;

use crate::{
    mailbox::{Answer, Mailbox},
    refusal::Refusal,
};

/// One write with the place for its outcome. The outcome is set when the batch is made and told once the
/// batch is on the disk; a batch that is tried again sets it again.
pub(crate) enum Work {
    Post(Post),
    Open(Open),
    Close(Close),
    Claim(Claim),
    KeyPackages(KeyPackages),
    PutChunk(PutChunk),
    Acknowledge(Acknowledge),
    Sweep(oneshot::Sender<Result<bool, StoreError>>),
    /// Answered once everything before it is on the disk, acknowledgements too.
    Barrier(Pending<()>),
}

/// An outcome that someone waits for.
pub(crate) struct Pending<T> {
    reply: oneshot::Sender<Result<T, Refusal>>,
    outcome: Option<Result<T, Refusal>>,
}

/// Whether something was stored now or had been before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Novelty {
    New,
    Known,
}

/// Who posts to, or ends, a channel.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poster {
    /// Its right was checked before.
    Device,
    /// The channel must be this desk's.
    Desk(DeskKey),
}

pub(crate) struct Post {
    pub(crate) channel: ChannelId,
    pub(crate) poster: Poster,
    pub(crate) envelope: Envelope,
    pub(crate) reply: PostReply,
    pub(crate) outcome: Option<Result<(u64, Novelty), Refusal>>,
}

/// Where a post's outcome goes.
pub(crate) enum PostReply {
    Request(oneshot::Sender<Result<(Posted, Novelty), Refusal>>),
    Socket(Arc<Mailbox>),
}

pub(crate) struct Open {
    pub(crate) request: CreateChannel,
    pub(crate) pending: Pending<(Created, Novelty)>,
}

pub(crate) struct Close {
    pub(crate) channel: ChannelId,
    pub(crate) by: Poster,
    pub(crate) pending: Pending<()>,
}

pub(crate) struct Claim {
    pub(crate) desk: DeskKey,
    pub(crate) pool: Pool,
    pub(crate) pending: Pending<(Claimed, KeyPackageCount)>,
}

/// Which key packages may be given out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pool {
    /// One for one use, or else the one of last resort.
    OneTimeFirst,
    /// The one of last resort alone: this network has had its share of the others.
    LastResort,
}

pub(crate) struct KeyPackages {
    pub(crate) desk: DeskKey,
    pub(crate) one_time: Vec<Bytes>,
    pub(crate) last_resort: Option<Bytes>,
    pub(crate) pending: Pending<KeyPackageCount>,
}

pub(crate) struct PutChunk {
    pub(crate) chunk: Chunk,
    pub(crate) body: axum::body::Bytes,
    pub(crate) pending: Pending<Novelty>,
}

/// The desk has dealt with everything up to a place. May be lost in a crash: then it is delivered again.
#[derive(Clone, Copy)]
pub(crate) struct Acknowledge {
    pub(crate) desk: DeskKey,
    pub(crate) channel: ChannelId,
    pub(crate) seq: u64,
}

impl<T> Pending<T> {
    pub(crate) fn new() -> (Self, oneshot::Receiver<Result<T, Refusal>>) {
        let (reply, answer) = oneshot::channel();
        (Self { reply, outcome: None }, answer)
    }

    pub(super) fn set(&mut self, outcome: Result<T, Refusal>) {
        self.outcome = Some(outcome);
    }

    /// Who waited may have gone; then the outcome is nobody's.
    fn tell(self, batch: Result<(), &Refusal>) {
        let outcome = match batch {
            Ok(()) => self.outcome.unwrap_or(Err(Refusal::Unavailable)),
            Err(refusal) => Err(refusal.clone()),
        };
        let _ = self.reply.send(outcome);
    }
}

impl Poster {
    pub(super) fn author(self) -> Author {
        match self {
            Self::Device => Author::Device,
            Self::Desk(_) => Author::Desk,
        }
    }

    pub(super) fn may_touch(self, desk: DeskKey) -> bool {
        match self {
            Self::Device => true,
            Self::Desk(own) => own == desk,
        }
    }
}

impl Work {
    /// The channel that it writes to and that was there before.
    pub(super) fn channel(&self) -> Option<ChannelId> {
        match self {
            Self::Post(post) => Some(post.channel),
            Self::Close(close) => Some(close.channel),
            Self::PutChunk(put) => Some(put.chunk.channel),
            Self::Open(_) | Self::Claim(_) | Self::KeyPackages(_) => None,
            Self::Acknowledge(_) | Self::Sweep(_) | Self::Barrier(_) => None,
        }
    }

    /// How many octets it holds while it waits.
    pub(crate) fn octets(&self) -> usize {
        match self {
            Self::Post(post) => post.envelope.body.0.len(),
            Self::Open(open) => open.request.welcome.body.0.len(),
            Self::KeyPackages(given) => {
                given.one_time.iter().chain(&given.last_resort).map(|body| body.0.len()).sum()
            }
            Self::PutChunk(put) => put.body.len(),
            Self::Close(_) | Self::Claim(_) | Self::Acknowledge(_) | Self::Sweep(_) | Self::Barrier(_) => 0,
        }
    }

    /// Tells the outcome: its own if the batch is on the disk, else why the batch is not. Gives back what is
    /// to be handed on.
    pub(super) fn tell(self, batch: Result<(), &Refusal>) -> Option<StoredEnvelope> {
        match self {
            Self::Post(post) => return post.tell(batch),
            Self::Open(open) => return open.tell(batch),
            Self::Close(close) => close.pending.tell(batch),
            Self::Claim(claim) => claim.pending.tell(batch),
            Self::KeyPackages(given) => given.pending.tell(batch),
            Self::PutChunk(put) => put.pending.tell(batch),
            Self::Barrier(mut pending) => {
                pending.set(Ok(()));
                pending.tell(batch);
            }
            // Told elsewhere, and to nobody.
            Self::Sweep(_) | Self::Acknowledge(_) => {}
        }
        None
    }
}

impl Open {
    fn tell(self, batch: Result<(), &Refusal>) -> Option<StoredEnvelope> {
        let new = match (batch, &self.pending.outcome) {
            (Ok(()), Some(Ok((created, Novelty::New)))) => Some(created.seq),
            _ => None,
        };
        self.pending.tell(batch);
        Some(stored(self.request.channel, new?, Author::Device, self.request.welcome))
    }
}

impl Post {
    fn tell(self, batch: Result<(), &Refusal>) -> Option<StoredEnvelope> {
        let outcome = match (batch, self.outcome) {
            (Err(refusal), _) => Err(refusal.clone()),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Refusal::Unavailable),
        };
        let id = self.envelope.id;
        let new = match &outcome {
            Ok((seq, Novelty::New)) => Some(*seq),
            Ok((_, Novelty::Known)) | Err(_) => None,
        };
        match self.reply {
            PostReply::Request(reply) => {
                let _ = reply.send(outcome.map(|(seq, novelty)| (Posted { id, seq }, novelty)));
            }
            PostReply::Socket(mailbox) => {
                let outcome = outcome.map(|(seq, _)| Posted { id, seq });
                mailbox.answer(Answer { channel: self.channel, id, outcome });
            }
        }
        Some(stored(self.channel, new?, self.poster.author(), self.envelope))
    }
}

fn stored(channel: ChannelId, seq: u64, author: Author, envelope: Envelope) -> StoredEnvelope {
    StoredEnvelope { channel, delivery: Delivery { seq, author, envelope } }
}

/// When the rows that a batch makes end.
#[derive(Clone, Copy)]
pub(super) struct Expiries {
    pub(super) envelope: Timestamp,
    pub(super) attachment: Timestamp,
    pub(super) key_package: Timestamp,
}
