//! `sotto desk-key`: the public key that the business's pages pin.

use std::process::ExitCode;

use anyhow::{Context, Result};
use desk::desk_identity;

use crate::ambient::SystemEntropy;
use crate::cli::DeskKeyArguments;
use crate::config::Config;
use crate::data::{DataFolder, Part};
use crate::parts::desk::open_store;
use crate::runtime;

/// Prints the key, bare or in the snippet; makes the desk's identity if it has none yet.
#[expect(clippy::print_stdout, reason = "this is the command's answer")]
pub(crate) fn run(arguments: &DeskKeyArguments, config: &Config) -> Result<ExitCode> {
    let folder = DataFolder::open(&arguments.common.data)?.part(Part::Desk)?;
    let key = runtime()?.block_on(async {
        let store = open_store(&config.desk, &folder).await?;
        let identity = desk_identity(&store, &SystemEntropy).await.context("read the desk's identity")?;
        store.close().await;
        anyhow::Ok(identity.public())
    })?;
    if arguments.bare {
        println!("{key}");
        return Ok(ExitCode::SUCCESS);
    }
    let hub = config.hub.public_url.as_str().trim_end_matches('/');
    let widget = config.widget.public_url.as_str().trim_end_matches('/');
    println!(
        "<!-- Put this into your pages. The first address is where the chat's files are served: an origin of their own. -->"
    );
    println!("<script src=\"{widget}/sotto.js\" data-desk=\"{key}\" data-hub=\"{hub}\" async></script>");
    Ok(ExitCode::SUCCESS)
}
