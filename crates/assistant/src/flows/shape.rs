//! What may stand where in a file of flows: one table that the check, the messages and the editors' schema all read.

use serde_json::{Value as Json, json};

use super::names::{is_name, meant};
use crate::Language;
use crate::yaml::{Entry, Node, Problem, Value};

/// What a value may be.
pub(super) enum Shape {
    /// A name: lower case letters, digits and `_`, at most 40.
    Name,
    /// A name that somebody else chose: of a tool, an article, a field.
    Foreign,
    /// Text of at most so many characters.
    Text(usize),
    /// A whole number up to this.
    Number(u32),
    /// An amount such as 49.90.
    Money,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Either of two, told apart by being text or not.
    TextOr(&'static Shape, &'static Shape),
    List(&'static Shape, usize),
    /// Anybody's names, at most so many.
    Names(&'static Shape, usize),
    /// One of the languages each.
    Languages(&'static Shape),
    Record(&'static [Field]),
    /// A record of which exactly one of several fields says what it is.
    OneOf(&'static [&'static [Field]]),
}

/// A field of a record. In [`Shape::OneOf`] the first field of each list is the one that decides.
pub(super) struct Field {
    name: &'static str,
    need: Need,
    shape: &'static Shape,
    about: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

const fn must(name: &'static str, shape: &'static Shape, about: &'static str) -> Field {
    Field { name, need: Need::Must, shape, about }
}

const fn may(name: &'static str, shape: &'static Shape, about: &'static str) -> Field {
    Field { name, need: Need::May, shape, about }
}

const BY_LANGUAGE: Shape = Shape::Languages(&Shape::Text(1_000));
const SAY: Shape = Shape::TextOr(&Shape::Name, &BY_LANGUAGE);
const FOREIGN_LIST: Shape = Shape::List(&Shape::Foreign, 10);
const WORDS: Shape = Shape::List(&Shape::Text(100), 20);

const NAME: Field = may("name", &Shape::Name, "The step's name, for `next` of other steps.");
const NEXT: Field = may("next", &Shape::Name, "The step that follows; the one below when left out.");

pub(super) const INTENT: Shape = Shape::Record(&[
    must("description", &Shape::Text(300), "What the customer wants, for people who edit this."),
    must(
        "examples",
        &Shape::Languages(&Shape::List(&Shape::Text(300), 200)),
        "What customers say, by language; 5 to 20 are a good number.",
    ),
    must(
        "starts",
        &Shape::OneOf(&[
            &[must("flow", &Shape::Name, "The flow that begins.")],
            &[must("article", &Shape::Foreign, "The id of the article that answers.")],
            &[must("hand_off", &Shape::Text(200), "Why a person is asked; the agent reads it.")],
        ]),
        "What happens then.",
    ),
]);

pub(super) const FLOW: Shape = Shape::Record(&[
    must("description", &Shape::Text(300), "What it is for, for people who edit this."),
    may("slots", &Shape::Names(&SLOT, 12), "What the customer is asked for, by name."),
    must("steps", &Shape::List(&STEP, 60), "The steps, from the first."),
]);

const SLOT: Shape = Shape::Record(&[
    must(
        "type",
        &Shape::Word(&["order_number", "date", "amount", "email", "address", "yes_no", "choice"]),
        "What an answer looks like.",
    ),
    must("ask", &SAY, "The question."),
    may("wrong", &SAY, "What is said when the answer is none."),
    may("when", &Shape::Word(&["past", "future", "any"]), "For a date: on which side of today it lies."),
    may("options", &Shape::List(&OPTION, 9), "For a choice: what there is to choose from."),
]);

const OPTION: Shape = Shape::Record(&[
    must("name", &Shape::Name, "Its name, for `is` of a check."),
    must("label", &SAY, "As the customer reads it."),
    may("also", &WORDS, "Other words for it, of any language."),
]);

const STEP: Shape = Shape::OneOf(&[
    &[
        must("ask", &Shape::Name, "The slot to ask for; passed over when it is known."),
        may("again", &Shape::Word(&["yes", "no"]), "Yes: forget what is known and ask."),
        NAME,
        NEXT,
    ],
    &[must("say", &SAY, "What the customer reads; {name} is a slot or a field that was kept."), NAME, NEXT],
    &[
        must("call", &Shape::Foreign, "The tool to call."),
        may("with", &Shape::Names(&Shape::Name, 10), "The slot for each parameter of the tool."),
        may("keep", &FOREIGN_LIST, "Fields of the answer that later steps use."),
        may(
            "confirm",
            &SAY,
            "What the customer confirms with a button before; needed where a tool changes something.",
        ),
        may("declined", &Shape::Name, "The step after a no; the flow is cancelled when left out."),
        may("not_found", &Shape::Name, "The step when there is no such thing; a person when left out."),
        may("failed", &Shape::Name, "The step when the tool does not work; a person when left out."),
        may(
            "refused",
            &Shape::Name,
            "The step when the service says no; the field refused holds its reason. As failed when left out.",
        ),
        NAME,
        NEXT,
    ],
    &[
        must("check", &Shape::Foreign, "The slot or kept field that decides."),
        must("cases", &Shape::List(&CASE, 20), "The first one that holds is taken."),
        must("otherwise", &Shape::Name, "The step when none holds."),
        NAME,
    ],
    &[
        must("try", &SAY, "What the customer shall try; \"Did that help?\" is put behind it."),
        must("yes", &Shape::Name, "The step when it helped."),
        must("no", &Shape::Name, "The step when it did not."),
        NAME,
    ],
    &[
        must("hand_off", &Shape::Text(200), "Why a person is asked; the agent reads it."),
        may("say", &SAY, "What the customer reads; a standard sentence when left out."),
        NAME,
    ],
    &[
        must(
            "end",
            &Shape::TextOr(&Shape::Text(40), &BY_LANGUAGE),
            "The last words; `end: done` says a standard sentence.",
        ),
        NAME,
    ],
]);

const CASE: Shape = Shape::OneOf(&[
    &[must("is", &Shape::TextOr(&Shape::Text(100), &WORDS), "A value, or a list of values."), NEXT_CASE],
    &[must("older_than_days", &Shape::Number(36_500), "The date is more than so many days ago."), NEXT_CASE],
    &[must("more_than", &Shape::Money, "The amount is more than this."), NEXT_CASE],
    &[must("missing", &Shape::Word(&["yes"]), "There is no value that can be compared."), NEXT_CASE],
]);
const NEXT_CASE: Field = must("next", &Shape::Name, "The step when this holds.");

const FILE: Shape = Shape::Record(&[
    may("texts", &Shape::Names(&BY_LANGUAGE, 300), "Texts with a name, for use in several places."),
    may("intents", &Shape::Names(&INTENT, 300), "What customers want."),
    may("flows", &Shape::Names(&FLOW, 100), "What is then done, step by step."),
]);

/// The parts of a file; problems inside a part are found by [`problems`] with the part's own shape.
pub(super) const PARTS: [(&str, &Shape, usize); 3] =
    [("texts", &BY_LANGUAGE, 300), ("intents", &INTENT, 300), ("flows", &FLOW, 100)];

/// A JSON Schema (draft 2020-12) of a file, for editors.
pub(super) fn schema() -> Json {
    let mut schema = FILE.schema();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Intents and flows of Sotto");
    schema
}

/// All that is wrong with the shape of `node`. `what` says in a message which thing it is.
pub(super) fn problems(node: &Node, shape: &Shape, what: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    shape.check(node, what, &mut found);
    found
}

impl Shape {
    fn check(&self, node: &Node, what: &str, found: &mut Vec<Problem>) {
        let mut wrong = |line: usize, problem: String| found.push(Problem { line, what: problem });
        match (self, &node.value) {
            (Self::TextOr(Self::Name, other), Value::Text(text)) if !is_name(text) => {
                wrong(node.line, format!("{what} must be {}, or the name of a text", other.described()));
            }
            (Self::TextOr(text, _), Value::Text(_)) => text.check(node, what, found),
            (Self::TextOr(_, other), _) => other.check(node, what, found),
            (Self::Name, Value::Text(text)) if !is_name(text) => wrong(
                node.line,
                format!(
                    "{what} is {text:?}, which is no name; write lower case letters, digits and _ (at most 40)"
                ),
            ),
            (Self::Foreign, Value::Text(text)) if text.trim().is_empty() || text.chars().count() > 60 => {
                wrong(
                    node.line,
                    format!("{what} is empty or too long; write a name of at most 60 characters"),
                );
            }
            (Self::Text(most), Value::Text(text)) => {
                if text.trim().is_empty() {
                    wrong(node.line, format!("{what} is empty; write the text"));
                } else if text.chars().count() > *most {
                    wrong(node.line, format!("{what} is too long; write at most {most} characters"));
                }
            }
            (Self::Number(most), Value::Text(text)) if !text.parse::<u32>().is_ok_and(|n| n <= *most) => {
                wrong(node.line, format!("{what} is {text:?}; write a whole number from 0 to {most}"));
            }
            (Self::Money, Value::Text(text)) if money(text).is_none() => {
                wrong(node.line, format!("{what} is {text:?}; write an amount such as 50 or 49.90"));
            }
            (Self::Word(words), Value::Text(text)) if !words.contains(&text.as_str()) => {
                let list = words.join(", ");
                wrong(
                    node.line,
                    format!("{what} is {text:?}; write {}", meant(text, words.iter().copied(), &list)),
                );
            }
            (Self::Name | Self::Foreign | Self::Number(_) | Self::Money | Self::Word(_), Value::Text(_)) => {}
            (Self::List(of, most), Value::List(items)) => {
                if items.is_empty() || items.len() > *most {
                    wrong(node.line, format!("{what} has {} items; write 1 to {most}", items.len()));
                }
                items.iter().for_each(|item| of.check(item, &format!("an item of {what}"), found));
            }
            (Self::Names(of, most), Value::Map(entries)) => {
                if entries.len() > *most {
                    wrong(node.line, format!("{what} has {} names; write at most {most}", entries.len()));
                }
                for entry in entries {
                    if !is_name(&entry.key) {
                        let problem = format!(
                            "{:?} is no name; write lower case letters, digits and _ (at most 40)",
                            entry.key
                        );
                        found.push(Problem { line: entry.line, what: problem });
                    }
                    of.check(&entry.node, &entry.key, found);
                }
            }
            (Self::Languages(of), Value::Map(entries)) => {
                let codes = Language::ALL.map(Language::code);
                if entries.is_empty() {
                    wrong(node.line, format!("{what} is empty; write it under {}", codes.join(" or ")));
                }
                for entry in entries {
                    unknown(entry, &codes, what, found);
                    of.check(&entry.node, what, found);
                }
            }
            (Self::Record(fields), Value::Map(entries)) => record(fields, node.line, entries, what, found),
            (Self::OneOf(kinds), Value::Map(entries)) => one_of(kinds, node.line, entries, what, found),
            (shape, _) => wrong(node.line, format!("{what} must be {}", shape.described())),
        }
    }

    /// What a value of this shape looks like, for a message.
    fn described(&self) -> String {
        match self {
            Self::Name | Self::Foreign => "a name; write one word behind the colon".to_owned(),
            Self::Text(_) => {
                "text; write it behind the colon, in quotes when it has a colon itself".to_owned()
            }
            Self::Number(_) | Self::Money => "a number; write it behind the colon".to_owned(),
            Self::Word(words) => format!("a word; write one of {}", words.join(", ")),
            Self::TextOr(_, other) => other.described(),
            Self::List(..) => "a list; write each item on a line of its own behind a dash".to_owned(),
            Self::Names(..) => "a map; write lines of name: value below it".to_owned(),
            Self::Languages(_) => {
                format!(
                    "given by language; write {}: and the text below it",
                    Language::ALL.map(Language::code).join(": and ")
                )
            }
            Self::Record(fields) => {
                let needed: Vec<&str> =
                    fields.iter().filter(|field| field.need == Need::Must).map(|field| field.name).collect();
                format!("a map; write lines with {} below it", needed.join(", "))
            }
            Self::OneOf(kinds) => {
                format!("a map; write a line with one of {} below it", deciding(kinds).join(", "))
            }
        }
    }

    fn schema(&self) -> Json {
        match self {
            Self::Name => json!({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}),
            Self::Foreign => json!({"type": "string", "minLength": 1, "maxLength": 60}),
            Self::Text(most) => {
                json!({"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": most})
            }
            Self::Number(most) => json!({"type": "integer", "minimum": 0, "maximum": most}),
            Self::Money => json!({"type": "number", "minimum": 0}),
            Self::Word(words) => json!({"enum": words}),
            Self::TextOr(text, other) => json!({"anyOf": [text.schema(), other.schema()]}),
            Self::List(of, most) => {
                json!({"type": "array", "minItems": 1, "maxItems": most, "items": of.schema()})
            }
            Self::Names(of, most) => json!({
                "type": "object", "maxProperties": most, "propertyNames": Self::Name.schema(),
                "additionalProperties": of.schema(),
            }),
            Self::Languages(of) => {
                let properties = Language::ALL.map(|language| (language.code().to_owned(), of.schema()));
                json!({
                    "type": "object", "minProperties": 1, "additionalProperties": false,
                    "properties": properties.into_iter().collect::<serde_json::Map<_, _>>(),
                })
            }
            Self::Record(fields) => record_schema(fields),
            Self::OneOf(kinds) => {
                json!({"oneOf": kinds.iter().map(|fields| record_schema(fields)).collect::<Vec<_>>()})
            }
        }
    }
}

/// An amount in hundredths.
pub(super) fn money(text: &str) -> Option<u64> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
    let digits =
        |text: &str| !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let cents = if cents.len() == 1 { format!("{cents}0") } else { cents.to_owned() };
    (digits(whole) && digits(&cents) && cents.len() == 2)
        .then(|| Some(whole.parse::<u64>().ok()? * 100 + cents.parse::<u64>().ok()?))?
}

fn record(fields: &[Field], line: usize, entries: &[Entry], what: &str, found: &mut Vec<Problem>) {
    let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
    for entry in entries {
        match fields.iter().find(|field| field.name == entry.key) {
            Some(field) => field.shape.check(&entry.node, field.name, found),
            None => unknown(entry, &names, what, found),
        }
    }
    for field in fields.iter().filter(|field| field.need == Need::Must) {
        if !entries.iter().any(|entry| entry.key == field.name) {
            let about = field.about.trim_end_matches('.');
            found.push(Problem {
                line,
                what: format!("{what} has no {0}; write {0}: … ({about})", field.name),
            });
        }
    }
}

fn one_of(kinds: &[&[Field]], line: usize, entries: &[Entry], what: &str, found: &mut Vec<Problem>) {
    let decides = |fields: &&&[Field]| {
        entries.iter().any(|entry| fields.first().is_some_and(|field| field.name == entry.key))
    };
    // `say` is an action of its own and a field of `hand_off`: the later kind, which knows the other's field, is meant.
    match kinds.iter().rfind(decides) {
        Some(fields) => record(fields, line, entries, what, found),
        None => {
            let names = deciding(kinds);
            let list = format!("one of {}", names.join(", "));
            let near = entries.iter().find_map(|entry| {
                let near = meant(&entry.key, names.iter().copied(), "");
                (!near.is_empty()).then_some((entry, near))
            });
            let (line, problem) = match near {
                Some((entry, near)) => {
                    (entry.line, format!("{what} cannot have {:?}; write {near}", entry.key))
                }
                None => (line, format!("{what} does not say what it is; write {list}")),
            };
            found.push(Problem { line, what: problem });
        }
    }
}

fn unknown(entry: &Entry, names: &[&str], what: &str, found: &mut Vec<Problem>) {
    if !names.contains(&entry.key.as_str()) {
        let list = format!("one of {}, or take it out", names.join(", "));
        let instead = meant(&entry.key, names.iter().copied(), &list);
        found.push(Problem {
            line: entry.line,
            what: format!("{what} cannot have {:?}; write {instead}", entry.key),
        });
    }
}

fn deciding(kinds: &[&[Field]]) -> Vec<&'static str> {
    kinds.iter().filter_map(|fields| fields.first()).map(|field| field.name).collect()
}

fn record_schema(fields: &[Field]) -> Json {
    let property = |field: &Field| {
        let mut schema = field.shape.schema();
        schema["description"] = json!(field.about);
        (field.name.to_owned(), schema)
    };
    let needed: Vec<&str> =
        fields.iter().filter(|field| field.need == Need::Must).map(|field| field.name).collect();
    json!({
        "type": "object", "additionalProperties": false, "required": needed,
        "properties": fields.iter().map(property).collect::<serde_json::Map<_, _>>(),
    })
}
