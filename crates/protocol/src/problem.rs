//! Errors as a user of the API gets them: problem details (RFC 9457).

use serde::{Deserialize, Serialize};

/// A stable name for what went wrong; the last part of a problem's `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The body or a parameter is not what the API describes.
    Malformed,
    /// The body is over the size limit.
    TooLarge,
    /// No or a wrong capability, session proof or token.
    Unauthorized,
    /// The channel does not exist or has expired; the two look the same.
    NoChannel,
    /// No such desk at this hub.
    NoDesk,
    /// The desk has no key package left, not even one of last resort.
    NoKeyPackage,
    /// The commit was made in an epoch that is not the channel's present one.
    StaleEpoch,
    /// The channel id is taken.
    ChannelExists,
    /// The same envelope id was posted with other content.
    EnvelopeMismatch,
    /// Too many requests; see `retry_after`.
    RateLimited,
    /// A quota (envelopes, octets, attachments of a channel) is used up.
    QuotaExceeded,
    /// The store is full.
    StorageFull,
    /// The store does not answer now; nothing was accepted; try again.
    StorageBusy,
    /// The request came from another web page, or without the console's own header.
    Forbidden,
    /// Another person holds the conversation, or nobody does yet.
    NotHolder,
    /// The e-mail address, password or code is wrong; which of them is not said.
    WrongCredentials,
    /// The enrolment link is unknown, used or too old.
    NoEnrolment,
    /// The password is too short or among the most common ones.
    WeakPassword,
    /// An account with this e-mail address exists.
    AccountExists,
    /// The six-digit code does not belong to the secret, or was used before.
    WrongCode,
    /// No such path or thing.
    NotFound,
    /// The service is stopping or starting.
    Unavailable,
    /// A fault of ours; the id in `instance` finds it in the log.
    Internal,
    /// From a newer version.
    #[serde(other)]
    Unknown,
}

/// Problem details, `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The stable code.
    pub code: ProblemCode,
    /// The HTTP status.
    pub status: u16,
    /// One sentence, ours, that says what to do.
    pub title: String,
    /// Seconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The channel's present epoch, with `stale-epoch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// Finds an internal fault in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

impl Problem {
    /// A problem with no more than its code, status and sentence.
    #[must_use]
    pub fn new(code: ProblemCode, status: u16, title: &str) -> Self {
        Self { code, status, title: title.to_owned(), retry_after: None, epoch: None, instance: None }
    }
}
