//! Tables of questions and answers: one article for each row.

use std::collections::BTreeMap;

use super::draft::{escaped, slug};
use super::{Defaults, Draft, Page, Problem, utf8};
use crate::knowledge::markdown::sections;

/// The most rows of one table.
const MOST: usize = 10_000;

/// The columns by the names that they may have.
const COLUMNS: [(&str, &[&str]); 10] = [
    ("question", &["question", "title", "frage", "pregunta", "domanda", "vraag", "pergunta"]),
    (
        "answer",
        &["answer", "text", "antwort", "réponse", "reponse", "respuesta", "risposta", "antwoord", "resposta"],
    ),
    ("id", &["id"]),
    ("language", &["language", "lang", "sprache"]),
    ("audience", &["audience"]),
    ("url", &["url"]),
    ("questions", &["questions", "alternatives", "other questions"]),
    ("keywords", &["keywords"]),
    ("valid_from", &["valid_from"]),
    ("valid_until", &["valid_until"]),
];

pub(super) fn read(name: &str, bytes: &[u8], defaults: Defaults) -> Vec<Result<Draft, Problem>> {
    let text = match utf8(name, bytes) {
        Ok(text) => text,
        Err(problem) => return vec![Err(problem)],
    };
    let mut table =
        csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
    let columns = match table.headers() {
        Ok(header) => columns(header),
        Err(error) => {
            return vec![Err(Problem::of(name, format!("is no table ({error}); save it as CSV again")))];
        }
    };
    for needed in ["question", "answer"] {
        if !columns.contains_key(needed) {
            let problem =
                format!("has no column {needed:?}; its first line must name the columns question and answer");
            return vec![Err(Problem::at(name, 1, problem))];
        }
    }
    let mut read = Vec::new();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for (number, row) in (1..).zip(table.records()) {
        if number > MOST {
            read.push(Err(Problem::of(name, format!("has more than {MOST} rows; split it"))));
            break;
        }
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                read.push(Err(Problem::of(name, format!("row {number}: {error}; correct the row"))));
                continue;
            }
        };
        if row.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let line = row.position().map_or(1, |position| usize::try_from(position.line()).unwrap_or(1));
        let draft = page(&row, &columns, name, &mut taken).and_then(|page| page.finish(name, defaults));
        read.push(draft.map_err(|problem| Problem::at(name, line, problem.problem)));
    }
    read
}

fn page(
    row: &csv::StringRecord,
    columns: &BTreeMap<&str, usize>,
    name: &str,
    taken: &mut BTreeMap<String, usize>,
) -> Result<Page, Problem> {
    let field = |column: &str| {
        let field = row.get(*columns.get(column)?)?.trim();
        (!field.is_empty()).then(|| field.to_owned())
    };
    let list = |column: &str, marks: &[char]| {
        let parts = field(column).unwrap_or_default();
        parts
            .split(marks)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let missing =
        |column: &str| Problem::of(name, format!("the {column} is empty; write one or remove the row"));
    let question = field("question").ok_or_else(|| missing("question"))?;
    let answer = field("answer").ok_or_else(|| missing("answer"))?;
    let id = match field("id") {
        Some(id) => id,
        // The question tells a row apart from the others also when rows move.
        None => {
            let id = slug(&question).unwrap_or_else(|| "question".to_owned());
            let before = taken.entry(id.clone()).or_default();
            *before += 1;
            if *before == 1 { id } else { format!("{}-{before}", &id[..id.len().min(super::ID_LENGTH - 6)]) }
        }
    };
    // Answers may hold Markdown; what is none is taken as it stands.
    let body = if sections(&answer).iter().any(|section| !section.blocks.is_empty()) {
        answer
    } else {
        escaped(&answer)
    };
    Ok(Page {
        id: Some(id),
        title: Some(question),
        url: field("url"),
        language: field("language"),
        questions: list("questions", &['|', '\n']),
        keywords: list("keywords", &['|', ',', '\n']),
        audience: field("audience"),
        valid_from: field("valid_from"),
        valid_until: field("valid_until"),
        body,
        hidden: Vec::new(),
    })
}

/// Where each known column is.
fn columns(header: &csv::StringRecord) -> BTreeMap<&'static str, usize> {
    let mut found = BTreeMap::new();
    for (at, title) in header.iter().enumerate() {
        let title = title.trim().to_lowercase();
        if let Some((column, _)) = COLUMNS.iter().find(|(_, names)| names.contains(&title.as_str())) {
            found.entry(*column).or_insert(at);
        }
    }
    found
}

/// What the first line has most of between its names.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |mark: u8| first.bytes().filter(|byte| *byte == mark).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}
