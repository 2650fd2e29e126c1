//! Licences, sources and bans of the dependencies: `cargo deny` when it is installed; otherwise the same rules of
//! deny.toml read here from `cargo metadata`. Ours knows no advisories: it says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::report::Report;
use crate::requirements;
use crate::workspace::{Metadata, Package, Workspace};

/// The stage.
pub(crate) fn run(workspace: &Workspace, report: &mut Report) -> Result<()> {
    if requirements::find("cargo-deny").is_some() {
        let mut command = workspace.cargo();
        command.args(["deny", "--locked", "check", "bans", "licenses", "sources"]);
        return report.command("supply chain", &mut command).map(drop);
    }
    report.check("supply chain", || {
        println!("   cargo-deny is not installed: licences, sources and bans are checked by xtask; advisories are not");
        let text = fs::read_to_string(workspace.root.join("deny.toml")).context("read deny.toml")?;
        let linked = only_linked(workspace.metadata()?, &linked(workspace)?);
        let breaches = breaches(&toml::from_str(&text).context("read deny.toml")?, &linked);
        ensure!(breaches.is_empty(), "{} breaches of deny.toml:\n   {}", breaches.len(), breaches.join("\n   "));
        Ok(())
    })?;
    Ok(())
}

/// Name and version of every package that is linked on any platform. `cargo metadata` also lists what no chosen
/// feature asks for; `cargo tree` does not.
fn linked(workspace: &Workspace) -> Result<BTreeSet<(String, String)>> {
    let mut command = workspace.cargo();
    command.args(["tree", "--locked", "--workspace", "--target", "all", "--edges", "all"]);
    let output =
        command.args(["--prefix", "none", "--format", "{p}"]).output().context("start cargo tree")?;
    ensure!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let text = String::from_utf8(output.stdout).context("read the output of cargo tree")?;
    let package = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.trim_start_matches('v').to_owned()))
    };
    Ok(text.lines().filter_map(package).collect())
}

fn only_linked(mut metadata: Metadata, linked: &BTreeSet<(String, String)>) -> Metadata {
    metadata.packages.retain(|package| linked.contains(&(package.name.clone(), package.version.clone())));
    let ids: BTreeSet<&str> = metadata.packages.iter().map(|package| package.id.as_str()).collect();
    if let Some(resolve) = &mut metadata.resolve {
        resolve.nodes.retain(|node| ids.contains(node.id.as_str()));
        for node in &mut resolve.nodes {
            node.deps.retain(|edge| ids.contains(edge.pkg.as_str()));
        }
    }
    metadata
}

