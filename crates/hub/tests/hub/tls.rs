//! TLS with certificates of an authority that lives for one test.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use hub::{HubOptions, tls_config};
use protocol::{Deliveries, ProblemCode};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use reqwest::{Certificate, Client, ClientBuilder, StatusCode, Version};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::support::{Server, http_client, message, problem, soon};

/// What an HTTP/2 client says first, with empty settings (RFC 9113 sections 3.4 and 6.5).
const HTTP_2_BEGINS: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// What the hub allows a client that does nothing.
const PATIENCE: Duration = Duration::from_millis(200);

/// One connection at a time, and not for long.
fn impatient(options: &mut HubOptions) {
    options.timeouts.headers = PATIENCE;
    options.timeouts.send = PATIENCE;
    options.limits.connections = 1;
}

/// An authority, and files with a certificate of it for this machine.
struct Files {
    folder: TempDir,
    authority: String,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let files = Self { folder, authority };
        files.write("hub.pem", &certificate.pem());
        files.write("hub.key", &key.serialize_pem());
        files
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A hub with these files, and clients that trust their authority alone.
    async fn serve(&self, change: impl FnOnce(&mut HubOptions)) -> Server {
        let tls = tls_config(&self.path("hub.pem"), &self.path("hub.key")).unwrap();
        let mut server = Server::with_tls(change, Some(tls)).await;
        server.http = self.client(Client::builder());
        server.trust = Some(Arc::new(self.trust()));
        server
    }

    fn client(&self, builder: ClientBuilder) -> Client {
        let authority = Certificate::from_pem(self.authority.as_bytes()).unwrap();
        builder.no_proxy().tls_certs_only([authority]).build().unwrap()
    }

    fn trust(&self) -> ClientConfig {
        // Installs the provider.
        let _ = http_client();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.authority.as_bytes()).unwrap()).unwrap();
        ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
    }

    /// TLS with HTTP/2 agreed upon, and nothing said yet.
    async fn http_2(&self, server: &Server) -> TlsStream<TcpStream> {
        let mut trust = self.trust();
        trust.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(server.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(trust)).connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        stream
    }
}

