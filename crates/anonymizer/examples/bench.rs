//! What the anonymizer costs on one thread, as JSON: `cargo xtask bench anonymizer` runs it and prints tables.
//! Arguments: the file of the names model, then files with one message in a line each.
//!
//! All times are CPU time of the thread, so that other programs on the machine disturb little.

use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use anonymizer::{Anonymizer, Entity, NamesModel, Options, Plaintext, TokenVault};
use encoder::Encoder;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

/// How long each figure is measured at least.
const AT_LEAST: Duration = Duration::from_millis(300);
const ORDINARY: &str = "Hi, my order 10432 from last week still has not arrived. You can reach me at +49 171 5551234. Thanks, Sarah\n";
const PLAIN: &str = "We are sorry that the lamp broke. Please send it back within thirty days, and we will repair it for free.\n";

/// What is measured.
#[derive(Clone, Copy)]
enum Work {
    /// Finding, which is what other engines are compared with.
    Find,
    /// Finding, issuing tokens and writing the masked text.
    Mask,
}

#[allow(clippy::print_stdout, reason = "printing figures is what it is for")]
fn main() {
    let (anonymizer, compiling) = timed(|| Anonymizer::new(Options::default()));
    let patterns = Anonymizer::new(Options::default()).without_models();
    let mut arguments = std::env::args().skip(1);
    let model = fs::read(arguments.next().expect("xtask names it")).expect("xtask has installed it");
    let names = NamesModel::new(Encoder::from_bytes(&model).expect("it is a model")).expect("of names");
    drop(model);
    let both = Anonymizer::new(Options { names: Some(Arc::new(names)), ..Options::default() });
    let files: Vec<String> = arguments.collect();
    let measure = |anonymizer: &Anonymizer, work: Work| -> Vec<Value> {
        files.iter().map(|path| messages(anonymizer, path, work)).collect()
    };
    let (found, found_by_patterns) = (measure(&anonymizer, Work::Find), measure(&patterns, Work::Find));
    let (found_by_both, masked) = (measure(&both, Work::Find), measure(&anonymizer, Work::Mask));
    let repeated = repeated(&anonymizer);
    // Before the long texts, which need room of their own.
    let memory = peak_memory();
    let sizes: Vec<Value> = [1_000, 10_000, 100_000, 1_000_000]
        .into_iter()
        .map(|size| json!({ "bytes": size, "ns_per_byte": per_byte(&anonymizer, &repeat(ORDINARY, size)) }))
        .collect();
    let ordinary = repeat(ORDINARY, 1_000_000);
    let ordinary = [per_byte(&anonymizer, &ordinary), per_byte(&patterns, &ordinary)];
    let hostile: Vec<Value> = hostile()
        .into_iter()
        .map(|(name, text)| {
            let cost = [per_byte(&anonymizer, &text), per_byte(&patterns, &text)];
            let part = text.char_indices().map(|(at, _)| at).find(|at| *at >= 10_000).unwrap_or(text.len());
            json!({
                "name": name,
                "ns_per_byte": cost[0],
                "ratio": cost[0] / ordinary[0],
                "patterns_ratio": cost[1] / ordinary[1],
                "growth": cost[0] / per_byte(&anonymizer, &text[..part]),
            })
        })
        .collect();
    println!(
        "{:#}",
        json!({
            "compile_ms": compiling.as_secs_f64() * 1e3,
            "peak_memory_kib": memory,
            "messages": found_by_both,
            "own_model_alone": found,
            "patterns_alone": found_by_patterns,
            "masked": masked,
            "repeated_us": repeated,
            "patterns_alone_mb_per_s": 1e3 / per_byte(&patterns, &repeat(ORDINARY, 1_000_000)),
            "patterns_alone_plain_mb_per_s": 1e3 / per_byte(&patterns, &repeat(PLAIN, 1_000_000)),
            "names_model_kb_per_s": 1e6 / per_byte(&both, &repeat(ORDINARY, 100_000)),
            "sizes": sizes,
            "hostile": hostile,
        })
    );
}

