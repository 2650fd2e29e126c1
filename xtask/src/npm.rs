//! The npm workspace: what is installed, which packages there are and what they can do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::progress;
use crate::workspace::Workspace;

/// Installs what package-lock.json names, unless exactly that is installed.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    if is_installed(&workspace.root)? {
        return Ok(());
    }
    progress::step("npm ci", npm(workspace).args(["ci", "--no-audit", "--no-fund"]))
}

/// `npm`, started in the root.
pub(crate) fn npm(workspace: &Workspace) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(&workspace.root);
    command
}

/// A package of ours below web/ or e2e/.
pub(crate) struct NpmPackage {
    /// Its folder, relative to the root.
    pub(crate) folder: PathBuf,
    scripts: BTreeMap<String, String>,
}

impl NpmPackage {
    /// Whether `npm run SCRIPT` works in it.
    pub(crate) fn has(&self, script: &str) -> bool {
        self.scripts.contains_key(script)
    }

    /// `npm run SCRIPT` in it.
    pub(crate) fn run(&self, workspace: &Workspace, script: &str) -> Command {
        let mut command = npm(workspace);
        command.arg("run").arg("--silent").arg(script).arg("-w").arg(&self.folder);
        command
    }
}

/// Our packages, by name of the folder.
pub(crate) fn packages(workspace: &Workspace) -> Result<Vec<NpmPackage>> {
    let mut folders = vec![PathBuf::from("e2e")];
    let web = workspace.root.join("web");
    for entry in fs::read_dir(&web).with_context(|| format!("list {}", web.display()))? {
        folders.push(Path::new("web").join(entry.context("list web/")?.file_name()));
    }
    folders.sort();
    let mut packages = Vec::new();
    for folder in folders {
        let path = workspace.root.join(&folder).join("package.json");
        if path.is_file() {
            let manifest: Manifest = read(&path)?;
            packages.push(NpmPackage { folder, scripts: manifest.scripts });
        }
    }
    Ok(packages)
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    scripts: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize, PartialEq)]
struct Locked {
    version: Option<String>,
    #[serde(default)]
    link: bool,
    /// For another processor or system; npm may leave it out.
    #[serde(default)]
    optional: bool,
}

/// npm keeps a list of what it installed in node_modules; compared with the lock file it tells, whoever installed it
/// and with which command, whether anything is missing or of another version.
fn is_installed(root: &Path) -> Result<bool> {
    let installed = root.join("node_modules/.package-lock.json");
    if !installed.is_file() {
        return Ok(false);
    }
    let wanted: Lock = read(&root.join("package-lock.json"))?;
    let Ok(installed) = read::<Lock>(&installed) else {
        return Ok(false);
    };
    Ok(wanted.packages.iter().filter(|(path, _)| path.contains("node_modules/")).all(|(path, wanted)| {
        match installed.packages.get(path) {
            Some(found) => found.version == wanted.version && found.link == wanted.link,
            None => wanted.optional,
        }
    }))
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root_with(wanted: &str, installed: Option<&str>) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("package-lock.json"), wanted).unwrap();
        if let Some(installed) = installed {
            fs::create_dir(root.path().join("node_modules")).unwrap();
            fs::write(root.path().join("node_modules/.package-lock.json"), installed).unwrap();
        }
        root
    }

    #[test]
    fn what_is_installed_is_compared_with_the_lock_file() {
        let lock = r#"{"packages": {"": {"version": "1"}, "web/a": {"version": "1"},
            "node_modules/vite": {"version": "8.3.8"}, "node_modules/other-os": {"version": "1", "optional": true}}}"#;
        let same = r#"{"packages": {"node_modules/vite": {"version": "8.3.8"}}}"#;
        let older = r#"{"packages": {"node_modules/vite": {"version": "8.3.7"}}}"#;
        let none = r#"{"packages": {}}"#;
        let cases = [
            (None, false),
            (Some(none), false),
            (Some(older), false),
            (Some("{"), false),
            (Some(same), true),
        ];
        for (installed, expected) in cases {
            assert_eq!(is_installed(root_with(lock, installed).path()).unwrap(), expected, "{installed:?}");
        }
    }
}
