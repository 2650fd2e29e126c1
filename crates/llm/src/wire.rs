//! OpenAI's chat completions as JSON: the request, and the pieces of a streamed answer.

use serde::{Deserialize, Serialize};

use crate::request::{ChatRequest, Part, Role};

/// Stands for a masked part in the baseline: no letter, no digit, and nothing that joins two numbers.
const LEFT_OUT: &str = "\u{fffc}";

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Message>,
    max_tokens: u32,
    temperature: f32,
    stream: bool,
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: String,
}

/// The finished body, and the same with every masked part left out.
pub(crate) struct Serialised {
    pub(crate) body: Vec<u8>,
    pub(crate) baseline: Vec<u8>,
}

pub(crate) fn serialise(model: &str, request: &ChatRequest) -> Serialised {
    let body = |masked: fn(&Part) -> &str| {
        let messages = request.messages.iter().map(|message| Message {
            role: match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            },
            content: message.parts.iter().map(masked).collect(),
        });
        let body = Body {
            model,
            messages: messages.collect(),
            max_tokens: request.max_tokens,
            temperature: request.temperature,
            stream: true,
        };
        serde_json::to_vec(&body).expect("strings and numbers always serialise into memory")
    };
    Serialised {
        body: body(|part| match part {
            Part::Curated(text) => text.as_str(),
            Part::Anonymized(text) => text.as_str(),
        }),
        baseline: body(|part| match part {
            Part::Curated(text) => text.as_str(),
            Part::Anonymized(_) => LEFT_OUT,
        }),
    }
}

/// One event of a streamed answer. Providers add fields as they like.
#[derive(Deserialize)]
pub(crate) struct Chunk {
    #[serde(default)]
    pub(crate) choices: Vec<Choice>,
    /// Some providers report a failure in mid-stream; its words are theirs and are not read.
    pub(crate) error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    pub(crate) delta: Delta,
    pub(crate) finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Delta {
    pub(crate) content: Option<String>,
}
