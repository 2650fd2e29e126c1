//! What we add to a provider's own time: preparing a request (writing it, the last look at its bytes), and the first piece
//! of an answer from the moment the provider sends it. `cargo run --release -p llm --example overhead`

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that prints figures")]

use std::fs;
use std::time::{Duration, Instant};

use anonymizer::{Anonymizer, CuratedText, Options, Plaintext, TokenVault};
use futures_util::StreamExt;
use llm::{
    Api, ChatMessage, ChatRequest, Limits, Part, Piece, Provider, ProviderOptions, Role, Timeouts, ToolSpec,
    http_client,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const REQUESTS: usize = 500;
const EVENT: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"We refund you \"}}]}\n\n";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (base_url, mut sent) = double().await;
    let options = ProviderOptions {
        api: Api::OpenAi,
        base_url,
        model: "model".to_owned(),
        api_key: None,
        timeouts: Timeouts::default(),
        limits: Limits::default(),
    };
    let provider = Provider::new(options, http_client(Duration::from_secs(5)).unwrap());
    let (request, vault) = conversation();
    let guard = vault.guard();
    let bytes = provider.prepare(&request, &guard).unwrap().len();
    println!("{REQUESTS} requests of {bytes} bytes, {} tokens in the vault\n", vault.tokens().len());
    println!("{:<44} {:>9} {:>9}", "milliseconds", "median", "p99");

    let mut wall = Vec::new();
    let ran = on_processor();
    for _ in 0..REQUESTS {
        let begun = Instant::now();
        provider.prepare(&request, &guard).unwrap();
        wall.push(begun.elapsed());
    }
    // The kernel counts in steps that are longer than one request, so there is only a mean.
    let processor = on_processor().saturating_sub(ran).as_secs_f64() * 1000.0 / REQUESTS as f64;
    row("preparing a request", &mut wall);
    println!("{:<44} {processor:>9.3} (mean)", "  of that on a processor");

    let mut first = Vec::new();
    for _ in 0..REQUESTS {
        let mut stream = provider.stream(&request, &guard).await.unwrap();
        let Some(Ok(Piece::Text(_))) = stream.next().await else { continue };
        let ready = Instant::now();
        first.push(ready.saturating_duration_since(sent.recv().await.unwrap()));
    }
    assert_eq!(first.len(), REQUESTS, "each answer began");
    row("first piece after the provider's first byte", &mut first);
}

/// A conversation of six messages, four passages and three tools; the customer gave ten values.
fn conversation() -> (ChatRequest, TokenVault) {
    let anonymizer = Anonymizer::new(Options::default());
    let mut vault = TokenVault::new();
    let passage = "You can return any unopened item within 30 days of delivery. The label is free. We refund you within \
                   5 working days after your return reaches us, with the means that you paid with. ";
    let curated = |text: String| Part::Curated(CuratedText::from_content(text));
    let system = include_str!("../../../content/prompts/answer.md").to_owned();
    let mut messages = vec![ChatMessage { role: Role::System, parts: vec![curated(system)] }];
    for text in [
        "Hello, I am Sarah Connor, sarah.connor@example.com, and my order WF-10432 has not come.",
        "My number is +49 151 23456789, my address Lindenstraße 12, 10969 Berlin.",
        "I paid with DE89 3704 0044 0532 0130 00, and with 4111 1111 1111 1111 before that.",
        "My colleague Jonas Feldkamp (jonas@example.org, +49 30 901820) ordered WF-48377.",
        "Please tell him too.",
        "How long does a refund take?",
    ] {
        let text = anonymizer.mask(&Plaintext::new(text.to_owned()), &mut vault).unwrap();
        messages.push(ChatMessage { role: Role::User, parts: vec![Part::Anonymized(text)] });
    }
    if let Some(last) = messages.last_mut() {
        last.parts.insert(0, curated(passage.repeat(16)));
    }
    let tool = |name: &str| ToolSpec::curated(name, &passage[..100], serde_json::json!({ "type": "object" }));
    let tools = ["start_flow", "hand_off", "clarify"].map(tool).to_vec();
    (ChatRequest { messages, tools, max_tokens: 400, temperature: 0.0 }, vault)
}

/// A provider that answers at once, and says when it sent the first byte.
async fn double() -> (url::Url, mpsc::Receiver<Instant>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap()).parse().unwrap();
    let (door, sent) = mpsc::channel(REQUESTS);
    #[expect(clippy::disallowed_methods, reason = "it ends with the program")]
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\"stream\":true}") {
                socket.read_buf(&mut request).await.unwrap();
            }
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            let answer = format!("{head}{EVENT}data: [DONE]\n\n");
            let now = Instant::now();
            socket.write_all(answer.as_bytes()).await.unwrap();
            door.send(now).await.unwrap();
        }
    });
    (url, sent)
}

/// How long this thread has run, as the kernel counts it.
fn on_processor() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0);
    Duration::from_nanos(nanoseconds)
}

fn row(what: &str, times: &mut [Duration]) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("{what:<44} {:>9.3} {:>9.3}", at(50), at(99));
}
