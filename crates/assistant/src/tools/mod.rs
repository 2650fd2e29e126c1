//! Tools: what the assistant may ask for by name, and the desk alone carries out.
//!
//! The business describes its service in an OpenAPI file, or locks what its MCP server offers, and declares beside it,
//! for each operation that shall be a tool, what it does, who may have it done and within which limits. A tool that knows a customer takes the
//! customer's id from the desk, never as a parameter; one that knows none may only read what everybody may.

mod declare;
mod lock;
mod openapi;
mod parameter;
mod schema;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub use lock::ToolLock;
pub use parameter::{AmountForm, Parameter, ParameterKind, Pattern, Place, Presence};

pub(crate) use declare::{Descriptions, Fault, RawTool, RawTools, declared};

/// The declared tools.
#[derive(Clone, Debug, Default)]
pub struct Tools(Vec<Tool>);

/// One declared tool: a request that the desk makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name: the operationId, or what the MCP server calls it.
    pub name: String,
    /// Who carries it out.
    pub carrier: Carrier,
    /// Whether it changes anything.
    pub effect: Effect,
    /// How sure the desk must be who the customer is.
    pub identity: IdentityLevel,
    /// Whether the customer must say yes to each call.
    pub confirm: Confirm,
    /// How much of it one conversation may have.
    pub limits: ToolLimits,
    /// Where the desk puts the verified customer's own id; `None` for what everybody may read.
    pub customer: Option<OwnId>,
    /// What the assistant gives.
    pub parameters: Vec<Parameter>,
    /// Whether the service takes an idempotency key, so that a change can be sent again.
    pub key: KeySupport,
    /// The fields of the answer that are kept; all when there are none.
    pub keep: Vec<String>,
}

/// Who carries a tool out, and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The business's service, over HTTP.
    Http {
        /// The method.
        method: Method,
        /// The path under the service's address; names in braces are the customer or parameters.
        path: String,
    },
    /// The business's MCP server.
    Mcp {
        /// The inputSchema that the server's tool must still have.
        schema: Value,
    },
}

/// Where the customer's own id stands in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnId {
    /// The parameter's name in the file that describes the tool.
    pub name: String,
    /// Its place.
    pub place: Place,
}

/// The HTTP methods that a tool may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// Whether a tool changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Reads only.
    Read,
    /// Changes something.
    Write,
}

/// How sure the desk is who the customer is. A later one includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityLevel {
    /// Not at all.
    None,
    /// The business's page has signed who is there.
    Signed,
    /// Besides, a one-time code that went to the customer's e-mail address was given.
    Code,
}

/// Whether the customer must say yes to each call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {
    /// By pressing the button under what is about to happen.
    Needed,
    /// Without being asked.
    NotNeeded,
}

/// How much of a tool one conversation may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolLimits {
    /// Most calls in one conversation.
    pub calls: u32,
    /// Largest amount of one call, in cents; `None` when it has no amount.
    pub cents: Option<i64>,
}

/// Whether the service takes an idempotency key with this tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySupport {
    /// It does: a request that is sent again does nothing twice.
    Taken,
    /// It does not: a change is sent once.
    NotTaken,
}

/// Arguments that are what the tool declares. They are customers' values, so `Debug` is not theirs.
#[derive(Clone, Default, PartialEq)]
pub struct Arguments<'a>(pub Vec<(&'a Parameter, Value)>);

/// An argument is missing, not declared, or not of the declared form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an argument is not what the tool declares")]
pub struct WrongArgument;

impl Tools {
    /// The tool of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Tool> {
        self.0.iter().find(|tool| tool.name == name)
    }

    /// Declared as they are, unchecked.
    #[cfg(test)]
    pub(crate) fn of(tools: Vec<Tool>) -> Self {
        Self(tools)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Tool> {
        self.0.iter()
    }
}

impl Tool {
    /// The parameter of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Checks all arguments of a call. `reveal` gives the words of a value.
    ///
    /// # Errors
    /// When one is missing, not declared or not of the declared form.
    pub fn arguments<T>(
        &self,
        given: &BTreeMap<String, T>,
        reveal: impl Fn(&T) -> &str,
    ) -> Result<Arguments<'_>, WrongArgument> {
        if given.keys().any(|name| self.parameter(name).is_none()) {
            return Err(WrongArgument);
        }
        let mut arguments = Vec::new();
        for parameter in &self.parameters {
            match (given.get(&parameter.name), parameter.presence) {
                (Some(value), _) => {
                    arguments.push((parameter, parameter.read(reveal(value)).ok_or(WrongArgument)?));
                }
                (None, Presence::Optional) => {}
                (None, Presence::Required) => return Err(WrongArgument),
            }
        }
        Ok(Arguments(arguments))
    }
}

impl Arguments<'_> {
    /// The largest amount of money among them, in cents.
    #[must_use]
    pub fn cents(&self) -> Option<i64> {
        self.0.iter().filter_map(|(parameter, value)| parameter.cents(value)).max()
    }
}
