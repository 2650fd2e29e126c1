//! The operations of an OpenAPI file (<https://spec.openapis.org/oas/v3.1.1.html>): the part that a tool needs.

use std::collections::BTreeMap;

use super::declare::Operation;
use super::parameter::ParameterKind;
use super::schema::{Document, Input, InputPlace, presence};
use super::{Carrier, Method, Place};
use crate::yaml::{self, Node, Problem};

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
            let carrier = Carrier::Http { method, path: path.key.clone() };
            let operation = Operation { carrier, inputs };
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

impl<'a> Document<'a> {
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
        self.properties(schema)
    }
}
