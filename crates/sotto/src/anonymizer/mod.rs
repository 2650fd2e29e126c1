//! `sotto anonymizer`: the anonymizer for scripts and other programs, one file for each subcommand.

mod arguments;
mod conversations;
mod detect;
mod evaluate;
mod explain;
mod mask;
mod policy;
mod requests;
mod responses;
mod restore;
mod vault_file;

use std::process::ExitCode;

use anyhow::Result;

pub(crate) use arguments::AnonymizerArguments;
use arguments::AnonymizerCommand;

/// Runs one subcommand. A reader that has gone away ends it quietly: `sotto anonymizer detect | head -1`.
pub(crate) fn run(arguments: AnonymizerArguments) -> Result<ExitCode> {
    let done = match arguments.command {
        AnonymizerCommand::Detect(arguments) => detect::run(&arguments),
        AnonymizerCommand::Evaluate(arguments) => evaluate::run(&arguments),
        AnonymizerCommand::Explain(arguments) => explain::run(&arguments),
        AnonymizerCommand::Mask(arguments) => mask::run(&arguments),
        AnonymizerCommand::Restore(arguments) => restore::run(&arguments),
    };
    match done {
        Err(error) if responses::is_closed(&error) => Ok(ExitCode::SUCCESS),
        done => done,
    }
}
