//! From trees to checked flows: every name is looked up, and all that is wrong is told at once.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::{Flow, Intent, Start, Texts};
use super::names::meant;
use super::shape::{PARTS, problems};
use super::steps;
use super::{FlowProblem, Flows, Known};
use crate::Language;
use crate::yaml::{Entry, Node};

/// Fewest examples of an intent in one language at least.
const FEWEST_EXAMPLES: usize = 5;

/// One file, parsed.
pub(super) struct File {
    pub(super) name: String,
    pub(super) node: Node,
}

/// All names of all files, so that any file may refer to any other.
pub(super) struct Names<'a> {
    pub(super) known: Known<'a>,
    /// The text behind each name; none where its shape is wrong, which is told elsewhere.
    pub(super) texts: BTreeMap<String, Option<Texts>>,
    flows: BTreeSet<String>,
}

/// What is wrong in one file.
pub(super) struct Wrong<'a> {
    file: &'a str,
    found: &'a mut Vec<FlowProblem>,
}

impl Wrong<'_> {
    /// How many problems there are so far, in all files.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    pub(super) fn say(&mut self, line: usize, problem: String) {
        self.found.push(FlowProblem { file: self.file.to_owned(), line, problem });
    }
}

/// Checks all files together. Whatever can be read is returned beside the problems.
pub(super) fn check(files: &[File], known: Known<'_>, found: &mut Vec<FlowProblem>) -> Flows {
    let sound = shapes(files, found);
    let named = |part: &'static str| {
        files.iter().flat_map(move |file| file.node.get(part).map_or(&[][..], Node::entries))
    };
    let texts = named("texts")
        .map(|entry| (entry.key.clone(), sound.contains(&key(entry)).then(|| by_language(&entry.node))))
        .collect();
    let names = Names { known, texts, flows: named("flows").map(|entry| entry.key.clone()).collect() };
    let mut flows = Flows { intents: BTreeMap::new(), flows: BTreeMap::new() };
    for file in files {
        let mut wrong = Wrong { file: &file.name, found };
        let entries = |part: &str| file.node.get(part).map_or(&[][..], Node::entries);
        for entry in entries("intents").iter().filter(|entry| sound.contains(&key(entry))) {
            let intent = intent(entry, &names, &mut wrong);
            flows.intents.insert(entry.key.clone(), intent);
        }
        for entry in entries("flows").iter().filter(|entry| sound.contains(&key(entry))) {
            let flow: Flow = steps::flow(entry, &names, &mut wrong);
            flows.flows.insert(entry.key.clone(), flow);
        }
    }
    repeated_examples(files, &sound, found);
    flows
}

/// Stands for one entry: where it is in memory.
type Key = *const Entry;

fn key(entry: &Entry) -> Key {
    std::ptr::from_ref(entry)
}

/// Tells of wrong shapes and of names given twice; the rest is sound.
fn shapes(files: &[File], found: &mut Vec<FlowProblem>) -> BTreeSet<Key> {
    let mut sound = BTreeSet::new();
    let mut first: BTreeMap<(&str, &str), (&str, usize)> = BTreeMap::new();
    for file in files {
        let mut wrong = Wrong { file: &file.name, found };
        if !matches!(file.node.value, crate::yaml::Value::Map(_)) {
            wrong.say(
                file.node.line,
                "the file is no map; write intents: or flows: and names below it".into(),
            );
        }
        for entry in file.node.entries() {
            let Some((part, shape, most)) = PARTS.iter().find(|(part, _, _)| *part == entry.key) else {
                let list = PARTS.map(|(part, _, _)| part);
                let instead = meant(&entry.key, list.iter().copied(), &format!("one of {}", list.join(", ")));
                wrong.say(entry.line, format!("a file cannot have {:?}; write {instead}", entry.key));
                continue;
            };
            let crate::yaml::Value::Map(entries) = &entry.node.value else {
                wrong.say(
                    entry.line,
                    format!("{part} must be a map; write names below it, each with a colon"),
                );
                continue;
            };
            if entries.len() > *most {
                wrong.say(
                    entry.line,
                    format!("there are {} {part}; write at most {most} in a file", entries.len()),
                );
            }
            for named in entries {
                let mut of_this = problems(&named.node, shape, &named.key);
                if !super::names::is_name(&named.key) {
                    let what = format!(
                        "{:?} is no name; write lower case letters, digits and _ (at most 40)",
                        named.key
                    );
                    of_this.push(crate::yaml::Problem { line: named.line, what });
                }
                if of_this.is_empty() {
                    sound.insert(key(named));
                }
                of_this.into_iter().for_each(|problem| wrong.say(problem.line, problem.what));
                if let Some((other, line)) = first.insert((part, &named.key), (&file.name, named.line)) {
                    wrong.say(
                        named.line,
                        format!("{} is also in {other}:{line}; write another name", named.key),
                    );
                }
            }
        }
    }
    sound
}

