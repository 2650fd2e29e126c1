//! A hub on a free port, a device and a desk that talk to it.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Once,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use hub::{Hub, HubOptions};
use protocol::{
    Bytes, Capability, ChannelId, Clock, Deliveries, DeskEvent, DeskKey, DeviceEvent, Entropy, Envelope,
    EnvelopeId, EnvelopeKind, Problem, Timestamp, desk_proof_input,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{Ed25519KeyPair, KeyPair},
};
use rustls::{ClientConfig, ServerConfig};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use store::{Location, StorageKey, hub::HubStore};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{Message, protocol::CloseFrame},
};

/// A day, in seconds.
pub(crate) const DAY: i64 = 86_400;

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        SystemRandom::new().fill(bytes).unwrap();
    }
}

/// The desk's key pair, always the same.
pub(crate) fn desk_pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

pub(crate) fn desk_key() -> DeskKey {
    DeskKey::try_from(desk_pair().public_key().as_ref()).unwrap()
}

pub(crate) struct Server {
    pub(crate) hub: Hub,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) http: Client,
    /// What a client of a server with TLS trusts.
    pub(crate) trust: Option<Arc<ClientConfig>>,
    folder: Option<TempDir>,
}

pub(crate) fn location(folder: &Path, max_bytes: Option<u64>) -> Location {
    Location::File { path: folder.join("hub.db"), key: StorageKey::from_octets([3; 32]), max_bytes }
}

pub(crate) fn http_client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().no_proxy().build().unwrap()
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut HubOptions)) -> Self {
        Self::with_tls(change, None).await
    }

    pub(crate) async fn with_tls(
        change: impl FnOnce(&mut HubOptions),
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = location(folder.path(), None);
        Self { folder: Some(folder), ..Self::serve(&location, change, tls).await }
    }

    /// On a store that outlives the server.
    pub(crate) async fn on(location: &Location, change: impl FnOnce(&mut HubOptions)) -> Self {
        Self::serve(location, change, None).await
    }

    async fn serve(
        location: &Location,
        change: impl FnOnce(&mut HubOptions),
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000_000)));
        let mut options = HubOptions::new(vec![desk_key()]);
        change(&mut options);
        let store = HubStore::open(location).await.unwrap();
        let hub = Hub::new(options, store, clock.clone(), Arc::new(SystemEntropy));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = hub.clone();
        tokio::spawn(async move { serving.serve(listener, tls).await.unwrap() });
        Self { hub, address, clock, http: http_client(), trust: None, folder: None }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.trust.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    /// Until the hub's metrics have this line.
    pub(crate) async fn until_metric(&self, line: &str) {
        loop {
            let response = self.http.get(self.url("/metrics")).send().await.unwrap();
            if response.text().await.unwrap().lines().any(|one| one == line) {
                return;
            }
        }
    }

    /// A device with an open channel.
    pub(crate) async fn device(&self) -> Device {
        let device = Device::new(self);
        let response = device.create().await;
        assert_eq!(response.status(), StatusCode::CREATED);
        device
    }

    pub(crate) async fn desk(&self) -> Socket {
        self.desk_with(&desk_pair()).await
    }

    /// A desk's socket, after its proof; `ready` or whatever else comes is still to be read.
    pub(crate) async fn desk_with(&self, pair: &Ed25519KeyPair) -> Socket {
        let mut socket = self.socket(&format!("/v1/desks/{}/socket", desk_key())).await;
        let DeskEvent::Challenge { nonce } = socket.event().await else { panic!("no challenge") };
        let signature = pair.sign(&desk_proof_input(&nonce.0)).as_ref().to_vec();
        socket.send(&json!({ "type": "proof", "signature": Bytes(signature) })).await;
        socket
    }

    /// A desk's socket that is ready.
    pub(crate) async fn ready_desk(&self) -> Socket {
        let mut socket = self.desk().await;
        let event: DeskEvent = socket.event().await;
        assert!(matches!(event, DeskEvent::Ready { .. }), "{event:?}");
        socket
    }

    pub(crate) async fn socket(&self, path: &str) -> Socket {
        let url = self.url(path).replacen("http", "ws", 1);
        let trust = self.trust.clone().map(Connector::Rustls);
        Socket(connect_async_tls_with_config(url, None, false, trust).await.unwrap().0)
    }
}

/// Far longer than anything here takes on a busy machine, and shorter than any wait that the hub allows itself.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it took too long")
}

