//! Sockets that do nothing, and the first thing that a desk gets after a start.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::client;

pub(crate) async fn run(address: &str, count: usize, pid: &str) {
    let channels = client::channels(address, count).await;
    // Buffers of the requests that opened the channels are given back.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = resident(pid);
    let sockets: Vec<_> = stream::iter(&channels)
        .map(|channel| client::device(address, channel))
        .buffer_unordered(32)
        .collect()
        .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = resident(pid);
    let each = (after - before) * 1024.0 / sockets.len() as f64;
    println!("{}", json!({ "sockets": sockets.len(), "octets_each": each, "resident_kib": after }));
}

/// The resident set of a process, in KiB.
fn resident(pid: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

pub(crate) async fn greet(address: &str) {
    let began = Instant::now();
    let mut desk = client::desk(address).await;
    let ready = began.elapsed();
    assert!(client::text(&mut desk).await.contains("delivery"));
    let line = json!({
        "ready_ms": ready.as_secs_f64() * 1000.0, "first_delivery_ms": began.elapsed().as_secs_f64() * 1000.0,
    });
    println!("{line}");
}
