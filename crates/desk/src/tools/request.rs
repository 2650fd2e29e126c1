//! From a checked call to the HTTP request.

use assistant::{Arguments, Effect, KeySupport, Method, Place, Tool};
use serde_json::{Map, Value};
use url::Url;

use super::{Call, ToolError};

/// Longest idempotency key, in octets.
const LONGEST_KEY: usize = 128;

/// The values of a call, each with its place.
pub(super) struct Filled<'a> {
    fields: Vec<(&'a str, Place, Value)>,
    pub(super) key: Option<String>,
    /// The customer whom it names: the verified one, wherever the tool names one at all.
    pub(super) subject: Option<String>,
}

impl<'a> Filled<'a> {
    /// The customer is the verified one, whatever the assistant said.
    pub(super) fn new(call: &Call<'a>, arguments: &Arguments<'a>) -> Result<Self, ToolError> {
        let tool = call.tool;
        let own = match (&tool.customer, call.caller.claims()) {
            (None, _) => None,
            (Some(_), None) => return Err(ToolError::NotIdentified),
            (Some(place), Some(claims)) => Some((place, own_id(&claims.sub)?)),
        };
        let mut fields: Vec<(&str, Place, Value)> = arguments
            .0
            .iter()
            .map(|(parameter, value)| (parameter.name.as_str(), parameter.place, value.clone()))
            .collect();
        fields.extend(own.map(|(place, id)| (place.name.as_str(), place.place, Value::from(id))));
        Ok(Self { fields, key: key(tool, call.key)?, subject: own.map(|(_, id)| id.to_owned()) })
    }

    fn at(&self, wanted: Place) -> impl Iterator<Item = &(&'a str, Place, Value)> {
        self.fields.iter().filter(move |(_, place, _)| *place == wanted)
    }

    /// The fields of the JSON object that is sent.
    pub(super) fn object(&self) -> Map<String, Value> {
        self.at(Place::Body).map(|(name, _, value)| ((*name).to_owned(), value.clone())).collect()
    }
}

/// A request that can be sent several times.
pub(super) struct Prepared {
    method: reqwest::Method,
    pub(super) url: Url,
    body: Option<String>,
    key: Option<String>,
}

impl Prepared {
    /// Fills in the path, segment by segment, so that a value cannot leave its own; then the query and the body.
    pub(super) fn new(base: &Url, way: Method, path: &str, filled: &Filled<'_>) -> Result<Self, ToolError> {
        let mut url = address(base, path, &filled.fields)?;
        if filled.at(Place::Query).next().is_some() {
            url.query_pairs_mut()
                .extend_pairs(filled.at(Place::Query).map(|(name, _, value)| (*name, written(value))));
        }
        let body = filled.object();
        Ok(Self {
            method: method(way),
            url,
            body: (!body.is_empty()).then(|| Value::Object(body).to_string()),
            // A string of a structured header (RFC 9651).
            key: filled.key.as_ref().map(|key| format!("\"{key}\"")),
        })
    }

    /// The request, without who sends it.
    pub(super) fn request(&self, client: &reqwest::Client) -> reqwest::RequestBuilder {
        let mut request = client.request(self.method.clone(), self.url.clone());
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        match &self.body {
            Some(body) => request.header("content-type", "application/json").body(body.clone()),
            None => request,
        }
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// A segment of dots alone would be another path; no identity of that name can be put in.
fn own_id(sub: &str) -> Result<&str, ToolError> {
    let dots = sub.bytes().all(|octet| octet == b'.');
    if dots || sub.chars().any(char::is_control) { Err(ToolError::NotIdentified) } else { Ok(sub) }
}

fn address(base: &Url, path: &str, fields: &[(&str, Place, Value)]) -> Result<Url, ToolError> {
    let mut url = base.clone();
    let mut segments = url.path_segments_mut().map_err(|()| ToolError::NotConfigured)?;
    segments.pop_if_empty();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            None => segments.push(segment),
            Some(name) => {
                let value = fields.iter().find(|(field, place, _)| *field == name && *place == Place::Path);
                segments.push(&written(&value.ok_or(ToolError::Argument)?.2))
            }
        };
    }
    drop(segments);
    Ok(url)
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The key of a change that may be sent again.
fn key(tool: &Tool, key: &str) -> Result<Option<String>, ToolError> {
    match (tool.effect, tool.key) {
        (Effect::Write, KeySupport::Taken) => {}
        (Effect::Read, _) | (Effect::Write, KeySupport::NotTaken) => return Ok(None),
    }
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    let fits = (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(allowed);
    if fits { Ok(Some(key.to_owned())) } else { Err(ToolError::Argument) }
}
