//! `cargo xtask train NAME --data FOLDER`: makes a model that the product ships, anew.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};

use crate::process;
use crate::workspace::Workspace;

/// What to train, and on what.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The model.
    name: Name,
    /// The folder with the development data, which is no part of the repository.
    #[arg(long)]
    data: PathBuf,
    /// Measure the model that is there instead.
    #[arg(long)]
    figures: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// The anonymiser's tagger of people, places and organisations (`crates/anonymizer/models`).
    Tagger,
}

/// Builds the training program, runs it; it writes the model into the checkout and prints figures.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let (package, program) = match arguments.name {
        Name::Tagger => ("anonymizer", "train_tagger"),
    };
    let build = ["build", "--release", "--package", package, "--example", program];
    ensure!(process::show(workspace.cargo().args(build))?.success(), "the build failed");
    let mut train = Command::new(workspace.target.join("release/examples").join(program));
    train.arg("--data").arg(&arguments.data);
    if arguments.figures {
        train.arg("--figures");
    }
    let status = process::show(&mut train)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
