//! What a desk's session has sent, and what it may send: at least once, in order within each channel, and
//! never more than the window ahead of what the desk has acknowledged.

use std::collections::{HashMap, VecDeque};

use axum::extract::ws::Utf8Bytes;
use protocol::{Bytes, ChannelId, DeskCommand, DeskEvent, DeskKey, Envelope, EnvelopeId};
use serde::Deserialize;
use store::hub::StoredEnvelope;

use crate::{
    fanout::Subscription,
    hub::Hub,
    mailbox::Taken,
    metrics, ordering,
    refusal::Refusal,
    request::NOT_AS_DESCRIBED,
    socket::{Attention, Close, End, Wire},
    writer::{self, Acknowledge, KeyPackages, Post, PostReply, Poster, Work},
};

/// Posts whose outcome is not known yet; the session reads no more until one is.
const UNDER_WAY: usize = 1_024;
/// Envelopes read from the store at once.
const PAGE: u32 = 64;
/// Frames that are not as described, before the session ends.
const MALFORMED: u32 = 64;
/// The largest key package, in octets; one of the hybrid post-quantum suite takes about 4,000.
const MAX_KEY_PACKAGE: usize = 16 << 10;

pub(crate) struct DeskSession<'a> {
    hub: &'a Hub,
    desk: DeskKey,
    subscription: Subscription,
    sent: Sent,
    /// Where reading from the store goes on; none when the mailbox has everything that is new.
    catching_up: Option<Option<(ChannelId, u64)>>,
    under_way: usize,
    malformed: u32,
}

impl<'a> DeskSession<'a> {
    pub(crate) fn new(hub: &'a Hub, desk: DeskKey, subscription: Subscription) -> Self {
        Self {
            hub,
            desk,
            subscription,
            sent: Sent::default(),
            catching_up: Some(None),
            under_way: 0,
            malformed: 0,
        }
    }

    pub(crate) async fn serve(mut self, wire: &mut Wire) -> End {
        loop {
            if let Err(end) = self.step(wire).await {
                return end;
            }
        }
    }

    async fn step(&mut self, wire: &mut Wire) -> Result<(), End> {
        self.send_waiting(wire).await?;
        let attention = if self.under_way < UNDER_WAY { Attention::Open } else { Attention::Busy };
        let heard = tokio::select! {
            biased;
            () = self.hub.parts.stopping.cancelled() => return Err(Close::Stopping.into()),
            () = self.subscription.mailbox().changed() => return Ok(()),
            heard = wire.next(attention) => heard?,
        };
        match heard {
            Some(text) => self.handle(wire, text).await,
            None => Ok(()),
        }
    }

    fn room(&self) -> usize {
        self.hub.parts.options.limits.desk_window.max(1).saturating_sub(self.sent.in_flight)
    }

    async fn send_waiting(&mut self, wire: &mut Wire) -> Result<(), End> {
        let room = if self.catching_up.is_some() { 0 } else { self.room() };
        let taken = self.subscription.mailbox().take(room);
        let deliveries = self.send_news(wire, taken).await?;
        for envelope in deliveries {
            self.deliver(wire, envelope.channel, &envelope).await?;
        }
        while self.catching_up.is_some() && self.room() > 0 {
            self.catch_up(wire).await?;
            if self.catching_up.is_none() {
                // What came meanwhile waits in the mailbox.
                let taken = self.subscription.mailbox().take(self.room());
                for envelope in self.send_news(wire, taken).await? {
                    self.deliver(wire, envelope.channel, &envelope).await?;
                }
            }
        }
        if self.catching_up.is_none() && self.subscription.mailbox().is_empty() {
            self.sent.forget_acknowledged();
        }
        wire.flush().await
    }

