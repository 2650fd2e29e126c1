//! `sotto doctor`: what is wrong with this installation and what to do about it. It changes nothing.

mod files;
mod network;
mod stores;

use std::fmt;
use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Common, DoctorArguments};
use crate::config::{Config, ConfigError};
use crate::data::DataFolder;
use crate::runtime;

/// What one check found.
pub(crate) struct Finding {
    /// What was looked at, in a word or two.
    subject: String,
    verdict: Verdict,
    /// What was found.
    found: String,
    /// What to do; empty when nothing is.
    advice: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

impl Finding {
    fn ok(subject: &str, found: impl Into<String>) -> Self {
        Self { subject: subject.to_owned(), verdict: Verdict::Ok, found: found.into(), advice: String::new() }
    }

    fn warn(subject: &str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            subject: subject.to_owned(),
            verdict: Verdict::Warn,
            found: found.into(),
            advice: advice.into(),
        }
    }

    fn fail(subject: &str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            subject: subject.to_owned(),
            verdict: Verdict::Fail,
            found: found.into(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        write!(formatter, "{verdict:<5} {:<16} {}", self.subject, self.found)?;
        if self.advice.is_empty() {
            Ok(())
        } else {
            write!(formatter, "\n      {:<16} → {}", "", self.advice)
        }
    }
}

/// Runs every check and prints a line for each; fails when one does.
pub(crate) fn run(
    arguments: &DoctorArguments,
    load: impl Fn(&Common) -> Result<Config, ConfigError>,
) -> Result<ExitCode> {
    let config = match load(&arguments.common) {
        Ok(config) => config,
        Err(error) => return Ok(report(&unusable(&error))),
    };
    let data = DataFolder::at(&arguments.common.data)?;
    let mut findings = vec![Finding::ok("configuration", "every key and value is valid")];
    findings.extend(files::check(&data, &config));
    findings.push(files::names_model(&data));
    findings.push(files::sandbox());
    findings.extend(network::ports(&data, &config));
    findings.extend(network::addresses(&config));
    runtime()?.block_on(async {
        let desk_key = stores::check(&data, &config, &mut findings).await;
        findings.extend(network::hub(&config).await);
        if let Some(page) = &arguments.page {
            findings.push(network::page(page, desk_key).await);
        }
    });
    Ok(report(&findings))
}

fn unusable(error: &ConfigError) -> Vec<Finding> {
    const ADVICE: &str = "correct it; nothing else was checked";
    match error {
        ConfigError::Read { source, .. } => {
            const ADVICE: &str = "name a file that is there and can be read; `sotto init` writes one";
            vec![Finding::fail("configuration", format!("{error}: {source}"), ADVICE)]
        }
        ConfigError::Faults(faults) => {
            faults.iter().map(|fault| Finding::fail("configuration", fault.to_string(), ADVICE)).collect()
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is the command's answer")]
fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (warned, failed) = (count(Verdict::Warn), count(Verdict::Fail));
    println!("\n{} checked, {warned} to look at, {failed} wrong", findings.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
