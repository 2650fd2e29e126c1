//! What may be said to a model.

use anonymizer::{AnonymizedText, CuratedText};

/// One request for an answer.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// The conversation, oldest first, instructions before it.
    pub messages: Vec<ChatMessage>,
    /// What the model may choose to do instead of writing; none: it can only write.
    pub tools: Vec<ToolSpec>,
    /// Most tokens of the answer, as the model counts them.
    pub max_tokens: u32,
    /// 0 for the likeliest answer; providers accept up to 1 or 2.
    pub temperature: f32,
}

impl ChatRequest {
    /// Bytes of its words, without the frame around them: what a cost is estimated from.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let parts = self.messages.iter().flat_map(|message| &message.parts).map(|part| part.as_str().len());
        parts.chain(self.tools.iter().map(ToolSpec::bytes)).sum()
    }
}

/// One message: its parts are joined without anything between them.
#[derive(Clone, Debug)]
pub struct ChatMessage {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub parts: Vec<Part>,
}

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The business's instructions.
    System,
    /// The customer.
    User,
    /// The model, earlier.
    Assistant,
}

/// A piece of a message. There is deliberately no variant for plain text.
#[derive(Clone, Debug)]
pub enum Part {
    /// Our own words.
    Curated(CuratedText),
    /// Somebody else's words, masked.
    Anonymized(AnonymizedText),
}

impl Part {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Curated(text) => text.as_str(),
            Self::Anonymized(text) => text.as_str(),
        }
    }
}

/// Something that a model may ask for in the place of words.
#[derive(Clone, Debug)]
pub struct ToolSpec {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parameters: serde_json::Value,
}

impl ToolSpec {
    /// The caller vouches, as for [`CuratedText`], that nothing a customer said is in any of the three. `name`: letters,
    /// digits, `_`, at most 64. `parameters`: a JSON Schema of an object.
    #[must_use]
    pub fn curated(name: &str, description: &str, parameters: serde_json::Value) -> Self {
        Self { name: name.to_owned(), description: description.to_owned(), parameters }
    }

    /// Its name, as a call gives it back.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn bytes(&self) -> usize {
        self.name.len() + self.description.len() + self.parameters.to_string().len()
    }
}
