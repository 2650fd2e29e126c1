//! `sotto knowledge`: articles come in as drafts, and go live when a person publishes them.

mod arguments;
mod import;
mod publish;
mod reader;
mod show;
mod sitemap;
mod sources;
mod watch;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use assistant::library::Library;
use jiff::{Timestamp, TimestampRound, Unit};
use protocol::Clock;

pub(crate) use arguments::KnowledgeArguments;
use arguments::KnowledgeCommand;

use crate::ambient::SystemClock;
use crate::cli::Common;
use crate::config::Config;
use crate::data::DataFolder;

/// Runs one of the commands. `configuration` reads the configuration where a command needs it.
pub(crate) fn run(
    arguments: &KnowledgeArguments,
    configuration: impl FnOnce(&Common) -> Result<Config>,
) -> Result<ExitCode> {
    match &arguments.command {
        KnowledgeCommand::Import(arguments) => import::run(arguments, &configuration(&arguments.common)?),
        KnowledgeCommand::List(common) => show::list(common),
        KnowledgeCommand::Show(arguments) => show::show(arguments),
        KnowledgeCommand::Publish(arguments) => publish::publish(arguments),
        KnowledgeCommand::Withdraw(arguments) => publish::withdraw(arguments),
        KnowledgeCommand::History(arguments) => show::history(arguments),
        KnowledgeCommand::Watch(arguments) => watch::run(arguments, &configuration(&arguments.common)?),
        KnowledgeCommand::Read(arguments) => reader::read(arguments),
    }
}

/// Where the library of an installation is.
pub(crate) fn folder(data: &DataFolder) -> PathBuf {
    data.path().join(DataFolder::KNOWLEDGE)
}

fn library(common: &Common) -> Result<Library> {
    Ok(Library::at(&folder(&DataFolder::open(&common.data)?)))
}

/// The present moment in whole seconds.
fn now() -> Timestamp {
    let now = Timestamp::from_millisecond(SystemClock.now().0).unwrap_or(Timestamp::UNIX_EPOCH);
    now.round(TimestampRound::new().smallest(Unit::Second)).unwrap_or(now)
}

/// Prints a line for the person at the terminal. Control characters of what was imported, which could move the cursor
/// or hide text, are written as signs; so are those that nobody would see. A reader that has gone away ends it quietly.
fn say(line: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", visible(line)) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

fn visible(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_move_the_cursor_or_hide_is_shown_as_a_sign() {
        assert_eq!(visible("a\u{1b}[2Jb\u{200b}c\nd"), "a⟨U+001B⟩[2Jb⟨U+200B⟩c\nd");
    }
}
