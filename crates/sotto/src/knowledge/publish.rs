//! What a person decides: `publish`, `withdraw`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use assistant::library::{Library, LibraryError};

use super::arguments::{PublishArguments, WithdrawArguments};
use super::{library, now, say, show};

/// Publishes what it can; an article that was refused does not keep the others from going live.
#[expect(clippy::print_stderr, reason = "a person reads what was refused")]
pub(super) fn publish(arguments: &PublishArguments) -> Result<ExitCode> {
    let library = library(&arguments.common)?;
    let wanted = wanted(&library, arguments)?;
    if wanted.is_empty() {
        say("There are no drafts.")?;
    }
    let writer = library.write()?;
    let mut code = ExitCode::SUCCESS;
    for (name, version) in wanted {
        let despite = arguments.despite_findings.as_deref();
        match writer.publish(&name, version, &arguments.by, despite, now()) {
            Ok((entry, version)) => {
                show::findings(&entry, version)?;
                say(&format!("{}@{version} is live.", entry.key))?;
            }
            Err(error @ LibraryError::Findings { version, .. }) => {
                show::findings(&library.entry(&name)?, version)?;
                eprintln!("error: {error}");
                code = ExitCode::FAILURE;
            }
            Err(
                error @ (LibraryError::NoArticle(_)
                | LibraryError::Several { .. }
                | LibraryError::NoVersion { .. }),
            ) => {
                eprintln!("error: {error}");
                code = ExitCode::FAILURE;
            }
            Err(error) => return Err(error.into()),
        }
    }
    say("The desk answers with it from its next start on.")?;
    Ok(code)
}

/// Names and versions; `--all` names the versions that are drafts now, so that none slips in later.
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

pub(super) fn withdraw(arguments: &WithdrawArguments) -> Result<ExitCode> {
    let library = library(&arguments.common)?;
    let writer = library.write()?;
    for id in &arguments.ids {
        let entry = writer.withdraw(id, &arguments.by, now())?;
        say(&format!(
            "{} is withdrawn. The desk stops answering with it from its next start on.",
            entry.key
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
