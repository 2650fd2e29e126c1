//! Talks to language models that somebody else runs.
//!
//! Purpose: sends a [`ChatRequest`] to a [`Provider`], which speaks OpenAI's format or Anthropic's ([`Api`]), and streams
//! the answer: words, and what the model asks for ([`Piece`]). [`Budget`] says what may be spent, [`Circuit`] when a
//! provider is left alone.
//! Boundary: imports only `anonymizer`; opens connections only through the `reqwest::Client` that it is given.
//! Invariants:
//! - A message is made of [`Part`]s, and a part is masked or curated text: there is no way in for plain text. Tools are
//!   curated.
//! - The finished bytes of a request pass the conversation's [`anonymizer::LeakGuard`] before a connection is
//!   opened; a hit is an error and nothing is sent.
//! - Everything from the provider is bounded: time, line, event, answer.
//! - A request is repeated only while not a byte of an answer has come.
//! - No error shows the provider's words, the key or the address.

mod budget;
mod circuit;
mod error;
mod provider;
mod reading;
mod request;
mod secret;
mod sse;
mod wire;

pub use budget::{Budget, Charge, OutOfBudget, Spent, TokenLimits};
pub use circuit::{Circuit, Permit, Resting};
pub use error::LlmError;
pub use provider::{Limits, Provider, ProviderOptions, ReplyStream, Timeouts, http_client};
pub use reading::{Piece, ToolUse, Usage};
pub use request::{ChatMessage, ChatRequest, Part, Role, ToolSpec};
pub use secret::Secret;
pub use wire::Api;
