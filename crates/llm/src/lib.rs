//! Talks to language models that somebody else runs.
//!
//! Purpose: sends a [`ChatRequest`] to an OpenAI-compatible provider and streams the answer.
//! Boundary: imports only `anonymizer`; opens connections only through the `reqwest::Client` that it is given.
//! Invariants:
//! - A message is made of [`Part`]s, and a part is masked or curated text: there is no way in for plain text.
//! - The finished bytes of a request pass the conversation's [`anonymizer::LeakGuard`] before a connection is
//!   opened; a hit is an error and nothing is sent.
//! - Everything from the provider is bounded: time, line, event, answer.
//! - A request is repeated only while not a byte of an answer has come.
//! - No error shows the provider's words, the key or the address.

mod error;
mod openai;
mod request;
mod secret;
mod sse;
mod wire;

pub use error::LlmError;
pub use openai::{Limits, OpenAiCompatible, ProviderOptions, ReplyStream, Timeouts, http_client};
pub use request::{ChatMessage, ChatRequest, Part, Role};
pub use secret::Secret;