    /// Everything in the mailbox but the deliveries.
    async fn send_news(
        &mut self,
        wire: &mut Wire,
        taken: Taken,
    ) -> Result<Vec<std::sync::Arc<StoredEnvelope>>, End> {
        for answer in taken.answers {
            self.under_way = self.under_way.saturating_sub(1);
            let event = match answer.outcome {
                Ok(posted) => DeskEvent::Posted { channel: answer.channel, posted },
                Err(refusal) => DeskEvent::Refused {
                    channel: Some(answer.channel),
                    id: Some(answer.id),
                    problem: self.hub.refused(&refusal),
                },
            };
            wire.event(&event).await?;
        }
        if let Some(ended) = taken.ended {
            return Err(Close::from(ended).into());
        }
        if let Some(left) = taken.key_packages {
            wire.event(&DeskEvent::KeyPackages { left }).await?;
        }
        if taken.missed {
            // What this session has had acknowledged must be on the disk, or it would be read again.
            self.hub.parts.writer.ask(Work::Barrier).await.map_err(|_| Close::Unavailable)?;
            self.catching_up = Some(None);
        }
        Ok(taken.deliveries)
    }

    /// Sends one page of what the desk has not acknowledged.
    async fn catch_up(&mut self, wire: &mut Wire) -> Result<(), End> {
        let Some(after) = self.catching_up else { return Ok(()) };
        let limit = PAGE.min(u32::try_from(self.room()).unwrap_or(PAGE));
        let page = self.hub.parts.store.unacknowledged(self.desk, after, limit).await.map_err(|error| {
            self.hub.refuse(&error);
            Close::Unavailable
        })?;
        self.catching_up = page.last().map(|last| Some((last.channel, last.delivery.seq)));
        for envelope in &page {
            self.deliver(wire, envelope.channel, envelope).await?;
        }
        self.sent.keep_small(self.hub.parts.options.limits.desk_window);
        wire.flush().await
    }

    async fn deliver(
        &mut self,
        wire: &mut Wire,
        channel: ChannelId,
        envelope: &StoredEnvelope,
    ) -> Result<(), End> {
        if !self.sent.begin(channel, envelope.delivery.seq) {
            return Ok(());
        }
        self.hub.parts.metrics.delivered(metrics::End::Desk, 1);
        wire.event(&DeskEvent::Delivery { channel, delivery: envelope.delivery.clone() }).await
    }

    async fn handle(&mut self, wire: &mut Wire, text: Utf8Bytes) -> Result<(), End> {
        let (channel, id, refusal) = match serde_json::from_str(&text) {
            Ok(DeskCommand::Post { channel, envelope }) => {
                let id = envelope.id;
                match self.post(channel, envelope).await {
                    Ok(()) => return Ok(()),
                    Err(refusal) => (Some(channel), Some(id), refusal),
                }
            }
            Ok(DeskCommand::Ack { channel, seq }) => match self.acknowledge(channel, seq).await {
                Ok(()) => return Ok(()),
                Err(refusal) => (Some(channel), None, refusal),
            },
            Ok(DeskCommand::KeyPackages { one_time, last_resort }) => {
                match self.key_packages(one_time, last_resort).await {
                    Ok(left) => {
                        wire.event(&DeskEvent::KeyPackages { left }).await?;
                        return wire.flush().await;
                    }
                    Err(refusal) => (None, None, refusal),
                }
            }
            Ok(DeskCommand::Close { channel }) => match self.close(channel).await {
                Ok(()) => return Ok(()),
                Err(refusal) => (Some(channel), None, refusal),
            },
            Ok(DeskCommand::Proof { .. }) => (None, None, Refusal::Malformed("The session is open already.")),
            Err(_) => {
                self.malformed += 1;
                let (channel, id) = named(&text);
                (channel, id, Refusal::Malformed(NOT_AS_DESCRIBED))
            }
        };
        let problem = self.hub.refused(&refusal);
        wire.event(&DeskEvent::Refused { channel, id, problem }).await?;
        if self.malformed > MALFORMED { Err(Close::Malformed.into()) } else { wire.flush().await }
    }

    async fn post(&mut self, channel: ChannelId, envelope: Envelope) -> Result<(), Refusal> {
        ordering::check(&envelope)?;
        let reply = PostReply::Socket(self.subscription.mailbox().clone());
        let post = Post { channel, poster: Poster::Desk(self.desk), envelope, reply, outcome: None };
        self.hub.parts.writer.submit(Work::Post(post)).await?;
        self.under_way += 1;
        Ok(())
    }

