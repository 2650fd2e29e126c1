//! `sotto staff`: the people who answer customers.

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::Common;
use crate::config::Config;
use crate::data::{DataFolder, Part};
use crate::parts::desk::{invite, open_store};
use crate::runtime;

/// Prints a link with which one person joins; the desk may run meanwhile.
#[expect(clippy::print_stdout, reason = "this is the command's answer")]
pub(crate) fn run_invite(common: &Common, config: &Config) -> Result<ExitCode> {
    let folder = DataFolder::open(&common.data)?.part(Part::Desk)?;
    let link = runtime()?.block_on(async {
        let store = open_store(&config.desk, &folder).await?;
        let link = invite(&store, &config.desk).await?;
        store.close().await;
        anyhow::Ok(link)
    })?;
    println!("{link}");
    Ok(ExitCode::SUCCESS)
}
