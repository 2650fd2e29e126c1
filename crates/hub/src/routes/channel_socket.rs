use axum::{
    extract::{
        State,
        ws::{Utf8Bytes, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::Response,
};
use protocol::{ChannelId, DeviceCommand, DeviceEvent, Envelope, EnvelopeId, Problem};
use serde::Deserialize;
use store::hub::Channel;

use crate::{
    capacity::Held,
    fanout::Subscription,
    hub::Hub,
    metrics,
    networks::Network,
    ordering,
    refusal::Refusal,
    request::{NOT_AS_DESCRIBED, PathOf},
    rights::Right,
    socket::{self, Attention, Close, DEVICE_FRAME, End, Wire},
    writer::{Post, PostReply, Poster, Work},
};

/// Posts whose outcome is not known yet; the socket reads no more until one is.
const UNDER_WAY: usize = 32;
/// Envelopes read from the store at once.
const PAGE: u32 = 16;
/// Frames that are not as described, before the socket ends.
const MALFORMED: u32 = 16;

/// A channel's WebSocket. The first frame is `open`; then deliveries come and `post` is answered by `posted` or
/// `refused`, in any order.
#[utoipa::path(
    get,
    path = "/v1/channels/{channel}/socket",
    params(("channel" = ChannelId, Path, description = "Which")),
    responses(
        (status = 101, description = "Frames are `DeviceCommand` and `DeviceEvent`"),
        (status = 400, description = "`malformed`: not a WebSocket", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`: a page of another origin", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn channel_socket(
    State(hub): State<Hub>,
    network: Network,
    PathOf(channel): PathOf<ChannelId>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    socket::allow_origin(&hub, &headers)?;
    let (upgrade, held) = hub.admit_socket(network, upgrade)?;
    let serving = hub.parts.serving.clone();
    Ok(socket::bounded(upgrade, DEVICE_FRAME)
        .on_upgrade(move |socket| serving.track_future(run(hub, network, channel, socket, held))))
}

impl Hub {
    pub(super) fn admit_socket(
        &self,
        network: Network,
        upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    ) -> Result<(WebSocketUpgrade, Held), Refusal> {
        if self.parts.stopping.is_cancelled() {
            return Err(Refusal::Unavailable);
        }
        let upgrade = upgrade.map_err(|_| Refusal::Malformed("This path takes WebSockets only."))?;
        let held = self.parts.sockets.take(Some(network.tag)).ok_or(Refusal::RateLimited(5))?;
        Ok((upgrade, held))
    }
}

async fn run(hub: Hub, network: Network, channel: ChannelId, socket: WebSocket, held: Held) {
    let _open = hub.parts.metrics.socket(metrics::End::Device);
    let mut wire = Wire::new(socket, hub.parts.options.timeouts);
    let end = match Box::pin(open(&hub, network, channel, &mut wire)).await {
        Ok(opened) => {
            let subscription = hub.parts.fanout.channel(channel);
            let mut session = Session {
                hub,
                channel,
                subscription,
                posts: opened.posts,
                cursor: opened.after,
                behind: true,
                under_way: 0,
                malformed: 0,
            };
            session.serve(&mut wire, opened.channel.head.epoch).await
        }
        Err(end) => end,
    };
    Box::pin(wire.close(end)).await;
    drop(held);
}

struct Opened {
    channel: Channel,
    posts: Posts,
    after: u64,
}

/// Whether the session showed the right to post.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Posts {
    Allowed,
    Refused,
}

async fn open(hub: &Hub, network: Network, channel: ChannelId, wire: &mut Wire) -> Result<Opened, End> {
    let first = tokio::select! {
        () = hub.parts.stopping.cancelled() => return Err(Close::Stopping.into()),
        first = wire.first() => first?,
    };
    match check_open(hub, network, channel, &first).await {
        Ok(opened) => Ok(opened),
        Err(refusal) => {
            let problem = hub.refused(&refusal);
            wire.event(&DeviceEvent::Refused { id: None, problem }).await?;
            Err(Close::from(&refusal).into())
        }
    }
}

async fn check_open(hub: &Hub, network: Network, channel: ChannelId, first: &str) -> Result<Opened, Refusal> {
    let Ok(DeviceCommand::Open { read, write, after }) = serde_json::from_str(first) else {
        return Err(Refusal::Malformed("The first frame must be `open`."));
    };
    let found = hub.authorise(network, channel, &read, Right::Read).await?;
    let posts = match write {
        Some(write) => {
            hub.authorise(network, channel, &write, Right::Write).await?;
            Posts::Allowed
        }
        None => Posts::Refused,
    };
    Ok(Opened { channel: found, posts, after })
}

impl Hub {
    /// The problem for a frame that is refused, counted.
    pub(crate) fn refused(&self, refusal: &Refusal) -> Problem {
        let problem = refusal.problem();
        self.parts.metrics.refused(problem.code);
        problem
    }
}

struct Session {
    hub: Hub,
    channel: ChannelId,
    subscription: Subscription,
    posts: Posts,
    /// The highest place sent.
    cursor: u64,
    /// Whether the store has something above the cursor that the mailbox has not.
    behind: bool,
    under_way: usize,
    malformed: u32,
}

impl Session {
    async fn serve(&mut self, wire: &mut Wire, epoch: u64) -> End {
        if let Err(end) = wire.event(&DeviceEvent::Opened { epoch }).await {
            return end;
        }
        loop {
            if let Err(end) = self.step(wire).await {
                return end;
            }
        }
    }

    async fn step(&mut self, wire: &mut Wire) -> Result<(), End> {
        Box::pin(self.send_waiting(wire)).await?;
        let attention = if self.under_way < UNDER_WAY { Attention::Open } else { Attention::Busy };
        let heard = tokio::select! {
            biased;
            () = self.hub.parts.stopping.cancelled() => return Err(Close::Stopping.into()),
            () = self.subscription.mailbox().changed() => return Ok(()),
            heard = wire.next(attention) => heard?,
        };
        match heard {
            Some(text) => Box::pin(self.handle(wire, text)).await,
            None => Ok(()),
        }
    }

    async fn send_waiting(&mut self, wire: &mut Wire) -> Result<(), End> {
        let taken = self.subscription.mailbox().take(usize::MAX);
        for answer in taken.answers {
            self.under_way = self.under_way.saturating_sub(1);
            let event = match answer.outcome {
                Ok(posted) => DeviceEvent::Posted(posted),
                Err(refusal) => {
                    DeviceEvent::Refused { id: Some(answer.id), problem: self.hub.refused(&refusal) }
                }
            };
            wire.event(&event).await?;
        }
        if let Some(ended) = taken.ended {
            return Err(Close::from(ended).into());
        }
        self.behind |= taken.missed;
        for envelope in taken.deliveries {
            let delivery = &envelope.delivery;
            if self.behind || delivery.seq <= self.cursor {
                continue;
            }
            if delivery.seq != self.cursor + 1 {
                self.behind = true;
                continue;
            }
            self.deliver(wire, delivery.clone()).await?;
        }
        if self.behind {
            self.catch_up(wire).await?;
        }
        wire.flush().await
    }

    /// Sends what the store has above the cursor, a page at a time, each only once the peer took the last.
    async fn catch_up(&mut self, wire: &mut Wire) -> Result<(), End> {
        self.behind = false;
        loop {
            let page = self.hub.parts.store.envelopes(self.channel, self.cursor, PAGE).await;
            let page = page.map_err(|error| {
                self.hub.refuse(&error);
                Close::Unavailable
            })?;
            if page.is_empty() {
                return Ok(());
            }
            for delivery in page {
                self.deliver(wire, delivery).await?;
            }
            wire.flush().await?;
        }
    }

    async fn deliver(&mut self, wire: &mut Wire, delivery: protocol::Delivery) -> Result<(), End> {
        self.cursor = delivery.seq;
        self.hub.parts.metrics.delivered(metrics::End::Device, 1);
        wire.event(&DeviceEvent::Delivery(delivery)).await
    }

    async fn handle(&mut self, wire: &mut Wire, text: Utf8Bytes) -> Result<(), End> {
        let (id, refusal) = match serde_json::from_str(&text) {
            Ok(DeviceCommand::Post { envelope }) => {
                let id = envelope.id;
                match self.post(envelope).await {
                    Ok(()) => return Ok(()),
                    Err(refusal) => (Some(id), refusal),
                }
            }
            Ok(DeviceCommand::Open { .. }) => (None, Refusal::Malformed("The channel is open already.")),
            Err(_) => {
                self.malformed += 1;
                (envelope_id(&text), Refusal::Malformed(NOT_AS_DESCRIBED))
            }
        };
        let problem = self.hub.refused(&refusal);
        wire.event(&DeviceEvent::Refused { id, problem }).await?;
        if self.malformed > MALFORMED { Err(Close::Malformed.into()) } else { wire.flush().await }
    }

    async fn post(&mut self, envelope: Envelope) -> Result<(), Refusal> {
        match self.posts {
            Posts::Allowed => {}
            Posts::Refused => {
                return Err(Refusal::Unauthorized("The socket was opened without the right to post."));
            }
        }
        self.hub.parts.limiters.posts.check(&self.channel)?;
        ordering::check(&envelope)?;
        let reply = PostReply::Socket(self.subscription.mailbox().clone());
        let channel = self.channel;
        let post = Post { channel, poster: Poster::Device, envelope, reply, outcome: None };
        self.hub.parts.writer.submit(Work::Post(post)).await?;
        self.under_way += 1;
        Ok(())
    }
}

/// The id of an envelope that is otherwise not understood, such as one of a newer version's kind.
pub(crate) fn envelope_id(text: &str) -> Option<EnvelopeId> {
    #[derive(Deserialize)]
    struct Frame {
        envelope: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        id: EnvelopeId,
    }
    serde_json::from_str(text).ok().map(|Frame { envelope }| envelope.id)
}
