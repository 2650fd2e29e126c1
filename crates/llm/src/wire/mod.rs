//! The two formats that providers speak. A format says where requests go, how they look and what an event of the
//! answer means; sending, waiting and bounding are the same for both.

mod anthropic;
mod openai;

use std::str::FromStr;

use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderValue};

use crate::error::LlmError;
use crate::reading::Reading;
use crate::request::{ChatRequest, Part};
use crate::secret::Secret;

/// A provider's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// OpenAI's `POST …/chat/completions`, which Ollama, vLLM, llama.cpp, Mistral and others speak too.
    OpenAi,
    /// Anthropic's `POST …/messages`, version 2023-06-01.
    Anthropic,
}

impl Api {
    /// The format as configuration names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
        }
    }

    /// What stands behind the base URL's own path.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::OpenAi => "chat/completions",
            Self::Anthropic => "messages",
        }
    }

    pub(crate) fn authorise(
        self,
        request: RequestBuilder,
        key: Option<&Secret>,
    ) -> Result<RequestBuilder, LlmError> {
        match self {
            Self::OpenAi => match key {
                Some(key) => Ok(request.header(AUTHORIZATION, hidden(&format!("Bearer {}", key.reveal()))?)),
                None => Ok(request),
            },
            Self::Anthropic => {
                let request = request.header("anthropic-version", anthropic::VERSION);
                match key {
                    Some(key) => Ok(request.header("x-api-key", hidden(key.reveal())?)),
                    None => Ok(request),
                }
            }
        }
    }

    pub(crate) fn serialise(self, model: &str, request: &ChatRequest) -> Serialised {
        let body = |words: Words| match self {
            Self::OpenAi => openai::body(model, request, words),
            Self::Anthropic => anthropic::body(model, request, words),
        };
        Serialised {
            body: body(Part::as_str),
            baseline: body(|part| match part {
                Part::Curated(text) => text.as_str(),
                Part::Anonymized(_) => LEFT_OUT,
            }),
        }
    }

    /// Reads one event of an answer.
    pub(crate) fn read(self, data: &[u8], reading: &mut Reading) -> Result<(), LlmError> {
        match self {
            Self::OpenAi => openai::read(data, reading),
            Self::Anthropic => anthropic::read(data, reading),
        }
    }
}

impl FromStr for Api {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        [Self::OpenAi, Self::Anthropic].into_iter().find(|api| api.name() == name).ok_or(())
    }
}

/// Stands for a masked part in the baseline: no letter, no digit, and nothing that joins two numbers.
const LEFT_OUT: &str = "\u{fffc}";

/// How a part becomes words of the body.
type Words = fn(&Part) -> &str;

/// The finished body, and the same with every masked part left out.
pub(crate) struct Serialised {
    pub(crate) body: Vec<u8>,
    pub(crate) baseline: Vec<u8>,
}

/// A message, as both formats write it.
#[derive(serde::Serialize)]
struct Message {
    role: &'static str,
    content: String,
}

fn json(body: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("strings, numbers and JSON always serialise into memory")
}

fn hidden(value: &str) -> Result<HeaderValue, LlmError> {
    let mut value = HeaderValue::try_from(value).map_err(|_| LlmError::Key)?;
    value.set_sensitive(true);
    Ok(value)
}
