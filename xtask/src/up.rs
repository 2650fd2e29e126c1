//! `cargo xtask up`: from a fresh checkout to a running product.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace::Workspace;
use crate::{process, requirements, web};

/// What is passed on to `sotto up`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Begin with empty data.
    #[arg(long)]
    fresh: bool,
    /// Further options of `sotto up`, after `--`.
    #[arg(last = true)]
    more: Vec<String>,
}

/// Checks, builds, and becomes `sotto up`.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    requirements::check(&requirements::PRODUCT)?;
    web::build(workspace)?;
    let status = process::show(workspace.cargo().args(["build", "--locked", "--package", "sotto"]))?;
    if !status.success() {
        bail!("the build failed; what the compiler said is above");
    }
    let mut command = Command::new(workspace.target.join("debug/sotto"));
    command.arg("up").current_dir(&workspace.root);
    if arguments.fresh {
        command.arg("--fresh");
    }
    command.args(&arguments.more);
    Err(command.exec()).context("start sotto")
}
