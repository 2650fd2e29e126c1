//! Every way in which the hub says no, and how that looks to a user of the API (RFC 9457).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64URL_NOPAD;
use protocol::{Entropy, Problem, ProblemCode};
use store::StoreError;

/// Why the hub did not do what it was asked. Nothing of it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// What is wrong with the request, in our words.
    Malformed(&'static str),
    /// The body did not come in time.
    TooSlow,
    /// What is too large, in our words.
    TooLarge(&'static str),
    /// What is missing or not enough, in our words.
    Unauthorized(&'static str),
    /// No such channel, or it has expired, or the capability is not one of its: to a stranger they are one.
    NoChannel,
    NoDesk,
    NoKeyPackage,
    /// With the channel's present epoch.
    StaleEpoch(u64),
    ChannelExists,
    EnvelopeMismatch,
    /// With the seconds to wait.
    RateLimited(u32),
    /// Which bound, in our words.
    QuotaExceeded(&'static str),
    StorageFull,
    StorageBusy,
    NotFound,
    MethodNotAllowed,
    /// The hub is stopping, or too many writes wait.
    Unavailable,
    /// Found in the log by this.
    Internal(String),
}

impl Refusal {
    /// The problem as it goes over the wire.
    pub(crate) fn problem(&self) -> Problem {
        use ProblemCode as Code;
        let problem = |code, status, title| Problem::new(code, status, title);
        match self {
            Self::Malformed(title) => problem(Code::Malformed, 400, title),
            Self::TooSlow => {
                problem(Code::Malformed, 408, "The request did not arrive in time. Send it again.")
            }
            Self::TooLarge(title) => problem(Code::TooLarge, 413, title),
            Self::Unauthorized(title) => problem(Code::Unauthorized, 401, title),
            Self::NoChannel => problem(
                Code::NoChannel,
                404,
                "There is no such channel for this capability, or its time is over. Open a new one.",
            ),
            Self::NoDesk => problem(Code::NoDesk, 404, "This hub does not serve that desk."),
            Self::NoKeyPackage => Problem {
                retry_after: Some(30),
                ..problem(Code::NoKeyPackage, 503, "The desk has left no key package here. Try again later.")
            },
            Self::StaleEpoch(epoch) => Problem {
                epoch: Some(*epoch),
                ..problem(
                    Code::StaleEpoch,
                    409,
                    "The channel is in another epoch. Read what came and try again.",
                )
            },
            Self::ChannelExists => {
                problem(Code::ChannelExists, 409, "The channel id is taken. Choose another.")
            }
            Self::EnvelopeMismatch => {
                problem(Code::EnvelopeMismatch, 409, "Something else was stored under the same id.")
            }
            Self::RateLimited(seconds) => Problem {
                retry_after: Some(*seconds),
                ..problem(Code::RateLimited, 429, "Too many requests. Wait as long as retry_after says.")
            },
            Self::QuotaExceeded(title) => {
                Problem { retry_after: Some(3600), ..problem(Code::QuotaExceeded, 429, title) }
            }
            Self::StorageFull => Problem {
                retry_after: Some(60),
                ..problem(Code::StorageFull, 507, "The hub's storage is full. Nothing was stored.")
            },
            Self::StorageBusy => Problem {
                retry_after: Some(1),
                ..problem(Code::StorageBusy, 503, "The hub's storage is busy. Nothing was stored; try again.")
            },
            Self::NotFound => problem(Code::NotFound, 404, "There is nothing here."),
            Self::MethodNotAllowed => problem(Code::NotFound, 405, "This path does not take that method."),
            Self::Unavailable => Problem {
                retry_after: Some(1),
                ..problem(Code::Unavailable, 503, "The hub is stopping or has too much to do. Try again.")
            },
            Self::Internal(instance) => Problem {
                instance: Some(instance.clone()),
                ..problem(Code::Internal, 500, "Something went wrong in the hub. Its log has the instance.")
            },
        }
    }

    /// Logs a fault of the store once, and gives what the user may know of it.
    pub(crate) fn store(error: &StoreError, entropy: &dyn Entropy) -> Self {
        if matches!(error, StoreError::Busy) {
            tracing::warn!("the store is busy");
            return Self::StorageBusy;
        }
        if matches!(error, StoreError::Full) {
            tracing::error!("the store is full");
            return Self::StorageFull;
        }
        let instance = instance(entropy);
        tracing::error!(instance, error = chain(error), "the store failed");
        Self::Internal(instance)
    }

    /// A handler panicked; what it said is in the log already.
    pub(crate) fn panicked(entropy: &dyn Entropy) -> Self {
        let instance = instance(entropy);
        tracing::error!(instance, "a handler panicked");
        Self::Internal(instance)
    }
}

/// A random name for one fault.
fn instance(entropy: &dyn Entropy) -> String {
    let mut octets = [0; 9];
    entropy.fill(&mut octets);
    BASE64URL_NOPAD.encode(&octets)
}

/// An error with its sources, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // Lets the metrics count refusals without reading bodies.
        response.extensions_mut().insert(problem.code);
        response
    }
}
