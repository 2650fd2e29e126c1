//! Which of our crates may import which. A crate exists here to make a forbidden import impossible.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::{Kind, Metadata};

/// Crate, and what it may import.
const ARROWS: [(&str, &[&str]); 14] = [
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
            "store",
        ],
    ),
    ("xtask", &[]),
];

/// What only tests and benchmarks of a crate may import besides, with the reason.
const IN_TESTS: [(&str, &str, &str); 1] =
    [("desk", "hub", "the desk is tested against a real hub, which needs no more than a socket")];

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
    fn what_can_be_linked_over_several_steps_is_found() {
        assert_eq!(check(&workspace("hub", "store", "build")), ["hub can link openmls"]);
    }

    #[test]
    fn a_new_crate_needs_a_line() {
        assert_eq!(check(&workspace("hologram", "store", "build")).len(), 1);
    }
}
