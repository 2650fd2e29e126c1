use std::time::Duration;

use futures_util::StreamExt;
use protocol::{Author, Deliveries, DeviceEvent, EnvelopeKind};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Server, message, post_frame, sized, soon};
use hub::Rate;

#[tokio::test]
async fn a_device_gets_what_both_ends_post_its_own_too_and_only_what_is_new() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut desk = server.ready_desk().await;
    let mut socket = device.socket(&server, 0).await;
    assert_eq!(socket.delivered().await.envelope, device.welcome);
    let (mine, theirs) = (message(), message());
    socket.send(&post_frame(&mine)).await;
    let delivery = socket.delivered().await;
    assert_eq!((delivery.author, delivery.envelope), (Author::Device, mine));
    desk.send(&json!({ "type": "post", "channel": device.channel, "envelope": theirs })).await;
    let delivery = socket.delivered().await;
    assert_eq!((delivery.seq, delivery.author), (3, Author::Desk));
    assert_eq!(delivery.envelope, theirs);
    let mut later = device.socket(&server, 2).await;
    assert_eq!(later.delivered().await.seq, 3);
}

#[tokio::test]
async fn a_post_is_answered_by_its_place_and_may_only_be_made_with_the_right_to() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut socket = server.socket(&format!("/v1/channels/{}/socket", device.channel)).await;
    socket.send(&json!({ "type": "open", "read": device.read.reveal().as_str(), "after": 1 })).await;
    let DeviceEvent::Opened { epoch: 1 } = socket.event().await else { panic!("not opened") };
    let next = message();
    socket.send(&post_frame(&next)).await;
    let DeviceEvent::Refused { id, problem } = socket.event().await else { panic!("taken") };
    assert_eq!((id, problem.status), (Some(next.id), 401));
    let mut socket = device.socket(&server, 1).await;
    socket.send(&post_frame(&next)).await;
    loop {
        match socket.event().await {
            DeviceEvent::Posted(posted) => break assert_eq!((posted.id, posted.seq), (next.id, 2)),
            DeviceEvent::Delivery(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_reader_that_is_too_slow_gets_everything_in_order_once_it_reads() {
    let server = Server::with(|options| options.limits.posts = Rate::new(1_000_000, 100_000)).await;
    let device = server.device().await;
    let mut slow = device.socket(&server, 1).await;
    // More than its mailbox and the system's buffers hold.
    for _ in 0..400 {
        device.posted(&sized(EnvelopeKind::Message, 1, 32_000)).await;
    }
    for place in 2..=401 {
        assert_eq!(slow.delivered().await.seq, place);
    }
    let next = message();
    device.posted(&next).await;
    assert_eq!(slow.delivered().await.envelope, next);
}

#[tokio::test]
async fn a_long_poll_answers_as_soon_as_there_is_something() {
    let server = Server::start().await;
    let device = server.device().await;
    let waiting = async {
        let response = device.get("?after=1&wait=25").await;
        response.json::<Deliveries>().await.unwrap()
    };
    let next = message();
    let post = async {
        server.until_metric("sotto_hub_sockets{end=\"poll\"} 1").await;
        device.posted(&next).await
    };
    let (page, place) = tokio::join!(soon(waiting), post);
    assert_eq!(place, 2);
    assert_eq!(page.envelopes.into_iter().map(|one| one.envelope).collect::<Vec<_>>(), [next]);
    let none = device.get("?after=2").await.json::<Deliveries>().await.unwrap();
    assert!(none.envelopes.is_empty());
}

#[tokio::test]
async fn closing_a_channel_deletes_it_and_tells_who_listens() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut socket = device.socket(&server, 1).await;
    let request = server.http.delete(device.url(""));
    let response = device.bearer(request, &device.read).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let request = server.http.delete(device.url(""));
    let response = device.bearer(request, &device.write).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(socket.closed().await, 4404);
    assert_eq!(device.get("").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(device.post(&message()).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_idle_socket_is_pinged_and_one_that_does_not_answer_is_closed() {
    let server = Server::with(|options| {
        options.timeouts.ping = Duration::from_millis(50);
        options.timeouts.silence = Duration::from_millis(120);
        options.timeouts.first_frame = Duration::from_millis(500);
    })
    .await;
    let device = server.device().await;
    let mut alive = device.socket(&server, 1).await;
    // Reading answers the pings; four of them are longer than the silence that is allowed.
    for _ in 0..4 {
        assert!(alive.0.next().await.unwrap().unwrap().is_ping());
    }
    // Not reading does not.
    let address = server.address;
    let silent = tokio::net::TcpStream::connect(address).await.unwrap();
    let url = format!("ws://{address}/v1/channels/{}/socket", device.channel);
    let (mut socket, _) = tokio_tungstenite::client_async(url, silent).await.unwrap();
    use futures_util::SinkExt;
    let open = tokio_tungstenite::tungstenite::Message::Text(device.open_frame(1).to_string().into());
    socket.send(open).await.unwrap();
    let mut octets = Vec::new();
    let mut raw = socket.into_inner();
    soon(tokio::io::AsyncReadExt::read_to_end(&mut raw, &mut octets)).await.unwrap();
    // A close frame, opcode 8, with code 4408 (RFC 6455 section 5.2).
    let close = 4408_u16.to_be_bytes();
    assert!(octets.windows(4).any(|part| part[0] == 0x88 && part[2..] == close), "{octets:?}");
}