/// The part of deny.toml that is checked here.
#[derive(Deserialize)]
struct Rules {
    licenses: Licences,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    /// Crates that may import it all the same.
    #[serde(default)]
    wrappers: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
struct Sources {
    #[serde(rename = "allow-registry")]
    allow_registry: BTreeSet<String>,
}

fn breaches(rules: &Rules, metadata: &Metadata) -> Vec<String> {
    let ours: BTreeSet<&str> = metadata.members().map(|package| package.id.as_str()).collect();
    let mut breaches = Vec::new();
    for package in metadata.packages.iter().filter(|package| !ours.contains(package.id.as_str())) {
        breaches.extend(licence_breach(&rules.licenses, package));
        breaches.extend(source_breach(&rules.sources, package));
    }
    breaches.extend(banned(&rules.bans, metadata));
    breaches
}

fn licence_breach(rules: &Licences, package: &Package) -> Option<String> {
    let Some(text) = &package.license else {
        return Some(format!("{} {} states no licence", package.name, package.version));
    };
    let Ok(expression) = spdx::Expression::parse_mode(text, spdx::ParseMode::LAX) else {
        return Some(format!("{} {}: {text} is no SPDX expression", package.name, package.version));
    };
    let excepted = rules.exceptions.iter().find(|exception| exception.name == package.name);
    let allowed = expression.evaluate(|requirement| {
        let name = requirement.to_string();
        rules.allow.contains(&name) || excepted.is_some_and(|exception| exception.allow.contains(&name))
    });
    (!allowed).then(|| format!("{} {}: the licence {text} is not allowed", package.name, package.version))
}

fn source_breach(rules: &Sources, package: &Package) -> Option<String> {
    let source = package.source.as_deref().unwrap_or("a folder outside the workspace");
    let allowed =
        source.strip_prefix("registry+").is_some_and(|registry| rules.allow_registry.contains(registry));
    (!allowed).then(|| format!("{} {} comes from {source}", package.name, package.version))
}

fn banned(bans: &Bans, metadata: &Metadata) -> Vec<String> {
    let names: BTreeMap<&str, &str> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
    let mut breaches = BTreeSet::new();
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        let importer = names.get(node.id.as_str()).copied().unwrap_or_default();
        for edge in &node.deps {
            let imported = names.get(edge.pkg.as_str()).copied().unwrap_or_default();
            let ban = bans.deny.iter().find(|ban| ban.name == imported);
            if let Some(ban) = ban.filter(|ban| !ban.wrappers.iter().any(|wrapper| wrapper == importer)) {
                breaches.insert(format!("{importer} imports {imported}: {}", ban.reason));
            }
        }
    }
    breaches.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        licenses.allow = ["MIT", "Apache-2.0 WITH LLVM-exception"]
        licenses.exceptions = [{ crate = "ring", allow = ["ISC"] }]
        bans.deny = [{ crate = "openssl", wrappers = ["sqlcipher"], reason = "rustls is used" }]
        sources.allow-registry = ["https://crates"]
    "#;

    fn found(name: &str, licence: &str, source: &str, importer: &str) -> Vec<String> {
        let metadata = serde_json::json!({
            "packages": [
                {"id": "us", "name": importer, "version": "1", "license": "MIT", "source": null, "dependencies": []},
                {"id": "x", "name": name, "version": "1", "license": licence, "source": source, "dependencies": []}],
            "workspace_members": ["us"],
            "resolve": {"nodes": [{"id": "us", "deps": [{"pkg": "x", "dep_kinds": []}]}]},
            "target_directory": "/t"
        });
        breaches(&toml::from_str(RULES).unwrap(), &serde_json::from_value(metadata).unwrap())
    }

    #[test]
    fn a_dependency_within_the_rules_passes() {
        let registry = "registry+https://crates";
        for licence in ["MIT OR GPL-3.0-only", "MIT/GPL-3.0", "Apache-2.0 WITH LLVM-exception"] {
            assert_eq!(found("x", licence, registry, "us"), [""; 0]);
        }
        assert_eq!(found("ring", "MIT AND ISC", registry, "us"), [""; 0]);
        assert_eq!(found("openssl", "MIT", registry, "sqlcipher"), [""; 0]);
    }

    #[test]
    fn what_no_feature_asks_for_is_not_judged() {
        let metadata = serde_json::json!({
            "packages": [{"id": "x", "name": "x", "version": "1", "license": "GPL", "source": null, "dependencies": []}],
            "workspace_members": [], "resolve": null, "target_directory": "/t"
        });
        let metadata = only_linked(serde_json::from_value(metadata).unwrap(), &BTreeSet::new());
        assert_eq!(breaches(&toml::from_str(RULES).unwrap(), &metadata), [""; 0]);
    }

    #[test]
    fn another_licence_source_or_a_banned_crate_is_found() {
        let registry = "registry+https://crates";
        assert_eq!(
            found("x", "MIT AND ISC", registry, "us"),
            ["x 1: the licence MIT AND ISC is not allowed"]
        );
        assert_eq!(
            found("x", "MIT", "git+https://elsewhere", "us"),
            ["x 1 comes from git+https://elsewhere"]
        );
        assert_eq!(found("openssl", "MIT", registry, "us"), ["us imports openssl: rustls is used"]);
    }
}
