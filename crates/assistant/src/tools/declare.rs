//! From a declaration and what a file says of an operation to a checked [`Tool`].

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::parameter::{Parameter, Presence, cents};
use super::schema::{Input, InputPlace};
use super::{
    Carrier, Confirm, Effect, IdentityLevel, KeySupport, Method, OwnId, Tool, ToolLimits, Tools, lock,
    openapi,
};
use crate::flows::names::meant;
use crate::yaml::Problem;

/// Most calls of a tool in one conversation, where nothing is declared.
const CALLS: u32 = 20;
/// The header of draft-ietf-httpapi-idempotency-key-header.
const KEY: &str = "idempotency-key";

/// `[tools]`: files beside the file of the business.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTools {
    /// The OpenAPI file of its service.
    pub(crate) openapi: Option<Spanned<String>>,
    /// The lock file of its MCP server.
    pub(crate) mcp: Option<Spanned<String>>,
}

/// What can be made a tool of.
pub(super) struct Operation {
    pub(super) carrier: Carrier,
    pub(super) inputs: Vec<Input>,
}

/// Which of the two files describes a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Described {
    OpenApi,
    Mcp,
}

/// `[tool.NAME]`; the name is an operationId, or that of a tool of the MCP server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawTool {
    from: Option<Described>,
    effect: Effect,
    identity: IdentityLevel,
    customer: Option<String>,
    #[serde(default)]
    parameters: Vec<String>,
    confirm: Option<bool>,
    unconfirmed_because: Option<String>,
    most_calls: Option<u32>,
    most_amount: Option<String>,
    #[serde(default)]
    keep: Vec<String>,
    idempotent: Option<bool>,
}

/// Why there are no tools.
pub(crate) enum Fault {
    /// In the OpenAPI file.
    OpenApi(Problem),
    /// In the lock file.
    Lock(Problem),
    /// In the declaration that begins at this octet.
    Declaration(usize, String),
}

/// The text of the files that describe tools.
pub(crate) struct Descriptions {
    pub(crate) openapi: Option<String>,
    pub(crate) lock: Option<String>,
}

impl RawTool {
    pub(crate) fn needs_code(&self) -> bool {
        self.identity == IdentityLevel::Code
    }
}

impl RawTools {
    /// The names of the tools that the MCP server shall carry out.
    pub(crate) fn of_mcp(&self, raw: &BTreeMap<String, Spanned<RawTool>>) -> Vec<String> {
        let usual = if self.openapi.is_some() { Described::OpenApi } else { Described::Mcp };
        let mcp = raw.iter().filter(|(_, tool)| tool.get_ref().from.unwrap_or(usual) == Described::Mcp);
        mcp.map(|(name, _)| name.clone()).collect()
    }
}

/// Checks every declaration against the operations of the files.
pub(crate) fn declared(
    descriptions: &Descriptions,
    raw: BTreeMap<String, Spanned<RawTool>>,
) -> Result<Tools, Fault> {
    let openapi = descriptions.openapi.as_deref().map(openapi::operations).transpose();
    let openapi = openapi.map_err(Fault::OpenApi)?;
    let locked = descriptions.lock.as_deref().map(lock::operations).transpose().map_err(Fault::Lock)?;
    let usual = if openapi.is_some() { Described::OpenApi } else { Described::Mcp };
    let mut tools = Vec::new();
    for (name, tool) in raw {
        let at = tool.span().start;
        let wrong = |problem: String| Fault::Declaration(at, problem);
        let tool = tool.into_inner();
        let (operations, key, what) = match tool.from.unwrap_or(usual) {
            Described::OpenApi => (&openapi, "openapi = \"openapi.yaml\"", "the operationId of one"),
            Described::Mcp => {
                (&locked, "mcp = \"mcp.lock.json\"", "the name of one, or lock it with `sotto tools lock`")
            }
        };
        let Some(operations) = operations else {
            return Err(wrong(format!("tool {name} is described nowhere; write {key} below [tools]")));
        };
        let Some(operation) = operations.get(&name) else {
            let known = operations.keys().map(String::as_str);
            let instead = meant(&name, known, what);
            return Err(wrong(format!("no operation is called {name}; write {instead}")));
        };
        let tool =
            checked(&name, tool, operation).map_err(|problem| wrong(format!("tool {name} {problem}")))?;
        tools.push(tool);
    }
    Ok(Tools(tools))
}

