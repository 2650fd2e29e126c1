//! What one message costs the desk, end to end and without a language model, as JSON: `cargo xtask bench assistant`
//! runs it and prints a table. Arguments: the folder of the models, then the number of articles.
//!
//! The desk is this process and nothing else: the hub and the customer's device are a second one, so that the CPU time
//! of this process between a question and its answer is the desk's: opening, masking, storing, deciding, restoring,
//! sealing, storing again, sending, and its share of the connection.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "it shares the device and the world of the tests, and does not use all of them"
)]

#[path = "../../assistant/examples/cost/corpus.rs"]
mod corpus;
#[path = "../tests/desk/device.rs"]
mod device;
#[path = "../tests/desk/world.rs"]
mod world;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use anonymizer::{Anonymizer, NamesModel, Options, Policy};
use assistant::{Assistant, Business, Flows, Knowledge, Known};
use desk::{Connected, Desk, DeskOptions, HubTrust, Services};
use encoder::Encoder;
use hub::Hub;
use ledger::Ledger;
use protocol::DeskKey;
use rustix::time::{ClockId, clock_gettime};
use store::{Location, StorageKey, hub::HubStore};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::Command;

use world::{MovedClock, Random, desk_store, hub_options};

use corpus::Failure;

/// Messages whose cost is measured, and those before them that only warm up.
const MESSAGES: usize = 300;
const WARM_UP: usize = 20;
/// The first argument of the second process.
const CUSTOMER: &str = "--customer";

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Both processes make connections.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match &*arguments {
        [first, key, rounds] if first == CUSTOMER => {
            runtime.block_on(customer(key.parse()?, rounds.parse()?))
        }
        [models, articles] => runtime.block_on(desk(Path::new(models), articles.parse()?)),
        _ => Err("the folder of the models and the number of articles are missing".into()),
    }
}

/// The desk's side.
#[allow(clippy::print_stdout, reason = "printing figures is what it is for")]
async fn desk(models: &Path, size: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(MovedClock::default());
    let store = desk_store(folder.path(), clock.clone()).await;
    let key = desk::desk_identity(&store, &Random).await?.public();
    let rounds = (size / corpus::OWN).max(1);
    let mut customer = Command::new(std::env::current_exe()?)
        .args([CUSTOMER, &key.to_string(), &rounds.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut said = BufReader::new(customer.stdout.take().ok_or("no output")?).lines();
    let mut tell = customer.stdin.take().ok_or("no input")?;
    let hub = said.next_line().await?.ok_or("no hub")?;
    let names = NamesModel::new(Encoder::from_bytes(&std::fs::read(models.join("rampart.model"))?)?)?;
    let mut desk = Desk::start(DeskOptions {
        hub: hub.parse()?,
        hub_trust: HubTrust::default(),
        store,
        ledger: Ledger::open(&folder.path().join("ledger"), "bench")?,
        anonymizer: Anonymizer::with_policy(
            Policy::support(),
            Options { names: Some(Arc::new(names)), ..Options::default() },
        ),
        assistant: assistant(models, size)?,
        issuer: None,
        services: Services { back_office: None, mcp: None },
        mail: None,
        client: reqwest::Client::new(),
        retention_days: 30,
        clock,
        entropy: Arc::new(Random),
    })
    .await?;
    desk.connected.wait_for(|connected| *connected == Connected::Yes).await?;
    let (mut cpu, mut wall) = (Vec::new(), Vec::new());
    for at in 0..WARM_UP + MESSAGES {
        tell.write_all(b"ask\n").await?;
        said.next_line().await?.ok_or("the customer is gone")?;
        let (before, began) = (clock_gettime(ClockId::ProcessCPUTime), Instant::now());
        tell.write_all(b"go\n").await?;
        said.next_line().await?.ok_or("the customer is gone")?;
        let after = clock_gettime(ClockId::ProcessCPUTime);
        if at >= WARM_UP {
            let seconds = (after.tv_sec - before.tv_sec) as f64;
            cpu.push(seconds * 1e3 + (after.tv_nsec - before.tv_nsec) as f64 / 1e6);
            wall.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    desk.stop().await;
    println!(
        "{}",
        serde_json::json!({
            "articles": size,
            "cpu_ms": { "p50": quantile(&mut cpu, 0.5), "p99": quantile(&mut cpu, 0.99) },
            "wall_ms": { "p50": quantile(&mut wall, 0.5), "p99": quantile(&mut wall, 0.99) },
        })
    );
    Ok(())
}

fn assistant(models: &Path, size: usize) -> Result<Assistant, Failure> {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let embedder = corpus::embedder(models)?;
    let articles = corpus::articles(&content.join("demo/articles"), size)?;
    let knowledge = Knowledge::from_articles(articles)?.with_meaning(&embedder);
    let business = Business::load(&content.join("demo/shop.toml"))?;
    let known = Known { tools: &business.tools, articles: &knowledge.ids() };
    let flows = Flows::load(&content.join("demo/flows"), known)?;
    Ok(Assistant::new(knowledge, business).with_flows(flows, Some(&embedder))?)
}

/// Waits for a line of the first process; false when it has ended.
fn told() -> std::io::Result<bool> {
    tokio::task::block_in_place(|| Ok(std::io::stdin().read_line(&mut String::new())? > 0))
}

/// The other side: a hub, and a device that asks when it is told to.
#[allow(clippy::print_stdout, reason = "it answers the first process")]
async fn customer(key: DeskKey, rounds: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let location = Location::File {
        path: folder.path().join("hub.db"),
        key: StorageKey::from_octets([3; 32]),
        max_bytes: None,
    };
    let store = HubStore::open(&location).await?;
    let hub = Hub::new(hub_options(key), store, Arc::new(MovedClock::default()), Arc::new(Random));
    tokio::spawn(async move { hub.serve(listener, None).await.map_err(|error| error.to_string()) });
    println!("{url}");
    let asked = corpus::questions()?;
    for at in 0.. {
        if !told()? {
            break;
        }
        // Each in a conversation of its own: after two that are not understood a person is waited for. The greeting is
        // answered before, so that opening the conversation is not counted.
        let mut device = device::Device::begin(&url, key, None).await;
        device.write("Hello").await;
        device.nth_text(1).await;
        println!("ready");
        told()?;
        device.write(&corpus::question(&asked, at, rounds)).await;
        device.nth_text(2).await;
        println!("answered");
        std::io::stdout().flush()?;
    }
    Ok(())
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() - 1) as f64 * share;
    values[at.round() as usize]
}
