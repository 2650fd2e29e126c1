//! Flows: what is asked, looked up and tried, step by step, in plain files that the business writes.
//!
//! A file is YAML with `texts`, `intents` and `flows`; [`schema`] describes it to editors. [`Flows`] is what is left
//! when every name in every file has been found: nothing in it leads nowhere. The machine ([`Progress`]) is pure: a
//! [`FlowState`] and a masked message give the next one, and the desk keeps it between messages.

mod check;
mod flow;
pub mod library;
pub(crate) mod names;
mod paths;
mod phrases;
mod progress;
mod run;
mod shape;
mod slots;
mod state;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub use flow::{Flow, Intent, Start};
pub use progress::{Ending, Input, Progress, Why};
pub use slots::Setting;
pub use state::FlowState;

use crate::{Example, Language, Tools, yaml};

/// Most files in a folder.
const MOST_FILES: usize = 200;

/// The checked intents and flows of a business.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    intents: BTreeMap<String, Intent>,
    flows: BTreeMap<String, Flow>,
}

/// What flows may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The tools that the business declares.
    pub tools: &'a Tools,
    /// The ids of its articles.
    pub articles: &'a BTreeSet<String>,
}

/// What is wrong in a file of flows, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct FlowProblem {
    /// The file's path.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to write instead.
    pub problem: String,
}

/// Why flows cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FlowsError {
    /// A folder or file cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There are more files than fit.
    #[error("{0} holds more than {MOST_FILES} files; put flows that belong together into one")]
    TooMany(PathBuf),
    /// Files are wrong: all problems of all of them, each on a line of its own.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<FlowProblem>),
}

impl Flows {
    /// Loads every `.yaml` and `.yml` file of `dir`, in the order of their names.
    ///
    /// # Errors
    /// When something cannot be read, and with all problems of all files at once when any is wrong.
    pub fn load(dir: &Path, known: Known<'_>) -> Result<Self, FlowsError> {
        Self::from_files(Self::read(dir)?, known)
    }

    /// Paths and texts of the same files, as they are.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn read(dir: &Path) -> Result<Vec<(String, String)>, FlowsError> {
        let unread = |path: &Path| {
            let path = path.to_owned();
            move |source| FlowsError::Read { path, source }
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(dir).map_err(unread(dir))? {
            let path = entry.map_err(unread(dir))?.path();
            if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
                paths.push(path);
            }
        }
        if paths.len() > MOST_FILES {
            return Err(FlowsError::TooMany(dir.to_owned()));
        }
        paths.sort();
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).map_err(unread(&path))?;
            Ok((path.display().to_string(), text))
        };
        paths.into_iter().map(read).collect()
    }

    /// The same from files already read: path (for messages) and text.
    ///
    /// # Errors
    /// With all problems of all files at once.
    pub fn from_files(
        files: impl IntoIterator<Item = (String, String)>,
        known: Known<'_>,
    ) -> Result<Self, FlowsError> {
        let mut problems = Vec::new();
        let mut parsed = Vec::new();
        for (name, text) in files {
            match yaml::parse(&text) {
                Ok(node) => parsed.push(check::File { name, node }),
                Err(yaml::Problem { line, what }) => {
                    problems.push(FlowProblem { file: name, line, problem: what });
                }
            }
        }
        let flows = check::check(&parsed, known, &mut problems);
        problems.sort();
        problems.dedup();
        if problems.is_empty() { Ok(flows) } else { Err(FlowsError::Problems(problems)) }
    }

    /// All intents, by name.
    pub fn intents(&self) -> impl Iterator<Item = &Intent> {
        self.intents.values()
    }

    /// The intent of this name.
    #[must_use]
    pub fn intent(&self, name: &str) -> Option<&Intent> {
        self.intents.get(name)
    }

    /// All flows, by name.
    pub fn flows(&self) -> impl Iterator<Item = &Flow> {
        self.flows.values()
    }

    /// What [`crate::Intents`] learns from: the examples in the languages that `knows` holds for.
    #[must_use]
    pub fn examples(&self, knows: impl Fn(Language) -> bool) -> Vec<Example> {
        let mut examples = Vec::new();
        for intent in self.intents.values() {
            let texts = intent.examples.iter().filter(|(language, _)| knows(**language));
            examples.extend(
                texts
                    .flat_map(|(_, texts)| texts)
                    .map(|text| Example { text: text.clone(), intent: intent.name.clone() }),
            );
        }
        examples
    }
}

/// The JSON Schema (draft 2020-12) of a file of flows, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    shape::schema()
}

#[cfg(test)]
mod tests;
