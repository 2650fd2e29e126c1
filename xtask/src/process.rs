//! Child processes that never outlive us: each runs in a process group of its own, and a signal to us stops the
//! group of each child that still runs.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// The person pressed Ctrl-C, or the command was told to end.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// From now on a signal that would end us ends the running children instead; what runs them then returns
/// [`Interrupted`], so that everything is tidied away. A second signal ends the children at once.
pub(crate) fn stop_children_on_signals() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("listen to signals")?;
    thread::spawn(move || {
        for _ in &mut signals {
            let again = INTERRUPTED.swap(true, Ordering::SeqCst);
            let signal = if again { Signal::KILL } else { Signal::TERM };
            for group in GROUPS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                // It may have ended in the meantime, which is what is wanted.
                let _ = kill_process_group(*group, signal);
            }
        }
    });
    Ok(())
}

/// Fails with [`Interrupted`] after a signal.
pub(crate) fn check_interrupted() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) { Err(Interrupted.into()) } else { Ok(()) }
}

/// How a command ended and what it said, both streams in the order in which the lines came.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) output: String,
}

/// Runs a command to its end, gives each line to `see` as it comes, and keeps all of them.
pub(crate) fn record(command: &mut Command, mut see: impl FnMut(&str)) -> Result<Finished> {
    check_interrupted()?;
    let mut child =
        Grouped::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, lines) = mpsc::channel();
    let stdout = child.0.stdout.take().map(|stream| read_lines(stream, sender.clone()));
    let stderr = child.0.stderr.take().map(|stream| read_lines(stream, sender));
    let mut output = String::new();
    for line in lines {
        see(&line);
        output.push_str(&line);
        output.push('\n');
    }
    for reader in [stdout, stderr].into_iter().flatten() {
        let _ = reader.join();
    }
    let status = child.wait()?;
    check_interrupted()?;
    Ok(Finished { status, output })
}

/// Runs a command to its end on our own terminal.
pub(crate) fn show(command: &mut Command) -> Result<ExitStatus> {
    check_interrupted()?;
    let status = Grouped::spawn(command.stdin(Stdio::null()))?.wait()?;
    check_interrupted()?;
    Ok(status)
}

/// A child that runs beside us until this value is dropped.
pub(crate) struct Background(Grouped);

impl Background {
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        check_interrupted()?;
        Ok(Self(Grouped::spawn(command.stdin(Stdio::null()))?))
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.0.0.try_wait().context("look after a child process")?.is_some())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's "fast" shutdown, and an ordinary end for NATS.
        let _ = kill_process_group(self.0.group(), Signal::INT);
        let _ = self.0.wait();
    }
}

struct Grouped(Child);

impl Grouped {
    fn spawn(command: &mut Command) -> Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {}", command.get_program().to_string_lossy()))?;
        let child = Self(child);
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).push(child.group());
        Ok(child)
    }

    fn group(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        let status = self.0.wait().context("wait for a child process");
        let group = self.group();
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| *other != group);
        status
    }
}

fn read_lines(stream: impl Read + Send + 'static, sender: mpsc::Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|octets| octets > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_recorded_with_its_status_and_both_streams() {
        let mut seen = Vec::new();
        let finished = record(Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"]), |line| {
            seen.push(line.to_owned())
        })
        .unwrap();
        assert_eq!(finished.status.code(), Some(3));
        seen.sort();
        assert_eq!(seen, ["one", "two"]);
        assert!(finished.output.contains("one\n") && finished.output.contains("two\n"));
    }

    #[test]
    fn a_background_child_ends_with_its_value() {
        let child = Background::spawn(Command::new("sleep").arg("1000")).unwrap();
        let group = child.0.group();
        drop(child);
        assert!(rustix::process::test_kill_process_group(group).is_err());
    }
}
