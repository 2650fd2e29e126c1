//! What `sotto anonymizer` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub(crate) struct AnonymizerArguments {
    #[command(subcommand)]
    pub(crate) command: AnonymizerCommand,
}

#[derive(Subcommand, Debug)]
pub(crate) enum AnonymizerCommand {
    /// Find what identifies a person in JSON lines from standard input.
    ///
    /// Reads {"id", "text", "conversation"?, "speaker"?: "customer"|"agent", "known"?: {"PERSON": ["…"]}} and writes
    /// {"id", "spans": [{"start", "end", "entity", "score", "recogniser"}]} for each line, in order. Offsets are Unicode
    /// code points of the text. Kinds that stay in a masked text are found too, unless a policy is named that keeps them.
    /// Lines of one conversation share what was found before. A line that cannot be read gets
    /// {"line", "error": {"code", "message"}} and the run goes on; the exit status is 2 at the end.
    #[command(
        after_help = "Example:\n  echo '{\"id\": 1, \"text\": \"I am Sarah Connor\"}' | sotto anonymizer detect"
    )]
    Detect(ReadingArguments),
    /// Say why each span was found: check digits, the word beside it, what gave way.
    ///
    /// Reads the same lines as `detect`. What it prints repeats the values that were found.
    #[command(
        after_help = "Example:\n  echo '{\"id\": 1, \"text\": \"my card is 4111 1111 1111 1112\"}' | sotto anonymizer explain"
    )]
    Explain(ExplainArguments),
    /// Put tokens in the place of what is found, and keep the values in a vault file.
    ///
    /// Reads the same lines as `detect` and writes {"id", "text"} for each. A conversation's vault grows with it; a line
    /// without a conversation has a vault of its own, named by its id. The file is sealed with the key, saved before a
    /// masked text is written out, and used by one process at a time.
    #[command(
        after_help = "Example:\n  sotto anonymizer mask --vault chats.vault --key vault.key < chats.jsonl > masked.jsonl"
    )]
    Mask(MaskArguments),
    /// Put the values back in the place of tokens.
    ///
    /// Reads {"id", "text", "conversation"?} and writes {"id", "text", "unknown"}: the number of tokens that this
    /// conversation never issued, in the place of which a neutral noun stands.
    #[command(
        after_help = "Example:\n  sotto anonymizer restore --vault chats.vault --key vault.key < answers.jsonl"
    )]
    Restore(RestoreArguments),
    /// Measure on labelled texts: precision, recall and F1 for each type, and false alarms.
    ///
    /// Reads JSON lines of these forms, with offsets in Unicode code points: {"text", "spans": [[start, end, TYPE]]};
    /// {"turns": [{"speaker", "text", "spans"}], "known"?}; {"tokens", "tags"} with B- and I- tags.
    #[command(
        after_help = "Example:\n  sotto anonymizer evaluate content/evaluation/chats.jsonl --types PERSON"
    )]
    Evaluate(EvaluateArguments),
}

/// How texts are read.
#[derive(Args, Debug)]
pub(crate) struct ReadingArguments {
    #[command(flatten)]
    pub(crate) policy: PolicyArgument,
    #[command(flatten)]
    pub(crate) models: ModelsArgument,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// Print JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

#[derive(Args, Debug)]
pub(crate) struct MaskArguments {
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

#[derive(Args, Debug)]
pub(crate) struct RestoreArguments {
    #[command(flatten)]
    pub(crate) vault: VaultArguments,
}

/// Where the values are kept.
#[derive(Args, Debug)]
pub(crate) struct VaultArguments {
    /// The values of all conversations, sealed; made when it is not there.
    #[arg(long, value_name = "FILE")]
    pub(crate) vault: PathBuf,
    /// The key of the vault file; made when neither is there. Keep it elsewhere: who has both can read the values.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct EvaluateArguments {
    /// Labelled texts; all files are counted together.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Count these types only, with a comma between them.
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    pub(crate) types: Vec<String>,
    /// Take each message for itself, without what the conversation knows.
    #[arg(long)]
    pub(crate) no_conversation: bool,
    /// Count what is found at labels that are arguable (times of day, names of businesses) as false.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) models: ModelsArgument,
}

/// What the business decides about kinds of value.
#[derive(Args, Debug)]
pub(crate) struct PolicyArgument {
    /// What becomes of each kind of value, and recognisers of your own: support, strict, hipaa or a file (TOML); as for
    /// a support desk when not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<String>,
}

/// Where installed models are.
#[derive(Args, Debug)]
pub(crate) struct ModelsArgument {
    /// Data folder; the names model is used when it is installed there.
    #[arg(long, value_name = "DIR", env = "SOTTO_DATA", hide_env_values = true, default_value = ".sotto")]
    pub(crate) data: PathBuf,
}

/// The language of the texts, for programs that state one.
#[derive(Args, Debug)]
pub(crate) struct LanguageArgument {
    /// Language of the texts (en, de, …). All languages are searched at once: it changes nothing.
    #[arg(long, value_name = "CODE", value_parser = language)]
    language: Option<String>,
}

/// A code as in BCP 47: two or three letters, and what may follow them.
fn language(code: &str) -> Result<String, String> {
    let mut parts = code.split('-');
    let primary = parts.next().unwrap_or_default();
    let is_code = (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if is_code { Ok(code.to_owned()) } else { Err("write a code such as en, de or pt-BR".to_owned()) }
}
