//! Anthropic's messages as JSON: the request, and the events of a streamed answer.

use serde::{Deserialize, Serialize};

use super::{Message, Words, json};
use crate::error::LlmError;
use crate::reading::{Reading, Usage};
use crate::request::{ChatRequest, Role, ToolSpec};

/// The version of the API, sent with each request.
pub(super) const VERSION: &str = "2023-06-01";

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "String::is_empty")]
    system: String,
    messages: Vec<Message>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    max_tokens: u32,
    temperature: f32,
    stream: bool,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    description: &'a str,
    input_schema: &'a serde_json::Value,
}

impl<'a> From<&'a ToolSpec> for Tool<'a> {
    fn from(ToolSpec { name, description, parameters }: &'a ToolSpec) -> Self {
        Self { name, description, input_schema: parameters }
    }
}

/// Instructions stand in a field of their own. The API refuses empty messages and a conversation that the model begins,
/// which the tail of a longer one may be.
pub(super) fn body(model: &str, request: &ChatRequest, words: Words) -> Vec<u8> {
    let mut system = String::new();
    let mut messages = Vec::new();
    for message in &request.messages {
        let content: String = message.parts.iter().map(words).collect();
        let role = match message.role {
            Role::System => {
                if !system.is_empty() {
                    system.push_str("\n\n");
                }
                system.push_str(&content);
                continue;
            }
            Role::Assistant if messages.is_empty() => continue,
            Role::Assistant => "assistant",
            Role::User => "user",
        };
        if !content.trim().is_empty() {
            messages.push(Message { role, content });
        }
    }
    json(&Body {
        model,
        system,
        messages,
        tools: request.tools.iter().map(Tool::from).collect(),
        max_tokens: request.max_tokens,
        // The API takes no more.
        temperature: request.temperature.min(1.0),
        stream: true,
    })
}

/// One event. Newer kinds are to be passed over, as the API's versioning says; so are kinds of content that we did not
/// ask for.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Started,
    },
    ContentBlockStart {
        index: u32,
        content_block: Block,
    },
    ContentBlockDelta {
        index: u32,
        delta: Delta,
    },
    ContentBlockStop {
        index: u32,
    },
    MessageDelta {
        #[serde(default)]
        usage: Counts,
    },
    MessageStop,
    /// Its words are the provider's and are not read.
    Error,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Started {
    #[serde(default)]
    usage: Counts,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        #[serde(default)]
        text: String,
    },
    ToolUse {
        name: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Delta {
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(rename = "input_json_delta")]
    InputJson { partial_json: String },
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct Counts {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

impl Counts {
    /// What is not named again stays as it was.
    fn after(self, known: Usage) -> Usage {
        let parts = [self.input_tokens, self.cache_creation_input_tokens, self.cache_read_input_tokens];
        let input = parts.into_iter().flatten().fold(0, u64::saturating_add);
        Usage { input: known.input.max(input), output: self.output_tokens.unwrap_or(known.output) }
    }
}

pub(super) fn read(data: &[u8], reading: &mut Reading) -> Result<(), LlmError> {
    match serde_json::from_slice(data).map_err(|_| LlmError::Malformed)? {
        Event::MessageStart { message } => reading.usage(message.usage.after(Usage::default())),
        Event::ContentBlockStart { content_block: Block::Text { text }, .. } => reading.text(text)?,
        Event::ContentBlockStart { index, content_block: Block::ToolUse { name } } => {
            reading.begin_call(index, &name)?;
        }
        Event::ContentBlockDelta { delta: Delta::Text { text }, .. } => reading.text(text)?,
        Event::ContentBlockDelta { index, delta: Delta::InputJson { partial_json } } => {
            reading.extend_call(index, &partial_json)?;
        }
        Event::ContentBlockStop { index } => reading.finish_call(index)?,
        Event::MessageDelta { usage } => reading.usage(usage.after(reading.known_usage())),
        Event::MessageStop => {
            reading.finish()?;
            reading.close();
        }
        Event::Error => return Err(LlmError::Failed),
        Event::ContentBlockStart { content_block: Block::Other, .. }
        | Event::ContentBlockDelta { delta: Delta::Other, .. }
        | Event::Other => {}
    }
    Ok(())
}
