//! The plain relay that the hub is compared with: the same frames over the same WebSockets, handed on in memory,
//! no rights, no order, nothing kept.

use std::sync::Arc;

use axum::{
    Router,
    extract::{
        State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    response::Response,
    routing::get,
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
};

#[derive(Clone)]
struct Relay {
    to_desk: mpsc::Sender<Utf8Bytes>,
    from_devices: Arc<Mutex<mpsc::Receiver<Utf8Bytes>>>,
}

pub(crate) async fn serve() {
    let (to_desk, from_devices) = mpsc::channel(4096);
    let relay = Relay { to_desk, from_devices: Arc::new(Mutex::new(from_devices)) };
    let router = Router::new().route("/device", get(device)).route("/desk", get(desk)).with_state(relay);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| stream.set_nodelay(true).unwrap()),
        router,
    )
    .await
    .unwrap();
}

async fn device(State(relay): State<Relay>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| from_device(relay, socket))
}

async fn from_device(relay: Relay, mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let id = text.split_once("\"id\":\"").unwrap().1.get(..22).unwrap().to_owned();
        relay.to_desk.send(text).await.unwrap();
        let answer = format!("{{\"type\":\"posted\",\"id\":\"{id}\",\"seq\":1}}");
        if socket.send(Message::Text(answer.into())).await.is_err() {
            return;
        }
    }
}

async fn desk(State(relay): State<Relay>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        let mut frames = relay.from_devices.lock().await;
        let mut waiting = Vec::new();
        while frames.recv_many(&mut waiting, 64).await > 0 {
            for text in waiting.drain(..) {
                if socket.feed(Message::Text(text)).await.is_err() {
                    return;
                }
            }
            if socket.flush().await.is_err() {
                return;
            }
        }
    })
}
