//! The rules of the tree that the compiler does not hold: `cargo xtask tidy`.

mod arrows;
mod files;
mod links;
mod names;

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;

/// Checks every rule and prints each breach with its place.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let breaches = breaches(workspace)?;
    for breach in &breaches {
        println!("{breach}");
    }
    println!("tidy: {} breaches", breaches.len());
    Ok(if breaches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every breach of every rule.
pub(crate) fn breaches(workspace: &Workspace) -> Result<Vec<String>> {
    let files = workspace.files()?;
    let mut breaches = arrows::check(&workspace.metadata()?);
    breaches.extend(files::check(&workspace.root, &files)?);
    breaches.extend(names::check(&files));
    breaches.extend(links::check(&workspace.root, &files)?);
    Ok(breaches)
}
