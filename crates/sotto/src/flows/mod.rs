//! `sotto flows`: checks what support managers write, describes it to their editors, and makes it live.

mod arguments;
mod publish;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use assistant::{Business, Flows, FlowsError, Knowledge, Known, flows_schema};

use crate::cli::Common;
use crate::config::Config;
pub(crate) use arguments::FlowsArguments;
use arguments::{CheckArguments, FlowsCommand};

/// Runs one of the commands. `configuration` reads the configuration where a command needs it.
pub(crate) fn run(
    command: &FlowsCommand,
    configuration: impl FnOnce(&Common) -> Result<Config>,
) -> Result<ExitCode> {
    match command {
        FlowsCommand::Publish(arguments) => {
            publish::publish(arguments, &configuration(&arguments.publishing.common)?)
        }
        FlowsCommand::Withdraw(arguments) => publish::withdraw(arguments, &configuration(&arguments.common)?),
        FlowsCommand::History(common) => publish::history(common),
        FlowsCommand::Check(arguments) => check(arguments),
        FlowsCommand::Schema => schema(),
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a person or a build reads the problems")]
fn check(arguments: &CheckArguments) -> Result<ExitCode> {
    let beside = |name: &str| arguments.dir.join("..").join(name);
    let business = arguments.business.clone().unwrap_or_else(|| beside("shop.toml"));
    let articles = arguments.articles.clone().unwrap_or_else(|| beside("articles"));
    let business = Business::load(&business).with_context(|| {
        format!("read the tools in {} (--business names another file)", business.display())
    })?;
    let articles = ids(&articles)?;
    let known = Known { tools: &business.tools, articles: &articles };
    match Flows::load(&arguments.dir, known) {
        Ok(flows) => {
            println!("{} intents and {} flows are good.", flows.intents().count(), flows.flows().count());
            Ok(ExitCode::SUCCESS)
        }
        Err(FlowsError::Problems(problems)) => {
            problems.iter().for_each(|problem| println!("{problem}"));
            eprintln!("error: {} problems", problems.len());
            Ok(ExitCode::FAILURE)
        }
        Err(error @ (FlowsError::Read { .. } | FlowsError::TooMany(_))) => {
            Err(error).context("read the flows")
        }
    }
}

/// The ids of the articles; none where there is no such folder, so that an intent that names one is told of.
fn ids(dir: &Path) -> Result<BTreeSet<String>> {
    if !dir.is_dir() {
        return Ok(BTreeSet::new());
    }
    let knowledge = Knowledge::load(dir).context("read the articles (--articles names another folder)")?;
    Ok(knowledge.ids())
}

#[expect(clippy::print_stdout, reason = "it is put into a file")]
fn schema() -> Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&flows_schema()).context("write the schema")?);
    Ok(ExitCode::SUCCESS)
}
