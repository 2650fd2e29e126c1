//! `cargo xtask bench assistant`: how well messages are understood and answers found on development data, what one
//! message costs the desk, and how cost grows with the knowledge base; each beside what is to be reached.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::test::services::Services;
use crate::workspace::Workspace;
use crate::{models, process, requirements};

/// Numbers of articles.
const SIZES: [&str; 3] = ["100", "1000", "10000"];
/// Numbers of texts whose vectors are in memory and in a database.
const TEXTS: [&str; 3] = ["1000", "10000", "100000"];
/// Own splits of BANKING77's training file, which has no file of few examples: so many of each intent to learn from, and
/// so many of each to be asked, as its published test file has the same number of each.
const SPLITS: u64 = 5;
const EXAMPLES: usize = 10;
const ASKED: usize = 25;
const ENOUGH: usize = EXAMPLES + ASKED;

#[derive(Deserialize)]
struct Size {
    articles: usize,
    first_start: Start,
    next_start: Start,
    vectors_kib: u64,
    resident_kib: u64,
    message_ms: Quantiles,
}

#[derive(Deserialize)]
struct Start {
    words: Took,
    meaning: Took,
    intents: Took,
}

impl Start {
    fn wall(&self) -> f64 {
        self.words.wall_s + self.meaning.wall_s + self.intents.wall_s
    }

    fn cpu(&self) -> f64 {
        self.words.cpu_s + self.meaning.cpu_s + self.intents.cpu_s
    }
}

#[derive(Deserialize)]
struct Took {
    cpu_s: f64,
    wall_s: f64,
}

#[derive(Deserialize)]
struct Quantiles {
    p50: f64,
    p99: f64,
}

#[derive(Deserialize)]
struct EndToEnd {
    cpu_ms: Quantiles,
    wall_ms: Quantiles,
}

#[derive(Deserialize)]
struct Vectors {
    texts: usize,
    memory: Found,
    exact_ms: Quantiles,
    stored: Found,
    same_of_ten: f64,
}

#[derive(Deserialize)]
struct Found {
    made_s: f64,
    ms: Quantiles,
}

/// A line of `sotto evaluate assistant --json` that tells of all conversations.
#[derive(Deserialize)]
struct Score {
    model: String,
    passed: u32,
    all: u32,
    answers_without_citation: u32,
    writes_without_confirmation: u32,
    calls_outside_policy: u32,
}

/// The last line of `sotto evaluate … --json`.
#[derive(Deserialize)]
struct Figures {
    accuracy: Option<f64>,
    oos_auroc: Option<f64>,
    calibration_error: Option<f64>,
    recall_at_1: Option<f64>,
    recall_at_3: Option<f64>,
    mrr: Option<f64>,
}

/// Builds, measures, prints. `data` holds `intents/` and `faq/`; without it only cost is measured.
#[allow(clippy::print_stdout, reason = "it prints tables")]
pub(crate) fn run(workspace: &Workspace, data: &Path) -> Result<ExitCode> {
    ensure!(models::run(workspace)? == ExitCode::SUCCESS, "the models could not be installed");
    let folder = models::folder(workspace);
    let bench = example(workspace, "assistant", "cost")?;
    let sizes: Vec<Size> = measured(Command::new(bench).arg(&folder).args(SIZES))?;
    println!(
        "| articles | first start, wall (CPU) | next start | kept on disk | memory | a message, CPU p50 / p99 |"
    );
    println!("|---|---|---|---|---|---|");
    for size in &sizes {
        println!(
            "| {} | {:.1} s ({:.1} s) | {:.1} s | {} MB | {} MB | {:.1} / {:.1} ms |",
            size.articles,
            size.first_start.wall(),
            size.first_start.cpu(),
            size.next_start.wall(),
            size.vectors_kib / 1024,
            size.resident_kib / 1024,
            size.message_ms.p50,
            size.message_ms.p99,
        );
    }
    vectors(workspace)?;
    first_token(workspace)?;
    let bench = example(workspace, "desk", "message")?;
    let desk: EndToEnd = measured(Command::new(bench).arg(&folder).arg("1000"))?;
    println!("\n| what | reached | at least | aim |\n|---|---|---|---|");
    println!(
        "| a message end to end in the desk, 1,000 articles, CPU p50 / p99 | {:.1} / {:.1} ms (wall {:.1} / {:.1}) | 15 / 40 ms | 8 / 20 ms |",
        desk.cpu_ms.p50, desk.cpu_ms.p99, desk.wall_ms.p50, desk.wall_ms.p99
    );
    if let Some(size) = sizes.iter().find(|size| size.articles == 1_000) {
        println!("| index 1,000 articles, wall | {:.1} s | 30 s | 10 s |", size.first_start.wall());
    }
    conversations(workspace)?;
    let data = workspace.root.join(data);
    if !data.join("intents").is_dir() {
        println!("\n{} is not there: what is understood and found was not measured", data.display());
        return Ok(ExitCode::SUCCESS);
    }
    quality(workspace, &data)?;
    Ok(ExitCode::SUCCESS)
}

