//! Steps that take long: a spinner with the time and the last line while they run, one line when they are done.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::process;

/// Runs a command quietly under a title; shows what it said only when it failed.
pub(crate) fn step(title: &str, command: &mut Command) -> Result<()> {
    let start = Instant::now();
    let bar = spinner(title);
    let finished = process::record(command, |line| bar.set_message(shorten(line)));
    bar.finish_and_clear();
    let finished = finished?;
    if !finished.status.success() {
        eprintln!("{}", finished.output);
        bail!("{title} failed ({}); its output is above", finished.status);
    }
    done(title, start.elapsed());
    Ok(())
}

/// A spinner that shows how long it has run; on a terminal only.
pub(crate) fn spinner(title: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {elapsed}  {wide_msg:.dim}") {
        bar.set_style(style);
    }
    bar.set_prefix(title.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// One line for a step that is finished.
pub(crate) fn done(title: &str, elapsed: Duration) {
    eprintln!("  {title}  {:.1} s", elapsed.as_secs_f64());
}

fn shorten(line: &str) -> String {
    line.trim().chars().take(120).collect()
}
