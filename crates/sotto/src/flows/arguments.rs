//! The words of `sotto flows`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::Common;
use crate::gate::PublishingArguments;

#[derive(Args, Debug)]
pub(crate) struct FlowsArguments {
    #[command(subcommand)]
    pub(crate) command: FlowsCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum FlowsCommand {
    /// Name every problem of every file with its line and what to write instead.
    #[command(after_help = "Example:\n  sotto flows check content/demo/flows")]
    Check(CheckArguments),
    /// Make the flows of a folder live, once the conversations of desk.conversations go as well with them as before.
    #[command(
        after_help = "Example:\n  sotto flows publish flows/ --by \"Ada Wong\"\n  sotto flows publish --version 3 --by \"Ada Wong\""
    )]
    Publish(PublishArguments),
    /// Take the published flows away, judged in the same way: those of desk.flows count again. All versions are kept.
    #[command(after_help = "Example:\n  sotto flows withdraw --by \"Ada Wong\"")]
    Withdraw(PublishingArguments),
    /// Tell which flows were live, since when and by whom.
    #[command(after_help = "Example:\n  sotto flows history")]
    History(Common),
    /// Print the JSON Schema of the files, with which editors complete and check.
    #[command(after_help = "Example:\n  sotto flows schema > flows.schema.json")]
    Schema,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    /// Folder of the files (.yaml).
    #[arg(default_value = "flows", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// What the business declares, with its tools; shop.toml beside the folder when not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) business: Option<PathBuf>,
    /// Folder of the articles; articles beside the folder when not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) articles: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct PublishArguments {
    #[command(flatten)]
    pub(crate) publishing: PublishingArguments,
    /// Folder of the files (.yaml), which go live as they are now.
    #[arg(default_value = "flows", value_name = "DIR", conflicts_with = "version")]
    pub(crate) dir: PathBuf,
    /// Go back to a version that was published before.
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<u32>,
}
