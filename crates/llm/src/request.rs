//! What may be said to a model.

use anonymizer::{AnonymizedText, CuratedText};

/// One request for an answer.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// The conversation, oldest first, instructions before it.
    pub messages: Vec<ChatMessage>,
    /// Most tokens of the answer, as the model counts them.
    pub max_tokens: u32,
    /// 0 for the likeliest answer; providers accept up to 2.
    pub temperature: f32,
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
