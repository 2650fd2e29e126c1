//! `cargo xtask fuzz TARGET --seconds N`: looks for an input that breaks a property (libFuzzer).
//!
//! The compiler's own coverage is used, so that neither another toolchain nor another tool is needed. What the fuzzer
//! finds on its way stays in the target folder; an input that broke something belongs into `fuzz/corpus`, where tests
//! replay it.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::process;
use crate::workspace::Workspace;

/// Coverage of every edge, as libFuzzer reads it.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";
/// The longest input, in bytes.
const LONGEST: usize = 2_000;

/// What to fuzz, and for how long.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A target: a file of fuzz/targets without its end.
    target: String,
    /// How long.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Builds the target apart from the product, and runs it.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let target = &arguments.target;
    let source = workspace.root.join("fuzz/targets").join(target).with_extension("rs");
    ensure!(source.exists(), "there is no {}; the files of fuzz/targets are the targets", source.display());
    // Named, so that the coverage is left out of build scripts.
    let host = host()?;
    let built = workspace.target.join("fuzz");
    let mut build = workspace.cargo();
    build.args([
        "build",
        "--release",
        "--manifest-path",
        "fuzz/Cargo.toml",
        "--bin",
        target,
        "--target",
        &host,
    ]);
    build.arg("--target-dir").arg(&built).env("RUSTFLAGS", COVERAGE);
    ensure!(process::show(&mut build)?.success(), "the build failed");
    let found = built.join("corpus").join(target);
    fs::create_dir_all(&found).with_context(|| format!("make {}", found.display()))?;
    let mut fuzz = Command::new(built.join(&host).join("release").join(target));
    fuzz.arg(&found).arg(workspace.root.join("fuzz/corpus").join(target));
    fuzz.arg(format!("-max_total_time={}", arguments.seconds)).arg(format!("-max_len={LONGEST}"));
    fuzz.arg(format!("-artifact_prefix={}/", built.display()));
    let status = process::show(&mut fuzz)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The name of this machine's kind, as the compiler calls it.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("ask rustc for its host")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc names no host")
}
