//! Reads foreign files in a process of its own: it can open no file of ours and reach no network, and has little memory
//! and time. Whatever a file does to its reader, the import goes on with the next one.

use std::io::{self, Read, Write};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use assistant::import::{self, Defaults, Draft, FILE_OCTETS, Problem};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use super::arguments::{DefaultsArguments, ReadArguments};
use crate::sandbox::{self, Allowed};

/// Memory in octets and processor time in seconds of one reader.
const MEMORY: u64 = 1 << 30;
const SECONDS: u64 = 30;
/// The most octets that it may answer with.
const ANSWER: u64 = 128 << 20;

impl From<DefaultsArguments> for Defaults {
    fn from(arguments: DefaultsArguments) -> Self {
        Self { language: arguments.language, audience: arguments.audience }
    }
}

/// What a reader answers for one article.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Draft { text: String, hidden: Vec<String> },
    Problem { place: String, problem: String },
}

/// The reader's own end: gives up everything, then reads.
pub(super) fn read(arguments: &ReadArguments) -> Result<ExitCode> {
    for (resource, most) in [(Resource::As, MEMORY), (Resource::Cpu, SECONDS), (Resource::Core, 0)] {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .context("limit the reader")?;
    }
    sandbox::enter(&Allowed::default())?;
    let mut bytes = Vec::new();
    io::stdin().take(FILE_OCTETS as u64 + 1).read_to_end(&mut bytes).context("read standard input")?;
    let read = import::read(&arguments.name, &bytes, arguments.defaults.into());
    let answers: Vec<Answer> = read
        .into_iter()
        .map(|read| match read {
            Ok(draft) => Answer::Draft { text: draft.text, hidden: draft.hidden },
            Err(Problem { place, problem }) => Answer::Problem { place, problem },
        })
        .collect();
    serde_json::to_writer(io::stdout().lock(), &answers).context("write the answer")?;
    Ok(ExitCode::SUCCESS)
}

/// The articles of a file, from a reader that is started for it. What it answers is checked again.
pub(super) fn start(
    name: &str,
    bytes: &[u8],
    defaults: DefaultsArguments,
) -> Result<Vec<Result<Draft, Problem>>> {
    let mut command = Command::new(std::env::current_exe().context("find this program")?);
    command.args(["knowledge", "read"]);
    if let Some(language) = defaults.language {
        command.args(["--language", language.code()]);
    }
    if let Some(audience) = defaults.audience {
        command.args(["--audience", audience.name()]);
    }
    command.arg("--").arg(name).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().context("start a reader")?;
    if let Some(mut stdin) = child.stdin.take() {
        // A reader that ends early has said why, or its end tells.
        let _ = stdin.write_all(bytes);
    }
    let mut answer = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(ANSWER).read_to_end(&mut answer).context("read the reader's answer")?;
    }
    let _ = child.kill();
    let ended = child.wait().context("wait for the reader")?;
    let Ok(answers) = serde_json::from_slice::<Vec<Answer>>(&answer) else {
        let problem = format!(
            "cannot be read ({ended}): it is damaged, or needs more than {} MiB or {SECONDS} seconds; save it anew or split it",
            MEMORY >> 20
        );
        return Ok(vec![Err(Problem::of(name, problem))]);
    };
    let checked = |answer| match answer {
        Answer::Draft { text, hidden } => Draft::parse(name, &text, hidden),
        Answer::Problem { place, problem } => Err(Problem { place, problem }),
    };
    Ok(answers.into_iter().map(checked).collect())
}
