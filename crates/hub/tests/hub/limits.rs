use futures_util::{StreamExt, future::join_all, stream};
use hub::{Rate, TrustedProxy};
use protocol::{Bytes, Claimed, DeskEvent, ProblemCode};
use reqwest::{Response, StatusCode};
use serde_json::json;

use crate::support::{DAY, Device, Server, desk_key, message, problem};

/// Claims as if from some address, through a trusted proxy.
async fn claim(server: &Server, address: &str) -> Response {
    let url = server.url(&format!("/v1/desks/{}/key-packages/claim", desk_key()));
    server.http.post(url).header("x-forwarded-for", address).send().await.unwrap()
}

async fn behind_a_proxy() -> Server {
    Server::with(|options| {
        options.proxy = Some(TrustedProxy {
            addresses: vec!["127.0.0.1".parse().unwrap()],
            header: "x-forwarded-for".parse().unwrap(),
        });
    })
    .await
}

#[tokio::test]
async fn ten_thousand_claims_by_one_network_are_bounded_and_leave_the_pool_to_others() {
    let server = behind_a_proxy().await;
    let mut desk = server.ready_desk().await;
    let one_time: Vec<_> = (0..100_u8).map(|number| Bytes(vec![number; 100])).collect();
    let last_resort = Bytes(vec![200; 100]);
    desk.send(&json!({ "type": "key_packages", "one_time": one_time, "last_resort": last_resort })).await;
    let DeskEvent::KeyPackages { left: 100 } = desk.event().await else { panic!("not taken") };

    let addresses: Vec<_> = (0..10_000).map(|number| format!("203.0.113.{}", number % 256)).collect();
    let responses = stream::iter(&addresses).map(|address| claim(&server, address)).buffer_unordered(64);
    let responses: Vec<_> = responses.collect().await;
    let (mut one_time, mut last_resort, mut refused) = (0, 0, 0);
    for response in responses {
        if response.status() == StatusCode::OK {
            match response.json::<Claimed>().await.unwrap().last_resort {
                true => last_resort += 1,
                false => one_time += 1,
            }
        } else {
            let problem = problem(response).await;
            assert_eq!((problem.code, problem.status), (ProblemCode::RateLimited, 429));
            assert!(problem.retry_after.unwrap() >= 1);
            refused += 1;
        }
    }
    assert_eq!((one_time, last_resort, refused), (20, 40, 9_940));

    // The next network is served as if nothing had been, and the first again after a while.
    let elsewhere: Claimed = claim(&server, "203.0.114.1").await.json().await.unwrap();
    assert!(!elsewhere.last_resort);
    server.clock.advance(3_600);
    assert_eq!(claim(&server, "203.0.113.1").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn without_a_last_resort_a_network_over_its_share_waits() {
    let server = behind_a_proxy().await;
    let mut desk = server.ready_desk().await;
    let one_time: Vec<_> = (0..50_u8).map(|number| Bytes(vec![number; 100])).collect();
    desk.send(&json!({ "type": "key_packages", "one_time": one_time })).await;
    let DeskEvent::KeyPackages { left: 50 } = desk.event().await else { panic!("not taken") };
    for _ in 0..20 {
        assert_eq!(claim(&server, "203.0.113.1").await.status(), StatusCode::OK);
    }
    let refused = problem(claim(&server, "203.0.113.2").await).await;
    assert_eq!((refused.code, refused.retry_after), (ProblemCode::RateLimited, Some(60)));
    assert_eq!(claim(&server, "198.51.100.1").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn guessing_capabilities_is_slowed_down() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut codes = Vec::new();
    for _ in 0..61 {
        let stranger = Device::new(&server);
        let request = server.http.get(device.url("/envelopes"));
        codes.push(problem(device.bearer(request, &stranger.read).send().await.unwrap()).await.code);
    }
    assert!(codes[..60].iter().all(|code| *code == ProblemCode::NoChannel));
    assert_eq!(codes[60], ProblemCode::RateLimited);
    // Who has the right one is not held up.
    assert_eq!(device.get("").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn posts_to_one_channel_and_requests_of_one_network_have_a_rate() {
    let server = Server::with(|options| options.limits.posts = Rate::new(60, 5)).await;
    let (device, other) = (server.device().await, server.device().await);
    for _ in 0..5 {
        device.posted(&message()).await;
    }
    let refused = problem(device.post(&message()).await).await;
    assert_eq!((refused.code, refused.retry_after), (ProblemCode::RateLimited, Some(1)));
    other.posted(&message()).await;
    server.clock.advance(1);
    device.posted(&message()).await;

    let server = Server::with(|options| options.limits.requests = Rate::new(60, 10)).await;
    let responses = join_all((0..20).map(|_| server.http.get(server.url("/healthz")).send())).await;
    let refused =
        responses.into_iter().filter(|one| one.as_ref().unwrap().status() == StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.count(), 10);
}

#[tokio::test]
async fn one_network_opens_so_many_sockets_and_gets_the_place_of_one_that_closed() {
    let server = Server::with(|options| options.limits.network_sockets = 2).await;
    let device = server.device().await;
    let first = device.socket(&server, 1).await;
    let _second = device.socket(&server, 1).await;
    let url = format!("ws://{}/v1/channels/{}/socket", server.address, device.channel);
    let refused = tokio_tungstenite::connect_async(&url).await.unwrap_err();
    let tokio_tungstenite::tungstenite::Error::Http(response) = refused else { panic!("{refused}") };
    assert_eq!(response.status(), 429);
    assert_eq!(device.get("?after=1&wait=1").await.status(), StatusCode::TOO_MANY_REQUESTS);
    drop(first);
    // The place is free as soon as the hub has seen the end.
    while tokio_tungstenite::connect_async(&url).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_channel_holds_so_many_envelopes_and_so_much_of_attachments() {
    let server = Server::with(|options| {
        options.limits.channel_envelopes = 3;
        options.limits.attachment_octets = 1_000;
    })
    .await;
    let device = server.device().await;
    let last = message();
    device.posted(&message()).await;
    device.posted(&last).await;
    let refused = problem(device.post(&message()).await).await;
    assert_eq!((refused.code, refused.status), (ProblemCode::QuotaExceeded, 429));
    // The last one again is not one more.
    assert_eq!(device.post(&last).await.status(), StatusCode::OK);
    // A week later the old ones are gone and there is room again.
    server.clock.advance(8 * DAY);
    server.hub.sweep().await.unwrap();
    assert_eq!(device.posted(&message()).await, 4);

    let attachment = protocol::AttachmentId::from_octets([1; 16]);
    let put = async |index: u32, octets: usize| {
        let path = format!("/attachments/{attachment}/chunks/{index}");
        let request = server.http.put(device.url(&path)).body(vec![7; octets]);
        device.bearer(request, &device.write).send().await.unwrap()
    };
    assert_eq!(put(0, 900).await.status(), StatusCode::CREATED);
    assert_eq!(put(0, 900).await.status(), StatusCode::OK);
    assert_eq!(problem(put(0, 901).await).await.code, ProblemCode::EnvelopeMismatch);
    assert_eq!(problem(put(1, 101).await).await.code, ProblemCode::QuotaExceeded);
    assert_eq!(problem(put(1, (256 << 10) + 1).await).await.code, ProblemCode::TooLarge);
    assert_eq!(problem(put(10_000, 1).await).await.code, ProblemCode::Malformed);
    let get = async |index: u32, capability: &protocol::Capability| {
        let path = format!("/attachments/{attachment}/chunks/{index}");
        device.bearer(server.http.get(device.url(&path)), capability).send().await.unwrap()
    };
    assert_eq!(get(0, &device.read).await.bytes().await.unwrap(), vec![7; 900]);
    assert_eq!(problem(get(1, &device.read).await).await.code, ProblemCode::NotFound);
    assert_eq!(problem(get(0, &device.write).await).await.code, ProblemCode::Unauthorized);
    server.clock.advance(8 * DAY);
    assert_eq!(problem(get(0, &device.read).await).await.code, ProblemCode::NotFound);
}
