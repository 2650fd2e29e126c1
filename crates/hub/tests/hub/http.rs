use std::time::Duration;

use hub::Hub;
use protocol::{DeviceEvent, ProblemCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Server, message, post_frame, problem, soon};

#[test]
fn the_api_is_described() {
    insta::assert_snapshot!(Hub::openapi());
}

#[tokio::test]
async fn the_description_is_served_and_the_service_tells_its_state() {
    let server = Server::start().await;
    let get = async |path: &str| server.http.get(server.url(path)).send().await.unwrap();
    assert_eq!(get("/openapi.json").await.text().await.unwrap(), Hub::openapi());
    assert_eq!(get("/healthz").await.status(), 204);
    assert_eq!(get("/readyz").await.status(), 204);
    let device = server.device().await;
    device.posted(&message()).await;
    let metrics = get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("sotto_hub_envelopes_accepted_total{author=\"device\"} 2"), "{metrics}");
    assert!(!metrics.contains(&device.channel.to_string()));
    let lost = problem(get("/nowhere").await).await;
    assert_eq!((lost.code, lost.status), (ProblemCode::NotFound, 404));
    let put = server.http.put(server.url("/v1/channels")).send().await.unwrap();
    assert_eq!(problem(put).await.status, 405);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_a_refusal_is_a_problem() {
    let server = Server::start().await;
    let refused = server.http.get(server.url("/v1/channels/x/envelopes")).send().await.unwrap();
    let mut headers: Vec<_> = refused
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    insta::assert_snapshot!(headers.join("\n"));
    insta::assert_snapshot!(refused.text().await.unwrap());
}

#[tokio::test]
async fn only_the_listed_origins_may_call() {
    let server = Server::with(|options| {
        options.origins = vec!["https://chat.example.org".parse().unwrap()];
    })
    .await;
    let preflight = async |origin: &str| {
        let request = server.http.request(reqwest::Method::OPTIONS, server.url("/v1/channels"));
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "authorization,content-type");
        request.send().await.unwrap().headers().get("access-control-allow-origin").cloned()
    };
    assert_eq!(preflight("https://chat.example.org").await.unwrap(), "https://chat.example.org");
    assert_eq!(preflight("https://evil.example").await, None);

    let device = server.device().await;
    let url = format!("ws://{}/v1/channels/{}/socket", server.address, device.channel);
    let connect = async |origin: &str| {
        use tokio_tungstenite::tungstenite::client::IntoClientRequest;
        let mut request = url.as_str().into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        tokio_tungstenite::connect_async(request).await
    };
    assert!(connect("https://chat.example.org").await.is_ok());
    assert!(connect("https://evil.example").await.is_err());
}

#[tokio::test]
async fn a_client_that_never_finishes_its_request_is_cut_off() {
    let server = Server::with(|options| {
        options.timeouts.headers = Duration::from_millis(200);
        options.timeouts.body = Duration::from_millis(200);
    })
    .await;
    let device = server.device().await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-slow: ").await.unwrap();
    let mut answer = Vec::new();
    soon(slow.read_to_end(&mut answer)).await.unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains(" 204 "));

    let mut slow = TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "POST /v1/channels/{}/envelopes HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-length: 500\r\n\r\n{{",
        device.channel,
        device.write.reveal().as_str()
    );
    slow.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    soon(slow.read_to_end(&mut answer)).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn stopping_says_goodbye_to_every_socket_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let location = crate::support::location(folder.path(), None);
    let server = Server::on(&location, |_| {}).await;
    let device = server.device().await;
    let mut socket = device.socket(&server, 1).await;
    let mut desk = server.ready_desk().await;
    let posts: Vec<_> = (0..20).map(|_| message()).collect();
    for post in &posts {
        socket.send(&post_frame(post)).await;
    }
    let mut answered = 0_u64;
    while answered < 5 {
        if let DeviceEvent::Posted(_) = socket.event().await {
            answered += 1;
        }
    }
    let hub = server.hub.clone();
    let (_, poll) = tokio::join!(
        async {
            server.until_metric("sotto_hub_sockets{end=\"poll\"} 1").await;
            let stop = tokio::spawn(async move { hub.shutdown().await });
            assert_eq!(desk.closed().await, 1001);
            assert_eq!(socket.closed().await, 1001);
            drop((desk, socket));
            stop.await.unwrap();
        },
        soon(device.get("?after=1000&wait=25"))
    );
    // A long-poll that was under way is answered too.
    assert_eq!(poll.status(), 200);
    assert!(server.http.get(server.url("/readyz")).send().await.is_err());

    let server = Server::on(&location, |_| {}).await;
    let mut desk = server.ready_desk().await;
    for place in 1..=answered + 1 {
        assert_eq!(desk.desk_delivered().await.1.seq, place);
    }
}

#[tokio::test]
async fn while_stopping_the_hub_says_that_it_is_not_ready() {
    let server = Server::start().await;
    let router = server.hub.router();
    // A socket that does not answer the close frame keeps the hub stopping for a while.
    let device = server.device().await;
    let held = device.socket(&server, 1).await;
    let hub = server.hub.clone();
    let stop = tokio::spawn(async move { hub.shutdown().await });
    let ready = async || {
        let request = axum::http::Request::get("/readyz").body(axum::body::Body::empty()).unwrap();
        tower::ServiceExt::oneshot(router.clone(), request).await.unwrap().status()
    };
    soon(async {
        while ready().await != 503 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    drop(held);
    stop.await.unwrap();
}