fn intent(entry: &Entry, names: &Names<'_>, wrong: &mut Wrong<'_>) -> Intent {
    let node = &entry.node;
    let text = |key: &str| node.get(key).map(Node::text).unwrap_or_default().to_owned();
    let examples: BTreeMap<Language, Vec<String>> = node
        .get("examples")
        .map_or(&[][..], Node::entries)
        .iter()
        .filter_map(|entry| {
            let texts = entry.node.items().iter().map(|item| item.text().to_owned());
            Some((Language::from_tag(&entry.key)?, texts.collect()))
        })
        .collect();
    let most = examples.values().map(Vec::len).max().unwrap_or_default();
    if most < FEWEST_EXAMPLES {
        let line = node.get("examples").map_or(entry.line, |node| node.line);
        let problem =
            format!("{} has {most} examples; write at least {FEWEST_EXAMPLES} in one language", entry.key);
        wrong.say(line, problem);
    }
    Intent {
        name: entry.key.clone(),
        description: text("description"),
        examples,
        starts: start(entry, names, wrong),
    }
}

fn start(entry: &Entry, names: &Names<'_>, wrong: &mut Wrong<'_>) -> Start {
    let starts = entry.node.get("starts");
    let of = |key: &str| starts.and_then(|node| node.get(key));
    if let Some(node) = of("flow") {
        let name = node.text();
        if !names.flows.contains(name) {
            let instead = meant(name, names.flows.iter().map(String::as_str), "the name of a flow");
            wrong.say(node.line, format!("there is no flow {name:?}; write {instead}"));
        }
        return Start::Flow(name.to_owned());
    }
    if let Some(node) = of("article") {
        let id = node.text();
        if !names.known.articles.contains(id) {
            let known = names.known.articles.iter().map(String::as_str);
            wrong.say(
                node.line,
                format!("there is no article {id:?}; write {}", meant(id, known, "the id of an article")),
            );
        }
        return Start::Article(id.to_owned());
    }
    Start::HandOff(of("hand_off").map(Node::text).unwrap_or_default().to_owned())
}

/// The same example under two intents teaches nothing.
fn repeated_examples(files: &[File], sound: &BTreeSet<Key>, found: &mut Vec<FlowProblem>) {
    let mut first: BTreeMap<String, (&str, &str, usize)> = BTreeMap::new();
    for file in files {
        let mut wrong = Wrong { file: &file.name, found };
        let intents = file.node.get("intents").map_or(&[][..], Node::entries);
        for intent in intents.iter().filter(|intent| sound.contains(&key(intent))) {
            let examples = intent.node.get("examples").map_or(&[][..], Node::entries);
            for example in examples.iter().flat_map(|language| language.node.items()) {
                let said = example.text().trim().to_lowercase();
                match first.get(&said) {
                    Some((other, file, line)) => wrong.say(
                        example.line,
                        format!(
                            "{:?} is also an example of {other} ({file}:{line}); keep one of them",
                            example.text()
                        ),
                    ),
                    None => {
                        first.insert(said, (&intent.key, &file.name, example.line));
                    }
                }
            }
        }
    }
}

/// Texts of a map by language.
pub(super) fn by_language(node: &Node) -> Texts {
    let text = |entry: &Entry| Some((Language::from_tag(&entry.key)?, entry.node.text().trim().to_owned()));
    Texts(node.entries().iter().filter_map(text).collect())
}
