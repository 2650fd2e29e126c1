//! Talks to a hub (or a relay) as devices and as the desk do, with as little work as it can.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use data_encoding::BASE64URL_NOPAD;
use futures_util::{SinkExt, StreamExt, stream};
use protocol::{Bytes, Capability, ChannelId, DeskEvent, EnvelopeId, desk_proof_input};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use crate::serve::{System, desk_key, desk_pair};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Octets of an envelope's body.
pub(crate) const BODY: usize = 1024;

pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    read: Capability,
    write: Capability,
}

pub(crate) fn start() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now)
}

/// An envelope id that carries when it was sent, so that whoever sees it knows how old it is.
pub(crate) fn stamp(at: Instant, number: u64) -> EnvelopeId {
    let mut octets = [0; 16];
    let nanoseconds = u64::try_from((at - start()).as_nanos()).unwrap();
    octets[..8].copy_from_slice(&nanoseconds.to_be_bytes());
    octets[8..].copy_from_slice(&number.to_be_bytes());
    EnvelopeId::from_octets(octets)
}

/// The age of the envelope whose id is in the frame.
pub(crate) fn age(frame: &str) -> Duration {
    let at = frame.find("\"id\":\"").unwrap() + 6;
    let mut octets = [0; 16];
    BASE64URL_NOPAD.decode_mut(&frame.as_bytes()[at..at + 22], &mut octets).unwrap();
    age_of(octets[..8].try_into().unwrap())
}

pub(crate) fn age_of(stamp: [u8; 8]) -> Duration {
    start().elapsed().saturating_sub(Duration::from_nanos(u64::from_be_bytes(stamp)))
}

/// A post, as text; only the id differs between two of them.
pub(crate) fn post_frame(id: EnvelopeId) -> String {
    static BODY_TEXT: OnceLock<String> = OnceLock::new();
    let body = BODY_TEXT.get_or_init(|| {
        let mut body = vec![0; BODY];
        protocol::Entropy::fill(&System, &mut body);
        Bytes(body).to_string()
    });
    format!(
        "{{\"type\":\"post\",\"envelope\":{{\"id\":\"{id}\",\"kind\":\"message\",\"epoch\":1,\"body\":\"{body}\"}}}}"
    )
}

pub(crate) async fn channels(address: &str, count: usize) -> Vec<Channel> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let channels = stream::iter(0..count).map(|_| channel(&http, address)).buffer_unordered(64);
    channels.collect().await
}

async fn channel(http: &reqwest::Client, address: &str) -> Channel {
    let channel = Channel {
        id: ChannelId::random(&System),
        read: Capability::random(&System),
        write: Capability::random(&System),
    };
    let welcome = json!({
        "id": EnvelopeId::random(&System), "kind": "welcome", "epoch": 1, "body": Bytes(vec![1; 2048]),
    });
    let body = json!({
        "channel": channel.id, "desk": desk_key(), "write": channel.write.hash(),
        "read": channel.read.hash(), "welcome": welcome,
    });
    let response = http.post(format!("http://{address}/v1/channels")).json(&body).send().await.unwrap();
    assert_eq!(response.status(), 201);
    channel
}

pub(crate) async fn connect(address: &str, path: &str) -> Socket {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let stream = MaybeTlsStream::Plain(stream);
    tokio_tungstenite::client_async(format!("ws://{address}{path}"), stream).await.unwrap().0
}

/// A device's socket that has everything and is quiet.
pub(crate) async fn device(address: &str, channel: &Channel) -> Socket {
    let mut socket = connect(address, &format!("/v1/channels/{}/socket", channel.id)).await;
    let open = json!({
        "type": "open", "read": channel.read.reveal().as_str(), "write": channel.write.reveal().as_str(),
        "after": 1,
    });
    socket.send(Message::Text(open.to_string().into())).await.unwrap();
    assert!(text(&mut socket).await.contains("opened"));
    socket
}

/// The desk's socket, ready.
pub(crate) async fn desk(address: &str) -> Socket {
    let mut socket = connect(address, &format!("/v1/desks/{}/socket", desk_key())).await;
    let DeskEvent::Challenge { nonce } = serde_json::from_str(&text(&mut socket).await).unwrap() else {
        unreachable!("the first frame is the challenge")
    };
    let signature = desk_pair().sign(&desk_proof_input(&nonce.0)).as_ref().to_vec();
    let proof = json!({ "type": "proof", "signature": Bytes(signature) });
    socket.send(Message::Text(proof.to_string().into())).await.unwrap();
    assert!(text(&mut socket).await.contains("ready"));
    socket
}

/// The next text frame.
pub(crate) async fn text(socket: &mut Socket) -> String {
    loop {
        if let Message::Text(text) = socket.next().await.expect("the socket ended").unwrap() {
            return text.to_string();
        }
    }
}
