//! The desk's one line to the outside: a WebSocket that it opens to the hub.
//!
//! Everything that must arrive waits in the store's outbox before it is handed to this link; on every new
//! connection the outbox is sent again from its start, in order, and the hub recognises what it has. So a
//! queue that is lost here (a crash, a cut line) loses nothing. Deliveries go to the conversations in the order
//! in which they come; one that cannot be taken yet holds back the socket, not memory.

use std::{sync::Arc, time::Duration};

use e2ee::Identity;
use futures_util::{SinkExt, StreamExt};
use protocol::{
    ChannelId, Clock, Delivery, DeskCommand, DeskEvent, Envelope, EnvelopeId, Problem, ProblemCode,
};
use store::desk::DeskStore;
use tokio::{net::TcpStream, sync::mpsc, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config, tungstenite};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use url::Url;

use crate::{chain::chain, hub_trust::HubTrust, key_packages};

/// What the conversations ask the link to send.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// An envelope. If it must arrive, it is in the outbox too.
    Post(ChannelId, Envelope),
    /// Everything up to this place is stored here.
    Ack(ChannelId, u64),
    /// More key packages to give out.
    KeyPackages(Vec<protocol::Bytes>, Option<protocol::Bytes>),
}

/// What the hub tells the conversations.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// An envelope of a customer's device.
    Delivery(ChannelId, Delivery),
    /// The hub will not take an envelope, now or later.
    Refused(ChannelId, EnvelopeId, ProblemCode),
}

