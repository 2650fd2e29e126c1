//! YAML to a tree that knows its lines.
//!
//! The part of YAML that people write by hand: maps, lists and text. Every value is text until its place in the file
//! says otherwise, so `no` and `4` mean what was typed; anchors, aliases and tags are refused, so a file is never
//! larger than it looks.

use saphyr_parser::{Event, Parser};

/// Largest file, in bytes.
const LARGEST: usize = 256 * 1024;
/// Deepest nesting.
const DEEPEST: usize = 12;

/// A value and the line on which it begins, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; no key twice.
    Map(Vec<Entry>),
}

/// One line of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) line: usize,
    pub(crate) key: String,
    pub(crate) node: Node,
}

/// What is wrong, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl Node {
    /// The value under this key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The lines of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Text(_) | Value::List(_) => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Text(_) | Value::Map(_) => &[],
        }
    }

    /// The text; empty for anything else.
    pub(crate) fn text(&self) -> &str {
        match &self.value {
            Value::Text(text) => text,
            Value::List(_) | Value::Map(_) => "",
        }
    }
}

/// Reads one file's text.
pub(crate) fn parse(text: &str) -> Result<Node, Problem> {
    if text.len() > LARGEST {
        let what = format!("the file has more than {} KiB; spread it over several files", LARGEST / 1024);
        return Err(Problem { line: 1, what });
    }
    let mut building = Building::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Problem {
            line: error.marker().line().max(1),
            what: format!("this is not YAML ({}); check indentation, colons and quotes", error.info()),
        })?;
        building.take(event, span.start.line().max(1))?;
    }
    Ok(building.whole.unwrap_or(Node { line: 1, value: Value::Map(Vec::new()) }))
}

/// A list or map that is not closed yet.
enum Open {
    List(usize, Vec<Node>),
    Map(usize, Vec<Entry>, Option<(usize, String)>),
}

#[derive(Default)]
struct Building {
    open: Vec<Open>,
    whole: Option<Node>,
}

impl Building {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Problem> {
        let wrong = |what: &str| Err(Problem { line, what: what.to_owned() });
        match event {
            Event::Alias(_) => return wrong("aliases (*name) are not read here; write the value out"),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                return wrong("anchors (&name) are not read here; write the value without one");
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                return wrong("tags (!name) are not read here; put text that begins with ! in quotes");
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if self.open.len() >= DEEPEST => {
                return wrong("this is nested too deeply; check the indentation");
            }
            Event::Scalar(text, ..) => self.text(line, text.into_owned())?,
            Event::SequenceStart(..) => self.begin(line, Open::List(line, Vec::new()))?,
            Event::MappingStart(..) => self.begin(line, Open::Map(line, Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(line, items)) => self.put(Node { line, value: Value::List(items) })?,
                Some(Open::Map(line, entries, _)) => self.put(Node { line, value: Value::Map(entries) })?,
                None => {}
            },
            Event::DocumentStart(_) if self.whole.is_some() => {
                return wrong("a file holds one document; take the line --- out");
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn text(&mut self, line: usize, text: String) -> Result<(), Problem> {
        if let Some(Open::Map(_, entries, key @ None)) = self.open.last_mut() {
            if entries.iter().any(|entry| entry.key == text) {
                let what = format!("{text} is here twice; keep one of them");
                return Err(Problem { line, what });
            }
            *key = Some((line, text));
            return Ok(());
        }
        self.put(Node { line, value: Value::Text(text) })
    }

    fn begin(&mut self, line: usize, open: Open) -> Result<(), Problem> {
        if let Some(Open::Map(_, _, None)) = self.open.last() {
            let what = "a list or map cannot stand before a colon; write a name there".to_owned();
            return Err(Problem { line, what });
        }
        self.open.push(open);
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<(), Problem> {
        match self.open.last_mut() {
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key)) => {
                let (line, key) = key.take().unwrap_or((node.line, String::new()));
                entries.push(Entry { line, key, node });
            }
            None => self.whole = Some(node),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_value_is_text_and_knows_its_line() {
        let node = parse("a: no\nb:\n  - 4\n  - \"x: y\"\n").unwrap();
        assert_eq!(node.get("a").unwrap().text(), "no");
        let items = node.get("b").unwrap().items();
        assert_eq!((items[0].text(), items[0].line), ("4", 3));
        assert_eq!((items[1].text(), items[1].line), ("x: y", 4));
        assert_eq!(parse("").unwrap().entries(), []);
    }

    #[test]
    fn what_is_not_for_people_is_refused_with_its_line() {
        let problem =
            |text: &str| parse(text).map_err(|problem| format!("{}: {}", problem.line, problem.what));
        for (text, line) in [
            ("a: 1\na: 2\n", "2: a is here twice"),
            ("a: &x 1\nb: *x\n", "1: anchors"),
            ("a: !b 1\n", "1: tags"),
            ("a: 1\n---\nb: 1\n", "2: a file holds one document"),
            ("a: [1\nb: 2\n", ": this is not YAML"),
            ("[[[[[[[[[[[[[1]]]]]]]]]]]]]", "1: this is nested too deeply"),
            ("[a]: 1", "a list or map cannot stand before a colon"),
        ] {
            let said = problem(text).unwrap_err();
            assert!(said.contains(line), "{text:?}: {said}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-a-c:{}\\[\\]&*!|>'\"#,? \n\t]{0,60}") {
            let _ = parse(&text);
        }
    }
}