    async fn acknowledge(&mut self, channel: ChannelId, seq: u64) -> Result<(), Refusal> {
        self.sent.acknowledge(channel, seq);
        let acknowledge = Acknowledge { desk: self.desk, channel, seq };
        self.hub.parts.writer.submit(Work::Acknowledge(acknowledge)).await
    }

    async fn key_packages(
        &mut self,
        one_time: Vec<Bytes>,
        last_resort: Option<Bytes>,
    ) -> Result<u64, Refusal> {
        for body in one_time.iter().chain(&last_resort) {
            if body.0.is_empty() || body.0.len() > MAX_KEY_PACKAGE {
                return Err(Refusal::TooLarge("A key package has 1 to 16384 octets."));
            }
        }
        let desk = self.desk;
        let count = self
            .hub
            .parts
            .writer
            .ask(|pending| Work::KeyPackages(KeyPackages { desk, one_time, last_resort, pending }))
            .await?;
        Ok(count.one_time)
    }

    async fn close(&mut self, channel: ChannelId) -> Result<(), Refusal> {
        self.sent.forget(channel);
        let by = Poster::Desk(self.desk);
        self.hub.parts.writer.ask(|pending| Work::Close(writer::Close { channel, by, pending })).await
    }
}

/// The channel and id in a frame that is otherwise not understood.
fn named(text: &str) -> (Option<ChannelId>, Option<EnvelopeId>) {
    #[derive(Deserialize)]
    struct Frame {
        channel: ChannelId,
    }
    let channel = serde_json::from_str(text).ok().map(|Frame { channel }| channel);
    (channel, crate::routes::envelope_id(text))
}

/// What was sent in this session, channel by channel.
#[derive(Default)]
struct Sent {
    channels: HashMap<ChannelId, SentChannel>,
    in_flight: usize,
}

#[derive(Default)]
struct SentChannel {
    /// The highest place sent.
    top: u64,
    /// Places sent and not acknowledged.
    waiting: VecDeque<u64>,
}

impl Sent {
    /// Whether the place has not been sent yet; then it counts as sent.
    fn begin(&mut self, channel: ChannelId, seq: u64) -> bool {
        let sent = self.channels.entry(channel).or_default();
        if seq <= sent.top {
            return false;
        }
        sent.top = seq;
        sent.waiting.push_back(seq);
        self.in_flight += 1;
        true
    }

    fn acknowledge(&mut self, channel: ChannelId, seq: u64) {
        let Some(sent) = self.channels.get_mut(&channel) else { return };
        while sent.waiting.front().is_some_and(|place| *place <= seq) {
            sent.waiting.pop_front();
            self.in_flight -= 1;
        }
    }

    fn forget(&mut self, channel: ChannelId) {
        if let Some(sent) = self.channels.remove(&channel) {
            self.in_flight -= sent.waiting.len();
        }
    }

    /// Once the mailbox and the store hold nothing that was sent, only what is in flight matters.
    fn forget_acknowledged(&mut self) {
        self.channels.retain(|_, sent| !sent.waiting.is_empty());
    }

    /// Bounds what a long catching up remembers; what is forgotten may be sent twice.
    fn keep_small(&mut self, window: usize) {
        if self.channels.len() > window.saturating_mul(8) {
            self.forget_acknowledged();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_sent_once_and_only_its_acknowledgement_makes_room() {
        let (one, two) = (ChannelId::from_octets([1; 16]), ChannelId::from_octets([2; 16]));
        let mut sent = Sent::default();
        assert!(sent.begin(one, 1) && sent.begin(one, 3) && sent.begin(two, 1));
        assert!(!sent.begin(one, 3) && !sent.begin(one, 2));
        assert_eq!(sent.in_flight, 3);
        sent.acknowledge(one, 2);
        assert_eq!(sent.in_flight, 2);
        sent.forget_acknowledged();
        assert!(!sent.begin(one, 3));
        sent.acknowledge(one, 99);
        sent.forget(two);
        sent.forget_acknowledged();
        assert_eq!((sent.in_flight, sent.channels.len()), (0, 0));
    }
}
