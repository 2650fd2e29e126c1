//! `cargo xtask test`: every check and every test, in one table at the end.
//!
//! A stage that fails does not stop the later ones, so that one run shows all faults; a stage that needs something
//! that failed is counted as failed without being run.

mod count;
mod pgvector;
mod report;
pub(crate) mod services;
mod stages;
mod supply_chain;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::test::report::Report;
use crate::workspace::Workspace;

/// Which parts to run.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Run these stages only, and what they need; all when none is named.
    #[arg(value_enum)]
    stages: Vec<Stage>,
}

/// The stages, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// Install what only tests need.
    Install,
    /// Import arrows, file lengths, names, links.
    Tidy,
    /// cargo fmt --check.
    Format,
    /// Licences, sources and duplicates of the dependencies.
    SupplyChain,
    /// The encryption for the browser, the widget and the console.
    Web,
    /// cargo clippy, warnings refused.
    Clippy,
    /// The Rust tests, with PostgreSQL and NATS beside them.
    Rust,
    /// Type checks, unit tests and browser tests of the web's packages.
    WebTests,
    /// Both implementations of the encryption against each other.
    Interop,
    /// The whole product in a browser.
    Walkthrough,
}

/// Runs the stages and prints the table and the closing line.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let mut report = Report::new(workspace.scratch("test")?);
    for stage in Stage::value_variants() {
        if arguments.stages.is_empty() || arguments.stages.contains(stage) {
            stages::run(workspace, *stage, &mut report)?;
        }
    }
    report.print();
    Ok(if report.total().failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
