//! The documented configuration file that `sotto init` writes. It is the one list of keys, defaults and examples:
//! reading a configuration begins with it.

use std::collections::BTreeMap;

/// The file as `sotto init` writes it.
pub(crate) const TEMPLATE: &str = include_str!("sotto.toml");

/// A key of the configuration.
#[derive(Clone, Debug)]
pub(super) struct TemplateKey {
    /// The default.
    pub(super) default: toml::Value,
    /// `key = value`, as one may write it.
    pub(super) example: String,
}

/// Every key by its full name, for example `hub.listen`.
pub(super) fn keys() -> BTreeMap<String, TemplateKey> {
    let mut keys = BTreeMap::new();
    let mut section = String::new();
    let mut example = None;
    for line in TEMPLATE.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some(text) = line.strip_prefix("# Example: ") {
            example = Some(text.to_owned());
        } else if let Some((name, default)) = key_line(line) {
            let example = example.take().unwrap_or_else(|| line.trim_start_matches('#').to_owned());
            keys.insert(format!("{section}.{name}"), TemplateKey { default, example });
        }
    }
    keys
}

/// `#key = value`, without a space after the mark.
fn key_line(line: &str) -> Option<(&str, toml::Value)> {
    let line =
        line.strip_prefix('#').filter(|rest| rest.starts_with(|first: char| first.is_ascii_lowercase()))?;
    let (name, _) = line.split_once(" = ")?;
    let table: toml::Table = line.parse().ok()?;
    Some((name, table.get(name)?.clone()))
}

/// The environment variable that sets a key.
pub(super) fn variable(key: &str) -> String {
    format!("SOTTO_{}", key.replace('.', "_").to_uppercase())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_that_looks_like_a_key_is_one() {
        let lines = TEMPLATE
            .lines()
            .filter(|line| line.starts_with('#') && !line.starts_with("# ") && *line != "#")
            .count();
        assert_eq!(keys().len(), lines);
    }

    #[test]
    fn each_key_has_an_example_of_itself_that_is_valid_toml() {
        for (name, key) in keys() {
            let last = name.rsplit('.').next().unwrap();
            let table: toml::Table = key.example.parse().unwrap();
            assert_eq!(
                table.get(last).map(toml::Value::type_str),
                Some(key.default.type_str()),
                "{name}: {}",
                key.example
            );
        }
    }

    #[test]
    fn no_two_keys_share_an_environment_variable() {
        let variables: BTreeSet<String> = keys().keys().map(|key| variable(key)).collect();
        assert_eq!(variables.len(), keys().len());
    }
}
