//! What each stage does.

use std::process::Command;

use anyhow::{Result, ensure};

use super::report::Report;
use super::services::Services;
use super::{Stage, supply_chain};
use crate::workspace::Workspace;
use crate::{models, npm, requirements, web};

/// Runs one stage; fails only when we are interrupted or cannot go on at all.
pub(crate) fn run(workspace: &Workspace, stage: Stage, report: &mut Report) -> Result<()> {
    match stage {
        Stage::Install => install(report),
        Stage::Tidy => tidy(workspace, report),
        Stage::Format => {
            report.command("format", workspace.cargo().args(["fmt", "--all", "--check"])).map(drop)
        }
        Stage::SupplyChain => supply_chain::run(workspace, report),
        Stage::Web => report.check("web build", || web::build(workspace)).map(drop),
        Stage::WebTests => web_tests(workspace, report),
        Stage::Clippy => clippy(workspace, report),
        Stage::Rust => rust(workspace, report),
        Stage::Interop => end_to_end(workspace, report, "interop", &["web build"]),
        Stage::Walkthrough => {
            end_to_end(workspace, report, "walkthrough", &["install", "web build", "rust build"])
        }
    }
}

fn install(report: &mut Report) -> Result<()> {
    report.check("install", || {
        requirements::install(&requirements::PRODUCT)?;
        requirements::install(&requirements::TESTS)
    })?;
    Ok(())
}

fn tidy(workspace: &Workspace, report: &mut Report) -> Result<()> {
    report.check("tidy", || {
        let breaches = crate::tidy::breaches(workspace)?;
        ensure!(breaches.is_empty(), "{} breaches:\n   {}", breaches.len(), breaches.join("\n   "));
        Ok(())
    })?;
    Ok(())
}

fn web_tests(workspace: &Workspace, report: &mut Report) -> Result<()> {
    npm::install(workspace)?;
    for package in npm::packages(workspace)? {
        // `smoke` is a package's own test in the browser, for what jsdom cannot show.
        for script in ["check", "test", "smoke"] {
            if package.has(script) {
                let name = format!("{} {script}", package.folder.display());
                report.command(&name, &mut with_built(workspace, package.run(workspace, script)))?;
            }
        }
    }
    Ok(())
}

fn clippy(workspace: &Workspace, report: &mut Report) -> Result<()> {
    let mut command = workspace.cargo();
    command.args(["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    report.command("clippy", &mut command).map(drop)
}

/// The build is a stage of its own, so that the table tells what compiling costs and what the tests.
fn rust(workspace: &Workspace, report: &mut Report) -> Result<()> {
    let mut build = workspace.cargo();
    build.args(["test", "--locked", "--workspace", "--no-run"]);
    if !report.command("rust build", &mut build)? {
        report.not_run("rust tests", "the build failed");
        return Ok(());
    }
    // Now that the program is there, it installs what its tests read.
    report.command("models", models::install(workspace).arg("--data").arg(models::cache(workspace)))?;
    let services = match Services::start(workspace) {
        Ok(services) => services,
        Err(error) if error.is::<crate::process::Interrupted>() => return Err(error),
        Err(error) => {
            report.not_run("rust tests", &format!("{error:#}"));
            return Ok(());
        }
    };
    let mut tests = workspace.cargo();
    if requirements::find("cargo-nextest").is_some() {
        tests.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]);
    } else {
        tests.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    }
    tests.env("SOTTO_TEST_POSTGRES", &services.postgres_url).env("SOTTO_TEST_NATS", &services.nats_url);
    tests.env("SOTTO_TEST_PGVECTOR", &services.pgvector_url);
    tests.env("SOTTO_TEST_MODELS", models::folder(workspace));
    report.command("rust tests", &mut tests).map(drop)
}

/// A script of the package e2e; needs the stages that are named to have passed when they ran.
fn end_to_end(workspace: &Workspace, report: &mut Report, script: &str, needs: &[&str]) -> Result<()> {
    if let Some(failed) = needs.iter().find(|stage| !report.passed(stage)) {
        report.not_run(script, &format!("{failed} failed"));
        return Ok(());
    }
    let packages = npm::packages(workspace)?;
    let Some(package) =
        packages.iter().find(|package| package.folder.ends_with("e2e") && package.has(script))
    else {
        report.not_run(script, &format!("e2e/package.json has no script {script}"));
        return Ok(());
    };
    report.command(script, &mut with_built(workspace, package.run(workspace, script))).map(drop)
}

/// Tells a script where the programs are that the stage `rust` built, so that it builds none itself.
fn with_built(workspace: &Workspace, mut command: Command) -> Command {
    let built = workspace.target.join("debug");
    command.env("CARGO_TARGET_DIR", &workspace.target).env("SOTTO_BINARY", built.join("sotto"));
    let peer = built.join("examples/interop");
    if peer.is_file() {
        command.env("SOTTO_PEER", peer);
    }
    command
}
