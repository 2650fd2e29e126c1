//! `sotto evaluate`: how well the assistant understands and finds, on a business's own examples.

mod assistant;
pub(crate) mod conversations;
pub(crate) mod held;
mod intents;
mod lines;
mod measures;
pub(crate) mod report;
mod retrieval;

use std::path::PathBuf;
use std::process::ExitCode;

use ::assistant::Language;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::cli::Common;

#[derive(Args, Debug)]
pub(crate) struct EvaluateArguments {
    #[command(subcommand)]
    command: EvaluateCommand,
}

#[derive(Subcommand, Debug)]
enum EvaluateCommand {
    /// Hold whole conversations with the assistant and tell which go as they are written.
    ///
    /// Files are YAML: what the customer says, what the service answers, what must come of each turn. Without any, the
    /// demo shop's own set. Fails when a conversation does.
    #[command(
        after_help = "Example:\n  sotto evaluate assistant conversations/ --business shop.toml --articles articles/ --flows flows/"
    )]
    Assistant(AssistantArguments),
    /// Learn intents from one file and tell those of another.
    ///
    /// Files are JSON lines {"text", "intent"}. A message of the test whose intent is not in the training file counts
    /// as one that has none of them.
    #[command(
        after_help = "Example:\n  sotto evaluate intents --train train.jsonl --test test.jsonl --oos other.jsonl"
    )]
    Intents(IntentsArguments),
    /// Index articles and search them with questions.
    ///
    /// Articles are JSON lines {"id", "question", "answer"}, queries {"query", "gold"}, where gold is the id of the
    /// article that answers.
    #[command(
        after_help = "Example:\n  sotto evaluate retrieval --articles articles.jsonl --queries queries.jsonl"
    )]
    Retrieval(RetrievalArguments),
}

#[derive(Args, Debug)]
struct AssistantArguments {
    /// Files of conversations, or folders of such files; the demo shop's when there is none.
    #[arg(value_name = "PATH")]
    conversations: Vec<PathBuf>,
    /// The business's file, such as content/demo/shop.toml; the demo shop's when not given.
    #[arg(long, value_name = "FILE", requires = "conversations")]
    business: Option<PathBuf>,
    /// Its articles; `articles` beside the business's file when not given.
    #[arg(long, value_name = "DIR", requires = "business")]
    articles: Option<PathBuf>,
    /// Its flows; `flows` beside the business's file when not given.
    #[arg(long, value_name = "DIR", requires = "business")]
    flows: Option<PathBuf>,
    /// Print JSON lines: one for each conversation, then one with the score.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Args, Debug)]
struct IntentsArguments {
    /// Examples to learn from.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// Messages to tell the intent of.
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Messages that have none of the intents; only their text is read.
    #[arg(long, value_name = "FILE")]
    oos: Option<PathBuf>,
    /// The language of the messages, such as `de`.
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: String,
    /// Print JSON lines: one for each message of the test, then of --oos, then one with the figures.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Args, Debug)]
struct RetrievalArguments {
    /// The articles.
    #[arg(long, value_name = "FILE")]
    articles: PathBuf,
    /// The questions, with the article that answers each.
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// Keep the articles' vectors in this PostgreSQL database with pgvector meanwhile, and not in memory.
    #[arg(long, value_name = "URL", env = "SOTTO_EVALUATE_VECTORS", hide_env_values = true)]
    vectors: Option<String>,
    /// Print JSON lines: one for each question, then one with the figures.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    common: Common,
}

/// What is said where the sentence model is not installed.
pub(crate) const WITHOUT_SENTENCES: &str = "the sentence model is not installed (`sotto models install`): intents are known by their examples and articles by \
     words alone";

/// Runs one evaluation.
pub(crate) fn run(arguments: &EvaluateArguments) -> Result<ExitCode> {
    match &arguments.command {
        EvaluateCommand::Assistant(arguments) => assistant::run(arguments),
        EvaluateCommand::Intents(arguments) => intents::run(arguments),
        EvaluateCommand::Retrieval(arguments) => retrieval::run(arguments),
    }
}

fn language(tag: &str) -> Result<Language> {
    Language::from_tag(tag).with_context(|| {
        let known = Language::ALL.map(Language::code).join(", ");
        format!("language {tag:?} must be one of {known}")
    })
}
