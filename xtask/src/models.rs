//! Models for tests, benchmarks and `up`: fetched and converted by the program's own `sotto models install`.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};

use crate::workspace::Workspace;
use crate::{process, requirements};

/// A data folder that outlives builds: in the build cache when there is one, else in the target folder.
pub(crate) fn cache(workspace: &Workspace) -> PathBuf {
    env::var_os("SOTTO_BUILD_CACHE").map_or_else(|| workspace.target.clone(), PathBuf::from)
}

/// Where the installed models are then.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    cache(workspace).join("models")
}

/// `cargo xtask models`: builds the program and installs into the cache.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    requirements::check(&requirements::PRODUCT)?;
    let built = process::show(workspace.cargo().args(["build", "--locked", "--package", "sotto"]))?;
    ensure!(built.success(), "the build failed; what the compiler said is above");
    let installed = process::show(install(workspace).arg("--data").arg(cache(workspace)))?;
    Ok(if installed.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `sotto models install` of the program as it was built; say into which data folder.
pub(crate) fn install(workspace: &Workspace) -> Command {
    let mut command = Command::new(workspace.target.join("debug/sotto"));
    command.args(["models", "install"]).current_dir(&workspace.root);
    command
}
