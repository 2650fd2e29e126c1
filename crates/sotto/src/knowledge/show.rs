//! What there is: `list`, `show`, `history`.

use std::process::ExitCode;

use anyhow::Result;
use assistant::evaluation::Evaluated;
use assistant::library::{Entry, Event};

use super::arguments::{HistoryArguments, ShowArguments};
use super::{library, say};
use crate::cli::Common;
use crate::gate;

pub(super) fn list(common: &Common) -> Result<ExitCode> {
    let entries = library(common)?.entries()?;
    if entries.is_empty() {
        say("There are no articles yet: `sotto knowledge import PATH` takes some in.")?;
    }
    let width = entries.iter().map(|entry| entry.key.len()).max().unwrap_or_default() + 6;
    for entry in entries {
        let named = format!("{}@{}", entry.key, entry.record.newest());
        say(&format!("{named:width$} {}", state(&entry)))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is live, what waits, and what a person should look at.
fn state(entry: &Entry) -> String {
    let record = &entry.record;
    let mut parts = Vec::new();
    match (record.live(), record.draft()) {
        (Some(live), Some(draft)) => parts.push(format!("version {live} live, draft {draft}")),
        (Some(live), None) => parts.push(format!("version {live} live")),
        (None, Some(draft)) => parts.push(format!("draft {draft}")),
        (None, None) => parts.push("withdrawn".to_owned()),
    }
    let findings = record.findings(record.newest()).len();
    if record.draft().is_some() && findings > 0 {
        parts.push(format!("{findings} findings"));
    }
    if record.is_orphan() {
        parts.push(match record.live() {
            Some(_) => format!("its source is gone: withdraw it? ({})", record.source()),
            None => format!("its source is gone ({})", record.source()),
        });
    }
    parts.join("; ")
}

pub(super) fn show(arguments: &ShowArguments) -> Result<ExitCode> {
    let library = library(&arguments.common)?;
    let entry = library.entry(&arguments.id)?;
    let version = arguments.version.unwrap_or_else(|| entry.record.newest());
    let text = library.text(&entry, version)?;
    say(&format!("{}@{version} ({}), from {}\n", entry.key, state(&entry), entry.record.source()))?;
    for (number, line) in (1..).zip(text.lines()) {
        say(&format!("{number:4} {line}"))?;
    }
    findings(&entry, version)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints what was found in a version.
pub(super) fn findings(entry: &Entry, version: u32) -> Result<()> {
    let findings = entry.record.findings(version);
    if !findings.is_empty() {
        say(&format!("\n{}@{version}: look at this before you publish it:", entry.key))?;
    }
    findings.iter().try_for_each(|finding| say(&format!("  {finding}")))
}

pub(super) fn history(arguments: &HistoryArguments) -> Result<ExitCode> {
    let entry = library(&arguments.common)?.entry(&arguments.id)?;
    for event in &entry.record.events {
        let (at, what) = told(event);
        say(&format!("{at}  {what}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn told(event: &Event) -> (&str, String) {
    match event {
        Event::Imported { version, at, source, findings } => {
            let found =
                if findings.is_empty() { String::new() } else { format!(", {} findings", findings.len()) };
            (at, format!("version {version} imported from {source}{found}"))
        }
        Event::Published { version, at, by, despite, evaluated } => {
            let why = despite.as_ref().map_or_else(String::new, |why| format!(", despite findings: {why}"));
            (at, format!("version {version} published by {by}{why}{}", judged(evaluated.as_ref())))
        }
        Event::Withdrawn { at, by, evaluated } => {
            (at, format!("withdrawn by {by}{}", judged(evaluated.as_ref())))
        }
        Event::SourceGone { at } => (at, "its source is gone".to_owned()),
        Event::SourceBack { at } => (at, "its source is back".to_owned()),
    }
}

/// What the conversations said of a change.
pub(crate) fn judged(evaluated: Option<&Evaluated>) -> String {
    let Some(evaluated) = evaluated else { return String::new() };
    let why = evaluated.despite_drop.as_ref().map(|why| format!(", despite the drop: {why}"));
    format!("; {}{}", gate::told(evaluated), why.unwrap_or_default())
}
