//! `sotto up`: hub, desk and demo shop as processes of their own, so that none can read another's memory or files.
//!
//! A part that ends is started again, after a pause that grows; one that never got ready stops everything, with what it
//! said, since nothing would change by trying again.

mod child;
mod log_file;
mod provision;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::UpArguments;
use crate::config::Config;
use crate::data::{DataFolder, Part};
use crate::supervised::Ready;
use child::Child;

/// What the parts are started with.
pub(crate) struct Plan {
    data: DataFolder,
    config_file: Option<PathBuf>,
    config: Config,
    /// Keys of the configuration that follow from each other here, as environment variables.
    derived: BTreeMap<String, String>,
    /// The desk's public key.
    desk_key: String,
}

/// Starts everything, says where it is, and keeps it running until Ctrl-C or SIGTERM.
pub(crate) async fn up(arguments: &UpArguments, config: Config, config_file: Option<PathBuf>) -> Result<()> {
    let data = DataFolder::open(&arguments.common.data)?;
    let _lock = DataFolder::lock(data.path())?;
    if arguments.fresh {
        data.empty()?;
    }
    let mut interrupt = signal(SignalKind::interrupt()).context("listen to signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("listen to signals")?;
    let stop = CancellationToken::new();
    let run = async {
        let plan = provision::plan(data, config, config_file).await?;
        keep_running(plan, stop.clone()).await
    };
    let told = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop.cancel();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        result = run => result,
        () = told => Ok(()),
    }
}

/// Starts the parts in the order in which they need each other.
async fn keep_running(plan: Plan, stop: CancellationToken) -> Result<()> {
    let mut running = JoinSet::new();
    let (mut enrolment, mut all_ready) = (None, true);
    let parts: &[Part] = if plan.config.demo.enabled {
        // The demo serves the chat's files, too.
        &[Part::Hub, Part::Desk, Part::Demo]
    } else {
        &[Part::Hub, Part::Desk, Part::Widget]
    };
    for part in parts {
        let child = Child::new(&plan, *part)?;
        let (ready_door, mut ready) = mpsc::channel::<Ready>(1);
        running.spawn(child.keep_running(ready_door, stop.clone()));
        let said = tokio::select! {
            said = ready.recv() => said,
            () = stop.cancelled() => None,
        };
        let Some(said) = said else {
            all_ready = false;
            break;
        };
        enrolment = enrolment.or(said.enrolment);
    }
    if all_ready {
        say_where(&plan, enrolment.as_deref());
    }
    // The first to end for good ends the others.
    let mut result = Ok(());
    while let Some(ended) = running.join_next().await {
        stop.cancel();
        let ended = ended.context("a supervisor's task failed").flatten();
        result = result.and(ended);
    }
    result
}

#[expect(clippy::print_stdout, reason = "this is what `sotto up` says to the person who started it")]
fn say_where(plan: &Plan, enrolment: Option<&str>) {
    let console = plan.config.desk.public_url.as_str().trim_end_matches('/');
    println!("\nSotto is running.\n");
    if plan.config.demo.enabled {
        println!("  Demo shop      http://{}", plan.config.demo.listen);
    } else {
        println!("  Chat's files   {}", plan.config.widget.public_url);
    }
    match enrolment {
        Some(link) => println!(
            "  Staff console  {link}\n                 (enrols the first person, once; the next: sotto staff invite)"
        ),
        None => println!("  Staff console  {console}"),
    }
    println!("  Hub health     {}healthz", plan.config.hub.public_url);
    println!("\n  Data and logs  {}", plan.data.path().display());
    println!("  Ctrl-C stops; nothing is lost.\n");
}
