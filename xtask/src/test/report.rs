//! What each stage found and how long it took.

use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::count::{self, Count};
use crate::process;

/// Collects the results of the stages; each one's whole output is kept in a file.
pub(crate) struct Report {
    folder: PathBuf,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    elapsed: Duration,
    count: Count,
    /// Why, when there is no output that tells.
    reason: Option<String>,
}

impl Report {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, rows: Vec::new() }
    }

    /// Runs a command as a stage of this name: its lines are shown as they come and its tests are counted.
    pub(crate) fn command(&mut self, name: &str, command: &mut Command) -> Result<bool> {
        println!("\n== {name}");
        if std::io::stdout().is_terminal() {
            command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
        }
        let start = Instant::now();
        // Indented, so that a runner's own closing line is not taken for ours.
        let finished = process::record(command, |line| println!("   {line}"));
        let finished = match finished {
            Ok(finished) => finished,
            Err(error) if error.is::<process::Interrupted>() => return Err(error),
            Err(error) => {
                self.add(name, start, Count::one(false), Some(format!("{error:#}")));
                return Ok(false);
            }
        };
        let log = self.folder.join(format!("{}.log", name.replace([' ', '/'], "-")));
        fs::write(&log, &finished.output).with_context(|| format!("write {}", log.display()))?;
        let succeeded = finished.status.success();
        let reason = (!succeeded).then(|| format!("{}; output in {}", finished.status, log.display()));
        self.add(name, start, count::of(&finished.output, succeeded), reason);
        Ok(succeeded)
    }

    /// Runs our own code as a stage: one check.
    pub(crate) fn check(&mut self, name: &str, check: impl FnOnce() -> Result<()>) -> Result<bool> {
        println!("\n== {name}");
        let start = Instant::now();
        match check() {
            Ok(()) => {
                self.add(name, start, Count::one(true), None);
                Ok(true)
            }
            Err(error) if error.is::<process::Interrupted>() => Err(error),
            Err(error) => {
                println!("   {error:#}");
                self.add(
                    name,
                    start,
                    Count::one(false),
                    Some(format!("{error:#}").lines().next().unwrap_or_default().to_owned()),
                );
                Ok(false)
            }
        }
    }

    /// A stage that could not run because another one failed.
    pub(crate) fn not_run(&mut self, name: &str, reason: &str) {
        self.add(name, Instant::now(), Count::one(false), Some(format!("not run: {reason}")));
    }

    /// Whether every stage whose name begins so passed (also when none ran).
    pub(crate) fn passed(&self, name: &str) -> bool {
        self.rows.iter().filter(|row| row.name.starts_with(name)).all(|row| row.count.failed == 0)
    }

    pub(crate) fn total(&self) -> Count {
        let mut total = Count::default();
        self.rows.iter().for_each(|row| total += row.count);
        total
    }

    /// The table, what failed, and the closing line.
    pub(crate) fn print(&self) {
        println!("\n{:<28} {:>9} {:>8} {:>8}", "stage", "time", "passed", "failed");
        for row in &self.rows {
            println!(
                "{:<28} {:>7.1} s {:>8} {:>8}",
                row.name,
                row.elapsed.as_secs_f64(),
                row.count.passed,
                row.count.failed
            );
        }
        let time: Duration = self.rows.iter().map(|row| row.elapsed).sum();
        println!("{:<28} {:>7.1} s\n", "all", time.as_secs_f64());
        for row in &self.rows {
            if let Some(reason) = &row.reason {
                println!("{} failed: {reason}", row.name);
            }
        }
        let total = self.total();
        println!("{} passed, {} failed", total.passed, total.failed);
    }

    fn add(&mut self, name: &str, start: Instant, count: Count, reason: Option<String>) {
        self.rows.push(Row { name: name.to_owned(), elapsed: start.elapsed(), count, reason });
    }
}
