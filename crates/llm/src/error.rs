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
    /// The provider's key cannot stand in a header. Nothing was sent.
    #[error("the model provider's key holds what no key may hold")]
    Key,
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
        /// When to try again, if it said so.
        retry_after: Option<Duration>,
    },
    /// The provider reported a failure in the middle of an answer.
    #[error("the model provider failed in the middle of its answer")]
    Failed,
    /// The stream ended in the middle of an answer.
    #[error("the answer was cut off")]
    Interrupted(#[source] Option<reqwest::Error>),
    /// What came is no stream of the declared format.
    #[error("the model provider's answer is not in the expected format")]
    Malformed,
    /// The model asked for a tool with arguments that are no JSON object, or for too many.
    #[error("the model asked for a tool in a way that cannot be read")]
    BadCall,
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
            Self::Refused { status, .. } => matches!(status, 408 | 500..=599),
            Self::Leak(_)
            | Self::RequestTooLarge { .. }
            | Self::Key
            | Self::Timeout
            | Self::Failed
            | Self::Interrupted(_)
            | Self::Malformed
            | Self::BadCall
            | Self::ReplyTooLarge { .. } => false,
        }
    }

    /// Whether it says that the provider does not work, rather than that this one request or answer was wrong.
    #[must_use]
    pub fn is_providers(&self) -> bool {
        match self {
            Self::Leak(_) | Self::RequestTooLarge { .. } | Self::BadCall | Self::ReplyTooLarge { .. } => {
                false
            }
            // A request that is too long or is refused for its content; a wrong key (401, 403) or address (404) lasts.
            Self::Refused { status, .. } => !matches!(status, 400 | 413 | 422),
            Self::Key
            | Self::Unreachable(_)
            | Self::FirstByteTimeout(_)
            | Self::Timeout
            | Self::Busy { .. }
            | Self::Failed
            | Self::Interrupted(_)
            | Self::Malformed => true,
        }
    }

    /// How long the provider asked to be left alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after } | Self::Refused { retry_after, .. } => *retry_after,
            Self::Leak(_)
            | Self::RequestTooLarge { .. }
            | Self::Key
            | Self::Unreachable(_)
            | Self::FirstByteTimeout(_)
            | Self::Timeout
            | Self::Failed
            | Self::Interrupted(_)
            | Self::Malformed
            | Self::BadCall
            | Self::ReplyTooLarge { .. } => None,
        }
    }
}
