//! What the device's and the desk's sockets have in common: frames, time limits, signs of life, the end.

use std::time::Duration;

use axum::{
    Error,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    http::{HeaderMap, header},
};
use protocol::MAX_BODY;
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_tungstenite::tungstenite;

use crate::{hub::Hub, mailbox, options::Timeouts, refusal::Refusal};

/// The largest frame of a device: an envelope of the largest body in base64url, and what is around it.
pub(crate) const DEVICE_FRAME: usize = MAX_BODY / 3 * 4 + 4096;
/// The largest frame of a desk, which also hands in key packages.
pub(crate) const DESK_FRAME: usize = 512 << 10;
/// Reads this much at once; each socket keeps a buffer of this size.
const READ_BUFFER: usize = 2 << 10;
/// How long the peer has to answer a close frame.
const GOODBYE: Duration = Duration::from_secs(1);
/// Frames that this end may gather before it writes them out.
const WRITE_BUFFER: usize = 8 << 10;

/// Why the hub ends a socket: a code of RFC 6455 section 7.4 with a reason in our words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    Stopping,
    TooLarge,
    NotText,
    Malformed,
    Unauthorized,
    NoChannel,
    Silent,
    Replaced,
    TooMuch,
    Unavailable,
}

impl Close {
    fn frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Self::Stopping => (1001, "the hub is stopping; connect again"),
            Self::NotText => (1003, "frames are text"),
            Self::TooLarge => (1009, "the frame is larger than the API allows"),
            Self::Malformed => (4400, "too many frames that the API does not describe"),
            Self::Unauthorized => (4401, "the proof or capability is missing or wrong"),
            Self::NoChannel => (4404, "no such channel, or its time is over"),
            Self::Silent => (4408, "nothing came in time"),
            Self::Replaced => (4409, "a newer session of this desk took over"),
            Self::TooMuch => (4429, "too much waits to be read; connect again and go on from where you are"),
            Self::Unavailable => (4503, "the hub cannot read its storage now; connect again"),
        };
        CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
    }
}

impl From<mailbox::Ended> for Close {
    fn from(ended: mailbox::Ended) -> Self {
        match ended {
            mailbox::Ended::Channel => Self::NoChannel,
            mailbox::Ended::Replaced => Self::Replaced,
        }
    }
}

/// The end that a refused opening leads to.
impl From<&Refusal> for Close {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Unauthorized(_) => Self::Unauthorized,
            Refusal::NoChannel | Refusal::NoDesk | Refusal::NotFound => Self::NoChannel,
            Refusal::Malformed(_) | Refusal::TooLarge(_) | Refusal::MethodNotAllowed => Self::Malformed,
            Refusal::TooSlow => Self::Silent,
            Refusal::RateLimited(_) | Refusal::QuotaExceeded(_) => Self::TooMuch,
            Refusal::StaleEpoch(_)
            | Refusal::ChannelExists
            | Refusal::EnvelopeMismatch
            | Refusal::NoKeyPackage
            | Refusal::StorageFull
            | Refusal::StorageBusy
            | Refusal::Unavailable
            | Refusal::Internal(_) => Self::Unavailable,
        }
    }
}

/// How a session ends: with a close frame, or because the peer has gone.
pub(crate) enum End {
    Close(Close),
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// Whether frames are read now, or wait in the network until earlier ones are done with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attention {
    Open,
    Busy,
}

/// One end of a WebSocket.
pub(crate) struct Wire {
    socket: WebSocket,
    timeouts: Timeouts,
    heard: Instant,
    ping: tokio::time::Interval,
}

/// Sets the bounds of a socket before it is opened.
pub(crate) fn bounded(upgrade: WebSocketUpgrade, frame: usize) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(2 * WRITE_BUFFER + 2 * DEVICE_FRAME)
        .max_message_size(frame)
        .max_frame_size(frame)
}

