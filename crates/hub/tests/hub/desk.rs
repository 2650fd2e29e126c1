use futures_util::SinkExt;
use hub::Rate;
use protocol::{Bytes, Claimed, DeskEvent, ProblemCode};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Server, Socket, desk_key, location, message, post_frame, problem};

#[tokio::test]
async fn a_desk_gets_what_it_has_not_acknowledged_in_order_again_after_each_connect() {
    let server = Server::start().await;
    let (one, two) = (server.device().await, server.device().await);
    let mut desk = server.ready_desk().await;
    for device in [&one, &two] {
        device.posted(&message()).await;
        device.posted(&message()).await;
    }
    let mut seen = Vec::new();
    for _ in 0..6 {
        let (channel, delivery) = desk.desk_delivered().await;
        seen.push((channel, delivery.seq));
    }
    for device in [&one, &two] {
        let places = seen.iter().filter(|(channel, _)| *channel == device.channel);
        assert_eq!(places.map(|(_, seq)| *seq).collect::<Vec<_>>(), [1, 2, 3]);
    }
    desk.acknowledge(one.channel, 3).await;
    desk.acknowledge(two.channel, 1).await;
    desk.settled(one.channel).await;
    // A newer session takes over; what was acknowledged stays so.
    let mut newer = server.ready_desk().await;
    assert_eq!(desk.closed().await, 4409);
    for seq in [2, 3] {
        let (channel, delivery) = newer.desk_delivered().await;
        assert_eq!((channel, delivery.seq), (two.channel, seq));
    }
    newer.acknowledge(two.channel, 3).await;
    one.posted(&message()).await;
    let (channel, delivery) = newer.desk_delivered().await;
    assert_eq!((channel, delivery.seq), (one.channel, 5));
}

#[tokio::test]
async fn what_a_desk_has_not_acknowledged_outlives_a_restart_of_the_hub() {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path(), None);
    let server = Server::on(&location, |_| {}).await;
    let device = server.device().await;
    let next = message();
    device.posted(&next).await;
    let mut desk = server.ready_desk().await;
    assert_eq!(desk.desk_delivered().await.1.seq, 1);
    assert_eq!(desk.desk_delivered().await.1.seq, 2);
    desk.acknowledge(device.channel, 1).await;
    desk.settled(device.channel).await;
    server.hub.shutdown().await;
    let server = Server::on(&location, |_| {}).await;
    let mut desk = server.ready_desk().await;
    let (channel, delivery) = desk.desk_delivered().await;
    assert_eq!((channel, delivery.seq, delivery.envelope), (device.channel, 2, next));
}

#[tokio::test]
async fn never_more_than_the_window_is_on_its_way_to_a_desk() {
    let server = Server::with(|options| options.limits.desk_window = 4).await;
    let device = server.device().await;
    for _ in 0..9 {
        device.posted(&message()).await;
    }
    let mut desk = server.ready_desk().await;
    let mut place = 0;
    while place < 10 {
        for _ in 0..4.min(10 - place) {
            place += 1;
            assert_eq!(desk.desk_delivered().await.1.seq, place);
        }
        // The answer to this comes before any further envelope.
        desk.send(&json!({ "type": "post", "channel": device.channel, "envelope": message() })).await;
        let DeskEvent::Posted { .. } = desk.event().await else { panic!("over the window") };
        desk.acknowledge(device.channel, place).await;
    }
}

#[tokio::test]
async fn a_desk_that_does_not_read_for_long_misses_nothing() {
    let server = Server::with(|options| options.limits.posts = Rate::new(1_000_000, 100_000)).await;
    let device = server.device().await;
    let mut desk = server.ready_desk().await;
    let mut posts = device.socket(&server, 1).await;
    const COUNT: u64 = 6_001;
    // More than the mailbox holds, while the desk reads nothing.
    for _ in 0..(COUNT - 1) / 20 {
        for _ in 0..20 {
            posts.send(&post_frame(&message())).await;
        }
        for _ in 0..20 {
            posts.delivered().await;
        }
    }
    let mut place = 0;
    while place < COUNT {
        place += 1;
        let (channel, delivery) = desk.desk_delivered().await;
        assert_eq!(delivery.seq, place);
        if place % 100 == 0 {
            desk.acknowledge(channel, place).await;
        }
    }
}