/// The demo shop's conversations, without a model and with the scripted one.
#[allow(clippy::print_stdout, reason = "it prints tables")]
fn conversations(workspace: &Workspace) -> Result<()> {
    let mut build = workspace.cargo();
    build.args(["build", "--quiet", "--release", "--package", "sotto"]);
    ensure!(process::show(&mut build)?.success(), "sotto could not be built");
    // It fails when a conversation does.
    let finished = process::record(
        sotto(workspace).args(["assistant", "--json", "--data"]).arg(models::cache(workspace)),
        |_| {},
    )?;
    let scores: Vec<Score> =
        finished.output.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    ensure!(!scores.is_empty(), "sotto evaluate assistant failed:\n{}", finished.output.trim());
    for Score {
        model,
        passed,
        all,
        answers_without_citation,
        writes_without_confirmation,
        calls_outside_policy,
    } in scores
    {
        let share = 100.0 * f64::from(passed) / f64::from(all.max(1));
        let least = if model == "scripted" { 98 } else { 95 };
        println!(
            "| demo conversations passed, model {model} | {share:.1} % ({passed} of {all}) | {least} % | 100 % |"
        );
        println!(
            "| answers without a citation, writes without confirmation, calls outside policy, model {model} | {answers_without_citation}, {writes_without_confirmation}, {calls_outside_policy} | 0 | 0 |"
        );
    }
    Ok(())
}

/// What a model's answer waits for beside the provider: 5 ms at most are asked for, 1 ms is aimed at.
#[allow(clippy::print_stdout, reason = "it prints a table")]
fn first_token(workspace: &Workspace) -> Result<()> {
    println!("\nFirst token added over the provider's own (5 ms at most, aim 1 ms):");
    let shown = process::show(&mut Command::new(example(workspace, "llm", "overhead")?))?;
    ensure!(shown.success(), "the measurement failed");
    Ok(())
}

fn sotto(workspace: &Workspace) -> Command {
    let mut command = Command::new(workspace.target.join("release/sotto"));
    command.arg("evaluate");
    command
}

/// What finding near articles costs, in memory and in PostgreSQL with pgvector.
#[allow(clippy::print_stdout, reason = "it prints tables")]
fn vectors(workspace: &Workspace) -> Result<()> {
    requirements::check(&requirements::TESTS)?;
    let services = Services::start(workspace)?;
    let bench = example(workspace, "desk", "vectors")?;
    let sizes: Vec<Vectors> = measured(Command::new(bench).arg(&services.pgvector_url).args(TEXTS))?;
    println!(
        "\n| texts | memory: made, a question p50 / p99 | database: made, p50 / p99 | exact look there | same of the ten nearest |"
    );
    println!("|---|---|---|---|---|");
    for Vectors { texts, memory, exact_ms, stored, same_of_ten } in sizes {
        println!(
            "| {texts} | {:.1} s, {:.2} / {:.2} ms | {:.1} s, {:.1} / {:.1} ms | {:.1} / {:.1} ms | {:.1} % |",
            memory.made_s,
            memory.ms.p50,
            memory.ms.p99,
            stored.made_s,
            stored.ms.p50,
            stored.ms.p99,
            exact_ms.p50,
            exact_ms.p99,
            100.0 * same_of_ten
        );
    }
    Ok(())
}

