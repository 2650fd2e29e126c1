//! Writes labelled sentences from the grammars in `grammar/`, one for each language.
//!
//! `:name` begins a section, and each line of it is a choice; in `:name*` each word is ("_" is a blank). In a line,
//! `{name}` stands for a choice of that section, `(one|other|)` for one of these, `\n` for a new line, and
//! `<P …>`, `<L …>`, `<O …>` mark a person, a place, an organisation.
//!
//! Where a list of given or family names or of towns is asked for ("g-", "f-", "city"), the tagger's own, longer ones give
//! many of them: names that are seldom seen twice, so that the tagger learns what it is worth to be on a list.

use std::collections::HashMap;

use anonymizer::tagger_training::{Label, WORDS, listed_names, listed_places};
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

/// Of 100 names, how many are from the tagger's lists.
const LISTED: usize = 45;

pub(crate) struct Grammar {
    sections: HashMap<&'static str, Vec<String>>,
    given: Vec<String>,
    family: Vec<String>,
    places: Vec<String>,
    /// The words that are used in the language, without capital and with.
    words: [Vec<&'static str>; 2],
}

impl Grammar {
    pub(crate) fn new(code: &str, language: &'static str) -> Result<Self> {
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
        let [given, family] = listed_names().map(|names| names.map(capitalised).collect());
        let all = WORDS.iter().filter(|(language, _)| *language == code);
        let all = all.flat_map(|(_, words)| words.split_ascii_whitespace());
        let (nouns, words) = all.partition(|word| word.starts_with(char::is_uppercase));
        let places = listed_places().map(capitalised).collect();
        Ok(Self { sections, given, family, places, words: [words, nouns] })
    }

    /// A new text of this section.
    pub(crate) fn write(&self, section: &str, random: &mut Random) -> Result<Example> {
        let mut example = Example::default();
        self.choose(section, random, &mut example)?;
        Ok(example)
    }

    /// The same text with some words outside of names replaced by any of the language: whatever nobody wrote into the
    /// grammar is no name for that.
    pub(crate) fn with_other_words(&self, example: &Example, share: usize, random: &mut Random) -> Example {
        let mut other = Example::default();
        let mut end = 0;
        let spans = example.spans.iter().map(|(range, label)| (range.clone(), Some(*label)));
        for (range, label) in spans.chain([(example.text.len()..example.text.len(), None)]) {
            self.replace_words(&example.text[end..range.start], share, random, &mut other.text);
            let start = other.text.len();
            other.text.push_str(&example.text[range.clone()]);
            other.spans.extend(label.map(|label| (start..other.text.len(), label)));
            end = range.end;
        }
        other
    }

    fn replace_words(&self, text: &str, share: usize, random: &mut Random, out: &mut String) {
        for part in text.split_inclusive(|c: char| !c.is_alphabetic()) {
            let word = part.trim_end_matches(|c: char| !c.is_alphabetic());
            let [words, nouns] = &self.words;
            let others = if word.starts_with(char::is_uppercase) { nouns } else { words };
            if word.chars().count() < 2 || others.is_empty() || !random.percent(share) {
                out.push_str(part);
                continue;
            }
            // Words that are used more come up more often.
            let rank = random.below(others.len()).min(random.below(others.len()));
            out.push_str(others[rank]);
            out.push_str(&part[word.len()..]);
        }
    }

    fn choose(&self, section: &str, random: &mut Random, out: &mut Example) -> Result<()> {
        let choices = self.sections.get(section).with_context(|| format!("no section {section}"))?;
        let listed = match section {
            // These lead to other sections, which are lists.
            _ if choices[0].starts_with('{') => None,
            "city" => Some(&self.places),
            _ if section.starts_with("g-") => Some(&self.given),
            _ if section.starts_with("f-") => Some(&self.family),
            _ => None,
        };
        if let Some(listed) = listed
            && random.percent(LISTED)
        {
            out.text.push_str(&listed[random.below(listed.len())]);
            return Ok(());
        }
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

/// "san_mateo" as it is written.
fn capitalised(name: &str) -> String {
    let mut first = true;
    let mut written = String::new();
    for c in name.chars() {
        if std::mem::take(&mut first) {
            written.extend(c.to_uppercase());
        } else {
            written.push(if c == '_' { ' ' } else { c });
        }
        first |= matches!(c, '_' | '-');
    }
    written
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
