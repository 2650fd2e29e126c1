//! The lines that go back: one for each request, in order.

use std::io::{self, StdoutLock, Write};

use anonymizer::Blocked;
use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

/// What is wrong with a line: a code for programs and a sentence for people. Nothing of the line is in it.
#[derive(Debug, Serialize)]
pub(super) struct Wrong {
    code: &'static str,
    message: String,
}

impl Wrong {
    pub(super) fn not_utf_8(at: usize) -> Self {
        Self { code: "not-utf-8", message: format!("the line is not UTF-8 after byte {at}") }
    }

    pub(super) fn not_json(column: usize) -> Self {
        Self { code: "not-json", message: format!("the line is not JSON at byte {column}") }
    }

    pub(super) fn too_long(what: &str, most: usize) -> Self {
        Self { code: "too-long", message: format!("{what} is longer than {most} bytes") }
    }

    pub(super) fn blocked(by: &Blocked) -> Self {
        let message =
            format!("the policy lets no model read a text with a value of the kind {}", by.entity.name());
        Self { code: "blocked", message }
    }

    pub(super) fn field(name: &str, wanted: &str) -> Self {
        Self { code: "wrong-field", message: format!("{name} must be {wanted}") }
    }
}

/// The answer to a line that is no request.
#[derive(Debug, Serialize)]
pub(super) struct Refusal {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    /// Counted from 1.
    line: u64,
    error: Wrong,
}

impl Refusal {
    pub(super) fn new(line: u64, id: Option<Value>, error: Wrong) -> Self {
        Self { id, line, error }
    }
}

/// How much is held at most by what need not hold more.
const HELD: usize = 64 * 1024;

/// Writes JSON lines to standard output. They are held until [`Self::flush`], which says when they may be seen.
pub(super) struct Responses {
    output: StdoutLock<'static>,
    held: Vec<u8>,
    refused: bool,
}

impl Responses {
    pub(super) fn new() -> Self {
        Self { output: io::stdout().lock(), held: Vec::new(), refused: false }
    }

    pub(super) fn write(&mut self, response: &impl Serialize) -> Result<()> {
        serde_json::to_writer(&mut self.held, response).context("write an answer as JSON")?;
        self.held.push(b'\n');
        Ok(())
    }

    /// Lines for people.
    pub(super) fn write_text(&mut self, lines: &str) {
        self.held.extend_from_slice(lines.as_bytes());
    }

    pub(super) fn refuse(&mut self, refusal: &Refusal) -> Result<()> {
        self.refused = true;
        self.write(refusal)
    }

    /// How many bytes wait to be flushed.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.held() >= HELD
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        let written = self.output.write_all(&self.held).and_then(|()| self.output.flush());
        self.held.clear();
        written.context("write to standard output")
    }

    /// 2 when a line was refused.
    pub(super) fn finish(mut self) -> Result<std::process::ExitCode> {
        self.flush()?;
        Ok(std::process::ExitCode::from(if self.refused { 2 } else { 0 }))
    }
}

/// Whether it is only that nobody reads the output any more.
pub(super) fn is_closed(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
