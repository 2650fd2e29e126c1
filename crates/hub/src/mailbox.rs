//! What waits for one socket. Bounded: past the bound the waiting deliveries are dropped and the socket reads
//! them from the store instead, so a slow reader costs a flag and not memory.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use protocol::{ChannelId, EnvelopeId, Posted};
use store::hub::StoredEnvelope;
use tokio::sync::Notify;

use crate::refusal::Refusal;

/// What waits for one socket. Many put in, one takes out.
pub(crate) struct Mailbox {
    waiting: Mutex<Waiting>,
    wake: Notify,
    bound: Bound,
}

/// How much may wait.
#[derive(Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) deliveries: usize,
    pub(crate) octets: usize,
}

/// For one device: it reads one channel.
pub(crate) const DEVICE: Bound = Bound { deliveries: 64, octets: 256 << 10 };
/// For a desk: it reads all of its channels.
pub(crate) const DESK: Bound = Bound { deliveries: 4_096, octets: 8 << 20 };

/// The outcome of a post. As many can wait as the socket has posts under way, and that is bounded there.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) channel: ChannelId,
    pub(crate) id: EnvelopeId,
    pub(crate) outcome: Result<Posted, Refusal>,
}

/// Why a socket must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The channel was closed or its time is over.
    Channel,
    /// The desk opened a newer session.
    Replaced,
}

#[derive(Default)]
struct Waiting {
    answers: Vec<Answer>,
    deliveries: VecDeque<Arc<StoredEnvelope>>,
    octets: usize,
    missed: bool,
    key_packages: Option<u64>,
    ended: Option<Ended>,
}

/// What was taken out.
#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) answers: Vec<Answer>,
    pub(crate) deliveries: Vec<Arc<StoredEnvelope>>,
    /// Deliveries were dropped; the store has them.
    pub(crate) missed: bool,
    /// A warning that so few key packages are left.
    pub(crate) key_packages: Option<u64>,
    pub(crate) ended: Option<Ended>,
}

impl Mailbox {
    pub(crate) fn new(bound: Bound) -> Arc<Self> {
        Arc::new(Self { waiting: Mutex::default(), wake: Notify::new(), bound })
    }

    pub(crate) fn deliver(&self, envelope: &Arc<StoredEnvelope>) {
        let octets = envelope.delivery.envelope.body.0.len();
        {
            let mut waiting = self.lock();
            if waiting.missed {
                return;
            }
            let full = waiting.deliveries.len() >= self.bound.deliveries
                || waiting.octets + octets > self.bound.octets;
            if full {
                waiting.deliveries = VecDeque::new();
                waiting.octets = 0;
                waiting.missed = true;
            } else {
                waiting.deliveries.push_back(Arc::clone(envelope));
                waiting.octets += octets;
            }
        }
        self.wake.notify_one();
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.lock().answers.push(answer);
        self.wake.notify_one();
    }

    pub(crate) fn warn_key_packages(&self, left: u64) {
        self.lock().key_packages = Some(left);
        self.wake.notify_one();
    }

    pub(crate) fn end(&self, why: Ended) {
        self.lock().ended = Some(why);
        self.wake.notify_one();
    }

    /// Waits until something was put in since the last call.
    pub(crate) async fn changed(&self) {
        self.wake.notified().await;
    }

    /// Takes out the answers and up to `room` deliveries. What is missed is told once.
    pub(crate) fn take(&self, room: usize) -> Taken {
        let mut waiting = self.lock();
        let count = room.min(waiting.deliveries.len());
        let deliveries: Vec<_> = waiting.deliveries.drain(..count).collect();
        let octets: usize = deliveries.iter().map(|one| one.delivery.envelope.body.0.len()).sum();
        waiting.octets = waiting.octets.saturating_sub(octets);
        if waiting.deliveries.is_empty() {
            // An idle socket keeps no buffer.
            waiting.deliveries = VecDeque::new();
        }
        Taken {
            answers: std::mem::take(&mut waiting.answers),
            deliveries,
            missed: std::mem::take(&mut waiting.missed),
            key_packages: waiting.key_packages.take(),
            ended: waiting.ended,
        }
    }

    /// Whether no delivery waits and none was dropped.
    pub(crate) fn is_empty(&self) -> bool {
        let waiting = self.lock();
        waiting.deliveries.is_empty() && !waiting.missed
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        // Nothing between lock and unlock can leave it half changed.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Author, Bytes, Delivery, Envelope, EnvelopeKind};

    use super::*;

    fn envelope(seq: u64, octets: usize) -> Arc<StoredEnvelope> {
        Arc::new(StoredEnvelope {
            channel: ChannelId::from_octets([1; 16]),
            delivery: Delivery {
                seq,
                author: Author::Device,
                envelope: Envelope {
                    id: EnvelopeId::from_octets([2; 16]),
                    kind: EnvelopeKind::Message,
                    epoch: 1,
                    body: Bytes(vec![0; octets]),
                },
            },
        })
    }

    #[test]
    fn past_either_bound_nothing_is_kept_but_that_something_was_missed() {
        for (count, octets) in [(DEVICE.deliveries + 1, 1), (5, DEVICE.octets / 4)] {
            let mailbox = Mailbox::new(DEVICE);
            for seq in 0..count {
                mailbox.deliver(&envelope(seq as u64, octets));
            }
            let taken = mailbox.take(usize::MAX);
            assert!(taken.missed && taken.deliveries.is_empty());
            assert!(!mailbox.take(usize::MAX).missed);
        }
    }

    #[test]
    fn deliveries_come_out_in_order_and_no_more_than_there_is_room_for() {
        let mailbox = Mailbox::new(DEVICE);
        for seq in 1..=5 {
            mailbox.deliver(&envelope(seq, 1));
        }
        let seqs = |taken: Taken| taken.deliveries.iter().map(|one| one.delivery.seq).collect::<Vec<_>>();
        assert_eq!(seqs(mailbox.take(3)), [1, 2, 3]);
        assert!(!mailbox.is_empty());
        assert_eq!(seqs(mailbox.take(3)), [4, 5]);
        assert!(mailbox.is_empty());
    }
}
