//! `cargo xtask up`: from a fresh checkout to a running product.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace::Workspace;
use crate::{models, process, progress, requirements, web};

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
    install_models(workspace, arguments)?;
    let mut command = Command::new(workspace.target.join("debug/sotto"));
    command.arg("up").current_dir(&workspace.root);
    if arguments.fresh {
        command.arg("--fresh");
    }
    command.args(&arguments.more);
    Err(command.exec()).context("start sotto")
}

/// Into the data folder that `sotto up` will use. Without a network the product starts all the same, and finds names by
/// its patterns alone.
fn install_models(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let mut command = models::install(workspace);
    command.args(data_option(&arguments.more));
    let start = Instant::now();
    let bar = progress::spinner("models");
    let finished = process::record(&mut command, |_| {});
    bar.finish_and_clear();
    let finished = finished?;
    if finished.status.success() {
        progress::done("models", start.elapsed());
    } else {
        eprintln!("  models  not installed, going on without: {}", finished.output.trim());
    }
    Ok(())
}

/// The option `--data` among those for `sotto up`, as it is written there.
fn data_option(more: &[String]) -> &[String] {
    match more.iter().position(|option| option == "--data" || option.starts_with("--data=")) {
        Some(at) if more[at] == "--data" => more.get(at..at + 2).unwrap_or_default(),
        Some(at) => &more[at..=at],
        None => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_of_up_is_that_of_the_models() {
        let found =
            |more: &[&str]| data_option(&more.iter().map(ToString::to_string).collect::<Vec<_>>()).join(" ");
        assert_eq!(found(&["--config", "x", "--data", "y"]), "--data y");
        assert_eq!(found(&["--data=y", "z"]), "--data=y");
        assert_eq!(found(&["--data"]), "");
        assert_eq!(found(&[]), "");
    }
}
