//! The operations of an OpenAPI file (<https://spec.openapis.org/oas/v3.1.1.html>): the part that a tool needs.

use std::collections::BTreeMap;

use super::parameter::{AmountForm, ParameterKind, Pattern, Presence};
use super::{Method, Place};
use crate::yaml::{self, Node, Problem};

/// Most references that lead to one another.
const DEEPEST_REFERENCE: usize = 8;

/// One operation.
pub(super) struct Operation {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) inputs: Vec<Input>,
}

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

/// All operations by their operationId.
pub(super) fn operations(text: &str) -> Result<BTreeMap<String, Operation>, Problem> {
    let root = yaml::parse(text)?;
    let version = root.get("openapi").map_or("", Node::text);
    if !version.starts_with("3.") {
        let what = "this is no OpenAPI file of version 3; begin it with openapi: 3.1.0";
        return Err(Problem { line: root.line, what: what.to_owned() });
    }
    let document = Document { root: &root };
    let mut operations = BTreeMap::new();
    for path in root.get("paths").map_or(&[][..], Node::entries) {
        let shared = document.parameters(path.node.get("parameters"))?;
        for entry in path.node.entries() {
            let Some(method) = method(&entry.key) else { continue };
            let Some(id) = entry.node.get("operationId") else {
                let what = format!("{} {} has no operationId; give it one", entry.key, path.key);
                return Err(Problem { line: entry.line, what });
            };
            let mut inputs = document.parameters(entry.node.get("parameters"))?;
            let own: Vec<(String, InputPlace)> =
                inputs.iter().map(|input| (input.name.clone(), input.place)).collect();
            let inherited = shared.iter().filter(|input| !own.contains(&(input.name.clone(), input.place)));
            inputs.extend(inherited.map(Input::again));
            inputs.extend(document.body(entry.node.get("requestBody"))?);
            let operation = Operation { method, path: path.key.clone(), inputs };
            if operations.insert(id.text().to_owned(), operation).is_some() {
                let what = format!("operationId {} is here twice; rename one of them", id.text());
                return Err(Problem { line: id.line, what });
            }
        }
    }
    Ok(operations)
}

fn method(key: &str) -> Option<Method> {
    match key {
        "get" => Some(Method::Get),
        "post" => Some(Method::Post),
        "put" => Some(Method::Put),
        "patch" => Some(Method::Patch),
        "delete" => Some(Method::Delete),
        _ => None,
    }
}

impl Input {
    fn again(&self) -> Self {
        Self { name: self.name.clone(), kind: self.kind.clone(), ..*self }
    }
}

struct Document<'a> {
    root: &'a Node,
}

impl<'a> Document<'a> {
    /// The node itself, or what its $ref leads to.
    fn followed(&self, node: &'a Node) -> Result<&'a Node, Problem> {
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

    fn parameters(&self, list: Option<&'a Node>) -> Result<Vec<Input>, Problem> {
        let mut inputs = Vec::new();
        for item in list.map_or(&[][..], Node::items) {
            let parameter = self.followed(item)?;
            let text = |key: &str| parameter.get(key).map_or("", Node::text);
            let place = match text("in") {
                "path" => InputPlace::Of(Place::Path),
                "query" => InputPlace::Of(Place::Query),
                "header" => InputPlace::Header,
                "cookie" => InputPlace::Cookie,
                other => {
                    let what = format!("in: {other:?} is no place; write path, query, header or cookie");
                    return Err(Problem { line: parameter.line, what });
                }
            };
            let kind = match parameter.get("schema") {
                Some(schema) => self.kind(schema)?,
                None => Ok(ParameterKind::text()),
            };
            let presence = presence(text("required") == "true");
            inputs.push(Input { line: item.line, name: text("name").to_owned(), place, presence, kind });
        }
        Ok(inputs)
    }

    fn body(&self, body: Option<&'a Node>) -> Result<Vec<Input>, Problem> {
        let Some(body) = body else { return Ok(Vec::new()) };
        let body = self.followed(body)?;
        let json = body.get("content").and_then(|content| content.get("application/json"));
        let Some(schema) = json.and_then(|json| json.get("schema")) else {
            let what =
                "this body is no application/json with a schema; a tool can send nothing else".to_owned();
            return Err(Problem { line: body.line, what });
        };
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
    fn kind(&self, schema: &'a Node) -> Result<Result<ParameterKind, String>, Problem> {
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

fn presence(required: bool) -> Presence {
    if required { Presence::Required } else { Presence::Optional }
}
