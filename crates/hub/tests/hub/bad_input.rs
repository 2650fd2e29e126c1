use futures_util::SinkExt;
use protocol::{DeskEvent, DeviceEvent, Entropy, EnvelopeKind, MAX_BODY, ProblemCode};
use reqwest::StatusCode;
use ring::signature::Ed25519KeyPair;
use serde_json::json;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{DAY, Device, Server, SystemEntropy, message, post_frame, problem, sized};

#[tokio::test]
async fn truncated_random_and_unknown_content_is_refused_and_nothing_is_lost() {
    let server = Server::start().await;
    let device = server.device().await;
    let good = serde_json::to_string(&message()).unwrap();
    let mut bodies: Vec<Vec<u8>> = (0..good.len()).step_by(17).map(|end| good[..end].into()).collect();
    for length in [1, 64, 4096] {
        let mut random = vec![0; length];
        SystemEntropy.fill(&mut random);
        bodies.push(random);
    }
    bodies.push(good.replace("message", "hologram").into_bytes());
    bodies.push(good.replace("\"epoch\":1", "\"epoch\":-1").into_bytes());
    bodies.push(good.replace("\"epoch\":1", "\"epoch\":18446744073709551615").into_bytes());
    bodies.push("[".repeat(50_000).into_bytes());
    for body in bodies {
        let request = server.http.post(device.url("/envelopes")).body(body);
        let response = device.bearer(request, &device.write).send().await.unwrap();
        let refused = problem(response).await;
        assert_eq!((refused.code, refused.status), (ProblemCode::Malformed, 400));
    }
    assert_eq!(device.posted(&message()).await, 2);
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large_and_one_at_the_limit_is_not() {
    let server = Server::start().await;
    let device = server.device().await;
    device.posted(&sized(EnvelopeKind::Message, 1, MAX_BODY)).await;
    for octets in [MAX_BODY + 1, 1 << 20] {
        let refused = problem(device.post(&sized(EnvelopeKind::Message, 1, octets)).await).await;
        assert_eq!((refused.code, refused.status), (ProblemCode::TooLarge, 413));
    }
    assert_eq!(device.all().await.len(), 2);
}

#[tokio::test]
async fn a_stranger_cannot_tell_a_channel_from_none_and_its_owner_is_told_what_is_missing() {
    let server = Server::start().await;
    let (device, stranger) = (server.device().await, Device::new(&server));
    let ask = |channel: &Device, capability: &protocol::Capability| {
        let request = server.http.get(channel.url("/envelopes"));
        channel.bearer(request, capability).send()
    };
    let wrong = ask(&device, &stranger.read).await.unwrap();
    let unknown = ask(&stranger, &stranger.read).await.unwrap();
    let wrong = (wrong.status(), wrong.headers().clone(), wrong.text().await.unwrap());
    let unknown = (unknown.status(), unknown.headers().clone(), unknown.text().await.unwrap());
    assert_eq!(wrong.0, StatusCode::NOT_FOUND);
    assert_eq!((wrong.0, &wrong.2), (unknown.0, &unknown.2));
    assert!(wrong.1.keys().eq(unknown.1.keys()));

    let refused = problem(ask(&device, &device.write).await.unwrap()).await;
    assert_eq!((refused.code, refused.status), (ProblemCode::Unauthorized, 401));
    let none = problem(server.http.get(device.url("/envelopes")).send().await.unwrap()).await;
    assert_eq!(none.code, ProblemCode::Unauthorized);
    let text = server.http.get(device.url("/envelopes")).bearer_auth("nonsense").send().await.unwrap();
    assert_eq!(problem(text).await.code, ProblemCode::Unauthorized);

    // After its time, before and after the sweeper came by.
    server.clock.advance(31 * DAY);
    for _ in 0..2 {
        let expired = problem(device.get("").await).await;
        assert_eq!((expired.code, expired.status), (ProblemCode::NoChannel, 404));
        let expired = problem(device.post(&message()).await).await;
        assert_eq!(expired.code, ProblemCode::NoChannel);
        server.hub.sweep().await.unwrap();
    }
}

#[tokio::test]
async fn a_frame_of_an_unknown_kind_is_refused_by_its_id_and_the_socket_goes_on() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut socket = device.socket(&server, 1).await;
    let newer = message();
    let mut frame = post_frame(&newer);
    frame["envelope"]["kind"] = json!("hologram");
    socket.send(&frame).await;
    let DeviceEvent::Refused { id, problem } = socket.event().await else { panic!("not refused") };
    assert_eq!((id, problem.code), (Some(newer.id), ProblemCode::Malformed));
    socket.send_text("{\"type\":\"post\",".to_owned()).await;
    let DeviceEvent::Refused { id: None, .. } = socket.event().await else { panic!("not refused") };
    socket.send(&post_frame(&sized(EnvelopeKind::Message, 1, MAX_BODY + 1))).await;
    let DeviceEvent::Refused { problem, .. } = socket.event().await else { panic!("not refused") };
    assert_eq!(problem.code, ProblemCode::TooLarge);
    let next = message();
    socket.send(&post_frame(&next)).await;
    assert_eq!(socket.delivered().await.envelope, next);
}

