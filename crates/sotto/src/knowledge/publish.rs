//! What a person decides: `publish`, `withdraw`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use assistant::library::{Library, LibraryError, Planned, Writer};

use super::arguments::{PublishArguments, WithdrawArguments};
use super::{now, say, show};
use crate::config::Config;
use crate::content::{Libraries, Published};
use crate::data::DataFolder;
use crate::gate::{self, PublishingArguments, Verdict};
use crate::terminal::warn;

/// Publishes what it can, all of it together; an article that was refused for what was found in it does not keep the
/// others from going live.
pub(super) fn publish(arguments: &PublishArguments, config: &Config) -> Result<ExitCode> {
    let libraries = Libraries::of(&DataFolder::open(&arguments.publishing.common.data)?);
    // Held to the end: what is judged is what goes live.
    let writer = libraries.articles.write()?;
    let wanted = wanted(&libraries.articles, arguments)?;
    if wanted.is_empty() {
        say("There are no drafts.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut planned: Vec<Planned> = Vec::new();
    let mut refused = 0;
    for (name, version) in &wanted {
        match plan(&libraries.articles, &writer, name, *version, arguments.despite_findings.as_deref())? {
            Some(new) if planned.iter().any(|planned| planned.entry().key == new.entry().key) => {
                warn(&format!("error: {} is named twice: name one version of it", new.entry().key));
                return Ok(ExitCode::FAILURE);
            }
            Some(new) => planned.push(new),
            None => refused += 1,
        }
    }
    if !make(&arguments.publishing, config, &libraries, &writer, &planned)? {
        return Ok(ExitCode::FAILURE);
    }
    for planned in &planned {
        let version = planned.version().unwrap_or_default();
        show::findings(planned.entry(), version)?;
        say(&format!("{}@{version} is live.", planned.entry().key))?;
    }
    if !planned.is_empty() {
        say("A desk that runs answers with it within seconds.")?;
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// None when it cannot be published, which is said with what was found in it.
fn plan(
    library: &Library,
    writer: &Writer<'_>,
    name: &str,
    version: Option<u32>,
    despite: Option<&str>,
) -> Result<Option<Planned>> {
    match writer.plan_to_publish(name, version, despite) {
        Ok(planned) => return Ok(Some(planned)),
        Err(error @ LibraryError::Findings { version, .. }) => {
            show::findings(&library.entry(name)?, version)?;
            warn(&format!("error: {error}"));
        }
        Err(
            error @ (LibraryError::NoArticle(_)
            | LibraryError::Several { .. }
            | LibraryError::NoVersion { .. }),
        ) => warn(&format!("error: {error}")),
        Err(error) => return Err(error.into()),
    }
    Ok(None)
}

/// Has the changes judged together, and makes them; false when they were refused.
fn make(
    arguments: &PublishingArguments,
    config: &Config,
    libraries: &Libraries,
    writer: &Writer<'_>,
    planned: &[Planned],
) -> Result<bool> {
    if !planned.iter().any(Planned::is_new) {
        return Ok(true);
    }
    let live = libraries.live()?;
    let after = Published { articles: writer.live_after(planned)?, flows: live.flows.clone() };
    match gate::judge(arguments, config, &live, &after)? {
        Verdict::GoesLive(evaluated) => {
            writer.make(planned, &arguments.by, evaluated.as_deref(), now())?;
            Ok(true)
        }
        Verdict::Refused => Ok(false),
    }
}

/// Names and versions; `--all` names every draft.
fn wanted(library: &Library, arguments: &PublishArguments) -> Result<Vec<(String, Option<u32>)>> {
    if arguments.all {
        let drafts = library.entries()?.into_iter();
        return Ok(drafts
            .filter_map(|entry| entry.record.draft().map(|version| (entry.key, Some(version))))
            .collect());
    }
    let named = |id: &String| match id.split_once('@') {
        None => Ok((id.clone(), None)),
        Some((name, version)) => {
            let version = version.parse().with_context(|| format!("{id}: write a number after @"))?;
            Ok((name.to_owned(), Some(version)))
        }
    };
    arguments.ids.iter().map(named).collect()
}

/// Withdraws all of them or none.
pub(super) fn withdraw(arguments: &WithdrawArguments, config: &Config) -> Result<ExitCode> {
    let libraries = Libraries::of(&DataFolder::open(&arguments.publishing.common.data)?);
    let writer = libraries.articles.write()?;
    let plan = |id: &String| writer.plan_to_withdraw(id);
    let planned = arguments.ids.iter().map(plan).collect::<Result<Vec<_>, _>>()?;
    if !make(&arguments.publishing, config, &libraries, &writer, &planned)? {
        return Ok(ExitCode::FAILURE);
    }
    for planned in &planned {
        let key = &planned.entry().key;
        say(&format!("{key} is withdrawn. A desk that runs stops answering with it within seconds."))?;
    }
    Ok(ExitCode::SUCCESS)
}
