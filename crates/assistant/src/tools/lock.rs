//! The lock file of an MCP server's tools (<https://modelcontextprotocol.io/specification/2025-11-25/server/tools>): the
//! inputSchema of each declared tool as a person has read and accepted it.
//!
//! The server is asked again before each call, and a tool whose schema is another by then is not called. Names and
//! schemas are all that is taken from a server: its descriptions, titles and annotations are words of a stranger.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Carrier;
use super::declare::Operation;
use super::schema::Document;
use crate::yaml::{self, Problem};

/// The locked tools by name, each with its inputSchema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolLock {
    /// JSON Schemas, as the server gave them.
    pub tools: BTreeMap<String, Value>,
}

impl ToolLock {
    /// Reads the text of a lock file; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Strings and JSON under string keys: there is nothing that JSON cannot hold.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// All locked tools by their name.
pub(super) fn operations(text: &str) -> Result<BTreeMap<String, Operation>, Problem> {
    // Once for the lines, and for the schemas as they are compared.
    let root = yaml::parse(text)?;
    let Some(lock) = ToolLock::parse(text) else {
        let what = "this is no lock file of tools; write it with `sotto tools lock`".to_owned();
        return Err(Problem { line: root.line, what });
    };
    let mut operations = BTreeMap::new();
    for tool in root.get("tools").map_or(&[][..], yaml::Node::entries) {
        let Some(schema) = lock.tools.get(&tool.key) else { continue };
        let inputs = Document { root: &tool.node }.properties(&tool.node)?;
        operations
            .insert(tool.key.clone(), Operation { carrier: Carrier::Mcp { schema: schema.clone() }, inputs });
    }
    Ok(operations)
}
