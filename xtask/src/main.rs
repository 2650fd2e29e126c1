//! What developers and CI run: `cargo xtask COMMAND`.
//!
//! Purpose: build the web parts, start the product from a checkout, run every check and test, measure.
//! Boundary: works on the checkout only; nothing here is part of the product, and the product needs nothing of it.
//! Invariants: a child never outlives its command, however that ends; what was built from the same inputs is not
//! built again; no path to `target/` is assumed (it is asked of cargo).

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a command line tool speaks through them, and the environment is its input"
)]

mod bench;
mod bench_anonymizer;
mod bench_assistant;
mod bench_hub;
mod evaluate;
mod fingerprint;
mod fuzz;
mod models;
mod npm;
mod process;
mod progress;
mod requirements;
mod test;
mod tidy;
mod train;
mod up;
mod wasm;
mod web;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Build, start, check and measure Sotto from a checkout.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what is missing and start the whole product with the demo shop.
    Up(up::Arguments),
    /// Run every check and test; install what they need.
    Test(test::Arguments),
    /// Check the rules of the tree: import arrows, file lengths, names, links.
    Tidy,
    /// Build the encryption for the browser (web/e2ee/pkg).
    Wasm,
    /// Build everything for the browser.
    Web,
    /// Build the program and install the models that tests and benchmarks use.
    Models,
    /// Measure; prints figures beside a reference of the same run.
    Bench(bench::Arguments),
    /// Hold a part against labelled data; prints figures beside what is to be reached.
    Evaluate(evaluate::Arguments),
    /// Train a model that the product ships, anew.
    Train(train::Arguments),
    /// Look for an input that breaks a property.
    Fuzz(fuzz::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(error) = process::stop_children_on_signals() {
        eprintln!("error: {error:#}");
        return ExitCode::FAILURE;
    }
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            if error.is::<process::Interrupted>() { ExitCode::from(130) } else { ExitCode::FAILURE }
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    match task {
        Task::Up(arguments) => up::run(&workspace, &arguments),
        Task::Test(arguments) => test::run(&workspace, &arguments),
        Task::Tidy => tidy::run(&workspace),
        Task::Wasm => wasm::build(&workspace).map(|()| ExitCode::SUCCESS),
        Task::Web => web::build(&workspace).map(|()| ExitCode::SUCCESS),
        Task::Models => models::run(&workspace),
        Task::Bench(arguments) => bench::run(&workspace, &arguments),
        Task::Evaluate(arguments) => evaluate::run(&workspace, &arguments),
        Task::Train(arguments) => train::run(&workspace, &arguments),
        Task::Fuzz(arguments) => fuzz::run(&workspace, &arguments),
    }
}
