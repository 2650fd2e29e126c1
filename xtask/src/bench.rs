//! `cargo xtask bench NAME`: figures, each beside a reference measured in the same run.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::npm;
use crate::workspace::Workspace;
use crate::{bench_hub, process, requirements, web};

/// What to measure.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The benchmark.
    name: Name,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// What the hub carries, beside a plain relay and NATS: rates, delays, memory, restart.
    Hub,
    /// Sizes and times of what the customer's browser loads.
    Widget,
}

/// Builds what is measured, then measures.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    match arguments.name {
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
