//! OpenAI's chat completions as JSON: the request, and the pieces of a streamed answer.

use serde::{Deserialize, Serialize};

use super::{Message, Words, json};
use crate::error::LlmError;
use crate::reading::{Reading, Usage};
use crate::request::{ChatRequest, Role, ToolSpec};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Message>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    max_tokens: u32,
    temperature: f32,
    // No `stream_options`: not every compatible provider knows it, and those that do not report usage are estimated.
    stream: bool,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a serde_json::Value,
}

impl<'a> From<&'a ToolSpec> for Tool<'a> {
    fn from(ToolSpec { name, description, parameters }: &'a ToolSpec) -> Self {
        Self { r#type: "function", function: Function { name, description, parameters } }
    }
}

pub(super) fn body(model: &str, request: &ChatRequest, words: Words) -> Vec<u8> {
    let messages = request.messages.iter().map(|message| Message {
        role: match message.role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
        },
        content: message.parts.iter().map(words).collect(),
    });
    json(&Body {
        model,
        messages: messages.collect(),
        tools: request.tools.iter().map(Tool::from).collect(),
        max_tokens: request.max_tokens,
        temperature: request.temperature,
        stream: true,
    })
}

/// One event of a streamed answer. Providers add fields as they like.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Counts>,
    /// Some providers report a failure in mid-stream; its words are theirs and are not read.
    error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    finish_reason: Option<serde::de::IgnoredAny>,
}

#[derive(Default, Deserialize)]
struct Delta {
    content: Option<String>,
    tool_calls: Option<Vec<CallPiece>>,
}

#[derive(Deserialize)]
struct CallPiece {
    #[serde(default)]
    index: u32,
    #[serde(default)]
    function: FunctionPiece,
}

#[derive(Default, Deserialize)]
struct FunctionPiece {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

pub(super) fn read(data: &[u8], reading: &mut Reading) -> Result<(), LlmError> {
    if data.trim_ascii() == b"[DONE]" {
        reading.close();
        return Ok(());
    }
    let chunk: Chunk = serde_json::from_slice(data).map_err(|_| LlmError::Malformed)?;
    if chunk.error.is_some() {
        return Err(LlmError::Failed);
    }
    if let Some(counts) = chunk.usage {
        reading.usage(Usage { input: counts.prompt_tokens, output: counts.completion_tokens });
    }
    let Some(choice) = chunk.choices.into_iter().next() else { return Ok(()) };
    if let Some(content) = choice.delta.content {
        reading.text(content)?;
    }
    for call in choice.delta.tool_calls.into_iter().flatten() {
        if let Some(name) = call.function.name.filter(|name| !name.is_empty()) {
            reading.begin_call(call.index, &name)?;
        }
        reading.extend_call(call.index, &call.function.arguments.unwrap_or_default())?;
    }
    if choice.finish_reason.is_some() {
        reading.finish()?;
    }
    Ok(())
}