/// How well messages are understood and articles found.
#[allow(clippy::print_stdout, reason = "it prints tables")]
fn quality(workspace: &Workspace, data: &Path) -> Result<()> {
    let scratch = workspace.target.join("bench-assistant");
    fs::create_dir_all(&scratch)?;
    let intents = data.join("intents");
    let lines = lines(&intents.join("banking77_train.jsonl"))?;
    let (mut accuracies, mut errors) = (Vec::new(), Vec::new());
    for seed in 0..SPLITS {
        let (train, test) = split(&lines, seed)?;
        let paths = [scratch.join("train.jsonl"), scratch.join("test.jsonl")];
        fs::write(&paths[0], train.join("\n"))?;
        fs::write(&paths[1], test.join("\n"))?;
        let figures = evaluate_intents(workspace, &paths[0], &paths[1], None)?;
        accuracies.push(100.0 * figures.accuracy.unwrap_or_default());
        errors.push(figures.calibration_error.unwrap_or_default());
    }
    let listed: Vec<String> = accuracies.iter().map(|accuracy| format!("{accuracy:.1}")).collect();
    println!(
        "| BANKING77, {EXAMPLES} examples an intent, {SPLITS} own splits | {:.1} % ({}); calibration error {:.3} | 86 | 89 |",
        mean(&accuracies),
        listed.join(", "),
        mean(&errors)
    );
    let hwu = evaluate_intents(
        workspace,
        &intents.join("hwu64_train_10.jsonl"),
        &intents.join("hwu64_test.jsonl"),
        None,
    )?;
    println!("| HWU64, 10 examples | {:.1} % | 83 | 87 |", 100.0 * hwu.accuracy.unwrap_or_default());
    let oos = intents.join("clinc150_oos_val.jsonl");
    let clinc = evaluate_intents(
        workspace,
        &intents.join("clinc150_train.jsonl"),
        &intents.join("clinc150_val.jsonl"),
        Some(&oos),
    )?;
    println!(
        "| CLINC150 val: accuracy, out-of-scope AUROC | {:.1} %, {:.3} | 95.5, .975 | 97, .985 |",
        100.0 * clinc.accuracy.unwrap_or_default(),
        clinc.oos_auroc.unwrap_or_default()
    );
    let faq = data.join("faq");
    let covid = evaluate(
        workspace,
        &[
            "retrieval".as_ref(),
            "--articles".as_ref(),
            &faq.join("covid_articles.jsonl"),
            "--queries".as_ref(),
            &faq.join("covid_queries.jsonl"),
        ],
    )?;
    println!(
        "| CovidFAQ recall@1 / recall@3 / MRR | {:.3} / {:.3} / {:.3} | .53 / .85 / .70 | .60 / .90 / .75 |",
        covid.recall_at_1.unwrap_or_default(),
        covid.recall_at_3.unwrap_or_default(),
        covid.mrr.unwrap_or_default()
    );
    Ok(())
}

fn evaluate_intents(workspace: &Workspace, train: &Path, test: &Path, oos: Option<&Path>) -> Result<Figures> {
    let mut arguments: Vec<&Path> =
        vec!["intents".as_ref(), "--train".as_ref(), train, "--test".as_ref(), test];
    if let Some(oos) = oos {
        arguments.extend([Path::new("--oos"), oos]);
    }
    evaluate(workspace, &arguments)
}

fn evaluate(workspace: &Workspace, arguments: &[&Path]) -> Result<Figures> {
    // `sotto` looks for models in its data folder.
    let finished = process::record(
        sotto(workspace).args(arguments).arg("--json").arg("--data").arg(models::cache(workspace)),
        |_| {},
    )?;
    ensure!(finished.status.success(), "sotto evaluate failed:\n{}", finished.output.trim());
    let last = finished.output.lines().last().context("sotto evaluate printed nothing")?;
    serde_json::from_str(last).with_context(|| format!("sotto evaluate printed {last:?} last"))
}

fn example(workspace: &Workspace, package: &str, name: &str) -> Result<PathBuf> {
    let mut build = workspace.cargo();
    build.args(["build", "--quiet", "--release", "--package", package, "--example", name]);
    ensure!(process::show(&mut build)?.success(), "the example {name} of {package} could not be built");
    Ok(workspace.target.join("release/examples").join(name))
}

fn measured<T: serde::de::DeserializeOwned>(command: &mut Command) -> Result<T> {
    let finished = process::record(command, |_| {})?;
    ensure!(finished.status.success(), "the measurement failed:\n{}", finished.output.trim());
    // What libraries say before the figures is passed over.
    let figures = finished.output.lines().last().unwrap_or_default();
    serde_json::from_str(figures).with_context(|| format!("the benchmark printed {figures:?} last"))
}

fn lines(path: &Path) -> Result<Vec<(String, String)>> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let line = |line: &str| -> Result<(String, String)> {
        let value: Value = serde_json::from_str(line)?;
        let intent = value["intent"].as_str().context("a line has no intent")?;
        Ok((intent.to_owned(), line.to_owned()))
    };
    text.lines().map(line).collect()
}

/// Lines to learn from and lines to be asked, shuffled by the seed.
fn split(lines: &[(String, String)], seed: u64) -> Result<(Vec<&str>, Vec<&str>)> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    let mut state = seed;
    for place in (1..order.len()).rev() {
        order.swap(place, (next(&mut state) % (place as u64 + 1)) as usize);
    }
    let mut taken: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (intent, line) in order.into_iter().map(|at| &lines[at]) {
        let of_intent = taken.entry(intent).or_default();
        *of_intent += 1;
        if *of_intent <= EXAMPLES {
            train.push(line.as_str());
        } else if *of_intent <= ENOUGH {
            test.push(line.as_str());
        }
    }
    ensure!(taken.values().all(|of_intent| *of_intent >= ENOUGH), "an intent has fewer than {ENOUGH} lines");
    Ok((train, test))
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same splits everywhere.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
