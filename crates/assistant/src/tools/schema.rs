//! What a JSON Schema lets a value be: the part that a tool needs, for OpenAPI files and MCP tools alike.

use super::Place;
use super::parameter::{AmountForm, ParameterKind, Pattern, Presence};
use crate::yaml::{Node, Problem};

/// Most references that lead to one another.
const DEEPEST_REFERENCE: usize = 8;

/// Something that a request carries.
pub(super) struct Input {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) place: InputPlace,
    pub(super) presence: Presence,
    /// What it may be, or why no tool can give it.
    pub(super) kind: Result<ParameterKind, String>,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputPlace {
    Of(Place),
    Header,
    Cookie,
}

impl Input {
    pub(super) fn again(&self) -> Self {
        Self { name: self.name.clone(), kind: self.kind.clone(), ..*self }
    }
}

/// What references are looked up in.
pub(super) struct Document<'a> {
    pub(super) root: &'a Node,
}

impl<'a> Document<'a> {
    /// The node itself, or what its $ref leads to.
    pub(super) fn followed(&self, node: &'a Node) -> Result<&'a Node, Problem> {
        let mut node = node;
        for _ in 0..DEEPEST_REFERENCE {
            let Some(reference) = node.get("$ref") else { return Ok(node) };
            let found = reference.text().strip_prefix("#/").and_then(|place| {
                place
                    .split('/')
                    .try_fold(self.root, |at, key| at.get(&key.replace("~1", "/").replace("~0", "~")))
            });
            let Some(found) = found else {
                let what = format!(
                    "$ref {:?} leads nowhere; write #/components/ and a place in this file",
                    reference.text()
                );
                return Err(Problem { line: reference.line, what });
            };
            node = found;
        }
        Err(Problem { line: node.line, what: "this $ref leads in a circle; write the value out".to_owned() })
    }

    /// The properties of an object, as fields of the body.
    pub(super) fn properties(&self, schema: &'a Node) -> Result<Vec<Input>, Problem> {
        let schema = self.followed(schema)?;
        let required: Vec<&str> =
            schema.get("required").map_or(&[][..], Node::items).iter().map(Node::text).collect();
        let mut inputs = Vec::new();
        for property in schema.get("properties").map_or(&[][..], Node::entries) {
            inputs.push(Input {
                line: property.line,
                name: property.key.clone(),
                place: InputPlace::Of(Place::Body),
                presence: presence(required.contains(&property.key.as_str())),
                kind: self.kind(&property.node)?,
            });
        }
        Ok(inputs)
    }

    /// What a schema lets a value be; the inner error says why no tool can give it.
    pub(super) fn kind(&self, schema: &'a Node) -> Result<Result<ParameterKind, String>, Problem> {
        let schema = self.followed(schema)?;
        let text = |key: &str| schema.get(key).map_or("", Node::text);
        let number = |key: &str, otherwise: i64| -> Result<i64, Problem> {
            let Some(node) = schema.get(key) else { return Ok(otherwise) };
            node.text().parse().map_err(|_| Problem {
                line: node.line,
                what: format!("{key}: {:?} is no whole number; write one", node.text()),
            })
        };
        let words = schema.get("enum").map_or(&[][..], Node::items);
        if !words.is_empty() {
            return Ok(Ok(ParameterKind::Choice(words.iter().map(|word| word.text().to_owned()).collect())));
        }
        Ok(match (text("type"), text("format")) {
            ("string", "date") => Ok(ParameterKind::Date),
            ("string", "email") => Ok(ParameterKind::Email),
            ("string", "decimal") => Ok(ParameterKind::Amount(AmountForm::Text)),
            ("string", _) => {
                let pattern = match schema.get("pattern") {
                    Some(node) => Some(Pattern::new(node.text()).ok_or_else(|| Problem {
                        line: node.line,
                        what: "this pattern is not understood; write it without look-ahead and back-references"
                            .to_owned(),
                    })?),
                    None => None,
                };
                let length = |key, otherwise| {
                    number(key, otherwise).map(|length| usize::try_from(length).unwrap_or(0))
                };
                Ok(ParameterKind::Text {
                    pattern,
                    least: length("minLength", 1)?,
                    most: length("maxLength", 200)?,
                })
            }
            ("integer", _) => Ok(ParameterKind::Integer {
                least: number("minimum", i64::MIN)?,
                most: number("maximum", i64::MAX)?,
            }),
            ("number", _) => Ok(ParameterKind::Amount(AmountForm::Number)),
            ("boolean", _) => Ok(ParameterKind::Flag),
            (other, _) => {
                Err(format!("its type is {other:?}, and a tool gives only text, numbers, days and yes or no"))
            }
        })
    }
}

pub(super) fn presence(required: bool) -> Presence {
    if required { Presence::Required } else { Presence::Optional }
}
