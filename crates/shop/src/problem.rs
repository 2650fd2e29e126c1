//! Refusals as problem details (RFC 9457) with a code.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Why a request was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The bearer token is missing or wrong.
    Unauthorised,
    /// This customer has no such thing.
    None,
    /// A change without an idempotency key.
    KeyMissing,
    /// The key belongs to another request.
    KeyReused,
    /// The body is not of the declared form.
    Invalid,
    /// The parcel has left the house.
    AlreadySent,
    /// The order was cancelled or returned.
    Closed,
    /// The parcel has not arrived.
    NotDelivered,
    /// The days for sending it back are over.
    TooLate,
    /// It is being sent back already.
    AlreadyReturned,
    /// More than what is paid back without a person.
    OverLimit,
    /// More than was paid.
    OverTotal,
    /// Something of the service's own failed.
    Fault,
}

impl Problem {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::None => StatusCode::NOT_FOUND,
            Self::KeyMissing | Self::Invalid => StatusCode::BAD_REQUEST,
            Self::KeyReused => StatusCode::CONFLICT,
            Self::AlreadySent
            | Self::Closed
            | Self::NotDelivered
            | Self::TooLate
            | Self::AlreadyReturned
            | Self::OverLimit
            | Self::OverTotal => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code_and_title(self) -> (&'static str, &'static str) {
        match self {
            Self::Unauthorised => ("unauthorised", "The bearer token is missing or wrong."),
            Self::None => ("none", "This customer has no such thing."),
            Self::KeyMissing => ("key-missing", "A change needs the header Idempotency-Key."),
            Self::KeyReused => ("key-reused", "This Idempotency-Key belongs to another request."),
            Self::Invalid => ("invalid", "The request is not of the declared form."),
            Self::AlreadySent => ("already-sent", "The parcel has left the house."),
            Self::Closed => ("closed", "The order was cancelled or returned."),
            Self::NotDelivered => ("not-delivered", "The parcel has not arrived yet."),
            Self::TooLate => ("too-late", "The days for sending it back are over."),
            Self::AlreadyReturned => ("already-returned", "This order is being sent back already."),
            Self::OverLimit => ("over-limit", "A person decides on this amount."),
            Self::OverTotal => ("over-total", "This is more than was paid."),
            Self::Fault => ("fault", "The service failed."),
        }
    }

    /// The problem details as JSON.
    pub(crate) fn body(self) -> String {
        let (code, title) = self.code_and_title();
        serde_json::json!({ "title": title, "status": self.status().as_u16(), "code": code }).to_string()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status(), [(header::CONTENT_TYPE, "application/problem+json")], self.body()).into_response()
    }
}
