//! The one program: everything of Sotto is started from here.
//!
//! Purpose: the command line, the configuration, the supervisor of `sotto up`, and the processes of hub, desk and demo.
//! Boundary: the only place that reads the environment, the clock and randomness; it passes them in. It knows how parts
//! are put together and nothing of what they do.
//! Invariants: a configuration is checked whole before anything starts; hub and desk are two processes, each confined to
//! its own folder and ports before its first thread; secrets are files that only their owner may read.

mod ambient;
mod anonymizer;
mod cli;
mod config;
mod content;
mod data;
mod demo;
mod demo_content;
mod demo_secrets;
mod desk_key;
mod doctor;
mod evaluate;
mod flows;
mod gate;
mod init;
mod knowledge;
mod logging;
mod models;
mod parts;
mod sandbox;
mod serve;
mod staff;
mod supervised;
mod supervisor;
mod terminal;
mod tools;
mod web_files;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use rustix::fs::Mode;
use tokio::runtime::Runtime;

use crate::cli::{Arguments, Command, Common, ModelsCommand, StaffCommand};
use crate::config::{Config, ConfigError};
use crate::data::DataFolder;

#[expect(clippy::print_stderr, reason = "a person at a terminal reads why the program ends")]
fn main() -> ExitCode {
    // Whatever this program makes is for its owner alone, also what libraries make.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Init(arguments) => init::run(&arguments),
        Command::Up(arguments) => {
            let (config, file) = started(&arguments.common)?;
            runtime()?.block_on(supervisor::up(&arguments, config, file))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Hub(arguments) => {
            let (config, _) = started(&arguments.common)?;
            parts::hub::run(&DataFolder::open(&arguments.common.data)?, &config.hub, arguments.supervised)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Desk(arguments) => {
            let (config, _) = started(&arguments.common)?;
            parts::desk::run(
                &DataFolder::open(&arguments.common.data)?,
                &config.desk,
                &config.demo,
                arguments.supervised,
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Widget(arguments) => {
            let (config, _) = started(&arguments.common)?;
            parts::widget::run(&DataFolder::open(&arguments.common.data)?, &config, arguments.supervised)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo(arguments) => {
            let (config, _) = started(&arguments.common)?;
            let data = DataFolder::open(&arguments.common.data)?;
            parts::demo::run(&data, &config, &arguments.desk_key, arguments.supervised)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor(arguments) => {
            doctor::run(&arguments, |common| configuration(common).map(|(config, _)| config))
        }
        Command::Staff(arguments) => match arguments.command {
            StaffCommand::Invite(common) => staff::run_invite(&common, &started(&common)?.0),
        },
        Command::Models(arguments) => match arguments.command {
            ModelsCommand::Install(arguments) => models::install(&arguments),
            ModelsCommand::List(common) => models::list(&common),
        },
        Command::DeskKey(arguments) => {
            let config = started(&arguments.common)?.0;
            desk_key::run(&arguments, &config)
        }
        Command::Flows(arguments) => flows::run(&arguments.command, |common| Ok(configuration(common)?.0)),
        Command::Tools(arguments) => tools::run(&arguments.command, |common| Ok(started(common)?.0)),
        Command::Knowledge(arguments) => knowledge::run(&arguments, |common| Ok(configuration(common)?.0)),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Anonymizer(arguments) => anonymizer::run(arguments),
    }
}

/// The configuration, with logging begun.
fn started(common: &Common) -> Result<(Config, Option<PathBuf>)> {
    let (config, file) = configuration(common)?;
    logging::start(&config.log);
    Ok((config, file.map(std::path::absolute).transpose().context("find the configuration file")?))
}

/// The checked configuration and the file that it came from.
fn configuration(common: &Common) -> Result<(Config, Option<PathBuf>), ConfigError> {
    let file = common.config.clone().or_else(Config::usual_file);
    let config = Config::load(file.as_deref(), &environment())?;
    Ok((config, file))
}

/// The environment, read here once; what is not UTF-8 is no variable of ours.
fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Threads for everything asynchronous, and the one provider of TLS; make it only after a part has confined itself.
fn runtime() -> Result<Runtime> {
    // Fails only when there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Runtime::new().context("start the runtime")
}