/// Why one connection ended.
#[derive(Debug, thiserror::Error)]
enum LinkError {
    #[error("the hub cannot be reached")]
    Connect(#[source] tungstenite::Error),
    #[error("the hub's connection broke")]
    Socket(#[source] tungstenite::Error),
    #[error("the hub sent a frame that this version does not understand")]
    Frame(#[source] serde_json::Error),
    #[error("the hub closed the connection")]
    Closed,
    #[error("the hub refused this desk: {0}")]
    Refused(String),
    #[error("the hub has been silent too long")]
    Silent,
    #[error("the desk's own store failed")]
    Store(#[source] store::StoreError),
    #[error("no key packages could be made")]
    KeyPackages(#[source] key_packages::RefillError),
    #[error("the desk is stopping")]
    Stopping,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The longest silence of a hub before the line counts as cut. The hub pings more often than this.
const SILENCE: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(10);
/// Small frames go out at once. Held back until those before are acknowledged (RFC 896), an answer comes 40 ms later.
const NO_DELAY: bool = true;
/// How long a confirmation of the hub may wait for others, to be stored with them in one transaction. One that is lost
/// with a crash makes an envelope be sent twice, and the hub knows it by its id.
const CONFIRMATIONS: Duration = Duration::from_millis(250);
/// More confirmations than this are not waited for.
const MOST_CONFIRMATIONS: usize = 256;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// The link's parts.
pub(crate) struct HubLink {
    pub(crate) hub: Url,
    pub(crate) trust: HubTrust,
    pub(crate) identity: Arc<Identity>,
    pub(crate) store: DeskStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) outgoing: mpsc::Receiver<Outgoing>,
    /// The other end of `outgoing`, for what the link itself sends.
    pub(crate) outgoing_door: mpsc::Sender<Outgoing>,
    pub(crate) incoming: mpsc::Sender<Incoming>,
    /// Whether the desk has a proven session now, for `/readyz`.
    pub(crate) connected: tokio::sync::watch::Sender<Connected>,
}

/// Whether the hub is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    /// A session is proven and live, and the hub has key packages to begin conversations with.
    Yes,
    /// The desk is trying.
    No,
}

impl HubLink {
    /// Connects, and connects again with growing pauses, until told to stop.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.session() => ended,
            };
            if self.connected.send_replace(Connected::No) == Connected::Yes {
                pause = FIRST_PAUSE;
            }
            if let Err(error) = ended {
                warn!(error = %chain(&error), pause_ms = pause.as_millis(), "hub connection ended");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One connection, from the proof to its end.
    async fn session(&mut self) -> Result<(), LinkError> {
        let url = self.socket_url();
        let connect =
            connect_async_tls_with_config(url.as_str(), Some(limits()), NO_DELAY, self.trust.connector());
        let (mut socket, _) =
            timeout(CONNECT, connect).await.map_err(|_| LinkError::Silent)?.map_err(LinkError::Connect)?;
        self.prove(&mut socket).await?;
        info!("connected to the hub");

        let (mut write, mut read) = socket.split();
        // What is still queued from before the cut either waits in the outbox, from where it is sent in order
        // now, or was of that moment alone.
        while self.outgoing.try_recv().is_ok() {}
        for (channel, envelope) in self.store.outbox().await.map_err(LinkError::Store)? {
            write.send(text(&DeskCommand::Post { channel, envelope })?).await.map_err(LinkError::Socket)?;
        }

        let outgoing = &mut self.outgoing;
        let writer = async {
            while let Some(item) = outgoing.recv().await {
                write.send(text(&DeskCommand::from(item))?).await.map_err(LinkError::Socket)?;
            }
            Err(LinkError::Stopping)
        };
        let (confirmations, confirmed) = mpsc::channel(MOST_CONFIRMATIONS);
        let desk = Reader {
            confirmations,
            store: &self.store,
            identity: &self.identity,
            clock: self.clock.as_ref(),
            incoming: &self.incoming,
            outgoing: &self.outgoing_door,
            connected: &self.connected,
        };
        let reader = async {
            loop {
                desk.handle(next_event(&mut read).await?).await?;
            }
        };
        tokio::select! {
            ended = writer => ended,
            ended = reader => ended,
            ended = confirm(&self.store, confirmed) => ended,
        }
    }

    /// Signs the hub's challenge.
    async fn prove(&self, socket: &mut Socket) -> Result<(), LinkError> {
        let DeskEvent::Challenge { nonce } = next_event(socket).await? else { return Err(LinkError::Closed) };
        let signature = self.identity.sign(&protocol::desk_proof_input(&nonce.0)).to_vec().into();
        socket.send(text(&DeskCommand::Proof { signature })?).await.map_err(LinkError::Socket)
    }

    fn socket_url(&self) -> Url {
        let mut url = self.hub.clone();
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        // Both schemes are special and the path is absolute, so neither can fail.
        let _ = url.set_scheme(scheme);
        url.set_path(&format!("/v1/desks/{}/socket", self.identity.public()));
        url
    }
}

/// What the reading half needs.
struct Reader<'a> {
    /// To [`confirm`].
    confirmations: mpsc::Sender<(ChannelId, EnvelopeId)>,
    store: &'a DeskStore,
    identity: &'a Identity,
    clock: &'a dyn Clock,
    incoming: &'a mpsc::Sender<Incoming>,
    outgoing: &'a mpsc::Sender<Outgoing>,
    connected: &'a tokio::sync::watch::Sender<Connected>,
}

impl Reader<'_> {
    async fn handle(&self, event: DeskEvent) -> Result<(), LinkError> {
        match event {
            DeskEvent::Delivery { channel, delivery } => {
                self.deliver(Incoming::Delivery(channel, delivery)).await
            }
            DeskEvent::Posted { channel, posted } => self.confirmed(channel, posted.id).await,
            DeskEvent::Refused { channel: Some(channel), id: Some(id), problem } => {
                self.refused(channel, id, &problem).await
            }
            DeskEvent::Refused { problem, .. } => Err(LinkError::Refused(problem.title)),
            DeskEvent::Ready { key_packages, last_resort } => {
                let last_resort =
                    if last_resort { key_packages::LastResort::Keep } else { key_packages::LastResort::Make };
                if key_packages > 0 {
                    self.connected.send_replace(Connected::Yes);
                }
                self.refill(key_packages, last_resort).await
            }
            DeskEvent::KeyPackages { left } => {
                self.connected.send_replace(Connected::Yes);
                self.refill(left, key_packages::LastResort::Keep).await
            }
            DeskEvent::Challenge { .. } => Err(LinkError::Closed),
        }
    }

    /// A refusal that time can heal ends the connection, so that the outbox is tried again; any other is final.
    async fn refused(&self, channel: ChannelId, id: EnvelopeId, problem: &Problem) -> Result<(), LinkError> {
        match problem.code {
            ProblemCode::RateLimited
            | ProblemCode::StorageBusy
            | ProblemCode::StorageFull
            | ProblemCode::Unavailable
            | ProblemCode::Internal => Err(LinkError::Refused(problem.title.clone())),
            code => {
                self.confirmed(channel, id).await?;
                self.deliver(Incoming::Refused(channel, id, code)).await
            }
        }
    }

    async fn confirmed(&self, channel: ChannelId, id: EnvelopeId) -> Result<(), LinkError> {
        self.confirmations.send((channel, id)).await.map_err(|_| LinkError::Stopping)
    }

    async fn deliver(&self, incoming: Incoming) -> Result<(), LinkError> {
        self.incoming.send(incoming).await.map_err(|_| LinkError::Stopping)
    }

    async fn refill(&self, left: u64, last_resort: key_packages::LastResort) -> Result<(), LinkError> {
        let made = key_packages::refill(left, last_resort, self.identity, self.store, self.clock.now())
            .await
            .map_err(LinkError::KeyPackages)?;
        let Some((one_time, last_resort)) = made else { return Ok(()) };
        self.outgoing
            .send(Outgoing::KeyPackages(one_time, last_resort))
            .await
            .map_err(|_| LinkError::Stopping)
    }
}

/// Takes what the hub has stored out of the outbox, several at a time.
async fn confirm(
    store: &DeskStore,
    mut confirmed: mpsc::Receiver<(ChannelId, EnvelopeId)>,
) -> Result<(), LinkError> {
    let mut envelopes = Vec::with_capacity(MOST_CONFIRMATIONS);
    while let Some(first) = confirmed.recv().await {
        envelopes.push(first);
        let others = async {
            while envelopes.len() < MOST_CONFIRMATIONS {
                let Some(next) = confirmed.recv().await else { return };
                envelopes.push(next);
            }
        };
        // Whether the time is over or there are enough, they are stored.
        let _ = timeout(CONFIRMATIONS, others).await;
        store.sent(&envelopes).await.map_err(LinkError::Store)?;
        envelopes.clear();
    }
    Err(LinkError::Stopping)
}

impl From<Outgoing> for DeskCommand {
    fn from(item: Outgoing) -> Self {
        match item {
            Outgoing::Post(channel, envelope) => Self::Post { channel, envelope },
            Outgoing::Ack(channel, seq) => Self::Ack { channel, seq },
            Outgoing::KeyPackages(one_time, last_resort) => Self::KeyPackages { one_time, last_resort },
        }
    }
}

/// A frame is an envelope at the most, as base64url in JSON, with room for what is around it.
fn limits() -> tungstenite::protocol::WebSocketConfig {
    let longest = 2 * protocol::MAX_BODY + 4096;
    tungstenite::protocol::WebSocketConfig::default()
        .max_message_size(Some(longest))
        .max_frame_size(Some(longest))
}

fn text(command: &DeskCommand) -> Result<tungstenite::Message, LinkError> {
    serde_json::to_string(command)
        .map(|json| tungstenite::Message::Text(json.into()))
        .map_err(LinkError::Frame)
}

/// The next frame that says something; pings are answered by the library.
async fn next_event<S>(socket: &mut S) -> Result<DeskEvent, LinkError>
where
    S: futures_util::Stream<Item = Result<tungstenite::Message, tungstenite::Error>> + Unpin,
{
    loop {
        let message = timeout(SILENCE, socket.next())
            .await
            .map_err(|_| LinkError::Silent)?
            .ok_or(LinkError::Closed)?
            .map_err(LinkError::Socket)?;
        match message {
            tungstenite::Message::Text(json) => return serde_json::from_str(&json).map_err(LinkError::Frame),
            tungstenite::Message::Close(_) => return Err(LinkError::Closed),
            tungstenite::Message::Ping(_)
            | tungstenite::Message::Pong(_)
            | tungstenite::Message::Binary(_)
            | tungstenite::Message::Frame(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Entropy, EnvelopeKind, Timestamp};
    use store::{
        Location,
        desk::{NewConversation, Phase, Step},
        keys::RootKey,
    };

    use super::*;

    struct Fixed;

    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp(1)
        }
    }

    /// Another octet each time.
    struct Counted(std::sync::atomic::AtomicU8);

    impl Entropy for Counted {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[tokio::test]
    async fn what_the_hub_confirms_leaves_the_outbox_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = Arc::new(Counted(0.into()));
        let root = RootKey::read_or_create(&folder.path().join("root.key"), entropy.as_ref()).unwrap();
        let location =
            Location::File { path: folder.path().join("desk.db"), key: root.storage_key(), max_bytes: None };
        let store = DeskStore::open(&location, root, Arc::new(Fixed), entropy.clone()).await.unwrap();
        let channel = ChannelId::random(entropy.as_ref());
        let phase = Phase::Assistant;
        let new = NewConversation { channel, seq: 1, group_state: b"", used_key_package: None, phase };
        store.open_conversation(&new).await.unwrap();
        let envelope = |number: u16| {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            let id = EnvelopeId::from_octets(id);
            Envelope { id, kind: EnvelopeKind::Message, epoch: 1, body: vec![1].into() }
        };
        // More than are stored together.
        let most = MOST_CONFIRMATIONS as u16 + 40;
        let outbox: Vec<_> = (0..=most).map(envelope).collect();
        store.apply(channel, &Step { outbox, ..Step::default() }).await.unwrap();

        let (confirmations, confirmed) = mpsc::channel(MOST_CONFIRMATIONS);
        let told = async {
            for number in 0..most {
                confirmations.send((channel, envelope(number).id)).await.unwrap();
            }
            drop(confirmations);
        };
        let (ended, ()) = tokio::join!(confirm(&store, confirmed), told);
        assert!(matches!(ended, Err(LinkError::Stopping)));
        let left = store.outbox().await.unwrap();
        assert_eq!(left, [(channel, envelope(most))]);
    }
}
