//! Which of our crates may import which. A crate exists here to make a forbidden import impossible.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::{Kind, Metadata};

/// Crate, and what it may import.
const ARROWS: [(&str, &[&str]); 15] = [
    ("protocol", &[]),
    ("encoder", &[]),
    ("anonymizer", &["encoder"]),
    ("ledger", &[]),
    ("e2ee", &["protocol"]),
    ("e2ee-wasm", &["e2ee", "protocol"]),
    ("store", &["protocol"]),
    ("llm", &["anonymizer"]),
    ("assistant", &["anonymizer", "encoder", "llm"]),
    ("hub", &["protocol", "store"]),
    ("desk", &["anonymizer", "assistant", "e2ee", "ledger", "llm", "protocol", "store"]),
    ("gateway", &["anonymizer", "llm"]),
    // It stands for a foreign system, so it knows none of ours.
    ("shop", &[]),
    // It puts the parts together, so it knows all but the encryption itself.
    (
        "sotto",
        &[
            "anonymizer",
            "assistant",
            "desk",
            "encoder",
            "gateway",
            "hub",
            "ledger",
            "llm",
            "protocol",
            "shop",
            "store",
        ],
    ),
    ("xtask", &[]),
];

/// What only tests and benchmarks of a crate may import besides, with the reason.
const IN_TESTS: [(&str, &str, &str); 3] = [
    ("desk", "encoder", "its benchmark reads the models as the program does"),
    ("desk", "hub", "the desk is tested against a real hub, which needs no more than a socket"),
    ("desk", "shop", "tools are tested against a real service of a business"),
];

/// Crates of others that only some of ours may use, with the reason.
const ONLY: [(&str, &[&str], &str); 2] = [
    (
        "sqlx",
        &["store", "shop"],
        "only store knows SQL, and the demo shop, a foreign system with a database of its own",
    ),
    ("cedar-policy", &["desk"], "the desk decides who may do what, and it is long to build"),
];

/// What must not be reachable from a crate over any number of steps: it could be linked, and then used.
const UNREACHABLE: [(&str, &[&str]); 2] = [
    ("hub", &["e2ee", "anonymizer", "llm", "openmls", "assistant", "desk"]),
    ("llm", &["protocol", "e2ee", "store"]),
];

/// Every import that is not allowed.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in metadata.members() {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            breaches.push(format!(
                "{} has no line in xtask/src/tidy/arrows.rs: say what it may import",
                package.name
            ));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            let in_tests = dependency.kind == Kind::Development
                && IN_TESTS.iter().any(|(from, to, _)| *from == package.name && *to == dependency.name);
            if !allowed.contains(&dependency.name.as_str()) && !in_tests {
                breaches.push(format!(
                    "{} must not import {} ({:?} dependency)",
                    package.name, dependency.name, dependency.kind
                ));
            }
        }
    }
    for package in metadata.members() {
        for (name, ours, reason) in ONLY {
            let used = package.dependencies.iter().any(|dependency| dependency.name == name);
            if used && !ours.contains(&package.name.as_str()) {
                breaches.push(format!("{} must not use {name}: {reason}", package.name));
            }
        }
    }
    for (from, forbidden) in UNREACHABLE {
        let reached = reachable(metadata, from);
        breaches.extend(
            forbidden
                .iter()
                .filter(|name| reached.contains(**name))
                .map(|name| format!("{from} can link {name}")),
        );
    }
    breaches
}

/// The names of all packages that are linked into this one, or that build it.
fn reachable<'a>(metadata: &'a Metadata, from: &str) -> BTreeSet<&'a str> {
    let names: BTreeMap<&str, &str> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
    let edges: BTreeMap<&str, Vec<&str>> = metadata
        .resolve
        .iter()
        .flat_map(|resolve| &resolve.nodes)
        .map(|node| {
            let linked = node
                .deps
                .iter()
                .filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind != Kind::Development));
            (node.id.as_str(), linked.map(|edge| edge.pkg.as_str()).collect())
        })
        .collect();
    let mut open: Vec<&str> = metadata
        .members()
        .filter(|package| package.name == from)
        .map(|package| package.id.as_str())
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        for next in edges.get(id).into_iter().flatten() {
            if seen.insert(*next) {
                open.push(next);
            }
        }
    }
    seen.into_iter().filter_map(|id| names.get(id).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(name: &str, dependency: &str, kind: &str) -> Metadata {
        let value = serde_json::json!({
            "packages": [
                {"id": "a", "name": name, "version": "0", "license": null, "source": null,
                 "dependencies": [{"name": dependency, "kind": kind, "path": "/x"}]},
                {"id": "b", "name": dependency, "version": "0", "license": null, "source": null, "dependencies": []},
                {"id": "c", "name": "openmls", "version": "0", "license": null, "source": "registry", "dependencies": []}],
            "workspace_members": ["a"],
            "resolve": {"nodes": [
                {"id": "a", "deps": [{"pkg": "b", "dep_kinds": [{"kind": null}]}]},
                {"id": "b", "deps": [{"pkg": "c", "dep_kinds": [{"kind": null}]}]},
                {"id": "c", "deps": []}]},
            "target_directory": "/t"
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_forbidden_import_is_found_also_in_tests() {
        assert_eq!(
            check(&workspace("ledger", "store", "dev")),
            ["ledger must not import store (Development dependency)"]
        );
    }

    #[test]
    fn what_only_some_may_use_is_found_elsewhere() {
        let reason = "only store knows SQL, and the demo shop, a foreign system with a database of its own";
        let mut metadata = workspace("ledger", "sqlx", "dev");
        for package in &mut metadata.packages {
            package.dependencies.iter_mut().for_each(|dependency| dependency.path = None);
        }
        assert_eq!(check(&metadata), [format!("ledger must not use sqlx: {reason}")]);
        metadata.packages[0].name = "store".to_owned();
        assert_eq!(check(&metadata), [""; 0]);
    }

    #[test]
    fn what_can_be_linked_over_several_steps_is_found() {
        assert_eq!(check(&workspace("hub", "store", "build")), ["hub can link openmls"]);
    }

    #[test]
    fn a_new_crate_needs_a_line() {
        assert_eq!(check(&workspace("hologram", "store", "build")).len(), 1);
    }
}