fn checked(name: &str, raw: RawTool, operation: &Operation) -> Result<Tool, String> {
    check_effect(&raw, operation)?;
    let customer = own_id(&raw, operation)?;
    let parameters = parameters(&raw, operation)?;
    for name in named_in(&operation.carrier) {
        let given = parameters.iter().any(|parameter| parameter.name == name)
            || customer.as_ref().is_some_and(|customer| customer.name == name);
        if !given {
            return Err(format!(
                "has {{{name}}} in its path; add it to parameters, or write customer = {name:?}"
            ));
        }
    }
    Ok(Tool {
        name: name.to_owned(),
        carrier: operation.carrier.clone(),
        effect: raw.effect,
        identity: raw.identity,
        confirm: confirm(&raw)?,
        limits: limits(&raw, &parameters)?,
        customer,
        parameters,
        key: key(&raw, operation)?,
        keep: raw.keep,
    })
}

/// An OpenAPI operation names the header that it takes; of an MCP server's tool the business says it here, since nothing
/// is done on the server's word.
fn key(raw: &RawTool, operation: &Operation) -> Result<KeySupport, String> {
    let taken = match (&operation.carrier, raw.idempotent, raw.effect) {
        (Carrier::Http { .. }, None, _) => operation.inputs.iter().any(is_key),
        (Carrier::Http { .. }, Some(_), _) => {
            return Err(
                "is idempotent when its operation has an Idempotency-Key header; take idempotent out".into(),
            );
        }
        (Carrier::Mcp { .. }, Some(_), Effect::Read) => {
            return Err("only reads, which may be done again; take idempotent out".into());
        }
        (Carrier::Mcp { .. }, idempotent, _) => idempotent == Some(true),
    };
    Ok(if taken { KeySupport::Taken } else { KeySupport::NotTaken })
}

fn check_effect(raw: &RawTool, operation: &Operation) -> Result<(), String> {
    // An MCP tool says nothing of what it does that could be relied on.
    let Carrier::Http { method, .. } = operation.carrier else { return Ok(()) };
    match (raw.effect, method) {
        (Effect::Write, Method::Get) => {
            Err("changes something, which GET must not; write effect = \"read\"".into())
        }
        (Effect::Read, Method::Post | Method::Put | Method::Patch | Method::Delete) => {
            Err("is no GET, so it may change something; write effect = \"write\"".into())
        }
        (Effect::Read, Method::Get)
        | (Effect::Write, Method::Post | Method::Put | Method::Patch | Method::Delete) => Ok(()),
    }
}

/// Where the desk puts the customer in. Without one, a tool may only read what everybody may.
fn own_id(raw: &RawTool, operation: &Operation) -> Result<Option<OwnId>, String> {
    let Some(name) = &raw.customer else {
        return match (raw.identity, raw.effect) {
            (IdentityLevel::None, Effect::Read) => Ok(None),
            (IdentityLevel::None, Effect::Write) => {
                Err("changes something for nobody; name the parameter that is the customer with customer = \"…\"".into())
            }
            (IdentityLevel::Signed | IdentityLevel::Code, _) => Err(
                "needs an identity and names no customer; name the parameter with customer = \"…\", or write identity = \"none\""
                    .into(),
            ),
        };
    };
    if raw.identity == IdentityLevel::None {
        return Err("takes a customer whom nobody has verified; write identity = \"signed\"".into());
    }
    let found = operation.inputs.iter().find(|input| input.name == *name);
    match found.map(|input| input.place) {
        Some(InputPlace::Of(place)) => Ok(Some(OwnId { name: name.clone(), place })),
        Some(InputPlace::Header | InputPlace::Cookie) | None => {
            let known = operation.inputs.iter().map(|input| input.name.as_str());
            let instead = meant(name, known, "one in its path, query or body");
            Err(format!("has no parameter {name} for the customer; write {instead}"))
        }
    }
}

