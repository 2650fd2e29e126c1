//! `cargo xtask evaluate anonymizer`: how good it is, beside what is to be reached.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::workspace::Workspace;
use crate::{models, process};

/// What to evaluate.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The part.
    name: Name,
    /// Folder of development data that is not part of the project: synthetic.jsonl and sgd_dev_dialogues.jsonl.
    #[arg(long, value_name = "DIR", default_value = "../shared/data/pii")]
    data: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// Precision, recall and false alarms of the anonymizer on labelled texts.
    Anonymizer,
}

/// One line of the table: what is measured, and the best figures of others, what to reach at least, and the aim.
struct Row {
    what: &'static str,
    file: File,
    more: &'static [&'static str],
    figures: fn(&Report) -> Vec<f64>,
    goals: [&'static str; 3],
}

enum File {
    /// In the project.
    Ours(&'static str),
    /// In the folder of development data.
    Development(&'static str),
}

const ROWS: [Row; 4] = [
    Row {
        what: "synthetic sentences, 8 core types, exact / overlap F1",
        file: File::Development("synthetic.jsonl"),
        more: &[],
        figures: |report| vec![report.core.exact.f1, report.core.overlap.f1],
        goals: [".586 / .912", ".70 / .94", ".80 / .97"],
    },
    Row {
        what: "names in support chats, overlap recall / precision",
        file: File::Ours("content/evaluation/chats.jsonl"),
        more: &["--types", "PERSON"],
        figures: |report| vec![report.all.overlap.recall, report.all.overlap.precision],
        goals: [".977 / .809", ".97 / .90", ".99 / .95"],
    },
    Row {
        what: "dialogues, names+phones+dates+places, exact / overlap F1",
        file: File::Development("sgd_dev_dialogues.jsonl"),
        more: &["--types", "PERSON,PHONE_NUMBER,DATE_TIME,LOCATION"],
        figures: |report| vec![report.all.exact.f1, report.all.overlap.f1],
        goals: [".892 / .959", ".92 / .97", ".95 / .98"],
    },
    Row {
        what: "false alarms for 100 turns with nothing to find",
        file: File::Development("sgd_dev_dialogues.jsonl"),
        more: &[],
        figures: |report| vec![report.false_alarms.per_100],
        goals: ["1.3", "1", "0.3"],
    },
];

/// What `sotto anonymizer evaluate --json` prints, as far as it is compared.
#[derive(Deserialize)]
struct Report {
    all: Figures,
    core: Figures,
    false_alarms: Alarms,
}

#[derive(Deserialize)]
struct Figures {
    exact: Rates,
    overlap: Rates,
}

#[derive(Deserialize)]
struct Rates {
    precision: f64,
    recall: f64,
    f1: f64,
}

#[derive(Deserialize)]
struct Alarms {
    per_100: f64,
}

/// Builds the program, runs it on every set that is there and prints the table.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let Name::Anonymizer = arguments.name;
    let installed = models::run(workspace)?;
    ensure!(installed == ExitCode::SUCCESS, "the names model could not be installed");
    let data = workspace.root.join(&arguments.data);
    println!("{:<58}{:>15}{:>15}{:>12}{:>12}", "", "reached", "best of others", "at least", "aim");
    for row in &ROWS {
        let file = match row.file {
            File::Ours(path) => workspace.root.join(path),
            File::Development(name) => data.join(name),
        };
        let reached = if file.exists() {
            let report = report(workspace, &file, row.more)?;
            let figures: Vec<String> =
                (row.figures)(&report).iter().map(|figure| shortened(*figure)).collect();
            figures.join(" / ")
        } else {
            "no data".to_owned()
        };
        let [others, least, aim] = row.goals;
        println!("{:<58}{reached:>15}{others:>15}{least:>12}{aim:>12}", row.what);
    }
    Ok(ExitCode::SUCCESS)
}

fn report(workspace: &Workspace, file: &Path, more: &[&str]) -> Result<Report> {
    let mut command = Command::new(workspace.target.join("debug/sotto"));
    command.args(["anonymizer", "evaluate", "--json"]).args(more).arg(file);
    command.arg("--data").arg(models::cache(workspace));
    let finished = process::record(&mut command, |_| {})?;
    ensure!(
        finished.status.success(),
        "the evaluation of {} failed: {}",
        file.display(),
        finished.output.trim()
    );
    serde_json::from_str(&finished.output).with_context(|| format!("read the report on {}", file.display()))
}

/// As in the goals: three digits, without the zero in front.
fn shortened(figure: f64) -> String {
    format!("{figure:.3}").trim_start_matches('0').to_owned()
}
