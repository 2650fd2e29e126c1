//! One part: started, watched, started again.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Plan;
use super::log_file::{self, LogFile};
use crate::data::{Part, write_private};
use crate::supervised::Ready;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A part that ran for so long starts again without a pause.
const STEADY: Duration = Duration::from_secs(30);
/// A part that was told to stop and has not after so long is killed.
const PATIENCE: Duration = Duration::from_secs(25);

/// How to start one part.
pub(super) struct Child {
    part: Part,
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: BTreeMap<String, String>,
    log: PathBuf,
    pid_file: PathBuf,
}

/// How a run of the part ended.
enum Ended {
    /// As we asked.
    Stopped,
    /// By itself; whether it had got ready before.
    ByItself { status: ExitStatus, was_ready: bool },
}

impl Child {
    pub(super) fn new(plan: &Plan, part: Part) -> Result<Self> {
        let mut arguments: Vec<OsString> =
            vec![part.name().into(), "--supervised".into(), "--data".into(), plan.data.path().into()];
        if let Some(file) = &plan.config_file {
            arguments.extend(["--config".into(), file.into()]);
        }
        if part == Part::Demo {
            arguments.extend(["--desk-key".into(), plan.desk_key.clone().into()]);
        }
        Ok(Self {
            part,
            program: std::env::current_exe().context("find this program")?,
            arguments,
            environment: plan.derived.clone(),
            log: plan.data.log()?.join(format!("{}.log", part.name())),
            pid_file: plan.data.run()?.join(format!("{}.pid", part.name())),
        })
    }

    /// Runs the part until `stop`; tells the first time that it is ready.
    ///
    /// # Errors
    /// When it cannot be started or ends before it was ready once: trying again would change nothing.
    pub(super) async fn keep_running(
        self,
        ready: mpsc::Sender<Ready>,
        stop: CancellationToken,
    ) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        let mut ever_ready = false;
        loop {
            let start = Instant::now();
            match self.run_once(&ready, &stop).await? {
                Ended::Stopped => return Ok(()),
                Ended::ByItself { status, was_ready } => {
                    ever_ready |= was_ready;
                    if !ever_ready {
                        let said = log_file::last_lines(&self.log, 12);
                        bail!(
                            "the {} did not start ({status}); the end of {}:\n{said}",
                            self.part.name(),
                            self.log.display()
                        );
                    }
                    if start.elapsed() > STEADY {
                        pause = FIRST_PAUSE;
                    }
                    tracing::warn!(part = self.part.name(), %status, "a part ended and is started again");
                }
            }
            tokio::select! {
                () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    async fn run_once(&self, ready: &mpsc::Sender<Ready>, stop: &CancellationToken) -> Result<Ended> {
        let mut log = LogFile::open(&self.log)?;
        let mut child = self.spawn()?;
        if let Some(pid) = child.id() {
            write_private(&self.pid_file, format!("{pid}\n").as_bytes())?;
        }
        // While this pipe is open the part runs; it closes with us, whatever becomes of us.
        let mut open = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().context("a child's output is a pipe")?).lines();
        let mut stderr = BufReader::new(child.stderr.take().context("a child's errors are a pipe")?).lines();
        let mut give_up = pin!(async {
            stop.cancelled().await;
            sleep(PATIENCE).await;
        });
        let (mut was_ready, mut speaks) = (false, true);
        loop {
            tokio::select! {
                line = stderr.next_line() => match line {
                    Ok(Some(line)) => log.write(&line)?,
                    Ok(None) | Err(_) => break,
                },
                line = stdout.next_line(), if speaks => match line {
                    Ok(Some(line)) => if let Ok(said) = serde_json::from_str(&line) {
                        was_ready = true;
                        // Somebody listens only the first time.
                        let _ = ready.try_send(said);
                    },
                    Ok(None) | Err(_) => speaks = false,
                },
                () = stop.cancelled(), if open.is_some() => drop(open.take()),
                () = &mut give_up => {
                    child.start_kill().context("end a part that hangs")?;
                    break;
                }
            }
        }
        let status = child.wait().await.context("wait for a part")?;
        let _ = std::fs::remove_file(&self.pid_file);
        Ok(if stop.is_cancelled() { Ended::Stopped } else { Ended::ByItself { status, was_ready } })
    }

    fn spawn(&self) -> Result<tokio::process::Child> {
        Command::new(&self.program)
            .args(&self.arguments)
            .envs(&self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("start the {}", self.part.name()))
    }
}