/// The cost of single messages, each in a conversation whose customer is known.
fn messages(anonymizer: &Anonymizer, path: &str, work: Work) -> Value {
    let text = fs::read_to_string(path).expect("xtask names files that it has written");
    let messages: Vec<Plaintext> = text.lines().map(|line| Plaintext::new(line.to_owned())).collect();
    let vault = known();
    let mut times = Vec::new();
    let mut sum = Duration::ZERO;
    // The first round warms up.
    for round in 0.. {
        for message in &messages {
            let mut vault = vault.clone();
            let time = match work {
                Work::Find => timed(|| black_box(anonymizer.detect(message, &vault))).1,
                Work::Mask => timed(|| black_box(anonymizer.mask(message, &mut vault))).1,
            };
            if round > 0 {
                times.push(time);
                sum += time;
            }
        }
        if sum >= AT_LEAST {
            break;
        }
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    let rounds = times.len() / messages.len();
    let bytes = messages.iter().map(|message| message.reveal().len()).sum::<usize>() * rounds;
    let characters: usize = messages.iter().map(|message| message.reveal().chars().count()).sum();
    json!({
        "file": path,
        "messages": messages.len(),
        "mean_characters": characters as f64 / messages.len() as f64,
        "p50_us": at(0.5),
        "p99_us": at(0.99),
        "mb_per_s": bytes as f64 / 1e6 / sum.as_secs_f64(),
    })
}

/// A text that the conversation has seen already, as in the history that goes to a model with each turn.
fn repeated(anonymizer: &Anonymizer) -> f64 {
    let mut vault = known();
    let stored = anonymizer.mask(&Plaintext::new(ORDINARY.to_owned()), &mut vault);
    let stored = stored.expect("no policy blocks it");
    for _ in 0..10 {
        black_box(anonymizer.readmit(stored.as_str(), &mut vault));
    }
    let rounds = 1_000;
    let (_, time) = timed(|| {
        for _ in 0..rounds {
            black_box(anonymizer.readmit(stored.as_str(), &mut vault));
        }
    });
    time.as_secs_f64() * 1e6 / f64::from(rounds)
}

/// Texts that somebody makes to keep a server busy, of a megabyte each.
fn hostile() -> Vec<(&'static str, String)> {
    let values = "4111 1111 1111 1111 a@b.org DE89 3704 0044 0532 0130 00 +49 171 5551234 192.168.0.1 ";
    let mut different = String::new();
    for nth in 0.. {
        if different.len() >= 1_000_000 {
            break;
        }
        different.push_str(&format!("user{nth}@example.org "));
    }
    let unit = |name, unit: &str| (name, repeat(unit, 1_000_000));
    vec![
        unit("digits", "1234567890"),
        unit("digits and blanks", "1 "),
        unit("groups of digits", "12 345 6 "),
        unit("numbers and commas", "1,2,3,"),
        unit("numbered brackets", "[1"),
        unit("pairs of brackets", "[]"),
        unit("all brackets", "([{<"),
        unit("one word", "a"),
        unit("one word of capitals", "A"),
        unit("nested brackets", "["),
        unit("half tokens", "[PERSON_"),
        unit("tokens", "[PERSON_1] "),
        unit("at signs", "a@"),
        unit("points", "a."),
        unit("backslashes", "\\"),
        unit("combining marks", "e\u{301}\u{301}\u{301}"),
        unit("zero-width characters", "1\u{200b}"),
        unit("names", "My name is Sarah Connor. "),
        unit("one value again and again", "a@b.org "),
        unit("words like wallets", "a1b2c3d4e5f6g7h8j9k1a1b2c3d4e5f6g7h8 "),
        unit("values", values),
        ("different values", different),
    ]
}

fn repeat(unit: &str, bytes: usize) -> String {
    unit.repeat(bytes.div_ceil(unit.len()))
}

/// The least cost in nanoseconds of several runs: what disturbs a run only ever adds.
fn per_byte(anonymizer: &Anonymizer, text: &str) -> f64 {
    let text = Plaintext::new(text.to_owned());
    let vault = known();
    let mut sum = Duration::ZERO;
    let mut least = Duration::MAX;
    let mut runs = 0;
    while sum < AT_LEAST || runs < 2 {
        let mut vault = vault.clone();
        let (_, time) = timed(|| black_box(anonymizer.mask(&text, &mut vault)));
        sum += time;
        least = least.min(time);
        runs += 1;
    }
    least.as_secs_f64() * 1e9 / text.reveal().len() as f64
}

fn known() -> TokenVault {
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "Ada Quill");
    vault.know(Entity::Email, "ada.quill@example.com");
    // What a conversation that goes on has made already.
    let _ = vault.guard();
    vault
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = cpu();
    let done = work();
    (done, cpu().saturating_sub(begun))
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// The most memory that this process had at once; where the system does not tell, nothing.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