/// A WebSocket that speaks JSON.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, frame: &Value) {
        self.send_text(frame.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        self.0.send(Message::Text(text.into())).await.unwrap();
    }

    pub(crate) async fn event<T: DeserializeOwned>(&mut self) -> T {
        loop {
            match soon(self.0.next()).await.expect("the socket ended").expect("the socket broke") {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("unexpected: {other:?}"),
            }
        }
    }

    /// The code with which the hub closed, after whatever came before.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match soon(self.0.next()).await.expect("ended without a close frame").expect("broke") {
                Message::Close(Some(CloseFrame { code, .. })) => return code.into(),
                Message::Close(None) => panic!("closed without a code"),
                _ => {}
            }
        }
    }

    /// The next delivery to a device.
    pub(crate) async fn delivered(&mut self) -> protocol::Delivery {
        loop {
            match self.event().await {
                DeviceEvent::Delivery(delivery) => return delivery,
                DeviceEvent::Posted(_) | DeviceEvent::Opened { .. } => {}
                other @ DeviceEvent::Refused { .. } => panic!("{other:?}"),
            }
        }
    }

    /// The next delivery to a desk.
    pub(crate) async fn desk_delivered(&mut self) -> (ChannelId, protocol::Delivery) {
        loop {
            match self.event().await {
                DeskEvent::Delivery { channel, delivery } => return (channel, delivery),
                DeskEvent::Posted { .. } | DeskEvent::KeyPackages { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    pub(crate) async fn acknowledge(&mut self, channel: ChannelId, seq: u64) {
        self.send(&json!({ "type": "ack", "channel": channel, "seq": seq })).await;
    }
}

impl Socket {
    /// Until the hub has read everything that the desk sent so far: frames are read in order, and this post is
    /// answered.
    pub(crate) async fn settled(&mut self, channel: ChannelId) {
        self.send(&json!({ "type": "post", "channel": channel, "envelope": message() })).await;
        loop {
            match self.event().await {
                DeskEvent::Posted { .. } => return,
                DeskEvent::Delivery { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// A device with its channel's capabilities.
pub(crate) struct Device {
    pub(crate) channel: ChannelId,
    pub(crate) read: Capability,
    pub(crate) write: Capability,
    pub(crate) welcome: Envelope,
    http: Client,
    base: String,
}

impl Device {
    pub(crate) fn new(server: &Server) -> Self {
        Self {
            channel: ChannelId::random(&SystemEntropy),
            read: Capability::random(&SystemEntropy),
            write: Capability::random(&SystemEntropy),
            welcome: envelope(EnvelopeKind::Welcome, 1),
            http: server.http.clone(),
            base: server.url(""),
        }
    }

    pub(crate) async fn create(&self) -> Response {
        let body = json!({
            "channel": self.channel, "desk": desk_key(), "write": self.write.hash(), "read": self.read.hash(),
            "welcome": self.welcome,
        });
        self.http.post(format!("{}/v1/channels", self.base)).json(&body).send().await.unwrap()
    }

    pub(crate) fn url(&self, rest: &str) -> String {
        format!("{}/v1/channels/{}{rest}", self.base, self.channel)
    }

    pub(crate) fn bearer(&self, request: RequestBuilder, capability: &Capability) -> RequestBuilder {
        request.bearer_auth(capability.reveal().as_str())
    }

    pub(crate) async fn post(&self, envelope: &impl Serialize) -> Response {
        let request = self.http.post(self.url("/envelopes")).json(envelope);
        self.bearer(request, &self.write).send().await.unwrap()
    }

    /// Posts what must be taken; its place.
    pub(crate) async fn posted(&self, envelope: &Envelope) -> u64 {
        let response = self.post(envelope).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json::<protocol::Posted>().await.unwrap().seq
    }

    pub(crate) async fn get(&self, query: &str) -> Response {
        let request = self.http.get(self.url(&format!("/envelopes{query}")));
        self.bearer(request, &self.read).send().await.unwrap()
    }

    /// Everything in the channel.
    pub(crate) async fn all(&self) -> Vec<protocol::Delivery> {
        let mut all = Vec::new();
        loop {
            let after = all.last().map_or(0, |last: &protocol::Delivery| last.seq);
            let page: Deliveries = self.get(&format!("?after={after}")).await.json().await.unwrap();
            if page.envelopes.is_empty() {
                return all;
            }
            all.extend(page.envelopes);
        }
    }

    pub(crate) fn open_frame(&self, after: u64) -> Value {
        json!({
            "type": "open", "read": self.read.reveal().as_str(), "write": self.write.reveal().as_str(),
            "after": after,
        })
    }

    /// The channel's socket, opened.
    pub(crate) async fn socket(&self, server: &Server, after: u64) -> Socket {
        let mut socket = server.socket(&format!("/v1/channels/{}/socket", self.channel)).await;
        socket.send(&self.open_frame(after)).await;
        let event: DeviceEvent = socket.event().await;
        assert!(matches!(event, DeviceEvent::Opened { .. }), "{event:?}");
        socket
    }
}

pub(crate) fn envelope(kind: EnvelopeKind, epoch: u64) -> Envelope {
    sized(kind, epoch, 300)
}

pub(crate) fn message() -> Envelope {
    envelope(EnvelopeKind::Message, 1)
}

pub(crate) fn sized(kind: EnvelopeKind, epoch: u64, octets: usize) -> Envelope {
    let mut body = vec![0; octets];
    SystemEntropy.fill(&mut body);
    Envelope { id: EnvelopeId::random(&SystemEntropy), kind, epoch, body: Bytes(body) }
}

pub(crate) fn post_frame(envelope: &Envelope) -> Value {
    json!({ "type": "post", "envelope": envelope })
}

/// The problem in a response, which must say that it is one.
pub(crate) async fn problem(response: Response) -> Problem {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let (status, retry_after) = (response.status().as_u16(), response.headers().get("retry-after").cloned());
    let problem: Problem = response.json().await.unwrap();
    assert_eq!(problem.status, status);
    assert_eq!(
        problem.retry_after.map(|seconds| seconds.to_string()),
        retry_after.map(|value| value.to_str().unwrap().to_owned())
    );
    problem
}
