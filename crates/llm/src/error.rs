//! Why there is no answer.

use std::time::Duration;

/// Why a request failed. `Display` is ours alone: it never repeats what a provider said.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// The finished request held a value of the conversation. Nothing was sent.
    #[error("the request held a private value and was not sent")]
    Leak(#[source] anonymizer::Leak),
    /// The request is larger than the limit. Nothing was sent.
    #[error("the request is larger than {limit} bytes and was not sent")]
    RequestTooLarge {
        /// Bytes.
        limit: usize,
    },
    /// No connection, or it broke before a byte of an answer.
    #[error("the model provider cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No byte of an answer in time.
    #[error("the model provider did not begin to answer within {0:?}")]
    FirstByteTimeout(Duration),
    /// The answer was not finished in time, or paused for too long.
    #[error("the model provider did not finish its answer in time")]
    Timeout,
    /// The provider is busy, or a quota is used up (status 429).
    #[error("the model provider refused for now")]
    Busy {
        /// When to try again, if it said so.
        retry_after: Option<Duration>,
    },
    /// Any other status than success.
    #[error("the model provider answered with status {status}")]
    Refused {
        /// HTTP status.
        status: u16,
    },
    /// The provider reported a failure in the middle of an answer.
    #[error("the model provider failed in the middle of its answer")]
    Failed,
    /// The stream ended in the middle of an answer.
    #[error("the answer was cut off")]
    Interrupted(#[source] Option<reqwest::Error>),
    /// What came is no stream of chat completions.
    #[error("the model provider's answer is not in the expected format")]
    Malformed,
    /// The answer, or a line of it, is longer than the limit.
    #[error("the answer is longer than {limit} bytes")]
    ReplyTooLarge {
        /// Bytes.
        limit: usize,
    },
}

impl LlmError {
    /// Whether the same request may succeed a moment later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::FirstByteTimeout(_) | Self::Busy { .. } => true,
            Self::Refused { status } => matches!(status, 408 | 500 | 502 | 503 | 504 | 529),
            Self::Leak(_)
            | Self::RequestTooLarge { .. }
            | Self::Timeout
            | Self::Failed
            | Self::Interrupted(_)
            | Self::Malformed
            | Self::ReplyTooLarge { .. } => false,
        }
    }
}