#[tokio::test]
async fn a_socket_that_keeps_talking_nonsense_is_closed() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut socket = device.socket(&server, 1).await;
    for _ in 0..20 {
        if socket.0.send(Message::Text("nonsense".into())).await.is_err() {
            break;
        }
    }
    assert_eq!(socket.closed().await, 4400);
}

#[tokio::test]
async fn frames_that_are_no_text_or_too_large_close_the_socket_with_a_code() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut socket = device.socket(&server, 1).await;
    socket.0.send(Message::Binary(vec![1, 2, 3].into())).await.unwrap();
    assert_eq!(socket.closed().await, 1003);
    let mut socket = device.socket(&server, 1).await;
    let _ = socket.0.send(Message::Text("x".repeat(1 << 20).into())).await;
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test]
async fn a_socket_must_open_properly_and_soon() {
    let server = Server::with(|options| {
        options.timeouts.first_frame = Duration::from_millis(100);
    })
    .await;
    let device = server.device().await;
    let path = format!("/v1/channels/{}/socket", device.channel);
    let mut silent = server.socket(&path).await;
    assert_eq!(silent.closed().await, 4408);
    let mut stranger = server.socket(&path).await;
    stranger.send(&Device::new(&server).open_frame(0)).await;
    let DeviceEvent::Refused { id: None, problem } = stranger.event().await else { panic!("let in") };
    assert_eq!(problem.code, ProblemCode::NoChannel);
    assert_eq!(stranger.closed().await, 4404);
    let mut early = server.socket(&path).await;
    early.send(&post_frame(&message())).await;
    assert_eq!(early.closed().await, 4400);
    let plain = server.http.get(server.url(&path)).send().await.unwrap();
    assert_eq!(problem_code(plain).await, ProblemCode::Malformed);
}

async fn problem_code(response: reqwest::Response) -> ProblemCode {
    problem(response).await.code
}

#[tokio::test]
async fn a_desk_with_another_key_gets_nothing_and_an_unknown_desk_is_not_served() {
    let server = Server::start().await;
    server.device().await;
    let other = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
    let mut socket = server.desk_with(&other).await;
    let DeskEvent::Refused { problem, .. } = socket.event().await else { panic!("let in") };
    assert_eq!(problem.code, ProblemCode::Unauthorized);
    assert_eq!(socket.closed().await, 4401);

    let unknown = protocol::DeskKey::from_octets([1; 32]);
    let claim = server.url(&format!("/v1/desks/{unknown}/key-packages/claim"));
    let refused = crate::support::problem(server.http.post(claim).send().await.unwrap()).await;
    assert_eq!((refused.code, refused.status), (ProblemCode::NoDesk, 404));
    let url = format!("ws://{}/v1/desks/{unknown}/socket", server.address);
    assert!(tokio_tungstenite::connect_async(url).await.is_err());
    // The right one still is, and the welcome waits for it.
    let mut desk = server.ready_desk().await;
    assert_eq!(desk.desk_delivered().await.1.seq, 1);
}
