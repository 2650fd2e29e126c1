use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex},
};

use protocol::EnvelopeKind;
use tokio::net::TcpSocket;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Device, Server, desk_key, message, sized};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The whole of 127.0.0.0/8 is this machine, so a client can have an address of its own.
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 91, 82, 73);

#[tokio::test]
async fn no_address_capability_or_content_gets_into_the_log_even_at_its_finest() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // The test's runtime has one thread, so this sees every task.
    let _guard = tracing::subscriber::set_default(subscriber);

    let folder = tempfile::tempdir().unwrap();
    let location = crate::support::location(folder.path(), Some(1 << 20));
    let mut server = Server::on(&location, |_| {}).await;
    server.http = reqwest::Client::builder().no_proxy().local_address(IpAddr::from(CLIENT)).build().unwrap();
    let device = server.device().await;
    let sent = message();
    device.posted(&sent).await;
    device.get("").await;
    // Refusals of every kind, and a store that is full.
    device.post(&serde_json::json!({ "nonsense": 1 })).await;
    Device::new(&server).get("").await;
    let claim = format!("/v1/desks/{}/key-packages/claim", desk_key());
    server.http.post(server.url(&claim)).send().await.unwrap();
    while device.post(&sized(EnvelopeKind::Message, 1, 60_000)).await.status() == 201 {}

    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((CLIENT, 0).into()).unwrap();
    let stream = socket.connect(server.address).await.unwrap();
    let url = format!("ws://{}/v1/channels/{}/socket", server.address, device.channel);
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    use futures_util::{SinkExt, StreamExt};
    socket.send(Message::Text(device.open_frame(0).to_string().into())).await.unwrap();
    socket.next().await.unwrap().unwrap();
    server.hub.shutdown().await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the store is full"), "the log was not captured:\n{log}");
    let forbidden = [
        CLIENT.to_string(),
        device.read.reveal().to_string(),
        device.write.reveal().to_string(),
        sent.body.to_string(),
    ];
    for secret in forbidden {
        // What the test's own client says of itself is not the hub's.
        let said: Vec<_> = log
            .lines()
            .filter(|line| {
                line.contains(&secret) && !line.contains("reqwest") && !line.contains("hyper_util::client")
            })
            .collect();
        assert!(said.is_empty(), "{said:#?}");
    }
}
