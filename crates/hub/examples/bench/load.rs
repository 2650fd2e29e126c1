//! Posts 1 kB envelopes from many sockets and reads them at the desk, as fast as a window of unanswered posts
//! allows or at a given rate. At a rate, an envelope's time counts from when it was due to be sent.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{FutureExt, SinkExt, StreamExt, future::join_all};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{self, Socket, age, post_frame, stamp},
    figures::Latencies,
    nats,
};

/// Before this, nothing counts.
const WARM_UP: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) window: usize,
    /// Between two posts of one socket, when they are paced.
    pub(crate) pace: Option<Duration>,
    pub(crate) counts_from: Instant,
    pub(crate) ends: Instant,
    pub(crate) over: Arc<AtomicBool>,
    pub(crate) numbers: Arc<AtomicU64>,
}

impl Plan {
    pub(crate) fn counts(&self) -> bool {
        Instant::now() >= self.counts_from && !self.over.load(Ordering::Relaxed)
    }

    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}

pub(crate) async fn run(
    target: &str,
    address: &str,
    sockets: &str,
    window: &str,
    seconds: &str,
    rate: Option<&str>,
) {
    client::start();
    let sockets: u32 = sockets.parse().unwrap();
    let length = Duration::from_secs(seconds.parse().unwrap());
    let rate: Option<f64> = rate.map(|rate| rate.parse().unwrap());
    let channels = match target {
        "hub" => client::channels(address, sockets as usize).await,
        _ => Vec::new(),
    };
    let plan = || {
        let now = Instant::now();
        Plan {
            window: window.parse().unwrap(),
            pace: rate.map(|rate| Duration::from_secs_f64(f64::from(sockets) / rate)),
            counts_from: now + WARM_UP,
            ends: now + WARM_UP + length,
            over: Arc::default(),
            numbers: Arc::default(),
        }
    };
    let (accepted, delivered) = match target {
        "hub" => {
            let desk = client::desk(address).await;
            let devices = join_all(channels.iter().map(|channel| client::device(address, channel))).await;
            over_sockets(desk, devices, &plan()).await
        }
        "relay" => {
            let desk = client::connect(address, "/desk").await;
            let devices = join_all((0..sockets).map(|_| client::connect(address, "/device"))).await;
            over_sockets(desk, devices, &plan()).await
        }
        "nats" => nats::run(address, sockets, &plan()).await,
        _ => (Latencies::default(), Latencies::default()),
    };
    let per_second = |count: usize| count as f64 / length.as_secs_f64();
    let line = json!({
        "accepted_per_second": per_second(accepted.count()),
        "delivered_per_second": per_second(delivered.count()),
        "accepted": accepted.summary(),
        "delivered": delivered.summary(),
    });
    println!("{line}");
}

async fn over_sockets(desk: Socket, devices: Vec<Socket>, plan: &Plan) -> (Latencies, Latencies) {
    let reading = tokio::spawn(read_at_desk(desk, plan.clone()));
    let count = devices.len();
    let posting = devices.into_iter().enumerate().map(|(place, socket)| {
        let plan = plan.clone();
        tokio::spawn(async move {
            match plan.pace {
                None => post_by_window(socket, plan).await,
                Some(pace) => {
                    let offset = pace.mul_f64(place as f64 / count as f64);
                    post_by_pace(socket, plan, pace, offset).await
                }
            }
        })
    });
    let posting: Vec<_> = posting.collect();
    tokio::time::sleep_until(plan.ends.into()).await;
    plan.over.store(true, Ordering::Relaxed);
    let mut accepted = Latencies::default();
    for one in posting {
        accepted.merge(one.await.unwrap());
    }
    (accepted, reading.await.unwrap())
}

async fn post_by_window(mut socket: Socket, plan: Plan) -> Latencies {
    let mut latencies = Latencies::default();
    let post = |plan: &Plan| Message::Text(post_frame(stamp(Instant::now(), plan.number())).into());
    for _ in 0..plan.window {
        socket.send(post(&plan)).await.unwrap();
    }
    while !plan.over.load(Ordering::Relaxed) {
        let Ok(Some(frame)) = tokio::time::timeout(Duration::from_millis(100), socket.next()).await else {
            continue;
        };
        if answer(&frame.unwrap(), &plan, &mut latencies) {
            socket.send(post(&plan)).await.unwrap();
        }
    }
    latencies
}

async fn post_by_pace(mut socket: Socket, plan: Plan, pace: Duration, offset: Duration) -> Latencies {
    let mut latencies = Latencies::default();
    let mut due = Instant::now() + offset;
    while !plan.over.load(Ordering::Relaxed) {
        tokio::select! {
            () = tokio::time::sleep_until(due.into()) => {
                let frame = post_frame(stamp(due, plan.number()));
                socket.send(Message::Text(frame.into())).await.unwrap();
                due += pace;
            }
            frame = socket.next() => {
                answer(&frame.unwrap().unwrap(), &plan, &mut latencies);
            }
        }
    }
    latencies
}

/// Whether the frame answers a post.
fn answer(frame: &Message, plan: &Plan, latencies: &mut Latencies) -> bool {
    let Message::Text(text) = frame else { return false };
    assert!(!text.contains("\"refused\""), "{text}");
    let answers = text.starts_with("{\"type\":\"posted\"");
    if answers && plan.counts() {
        latencies.add(age(text));
    }
    answers
}

async fn read_at_desk(mut socket: Socket, plan: Plan) -> Latencies {
    let mut latencies = Latencies::default();
    let mut unacknowledged: HashMap<String, String> = HashMap::new();
    let mut waiting = 0;
    while !plan.over.load(Ordering::Relaxed) {
        let next = match socket.next().now_or_never() {
            Some(next) => next,
            // Nothing more is there at once: a good moment to say what arrived.
            None => {
                acknowledge(&mut socket, &mut unacknowledged, &mut waiting).await;
                let Ok(next) = tokio::time::timeout(Duration::from_millis(100), socket.next()).await else {
                    continue;
                };
                next
            }
        };
        let Message::Text(text) = next.unwrap().unwrap() else { continue };
        if !text.contains("\"delivery\"") && !text.contains("\"post\"") {
            continue;
        }
        if plan.counts() && text.contains("\"message\"") {
            latencies.add(age(&text));
        }
        if let (Some(channel), Some(seq)) =
            (value(&text, "\"channel\":\"", '"'), value(&text, "\"seq\":", ','))
        {
            unacknowledged.insert(channel.to_owned(), seq.to_owned());
            waiting += 1;
        }
        if waiting >= 128 {
            acknowledge(&mut socket, &mut unacknowledged, &mut waiting).await;
        }
    }
    latencies
}

async fn acknowledge(socket: &mut Socket, channels: &mut HashMap<String, String>, waiting: &mut usize) {
    *waiting = 0;
    for (channel, seq) in channels.drain() {
        let frame = format!("{{\"type\":\"ack\",\"channel\":\"{channel}\",\"seq\":{seq}}}");
        socket.feed(Message::Text(frame.into())).await.unwrap();
    }
    socket.flush().await.unwrap();
}

fn value<'a>(text: &'a str, before: &str, after: char) -> Option<&'a str> {
    text.split_once(before)?.1.split(after).next()
}
