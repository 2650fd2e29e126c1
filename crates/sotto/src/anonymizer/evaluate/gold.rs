//! Reads labelled sets: JSON lines of one of four forms.
//!
//! - `{"text", "spans": [[start, end, TYPE]]}`: a text that stands by itself;
//! - `{"turns": [{"speaker", "text", "spans"}], "known"?: {"PERSON": ["…"]}}`: a conversation;
//! - `{"tokens": ["…"], "tags": ["B-PER", "O", …]}`: words with tags, joined by blanks.
//!
//! Offsets are Unicode code points.

use std::fs;
use std::ops::Range;
use std::path::Path;

use anonymizer::{Entity, Plaintext, Speaker};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::requests::known_values;
use super::families::{Meaning, meaning};

/// Texts that belong together.
pub(super) struct Conversation {
    pub(super) known: Vec<(Entity, Plaintext)>,
    pub(super) messages: Vec<Message>,
}

pub(super) struct Message {
    pub(super) speaker: Speaker,
    pub(super) text: Plaintext,
    pub(super) gold: Vec<Gold>,
}

/// What people marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gold {
    /// In bytes.
    pub(super) range: Range<usize>,
    pub(super) meaning: Meaning,
}

#[derive(Deserialize)]
struct Line {
    #[serde(flatten)]
    form: Form,
    #[serde(default)]
    known: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Turns { turns: Vec<Turn> },
    Text(Turn),
    Words { tokens: Vec<String>, tags: Vec<String> },
}

#[derive(Deserialize)]
struct Turn {
    #[serde(default)]
    speaker: String,
    text: String,
    spans: Vec<(usize, usize, String)>,
}

/// Everything in a file.
pub(super) fn read(path: &Path) -> Result<Vec<Conversation>> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(nth, line)| conversation(line).with_context(|| format!("{}:{}", path.display(), nth + 1)))
        .collect()
}

fn conversation(line: &str) -> Result<Conversation> {
    let line: Line = serde_json::from_str(line).context("none of the forms of a labelled set")?;
    let messages = match line.form {
        Form::Turns { turns } => turns.into_iter().map(message).collect::<Result<_>>()?,
        Form::Text(turn) => vec![message(turn)?],
        Form::Words { tokens, tags } => vec![tagged(&tokens, &tags)?],
    };
    let Ok(known) = known_values(line.known) else {
        bail!("known must be an object of lists, whose names are entities");
    };
    Ok(Conversation { known, messages })
}

fn message(turn: Turn) -> Result<Message> {
    let speaker = match turn.speaker.to_ascii_lowercase().as_str() {
        "agent" | "system" | "assistant" => Speaker::Agent,
        _ => Speaker::Customer,
    };
    let starts: Vec<usize> = turn.text.char_indices().map(|(at, _)| at).chain([turn.text.len()]).collect();
    let mut gold = Vec::with_capacity(turn.spans.len());
    for (start, end, label) in turn.spans {
        let range = starts.get(start).zip(starts.get(end)).map(|(start, end)| *start..*end);
        match range.filter(|range| !range.is_empty()) {
            Some(range) => gold.push(Gold { range, meaning: meaning(&label) }),
            None => bail!("the span {start} to {end} is not in its text"),
        }
    }
    Ok(Message { speaker, text: Plaintext::new(turn.text), gold })
}

fn tagged(tokens: &[String], tags: &[String]) -> Result<Message> {
    ensure!(tokens.len() == tags.len(), "there must be one tag for each word");
    let mut gold: Vec<(Gold, &str)> = Vec::new();
    let mut at = 0;
    let mut inside = false;
    for (token, tag) in tokens.iter().zip(tags) {
        let range = at..at + token.len();
        at = range.end + 1;
        let label = tag.get(2..).unwrap_or_default();
        match gold.last_mut() {
            Some((last, same)) if inside && tag.starts_with("I-") && *same == label => {
                last.range.end = range.end
            }
            _ if tag != "O" => gold.push((Gold { range, meaning: meaning(tag) }, label)),
            _ => {}
        }
        inside = tag != "O";
    }
    let gold = gold.into_iter().map(|(gold, _)| gold).collect();
    Ok(Message { speaker: Speaker::Customer, text: Plaintext::new(tokens.join(" ")), gold })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gold(line: &str) -> Vec<(String, Meaning)> {
        let read = conversation(line).unwrap();
        let marked = |message: &Message| {
            let text = message.text.reveal().to_owned();
            message
                .gold
                .iter()
                .map(move |gold| (text[gold.range.clone()].to_owned(), gold.meaning))
                .collect::<Vec<_>>()
        };
        read.messages.iter().flat_map(marked).collect()
    }

    #[test]
    fn every_form_is_read() {
        let sarah = [("Sarah".to_owned(), Meaning::Family("PERSON"))];
        assert_eq!(gold(r#"{"id": 1, "text": "é Sarah", "spans": [[2, 7, "PERSON"]]}"#), sarah);
        assert_eq!(
            gold(
                r#"{"turns": [{"speaker": "USER", "text": "Sarah", "spans": [[0, 5, "NAME"]]}], "known": {"PERSON": ["S"]}}"#
            ),
            sarah
        );
        assert_eq!(
            gold(
                r#"{"tokens": ["I", "am", "Sarah", "Connor", "Tom"], "tags": ["O", "O", "B-PER", "I-PER", "B-PER"]}"#
            ),
            [
                ("Sarah Connor".to_owned(), Meaning::Family("PERSON")),
                ("Tom".to_owned(), Meaning::Family("PERSON"))
            ]
        );
    }

    #[test]
    fn a_span_outside_its_text_is_refused() {
        assert!(conversation(r#"{"text": "ab", "spans": [[1, 3, "PERSON"]]}"#).is_err());
        assert!(conversation(r#"{"text": "ab", "spans": [[1, 1, "PERSON"]]}"#).is_err());
        assert!(conversation(r#"{"text": "ab"}"#).is_err());
    }
}
