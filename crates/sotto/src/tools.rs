//! `sotto tools`: what a person accepts of an MCP server's tools, before the desk may call them.

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use assistant::{Business, ToolLock};

use crate::cli::{Common, ToolsCommand, ToolsLockArguments};
use crate::config::Config;
use crate::parts::desk::mcp;
use crate::runtime;

/// Runs one of the commands.
pub(crate) fn run(
    command: &ToolsCommand,
    configuration: impl Fn(&Common) -> Result<Config>,
) -> Result<ExitCode> {
    match command {
        ToolsCommand::Lock(arguments) => lock(arguments, &configuration(&arguments.common)?),
    }
}

#[expect(clippy::print_stdout, reason = "a person reads what changed")]
fn lock(arguments: &ToolsLockArguments, config: &Config) -> Result<ExitCode> {
    let server =
        config.desk.mcp.as_ref().context("desk.mcp.url is not set: write the server's address there")?;
    let files =
        config.desk.content.as_ref().context("desk.business is not set: name the business file there")?;
    let declared = Business::mcp(&files.business).context("read the business file")?;
    let declared = declared.with_context(|| {
        format!(
            "{} names no lock file: write mcp = \"mcp.lock.json\" below [tools]",
            files.business.display()
        )
    })?;
    let server = mcp(server)?;
    let asked = runtime()?.block_on(desk::list_mcp_tools(&server, &declared.tools));
    let found = asked.context("ask the MCP server for its tools")?;
    let before = match fs::read_to_string(&declared.lock) {
        Ok(text) => ToolLock::parse(&text).unwrap_or_default(),
        Err(_) => ToolLock::default(),
    };
    let changes = changes(&before, &found);
    changes.iter().for_each(|change| println!("{change}"));
    if changes.is_empty() {
        println!("Nothing has changed: {} tools.", found.tools.len());
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.check {
        return Ok(ExitCode::FAILURE);
    }
    fs::write(&declared.lock, found.to_text())
        .with_context(|| format!("write {}", declared.lock.display()))?;
    println!("{} is written; read it before the desk starts with it.", declared.lock.display());
    Ok(ExitCode::SUCCESS)
}

/// A line for each tool that is not as it was.
fn changes(before: &ToolLock, now: &ToolLock) -> Vec<String> {
    let names: BTreeSet<&String> = before.tools.keys().chain(now.tools.keys()).collect();
    let told = names.into_iter().filter_map(|name| match (before.tools.get(name), now.tools.get(name)) {
        (Some(before), Some(now)) if before == now => None,
        (Some(_), Some(_)) => Some(format!("changed  {name}")),
        (None, Some(_)) => Some(format!("new      {name}")),
        (Some(_), None) => Some(format!("gone     {name}")),
        (None, None) => None,
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_changed_or_gone_is_told() {
        let lock = |text: &str| ToolLock::parse(text).unwrap();
        let before = lock(r#"{"tools":{"a":{"type":"object"},"b":{"type":"object"},"c":{}}}"#);
        let now = lock(r#"{"tools":{"b":{"type":"object","required":["x"]},"c":{},"d":{}}}"#);
        assert_eq!(changes(&before, &now), ["gone     a", "changed  b", "new      d"]);
        assert!(changes(&now, &lock(&now.to_text())).is_empty());
    }
}
