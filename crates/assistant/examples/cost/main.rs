//! What the assistant costs beside the size of its knowledge base, as JSON: `cargo xtask bench assistant` runs it and
//! prints a table. Arguments: the folder of the models, then the numbers of articles.
//!
//! Times are CPU time: of the whole process for what uses several threads, of one thread for a message.

mod corpus;

use std::path::Path;
use std::time::{Duration, Instant};

use anonymizer::{Anonymizer, Options, Plaintext, TokenVault};
use assistant::{Assistant, Business, Embedder, Flows, Identification, Knowledge, Known, Turn};
use jiff::civil::Date;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use corpus::Failure;

/// Messages whose cost is measured, and those before them that only warm up.
const MESSAGES: usize = 400;
const WARM_UP: usize = 40;

#[allow(clippy::print_stdout, reason = "printing figures is what it is for")]
fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let models = arguments.next().ok_or("the folder of the models is missing")?;
    let embedder = corpus::embedder(Path::new(&models))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let sizes = arguments.map(|size| Ok(size.parse()?)).collect::<Result<Vec<usize>, Failure>>()?;
    let measured: Vec<Value> = sizes
        .into_iter()
        .map(|size| runtime.block_on(measure(size, &embedder)))
        .collect::<Result<_, Failure>>()?;
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

async fn measure(size: usize, embedder: &Embedder) -> Result<Value, Failure> {
    let folder = tempfile::tempdir()?;
    let vectors = folder.path().join("vectors");
    let before = resident();
    let (first, at_first) = made(size, embedder)?;
    let after = resident();
    embedder.keep(&vectors)?;
    drop(first);
    embedder.remember(&vectors);
    let (assistant, again) = made(size, embedder)?;
    embedder.keep(&vectors)?;
    let mut messages = messages(&assistant, size).await?;
    Ok(json!({
        "articles": size,
        "first_start": at_first,
        "next_start": again,
        "vectors_kib": std::fs::metadata(&vectors)?.len() / 1024,
        "resident_kib": after.saturating_sub(before),
        "message_ms": { "p50": quantile(&mut messages, 0.5), "p99": quantile(&mut messages, 0.99) },
    }))
}

/// The assistant over so many articles, and what making it took.
fn made(size: usize, embedder: &Embedder) -> Result<(Assistant, Value), Failure> {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let articles = corpus::articles(&content.join("demo/articles"), size)?;
    let (knowledge, words) = timed(|| Knowledge::from_articles(articles));
    let knowledge = knowledge?;
    let (knowledge, meaning) = timed(|| knowledge.with_meaning(embedder));
    let business = Business::load(&content.join("demo/shop.toml"))?;
    let known = Known { tools: &business.tools, articles: &knowledge.ids() };
    let flows = Flows::load(&content.join("demo/flows"), known)?;
    let (assistant, intents) =
        timed(|| Assistant::new(knowledge, business).with_flows(flows, Some(embedder)));
    let took = json!({ "words": seconds(words), "meaning": seconds(meaning), "intents": seconds(intents) });
    Ok((assistant?, took))
}

/// The CPU time of deciding about each message, in milliseconds.
async fn messages(assistant: &Assistant, size: usize) -> Result<Vec<f64>, Failure> {
    let asked = corpus::questions()?;
    let rounds = (size / corpus::OWN).max(1);
    let anonymizer = Anonymizer::new(Options::default());
    let mut times = Vec::with_capacity(MESSAGES);
    let (sender, _pieces) = tokio::sync::mpsc::channel(1);
    for at in 0..WARM_UP + MESSAGES {
        let text = corpus::question(&asked, at, rounds);
        let mut vault = TokenVault::new();
        let message = anonymizer.mask(&Plaintext::new(text), &mut vault)?;
        let guard = vault.guard();
        let turn = Turn {
            history: &[],
            message: &message,
            language: "en",
            identification: Identification::SignedIn,
            today: Date::constant(2026, 11, 22),
            tool_results: &[],
            unanswered: 0,
            flow: None,
            pressed: None,
            model: None,
            guard: &guard,
        };
        let began = clock(ClockId::ThreadCPUTime);
        assistant.decide(&turn, &sender).await?;
        let took = clock(ClockId::ThreadCPUTime) - began;
        if at >= WARM_UP {
            times.push(took.as_secs_f64() * 1e3);
        }
    }
    Ok(times)
}

/// What was made, and how long it took: CPU time of the process, and by the wall.
fn timed<T>(make: impl FnOnce() -> T) -> (T, (Duration, Duration)) {
    let (cpu, wall) = (clock(ClockId::ProcessCPUTime), Instant::now());
    let made = make();
    (made, (clock(ClockId::ProcessCPUTime) - cpu, wall.elapsed()))
}

fn seconds((cpu, wall): (Duration, Duration)) -> Value {
    json!({ "cpu_s": cpu.as_secs_f64(), "wall_s": wall.as_secs_f64() })
}

fn clock(of: ClockId) -> Duration {
    let now = clock_gettime(of);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// Memory of the process in KiB; 0 where `/proc` does not say it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share).round() as usize]
}