fn parameters(raw: &RawTool, operation: &Operation) -> Result<Vec<Parameter>, String> {
    if let Some(customer) = raw.customer.as_ref().filter(|customer| raw.parameters.contains(customer)) {
        return Err(format!(
            "may not take {customer} as a parameter: the desk puts the customer in; take it out"
        ));
    }
    let mut parameters: Vec<Parameter> = Vec::new();
    for name in &raw.parameters {
        let Some(input) = operation.inputs.iter().find(|input| input.name == *name) else {
            let known = operation.inputs.iter().map(|input| input.name.as_str());
            let instead = meant(name, known, "one that the operation has");
            return Err(format!("has no parameter {name}; write {instead}"));
        };
        let InputPlace::Of(place) = input.place else {
            return Err(format!("cannot give {name}, which is a header or cookie; take it out"));
        };
        if parameters.iter().any(|parameter| parameter.name == *name) {
            return Err(format!("names {name} twice; write it once"));
        }
        let kind = input.kind.clone().map_err(|problem| {
            format!("cannot give {name} (line {} of the {}): {problem}", input.line, file(operation))
        })?;
        parameters.push(Parameter { name: name.clone(), place, kind, presence: input.presence });
    }
    let missing = operation.inputs.iter().find(|input| {
        input.presence == Presence::Required
            && !is_key(input)
            && !raw.parameters.contains(&input.name)
            && raw.customer.as_ref() != Some(&input.name)
    });
    match missing {
        Some(input) => Err(format!(
            "needs {} (line {} of the {}); add it to parameters, or write customer = {:?}",
            input.name,
            input.line,
            file(operation),
            input.name
        )),
        None => Ok(parameters),
    }
}

fn confirm(raw: &RawTool) -> Result<Confirm, String> {
    let reason = raw.unconfirmed_because.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    match (raw.effect, raw.confirm, reason) {
        (Effect::Write, Some(false), None) => {
            Err("changes something without asking the customer; write confirm = true, or say why not with unconfirmed_because = \"…\"".into())
        }
        (Effect::Write, Some(false), Some(_)) | (Effect::Read, None | Some(false), None) => Ok(Confirm::NotNeeded),
        (_, Some(true), None) | (Effect::Write, None, None) => Ok(Confirm::Needed),
        (_, _, Some(_)) => {
            Err("says why it is not confirmed, and is; write confirm = false, or take unconfirmed_because out".into())
        }
    }
}

fn limits(raw: &RawTool, parameters: &[Parameter]) -> Result<ToolLimits, String> {
    let calls = raw.most_calls.unwrap_or(CALLS);
    if calls == 0 {
        return Err("may never be called; write most_calls = 1 or more, or take the tool out".into());
    }
    let amounts = parameters.iter().any(|parameter| parameter.is_amount());
    let cents = match (&raw.most_amount, amounts) {
        (Some(most), true) => {
            Some(cents(most).ok_or("has a most_amount that is no amount; write it like \"50.00\"")?)
        }
        (Some(_), false) => return Err("has no parameter that is an amount; take most_amount out".into()),
        (None, true) if raw.effect == Effect::Write => {
            return Err("moves money without a limit; write most_amount = \"50.00\" or what is right".into());
        }
        (None, _) => None,
    };
    Ok(ToolLimits { calls, cents })
}

fn is_key(input: &Input) -> bool {
    input.place == InputPlace::Header && input.name.eq_ignore_ascii_case(KEY)
}

fn file(operation: &Operation) -> &'static str {
    match operation.carrier {
        Carrier::Http { .. } => "OpenAPI file",
        Carrier::Mcp { .. } => "lock file",
    }
}

/// The names in braces of a path.
fn named_in(carrier: &Carrier) -> impl Iterator<Item = &str> {
    let path = match carrier {
        Carrier::Http { path, .. } => path.as_str(),
        Carrier::Mcp { .. } => "",
    };
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}
