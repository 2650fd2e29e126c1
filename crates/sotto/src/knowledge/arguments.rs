//! The words of `sotto knowledge`.

use std::path::PathBuf;

use assistant::{Audience, Language};
use clap::{Args, Subcommand};

use crate::cli::Common;
use crate::gate::{PublishingArguments, not_empty};

#[derive(Args, Debug)]
pub(crate) struct KnowledgeArguments {
    #[command(subcommand)]
    pub(crate) command: KnowledgeCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum KnowledgeCommand {
    /// Take articles in as drafts: from files, folders, zip archives, or the pages of a sitemap.
    #[command(
        after_help = "Example:\n  sotto knowledge import help-centre.zip faq.csv https://shop.example.com/sitemap.xml"
    )]
    Import(ImportArguments),
    /// Name every article with what is live and what waits.
    #[command(after_help = "Example:\n  sotto knowledge list")]
    List(Common),
    /// Print one article, and what was found in it.
    #[command(after_help = "Example:\n  sotto knowledge show returns.en --version 2")]
    Show(ShowArguments),
    /// Make drafts live, once the conversations of desk.conversations go as well with them as before.
    #[command(after_help = "Example:\n  sotto knowledge publish returns.en@2 shipping.en --by \"Ada Wong\"")]
    Publish(PublishArguments),
    /// Take a live article away, judged in the same way; its versions are kept.
    #[command(after_help = "Example:\n  sotto knowledge withdraw returns.en --by \"Ada Wong\"")]
    Withdraw(WithdrawArguments),
    /// Tell what happened to one article, when and by whom.
    #[command(after_help = "Example:\n  sotto knowledge history returns.en")]
    History(HistoryArguments),
    /// Keep drafts in step with a folder, until it is stopped.
    #[command(after_help = "Example:\n  sotto knowledge watch /srv/help-centre")]
    Watch(WatchArguments),
    /// Read one file from standard input, with nothing else in reach; import starts it for each file.
    #[command(hide = true)]
    Read(ReadArguments),
}

/// What holds where a file does not say it itself.
#[derive(Args, Debug, Clone, Copy)]
pub(crate) struct DefaultsArguments {
    /// The language of files that do not name one; told from their words when not given.
    #[arg(long, value_name = "CODE", value_parser = language)]
    pub(crate) language: Option<Language>,
    /// Who may be answered with articles that do not say it: everyone or signed_in.
    #[arg(long, value_name = "WHO", value_parser = audience)]
    pub(crate) audience: Option<Audience>,
}

#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) defaults: DefaultsArguments,
    /// Files, folders, or the http(s) address of a sitemap.
    #[arg(required = true, value_name = "PATH|URL")]
    pub(crate) sources: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct ShowArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The article, as `sotto knowledge list` names it.
    pub(crate) id: String,
    /// One of its versions; the newest when not given.
    #[arg(long, value_name = "N")]
    pub(crate) version: Option<u32>,
}

#[derive(Args, Debug)]
pub(crate) struct PublishArguments {
    #[command(flatten)]
    pub(crate) publishing: PublishingArguments,
    /// The articles; write returns.en@2 for the second version, and the newest is taken otherwise.
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Every draft.
    #[arg(long)]
    pub(crate) all: bool,
    /// Why, although something was found in it; it is written down.
    #[arg(long, value_name = "REASON", value_parser = not_empty)]
    pub(crate) despite_findings: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct WithdrawArguments {
    #[command(flatten)]
    pub(crate) publishing: PublishingArguments,
    /// The articles, as `sotto knowledge list` names them.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct HistoryArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The article, as `sotto knowledge list` names it.
    pub(crate) id: String,
}

#[derive(Args, Debug)]
pub(crate) struct WatchArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(flatten)]
    pub(crate) defaults: DefaultsArguments,
    /// The folder.
    pub(crate) folder: PathBuf,
    /// Seconds between two looks.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) every: u64,
    /// Look once and end.
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ReadArguments {
    #[command(flatten)]
    pub(crate) defaults: DefaultsArguments,
    /// The file's name.
    pub(crate) name: String,
}

fn language(code: &str) -> Result<Language, String> {
    let known = || format!("write one of {}", Language::ALL.map(Language::code).join(", "));
    Language::from_tag(code).ok_or_else(known)
}

fn audience(name: &str) -> Result<Audience, String> {
    let known = || format!("write one of {}", Audience::ALL.map(Audience::name).join(", "));
    Audience::from_name(name).ok_or_else(known)
}
