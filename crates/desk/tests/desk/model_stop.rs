//! The customer goes on, or a person comes, while a model writes: the provider's connection ends at once.

use std::time::Duration;

use desk::Agent;
use llm::{Api, TokenLimits};
use protocol::{FromCustomer, FromDesk, Holder, MessageId};
use store::desk::StaffId;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use super::{
    device::{Device, octets, texts},
    world::{ModelAt, Random, World},
};

const BEGUN: &str = "We refund you within 5 working days after your return reaches us. And then";
const QUESTION: &str = "How long does a refund take?";

/// What the provider sees.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// It was asked, and the beginning of an answer has left.
    Asked,
    /// The connection was closed from the other end.
    Dropped,
}

/// A provider that begins each answer and never ends it.
async fn provider() -> (String, mpsc::UnboundedReceiver<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (seen, seeing) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let seen = seen.clone();
            tokio::spawn(async move {
                let mut request = Vec::new();
                while !request.ends_with(b"\"stream\":true}") {
                    assert!(socket.read_buf(&mut request).await.unwrap() > 0, "the request ended early");
                }
                let event = serde_json::json!({ "choices": [{ "delta": { "content": BEGUN } }] });
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
                socket.write_all(format!("{head}data: {event}\n\n").as_bytes()).await.unwrap();
                seen.send(Seen::Asked).unwrap();
                // Nothing more is sent to it, so whatever ends this is the end of the connection.
                let _ = socket.read_u8().await;
                let _ = seen.send(Seen::Dropped);
            });
        }
    });
    (url, seeing)
}

async fn next(seeing: &mut mpsc::UnboundedReceiver<Seen>) -> Seen {
    // Far below the provider's own limits of time: only being dropped ends it so early.
    tokio::time::timeout(Duration::from_secs(14), seeing.recv()).await.expect("seen in time").unwrap()
}

/// A customer in whose conversation the model writes.
async fn writing() -> (World, Device, mpsc::UnboundedReceiver<Seen>) {
    let (url, mut seeing) = provider().await;
    let mut world = World::new().await;
    world.stop_desk().await;
    world.model = Some(ModelAt { api: Api::OpenAi, url, limits: TokenLimits::NONE });
    world.start_desk().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    device.write(QUESTION).await;
    assert_eq!(next(&mut seeing).await, Seen::Asked);
    (world, device, seeing)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_message_ends_the_request_and_both_are_answered() {
    let (_world, mut device, mut seeing) = writing().await;
    device.write(QUESTION).await;
    assert_eq!(next(&mut seeing).await, Seen::Dropped);
    let first = device.nth_text(1).await;
    assert!(first.starts_with("We refund you within 5 working days"), "{first}");
    // What was said then is the model's again.
    assert_eq!(next(&mut seeing).await, Seen::Asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_person_ends_the_request_and_nothing_more_is_said() {
    let (_world, mut device, mut seeing) = writing().await;
    device.say(&FromCustomer::WantPerson { id: MessageId::random(&Random) }).await;
    assert_eq!(next(&mut seeing).await, Seen::Dropped);
    let waiting = FromDesk::Holder { holder: Holder::Waiting };
    device.hear_until(|heard| heard.contains(&waiting)).await;
    assert!(texts(&device.heard).is_empty(), "{:?}", device.heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_takes_over_ends_the_request_and_the_assistant_is_silent() {
    let (world, mut device, mut seeing) = writing().await;
    let agent = Agent { id: StaffId::from_octets(octets()), name: "Ana".into() };
    world.desk().conversations.take_over(&agent, device.channel).await.unwrap();
    assert_eq!(next(&mut seeing).await, Seen::Dropped);
    device.hear_until(|heard| heard.iter().any(|said| matches!(said, FromDesk::Holder { .. }))).await;
    assert!(texts(&device.heard).is_empty(), "{:?}", device.heard);
}
