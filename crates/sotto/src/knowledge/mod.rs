//! `sotto knowledge`: articles come in as drafts, and go live when a person publishes them.

mod arguments;
mod import;
mod publish;
mod reader;
mod show;
mod sitemap;
mod sources;
mod watch;

use std::process::ExitCode;

use anyhow::Result;
use assistant::library::Library;
use jiff::{Timestamp, TimestampRound, Unit};
use protocol::Clock;

pub(crate) use arguments::KnowledgeArguments;
use arguments::KnowledgeCommand;
pub(crate) use show::judged;

use crate::ambient::SystemClock;
use crate::cli::Common;
use crate::config::Config;
use crate::content::Libraries;
use crate::data::DataFolder;
use crate::terminal::say;

/// Runs one of the commands. `configuration` reads the configuration where a command needs it.
pub(crate) fn run(
    arguments: &KnowledgeArguments,
    configuration: impl FnOnce(&Common) -> Result<Config>,
) -> Result<ExitCode> {
    match &arguments.command {
        KnowledgeCommand::Import(arguments) => import::run(arguments, &configuration(&arguments.common)?),
        KnowledgeCommand::List(common) => show::list(common),
        KnowledgeCommand::Show(arguments) => show::show(arguments),
        KnowledgeCommand::Publish(arguments) => {
            publish::publish(arguments, &configuration(&arguments.publishing.common)?)
        }
        KnowledgeCommand::Withdraw(arguments) => {
            publish::withdraw(arguments, &configuration(&arguments.publishing.common)?)
        }
        KnowledgeCommand::History(arguments) => show::history(arguments),
        KnowledgeCommand::Watch(arguments) => watch::run(arguments, &configuration(&arguments.common)?),
        KnowledgeCommand::Read(arguments) => reader::read(arguments),
    }
}

fn library(common: &Common) -> Result<Library> {
    Ok(Libraries::of(&DataFolder::open(&common.data)?).articles)
}

/// The present moment in whole seconds.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::from_millisecond(SystemClock.now().0).unwrap_or(Timestamp::UNIX_EPOCH);
    now.round(TimestampRound::new().smallest(Unit::Second)).unwrap_or(now)
}