#[tokio::test]
async fn requests_are_answered_over_tls_by_http_2_for_who_can_and_else_by_http_1() {
    let files = Files::new();
    let server = files.serve(|_| {}).await;
    let device = server.device().await;
    assert_eq!(device.posted(&message()).await, 2);
    assert_eq!(device.all().await.len(), 2);
    let response = device.get("").await;
    assert_eq!(response.version(), Version::HTTP_2);
    assert_eq!(response.headers()["strict-transport-security"], "max-age=63072000");
    let older = files.client(Client::builder().http1_only());
    let response = older.get(server.url("/healthz")).send().await.unwrap();
    assert_eq!((response.version(), response.status()), (Version::HTTP_11, StatusCode::NO_CONTENT));
    // A client that does not know the authority goes no further than the certificate.
    assert!(http_client().get(server.url("/healthz")).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn both_ends_sockets_work_over_tls() {
    let server = Files::new().serve(|_| {}).await;
    let device = server.device().await;
    let (mut socket, mut desk) = (device.socket(&server, 1).await, server.ready_desk().await);
    assert_eq!(desk.desk_delivered().await.1.envelope, device.welcome);
    let answer = message();
    desk.send(&json!({ "type": "post", "channel": device.channel, "envelope": answer })).await;
    assert_eq!(socket.delivered().await.envelope, answer);
    // Browsers open WebSockets over HTTP/1.1 beside HTTP/2 (RFC 8441 is not offered); over it there are none.
    let request = server.http.get(server.url(&format!("/v1/channels/{}/socket", device.channel)));
    assert_eq!(problem(request.send().await.unwrap()).await.code, ProblemCode::Malformed);
}

#[tokio::test]
async fn plain_http_at_the_tls_port_is_cut_off_at_once_and_holds_nothing_up() {
    let server = Files::new()
        .serve(|options| {
            options.timeouts.headers = Duration::from_secs(3_600);
            options.limits.connections = 1;
        })
        .await;
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let answer = to_the_end(&mut plain).await;
    // At most an alert (RFC 8446 section 6), nothing of HTTP.
    assert!(answer.is_empty() || answer[0] == 21, "{answer:?}");
    answers_again(&server).await;
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_cut_off_and_gives_its_place_back() {
    // Nothing at all, and the beginning of a client's hello.
    for began in [b"".as_slice(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"] {
        let server = Files::new().serve(impatient).await;
        let opened = Instant::now();
        let mut slow = TcpStream::connect(server.address).await.unwrap();
        slow.write_all(began).await.unwrap();
        assert_eq!(to_the_end(&mut slow).await, b"");
        assert!(opened.elapsed() >= PATIENCE, "it was not let in");
        answers_again(&server).await;
    }
}

#[tokio::test]
async fn an_http_2_client_that_asks_for_nothing_is_cut_off_and_gives_its_place_back() {
    for began in [b"".as_slice(), HTTP_2_BEGINS] {
        let files = Files::new();
        let server = files.serve(impatient).await;
        let opened = Instant::now();
        let mut idle = files.http_2(&server).await;
        idle.write_all(began).await.unwrap();
        to_the_end(&mut idle).await;
        assert!(opened.elapsed() >= PATIENCE, "it was not let in");
        answers_again(&server).await;
    }
}

#[tokio::test]
async fn a_request_over_http_2_may_take_longer_than_the_time_for_headers() {
    let server = Files::new()
        .serve(|options| {
            options.timeouts.headers = PATIENCE;
            options.timeouts.send = PATIENCE;
        })
        .await;
    let device = server.device().await;
    let response = device.get("?after=1&wait=1").await;
    assert_eq!(response.version(), Version::HTTP_2);
    assert!(response.json::<Deliveries>().await.unwrap().envelopes.is_empty());
}

#[test]
fn files_that_do_not_serve_are_named_with_what_to_put_there() {
    let (files, others) = (Files::new(), Files::new());
    let text = |name: &str| fs::read_to_string(files.path(name)).unwrap();
    files.write("empty.pem", "");
    files.write("text.pem", "not a certificate\n");
    files.write("cut.pem", &text("hub.pem")[..200]);
    files.write("damaged.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    files.write("locked.key", &text("hub.key").replace("PRIVATE", "ENCRYPTED PRIVATE"));
    files.write("damaged.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    fs::copy(others.path("hub.key"), files.path("another.key")).unwrap();
    let cases = [
        ("missing.pem", "hub.key"),
        ("empty.pem", "hub.key"),
        ("text.pem", "hub.key"),
        ("cut.pem", "hub.key"),
        ("hub.key", "hub.key"),
        ("damaged.pem", "hub.key"),
        ("hub.pem", "missing.key"),
        ("hub.pem", "hub.pem"),
        ("hub.pem", "locked.key"),
        ("hub.pem", "damaged.key"),
        ("hub.pem", "another.key"),
    ];
    let said: Vec<_> = cases.iter().map(|(chain, key)| said(&files, chain, key)).collect();
    insta::assert_snapshot!(said.join("\n"));
    assert!(tls_config(&files.path("hub.pem"), &files.path("hub.key")).is_ok());
}

/// What is said of these files, without the folder.
fn said(files: &Files, chain: &str, key: &str) -> String {
    let error = tls_config(&files.path(chain), &files.path(key)).unwrap_err();
    let folder: &Path = files.folder.path();
    let said = error.to_string().replace(&format!("{}/", folder.display()), "");
    format!("{chain} and {key}: {said}")
}

/// Everything that comes until the hub ends the connection.
async fn to_the_end(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<u8> {
    let mut octets = Vec::new();
    // A connection that is cut while something is unread ends with a reset.
    let _ = soon(stream.read_to_end(&mut octets)).await;
    octets
}

/// The one connection that the hub allows is free again a moment after its end is seen here.
async fn answers_again(server: &Server) {
    soon(async {
        while server.http.get(server.url("/healthz")).send().await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