/// A page of another origin may not open a socket. Programs that are no browsers send no origin.
pub(crate) fn allow_origin(hub: &Hub, headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(header::ORIGIN) {
        Some(origin) if !hub.parts.options.origins.contains(origin) => {
            Err(Refusal::Unauthorized("Pages of this origin may not use this hub."))
        }
        _ => Ok(()),
    }
}

impl Wire {
    pub(crate) fn new(socket: WebSocket, timeouts: Timeouts) -> Self {
        let now = Instant::now();
        let mut ping = interval_at(now + timeouts.ping, timeouts.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, timeouts, heard: now, ping }
    }

    /// The first frame, which must come soon.
    pub(crate) async fn first(&mut self) -> Result<Utf8Bytes, End> {
        let limit = self.timeouts.first_frame;
        let first = async {
            loop {
                if let Some(text) = self.hear().await? {
                    return Ok(text);
                }
            }
        };
        tokio::time::timeout(limit, first).await.unwrap_or(Err(Close::Silent.into()))
    }

    /// The next thing of interest: a text frame, or none after a sign of life or a ping of ours. Nothing is
    /// lost if the future is dropped.
    pub(crate) async fn next(&mut self, attention: Attention) -> Result<Option<Utf8Bytes>, End> {
        tokio::select! {
            heard = self.socket.recv(), if attention == Attention::Open => self.judge(heard),
            _ = self.ping.tick() => {
                self.keep_alive(attention).await?;
                Ok(None)
            }
        }
    }

    async fn hear(&mut self) -> Result<Option<Utf8Bytes>, End> {
        let heard = self.socket.recv().await;
        self.judge(heard)
    }

    fn judge(&mut self, heard: Option<Result<Message, Error>>) -> Result<Option<Utf8Bytes>, End> {
        self.heard = Instant::now();
        match heard {
            Some(Ok(Message::Text(text))) => Ok(Some(text)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Binary(_))) => Err(Close::NotText.into()),
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            Some(Err(error)) => Err(too_large(error)),
        }
    }

    async fn keep_alive(&mut self, attention: Attention) -> Result<(), End> {
        match attention {
            Attention::Open if self.heard.elapsed() > self.timeouts.silence => {
                return Err(Close::Silent.into());
            }
            Attention::Open => {}
            // While nothing is read nothing can be heard, so silence is no sign.
            Attention::Busy => self.heard = Instant::now(),
        }
        self.send(Message::Ping(Vec::new().into())).await?;
        self.flush().await
    }

    /// Puts an event into the buffer.
    pub(crate) async fn event<T: Serialize>(&mut self, event: &T) -> Result<(), End> {
        // Our own types always become JSON; if one did not, the session could not go on.
        let text = serde_json::to_string(event).map_err(|_| End::from(Close::Unavailable))?;
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        use futures_util::SinkExt;
        in_time(self.timeouts.send, self.socket.feed(message)).await
    }

    /// Writes out what is in the buffer. A peer that does not take it in time is given up.
    pub(crate) async fn flush(&mut self) -> Result<(), End> {
        use futures_util::SinkExt;
        in_time(self.timeouts.send, self.socket.flush()).await
    }

    /// Says why and ends. A peer that does not take even this is left.
    pub(crate) async fn close(mut self, end: End) {
        let End::Close(close) = end else { return };
        let goodbye = async {
            if self.socket.send(Message::Close(Some(close.frame()))).await.is_ok() {
                // The peer's own close frame ends it properly (RFC 6455 section 7.1.1); what it still sends
                // until then is dropped unread.
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}

async fn in_time(limit: Duration, write: impl Future<Output = Result<(), Error>>) -> Result<(), End> {
    match tokio::time::timeout(limit, write).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(Close::TooMuch.into()),
    }
}

fn too_large(error: Error) -> End {
    match error.into_inner().downcast_ref::<tungstenite::Error>() {
        Some(tungstenite::Error::Capacity(_)) => Close::TooLarge.into(),
        _ => End::Gone,
    }
}
