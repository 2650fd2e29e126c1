//! Writes labelled sentences from the grammars in `grammar/`, one for each language.
//!
//! `:name` begins a section, and each line of it is a choice; in `:name*` each word is ("_" is a blank). In a line,
//! `{name}` stands for a choice of that section, `(one|other|)` for one of these, `\n` for a new line, and
//! `<P …>`, `<L …>`, `<O …>` mark a person, a place, an organisation.

use std::collections::HashMap;

use anonymizer::tagger_training::Label;
use anyhow::{Context, Result, bail, ensure};

use crate::example::Example;
use crate::random::Random;

const NAMES: &str = include_str!("grammar/names.txt");

/// Each language with its grammar.
pub(crate) const LANGUAGES: [(&str, &str); 7] = [
    ("en", include_str!("grammar/en.txt")),
    ("de", include_str!("grammar/de.txt")),
    ("fr", include_str!("grammar/fr.txt")),
    ("es", include_str!("grammar/es.txt")),
    ("it", include_str!("grammar/it.txt")),
    ("pt", include_str!("grammar/pt.txt")),
    ("nl", include_str!("grammar/nl.txt")),
];

pub(crate) struct Grammar {
    sections: HashMap<&'static str, Vec<String>>,
}

impl Grammar {
    pub(crate) fn new(language: &'static str) -> Result<Self> {
        let mut sections: HashMap<&str, Vec<String>> = HashMap::new();
        let (mut name, mut of_words) = ("", false);
        for line in
            NAMES.lines().chain(language.lines()).filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            if let Some(header) = line.strip_prefix(':') {
                (name, of_words) = header.strip_suffix('*').map_or((header, false), |header| (header, true));
                ensure!(sections.insert(name, Vec::new()).is_none(), "section {name} is there twice");
                continue;
            }
            let choices = sections.get_mut(name).context("a line before the first section")?;
            if of_words {
                choices.extend(line.split_ascii_whitespace().map(|word| word.replace('_', " ")));
            } else {
                choices.push(line.replace("\\n", "\n"));
            }
        }
        Ok(Self { sections })
    }

    /// A new text of this section.
    pub(crate) fn write(&self, section: &str, random: &mut Random) -> Result<Example> {
        let mut example = Example::default();
        self.choose(section, random, &mut example)?;
        Ok(example)
    }

    fn choose(&self, section: &str, random: &mut Random, out: &mut Example) -> Result<()> {
        let choices = self.sections.get(section).with_context(|| format!("no section {section}"))?;
        let line = &choices[random.below(choices.len())];
        self.expand(line, random, out).with_context(|| format!("in {section}: {line}"))
    }

    fn expand(&self, line: &str, random: &mut Random, out: &mut Example) -> Result<()> {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            match first {
                '{' => {
                    let (name, after) = rest[1..].split_once('}').context("a brace is open")?;
                    self.choose(name, random, out)?;
                    rest = after;
                }
                '(' | '<' => {
                    let (inside, after) = bracketed(rest)?;
                    if first == '(' {
                        let choices = alternatives(inside);
                        self.expand(choices[random.below(choices.len())], random, out)?;
                    } else {
                        let (label, inside) = inside.split_once(' ').context("a mark without text")?;
                        let start = out.text.len();
                        self.expand(inside, random, out)?;
                        out.spans.push((start..out.text.len(), label_of(label)?));
                    }
                    rest = after;
                }
                _ => {
                    // An empty choice between two blanks leaves one of them.
                    if first != ' ' || !out.text.ends_with([' ', '\n']) {
                        out.text.push(first);
                    }
                    rest = &rest[first.len_utf8()..];
                }
            }
        }
        Ok(())
    }
}

fn label_of(mark: &str) -> Result<Label> {
    Ok(match mark {
        "P" => Label::Person,
        "L" => Label::Location,
        "O" => Label::Organization,
        _ => bail!("no mark {mark}"),
    })
}

/// What stands between the bracket that the text begins with and its partner, and what follows.
fn bracketed(text: &str) -> Result<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok((&text[1..at], &text[at + 1..]));
        }
    }
    bail!("a bracket is open")
}

fn alternatives(inside: &str) -> Vec<&str> {
    let (mut depth, mut start, mut all) = (0, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            '|' if depth == 0 => {
                all.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    all.push(&inside[start..]);
    all
}