#[tokio::test]
async fn a_desk_posts_to_its_own_channels_and_can_close_them() {
    let other = protocol::DeskKey::from_octets([5; 32]);
    let server = Server::with(|options| options.desks.push(other)).await;
    let device = server.device().await;
    let mut desk = server.ready_desk().await;
    let unknown = protocol::ChannelId::from_octets([1; 16]);
    let next = message();
    desk.send(&json!({ "type": "post", "channel": unknown, "envelope": next })).await;
    loop {
        match desk.event().await {
            DeskEvent::Refused { channel, id, problem } => {
                assert_eq!((channel, id), (Some(unknown), Some(next.id)));
                break assert_eq!(problem.code, ProblemCode::NoChannel);
            }
            DeskEvent::Delivery { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    let mut socket = device.socket(&server, 1).await;
    desk.send(&json!({ "type": "close", "channel": device.channel })).await;
    assert_eq!(socket.closed().await, 4404);
    assert_eq!(problem(device.get("").await).await.code, ProblemCode::NoChannel);
    desk.send(&json!({ "type": "close", "channel": device.channel })).await;
    let DeskEvent::Refused { channel: Some(_), .. } = desk.event().await else { panic!("closed twice") };
}

#[tokio::test]
async fn another_desks_channels_are_as_if_they_were_not() {
    let second = ring::signature::Ed25519KeyPair::from_seed_unchecked(&[8; 32]).unwrap();
    let second_key =
        protocol::DeskKey::try_from(ring::signature::KeyPair::public_key(&second).as_ref()).unwrap();
    let server = Server::with(|options| options.desks.push(second_key)).await;
    let device = server.device().await;
    let mut socket = server.socket(&format!("/v1/desks/{second_key}/socket")).await;
    let DeskEvent::Challenge { nonce } = socket.event().await else { panic!("no challenge") };
    let signature = second.sign(&protocol::desk_proof_input(&nonce.0)).as_ref().to_vec();
    socket.send(&json!({ "type": "proof", "signature": Bytes(signature) })).await;
    let DeskEvent::Ready { .. } = socket.event().await else { panic!("not ready") };
    socket.send(&json!({ "type": "post", "channel": device.channel, "envelope": message() })).await;
    let DeskEvent::Refused { problem, .. } = socket.event().await else { panic!("posted") };
    assert_eq!(problem.code, ProblemCode::NoChannel);
    socket.send(&json!({ "type": "close", "channel": device.channel })).await;
    let DeskEvent::Refused { problem, .. } = socket.event().await else { panic!("closed") };
    assert_eq!(problem.code, ProblemCode::NoChannel);
    assert_eq!(device.all().await.len(), 1);
}

async fn hand_in(desk: &mut Socket, one_time: &[&[u8]], last_resort: Option<&[u8]>) -> u64 {
    let one_time: Vec<_> = one_time.iter().map(|package| Bytes(package.to_vec())).collect();
    let last_resort = last_resort.map(|package| Bytes(package.to_vec()));
    desk.send(&json!({ "type": "key_packages", "one_time": one_time, "last_resort": last_resort })).await;
    match desk.event().await {
        DeskEvent::KeyPackages { left } => left,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn key_packages_are_given_out_once_then_the_one_of_last_resort_and_the_desk_is_warned() {
    let server = Server::with(|options| {
        options.limits.key_packages = 3;
        options.limits.key_packages_low = 2;
    })
    .await;
    let claim = async || {
        let url = server.url(&format!("/v1/desks/{}/key-packages/claim", desk_key()));
        server.http.post(url).send().await.unwrap()
    };
    let none = problem(claim().await).await;
    assert_eq!((none.code, none.status), (ProblemCode::NoKeyPackage, 503));
    let mut desk = server.ready_desk().await;
    assert_eq!(hand_in(&mut desk, &[b"one", b"two"], Some(b"last")).await, 2);
    // The same one again is the same one; past the bound none is kept.
    assert_eq!(hand_in(&mut desk, &[b"two", b"three", b"four", b"five"], None).await, 3);
    let mut given = Vec::new();
    for _ in 0..3 {
        let claimed: Claimed = claim().await.json().await.unwrap();
        assert!(!claimed.last_resort);
        given.push(claimed.key_package.0);
    }
    given.sort();
    given.dedup();
    assert_eq!(given.len(), 3);
    for _ in 0..2 {
        let claimed: Claimed = claim().await.json().await.unwrap();
        assert_eq!((claimed.key_package.0.as_slice(), claimed.last_resort), (b"last".as_slice(), true));
    }
    let DeskEvent::KeyPackages { left } = desk.event().await else { panic!("no warning") };
    assert!(left < 2);
    let ready: DeskEvent = server.desk().await.event().await;
    let DeskEvent::Ready { key_packages: 0, last_resort: true } = ready else { panic!("{ready:?}") };
}

#[tokio::test]
async fn a_desks_bad_frames_are_refused_and_its_session_goes_on() {
    let server = Server::start().await;
    let mut desk = server.ready_desk().await;
    desk.0.send(Message::Text("{".into())).await.unwrap();
    let DeskEvent::Refused { channel: None, id: None, .. } = desk.event().await else { panic!() };
    let large = Bytes(vec![1; 20_000]);
    desk.send(&json!({ "type": "key_packages", "one_time": [large] })).await;
    let DeskEvent::Refused { problem, .. } = desk.event().await else { panic!() };
    assert_eq!(problem.code, ProblemCode::TooLarge);
    assert_eq!(hand_in(&mut desk, &[b"good"], None).await, 1);
}
