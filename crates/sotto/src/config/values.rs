//! The values that hold, each with where it was written, and the faults found in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use toml::Value;
use toml::de::{DeTable, DeValue};

use super::template::{self, TemplateKey};

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nowhere: it is the default.
    Default,
    /// In this line of this file.
    File(PathBuf, usize),
    /// In this environment variable.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File(path, line) => write!(formatter, "{}:{line}", path.display()),
            Self::Environment(name) => formatter.write_str(name),
        }
    }
}

/// Something wrong in the configuration: where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) origin: Origin,
    pub(crate) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.origin, self.message)
    }
}

/// The values of all keys, and the faults so far.
pub(super) struct Values {
    keys: BTreeMap<String, TemplateKey>,
    found: BTreeMap<String, (Origin, Value)>,
    faults: Vec<Fault>,
    read: BTreeSet<String>,
}

impl Values {
    /// The defaults, then the file over them, then the environment.
    pub(super) fn new(file: Option<(&Path, &str)>, environment: &BTreeMap<String, String>) -> Self {
        let mut values = Self {
            keys: template::keys(),
            found: BTreeMap::new(),
            faults: Vec::new(),
            read: BTreeSet::new(),
        };
        if let Some((path, text)) = file {
            values.read_file(path, text);
        }
        values.read_environment(environment);
        values
    }

    /// Ends reading: every fault that was found, in the order of the file.
    pub(super) fn finish(self) -> Result<(), Vec<Fault>> {
        debug_assert!(
            self.keys.keys().all(|key| self.read.contains(key)),
            "a key of the template is never read"
        );
        let mut faults = self.faults;
        faults.sort_by_key(|fault| match &fault.origin {
            Origin::File(_, line) => *line,
            Origin::Default | Origin::Environment(_) => usize::MAX,
        });
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Text that is what `what` says. A fault is noted and the default returned, so that all faults are found at once.
    pub(super) fn text<T: FromStr>(&mut self, key: &str, what: &str) -> T {
        self.parse(key, what, |value| value.as_str()?.parse().ok())
    }

    /// The same, and none for empty text.
    pub(super) fn optional<T: FromStr>(&mut self, key: &str, what: &str) -> Option<T> {
        self.parse(key, what, |value| match value.as_str()? {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        })
    }

    /// A list of such texts.
    pub(super) fn list<T: FromStr>(&mut self, key: &str, what: &str) -> Vec<T> {
        self.parse(key, what, |value| {
            value.as_array()?.iter().map(|entry| entry.as_str()?.parse().ok()).collect()
        })
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number(&mut self, key: &str, least: u32, most: u32) -> u32 {
        self.parse(key, &format!("a whole number from {least} to {most}"), |value| {
            u32::try_from(value.as_integer()?).ok().filter(|number| (least..=most).contains(number))
        })
    }

    /// True or false.
    pub(super) fn flag(&mut self, key: &str) -> bool {
        self.parse(key, "true or false", Value::as_bool)
    }

    /// A path; a relative one begins at the folder of the file in which it is written.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        let path: Option<PathBuf> = self.optional(key, "a path");
        let folder = match self.origin(key) {
            Origin::File(file, _) => file.parent().map(Path::to_path_buf),
            Origin::Default | Origin::Environment(_) => None,
        };
        path.map(|path| folder.map_or(path.clone(), |folder| folder.join(path)))
    }

    /// Where a key's value was written.
    pub(super) fn origin(&self, key: &str) -> Origin {
        self.found.get(key).map_or(Origin::Default, |(origin, _)| origin.clone())
    }

    /// Notes a fault of a key that only shows beside other keys.
    pub(super) fn fault(&mut self, key: &str, message: &str) {
        self.faults.push(Fault { origin: self.origin(key), message: format!("{key} {message}") });
    }

    fn parse<T>(&mut self, key: &str, what: &str, read: impl Fn(&Value) -> Option<T>) -> T {
        self.read.insert(key.to_owned());
        let template = self.keys.get(key).expect("a test reads every key of the configuration");
        if let Some((origin, value)) = self.found.get(key) {
            if let Some(read) = read(value) {
                return read;
            }
            // The URL of a database may hold a password.
            let secret = key.ends_with(".storage") || key.ends_with(".vectors");
            let shown = if secret { "this".to_owned() } else { value.to_string() };
            let message = format!("{key}: {shown} is not {what}; write for example: {}", template.example);
            self.faults.push(Fault { origin: origin.clone(), message });
        }
        read(&template.default).expect("a test reads every default of the configuration")
    }

    fn read_file(&mut self, path: &Path, text: &str) {
        match (DeTable::parse(text), text.parse::<toml::Table>()) {
            (Ok(spans), Ok(values)) => {
                let place = |offset: usize| Origin::File(path.to_path_buf(), line_of(text, offset));
                self.read_table("", spans.get_ref(), &values, &place);
            }
            (Err(error), _) | (_, Err(error)) => {
                let line = error.span().map_or(1, |span| line_of(text, span.start));
                let message =
                    format!("this is not TOML: {}", error.message().lines().next().unwrap_or_default());
                self.faults.push(Fault { origin: Origin::File(path.to_path_buf(), line), message });
            }
        }
    }

    fn read_table(
        &mut self,
        section: &str,
        spans: &DeTable<'_>,
        values: &toml::Table,
        place: &dyn Fn(usize) -> Origin,
    ) {
        for (name, span) in spans {
            let Some(value) = values.get(name.get_ref().as_ref()) else { continue };
            let key = if section.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{section}.{}", name.get_ref())
            };
            let origin = place(name.span().start);
            match (span.get_ref(), value) {
                (DeValue::Table(spans), Value::Table(values)) if self.is_section(&key) => {
                    self.read_table(&key, spans, values, place);
                }
                _ if self.keys.contains_key(&key) => drop(self.found.insert(key, (origin, value.clone()))),
                _ => self.unknown(&key, origin),
            }
        }
    }

