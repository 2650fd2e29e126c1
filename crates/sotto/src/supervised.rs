//! How a part speaks with `sotto up`: one line on standard output when it is ready, and the end of standard input when
//! it shall stop, which also comes when the supervisor dies, however it does.

use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::Supervised;

/// A part answers from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ready {
    /// For a person who has never been here: where the first member of the staff enrols.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) enrolment: Option<String>,
}

/// After this long a part that was told to stop is ended.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tells the supervisor, if there is one.
pub(crate) fn announce(supervised: Supervised, ready: &Ready) -> Result<()> {
    if supervised.yes {
        let line = serde_json::to_string(ready).context("write the line for the supervisor")?;
        let mut output = io::stdout().lock();
        writeln!(output, "{line}").and_then(|()| output.flush()).context("tell the supervisor")?;
    }
    Ok(())
}

/// A token that is cancelled when the part shall stop: by SIGTERM; by Ctrl-C, or, when supervised, by the end of
/// standard input instead (a terminal sends Ctrl-C to all, and the supervisor decides the order).
pub(crate) fn stop_token(supervised: Supervised) -> Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("listen to signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen to signals")?;
    if supervised.yes {
        let stop = stop.clone();
        thread::Builder::new()
            .name("supervisor".into())
            .spawn(move || {
                let _ = io::stdin().lock().read_to_end(&mut Vec::new());
                stop.cancel();
                // Should the orderly way hang, nothing is lost by ending: what counts is stored before it is told.
                thread::sleep(PATIENCE);
                std::process::exit(1);
            })
            .context("start a thread")?;
    }
    let token = stop.clone();
    let listen = async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => return token.cancel(),
                _ = interrupt.recv() => if !supervised.yes { return token.cancel() },
            }
        }
    };
    TaskTracker::new().spawn(listen);
    Ok(stop)
}
