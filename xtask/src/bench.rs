//! `cargo xtask bench NAME`: figures, each beside a reference measured in the same run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::npm;
use crate::workspace::Workspace;
use crate::{bench_anonymizer, bench_assistant, bench_hub, process, requirements, web};

/// What to measure.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The benchmark.
    name: Name,
    /// anonymizer: install Presidio from PyPI and measure it on the same messages.
    #[arg(long)]
    peer: bool,
    /// anonymizer, assistant: folder of development data that is not part of the project, with pii/, intents/, faq/.
    #[arg(long, value_name = "DIR", default_value = "../shared/data")]
    data: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// CPU time of the anonymizer for each message, rates, memory, hostile texts.
    Anonymizer,
    /// What is understood and found on development data, a message's cost in the desk, cost beside the number of articles.
    Assistant,
    /// What the hub carries, beside a plain relay and NATS: rates, delays, memory, restart.
    Hub,
    /// Sizes and times of what the customer's browser loads.
    Widget,
}

/// Builds what is measured, then measures.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    match arguments.name {
        Name::Anonymizer => bench_anonymizer::run(workspace, &arguments.data.join("pii"), arguments.peer),
        Name::Assistant => bench_assistant::run(workspace, &arguments.data),
        Name::Hub => {
            requirements::install(&requirements::BENCH_HUB)?;
            bench_hub::run(workspace)
        }
        Name::Widget => widget(workspace),
    }
}

fn widget(workspace: &Workspace) -> Result<ExitCode> {
    web::build(workspace)?;
    let packages = npm::packages(workspace)?;
    let Some(package) = packages.iter().find(|package| package.has("bench")) else {
        bail!("no package of web/ or e2e/ has a script called bench");
    };
    let status = process::show(&mut package.run(workspace, "bench"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
