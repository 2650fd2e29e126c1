//! What a person decides: `publish`, `withdraw`; and what was decided: `history`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use assistant::Flows;
use assistant::flow_library::{FlowEvent, PlannedFlows};

use super::arguments::PublishArguments;
use crate::cli::Common;
use crate::config::Config;
use crate::content::{Libraries, Published};
use crate::data::DataFolder;
use crate::gate::{self, PublishingArguments, Verdict};
use crate::knowledge::{judged, now};
use crate::terminal::say;

pub(super) fn publish(arguments: &PublishArguments, config: &Config) -> Result<ExitCode> {
    change(&arguments.publishing, config, |libraries| match arguments.version {
        Some(version) => Ok(libraries.flows.plan_to_go_back(version)?),
        None => {
            let files = Flows::read(&arguments.dir).context("read the flows (name their folder)")?;
            ensure!(
                !files.is_empty(),
                "{} holds no flows: put .yaml files there, or name another folder",
                arguments.dir.display()
            );
            Ok(libraries.flows.plan_to_publish(&absolute(&arguments.dir)?, files)?)
        }
    })
}

pub(super) fn withdraw(arguments: &PublishingArguments, config: &Config) -> Result<ExitCode> {
    change(arguments, config, |libraries| Ok(libraries.flows.plan_to_withdraw()?))
}

/// Has a change judged, and makes it.
fn change(
    arguments: &PublishingArguments,
    config: &Config,
    plan: impl FnOnce(&Libraries) -> Result<PlannedFlows>,
) -> Result<ExitCode> {
    let libraries = Libraries::of(&DataFolder::open(&arguments.common.data)?);
    // Held to the end: what is judged is what goes live, and no article changes meanwhile.
    let right = libraries.articles.write()?;
    let planned = plan(&libraries)?;
    if planned.is_new() {
        let live = libraries.live()?;
        let after = Published { articles: live.articles.clone(), flows: planned.after().cloned() };
        match gate::judge(arguments, config, &live, &after)? {
            Verdict::GoesLive(evaluated) => {
                libraries.flows.make(&right, &planned, &arguments.by, evaluated.as_deref(), now())?;
            }
            Verdict::Refused => return Ok(ExitCode::FAILURE),
        }
    }
    match planned.after() {
        Some(after) => say(&format!(
            "Version {} of the flows is live. A desk that runs takes it within seconds.",
            after.version
        ))?,
        None => say("The published flows are withdrawn. A desk that runs leaves them within seconds.")?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the folder is, whoever reads it later.
fn absolute(dir: &Path) -> Result<String> {
    let path = std::fs::canonicalize(dir).with_context(|| format!("find {}", dir.display()))?;
    Ok(path.display().to_string())
}

pub(super) fn history(common: &Common) -> Result<ExitCode> {
    let record = Libraries::of(&DataFolder::open(&common.data)?).flows.record()?;
    if record.events.is_empty() {
        say("No flows were published yet: `sotto flows publish DIR --by NAME` does it.")?;
    }
    for event in &record.events {
        let (at, what) = told(event);
        say(&format!("{at}  {what}"))?;
    }
    if let Some(version) = record.live() {
        say(&format!("Version {version} is live."))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn told(event: &FlowEvent) -> (&str, String) {
    match event {
        FlowEvent::Added { version, at, source, files } => {
            (at, format!("version {version} added from {source}: {}", files.join(", ")))
        }
        FlowEvent::Published { version, at, by, evaluated } => {
            (at, format!("version {version} published by {by}{}", judged(evaluated.as_ref())))
        }
        FlowEvent::Withdrawn { at, by, evaluated } => {
            (at, format!("withdrawn by {by}{}", judged(evaluated.as_ref())))
        }
    }
}
