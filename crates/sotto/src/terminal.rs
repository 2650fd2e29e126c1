//! What a person at a terminal reads.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;

/// Prints a line. Control characters of what was imported, which could move the cursor or hide text, are written as signs;
/// so are those that nobody would see. A reader that has gone away ends it quietly.
pub(crate) fn say(line: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", visible(line)) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

/// Prints a line where something is still to be done: without a reader it is done all the same.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", visible(line));
}

/// Prints what went wrong, in the same way.
#[expect(clippy::print_stderr, reason = "a person reads why nothing came of it")]
pub(crate) fn warn(line: &str) {
    eprintln!("{}", visible(line));
}

/// The text with a sign in the place of what could move the cursor or is not seen.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        let format = matches!(letter,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}');
        if format || (letter.is_control() && letter != '\n' && letter != '\t') {
            shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(letter)));
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// One line on standard error that says how far a long task is, for a person who waits at a terminal; nobody else sees
/// it. It is gone when this value is.
pub(crate) struct Progress {
    is_seen: bool,
    done: AtomicUsize,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { is_seen: io::stderr().is_terminal(), done: AtomicUsize::new(0) }
    }

    /// A task without steps that could be counted.
    pub(crate) fn at(&self, task: &str) {
        self.done.store(0, Ordering::Relaxed);
        self.show(task);
    }

    /// One step more of so many.
    pub(crate) fn step(&self, task: &str, of: usize) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.show(&format!("{task}: {done} of {of}"));
    }

    fn show(&self, text: &str) {
        if self.is_seen {
            // Nothing is lost when it cannot be written.
            let _ = write!(io::stderr(), "\r\x1b[2K{text}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.show("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_the_cursor_or_hide_is_shown_as_a_sign() {
        assert_eq!(visible("a\u{1b}[2Jb\u{200b}c\nd"), "a⟨U+001B⟩[2Jb⟨U+200B⟩c\nd");
    }
}