    fn is_section(&self, name: &str) -> bool {
        self.keys.keys().any(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    }

    fn read_environment(&mut self, environment: &BTreeMap<String, String>) {
        let variables: BTreeMap<String, String> =
            self.keys.keys().map(|key| (template::variable(key), key.clone())).collect();
        let sections: BTreeSet<String> = self
            .keys
            .keys()
            .filter_map(|key| key.split('.').next())
            .map(|section| format!("SOTTO_{}_", section.to_uppercase()))
            .collect();
        for (name, text) in environment {
            let origin = Origin::Environment(name.clone());
            if let Some(key) = variables.get(name) {
                let default = self.keys.get(key).map(|template| &template.default);
                let value = as_value(text, default);
                self.found.insert(key.clone(), (origin, value));
            } else if sections.iter().any(|section| name.starts_with(section.as_str())) {
                let nearest = nearest(name, variables.keys());
                let message = format!("no key is set by this variable{}", did_you_mean(nearest));
                self.faults.push(Fault { origin, message });
            }
        }
    }

    fn unknown(&mut self, key: &str, origin: Origin) {
        let message = if self.is_section(key) {
            format!("{key} is a section: write [{key}] on a line of its own, and its keys below")
        } else {
            let sections = self.sections();
            let nearest = nearest(key, self.keys.keys().chain(&sections));
            format!("{key} is not a key of this file{}", did_you_mean(nearest))
        };
        self.faults.push(Fault { origin, message });
    }

    /// The names that stand in brackets in the file.
    fn sections(&self) -> BTreeSet<String> {
        self.keys.keys().filter_map(|key| Some(key.rsplit_once('.')?.0.to_owned())).collect()
    }
}

/// What a variable says, read as the kind of value that the key has.
fn as_value(text: &str, default: Option<&Value>) -> Value {
    match default {
        Some(Value::Array(_)) => Value::Array(
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect(),
        ),
        Some(Value::Integer(_)) => text.trim().parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Some(Value::Boolean(_)) => text.trim().parse::<bool>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

fn did_you_mean(nearest: Option<String>) -> String {
    nearest.map_or_else(
        || "; `sotto init` writes a file with every key".to_owned(),
        |name| format!("; did you mean {name}?"),
    )
}

/// The known name that is nearest, when it is near.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Option<String> {
    known
        .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate.clone())
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|octet| *octet == b'\n').count() + 1
}
