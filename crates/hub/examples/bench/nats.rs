//! NATS core as a reference, in its own plain protocol: nothing is stored, nothing is acknowledged, so an
//! envelope counts as accepted when it is delivered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::Semaphore,
};

use crate::{
    client::{BODY, age_of, stamp},
    figures::Latencies,
    load::Plan,
};

const CONNECT: &[u8] =
    b"CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\"}\r\n";

pub(crate) async fn run(address: &str, sockets: u32, plan: &Plan) -> (Latencies, Latencies) {
    let windows: Arc<Mutex<HashMap<u32, Arc<Semaphore>>>> = Arc::default();
    let mut subscriber = TcpStream::connect(address).await.unwrap();
    subscriber.set_nodelay(true).unwrap();
    subscriber.write_all(CONNECT).await.unwrap();
    subscriber.write_all(b"SUB bench.* 1\r\n").await.unwrap();
    let reading = tokio::spawn(read(subscriber, Arc::clone(&windows), plan.clone()));
    let mut posting = Vec::new();
    for place in 0..sockets {
        let window = Arc::new(Semaphore::new(plan.window));
        windows.lock().unwrap().insert(place, Arc::clone(&window));
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        posting.push(tokio::spawn(post(stream, place, sockets, window, plan.clone())));
    }
    tokio::time::sleep_until(plan.ends.into()).await;
    plan.over.store(true, Ordering::Relaxed);
    posting.iter().for_each(tokio::task::JoinHandle::abort);
    (Latencies::default(), reading.await.unwrap())
}

async fn post(mut stream: TcpStream, place: u32, sockets: u32, window: Arc<Semaphore>, plan: Plan) {
    stream.write_all(CONNECT).await.unwrap();
    let mut due = Instant::now();
    if let Some(pace) = plan.pace {
        due += pace.mul_f64(f64::from(place) / f64::from(sockets));
    }
    loop {
        let at = match plan.pace {
            None => {
                window.acquire().await.unwrap().forget();
                Instant::now()
            }
            Some(pace) => {
                tokio::time::sleep_until(due.into()).await;
                due += pace;
                due - pace
            }
        };
        let mut frame = format!("PUB bench.{place} {BODY}\r\n").into_bytes();
        frame.extend_from_slice(stamp(at, plan.number()).octets());
        frame.resize(frame.len() + BODY - 16, b'x');
        frame.extend_from_slice(b"\r\n");
        stream.write_all(&frame).await.unwrap();
    }
}

async fn read(stream: TcpStream, windows: Arc<Mutex<HashMap<u32, Arc<Semaphore>>>>, plan: Plan) -> Latencies {
    let mut latencies = Latencies::default();
    let mut stream = BufReader::with_capacity(256 << 10, stream);
    let mut line = String::new();
    let mut body = vec![0; BODY + 2];
    while !plan.over.load(Ordering::Relaxed) {
        line.clear();
        let read = tokio::time::timeout(Duration::from_millis(200), stream.read_line(&mut line)).await;
        let Ok(Ok(_)) = read else { continue };
        let Some(message) = line.strip_prefix("MSG bench.") else {
            if line.starts_with("PING") {
                stream.get_mut().write_all(b"PONG\r\n").await.unwrap();
            }
            continue;
        };
        let place = message.split(' ').next().unwrap().parse().unwrap();
        stream.read_exact(&mut body).await.unwrap();
        if let Some(window) = windows.lock().unwrap().get(&place) {
            window.add_permits(1);
        }
        if plan.counts() {
            latencies.add(age_of(body[..8].try_into().unwrap()));
        }
    }
    latencies
}
