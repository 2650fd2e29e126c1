//! Every way in which the staff API says no (RFC 9457).

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64URL_NOPAD;
use protocol::{Entropy, Problem, ProblemCode};
use store::StoreError;

use crate::{PhaseError, StaffError, ViewError, chain::chain};

/// Why nothing was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StaffProblem {
    Malformed,
    TooLarge,
    /// Nobody is signed in.
    Unauthorized,
    /// Another page asked, or not the console.
    Forbidden,
    /// The request names a host that is not this console's.
    WrongHost,
    WrongCredentials,
    NoEnrolment,
    WeakPassword,
    AccountExists,
    WrongCode,
    NotHolder,
    NotFound,
    /// With the seconds to wait.
    RateLimited(u32),
    StorageFull,
    StorageBusy,
    Unavailable,
    /// Found in the log by this.
    Internal(String),
}

impl StaffProblem {
    fn problem(&self) -> Problem {
        use ProblemCode as Code;
        let (code, status, title) = match self {
            Self::Malformed => (Code::Malformed, 400, "The request is not what the API describes."),
            Self::TooLarge => (Code::TooLarge, 413, "The request is too large."),
            Self::Unauthorized => (Code::Unauthorized, 401, "Sign in first."),
            Self::Forbidden => (Code::Forbidden, 403, "Only this console's own page may ask for this."),
            Self::WrongHost => (Code::Forbidden, 421, "The console is not configured for this address."),
            Self::WrongCredentials => {
                (Code::WrongCredentials, 401, "E-mail address, password or code is wrong. A code works once.")
            }
            Self::NoEnrolment => {
                (Code::NoEnrolment, 404, "This link was used or is too old. Ask for a new one.")
            }
            Self::WeakPassword => (
                Code::WeakPassword,
                422,
                "Choose a password of at least 12 characters that is not a common one.",
            ),
            Self::AccountExists => {
                (Code::AccountExists, 409, "There is an account with this e-mail address.")
            }
            Self::WrongCode => {
                (Code::WrongCode, 422, "The code does not belong to this key. Try the next one.")
            }
            Self::NotHolder => (Code::NotHolder, 409, "You do not hold this conversation."),
            Self::NotFound => (Code::NotFound, 404, "There is nothing here."),
            Self::RateLimited(_) => {
                (Code::RateLimited, 429, "Too many tries. Wait as long as retry_after says.")
            }
            Self::StorageFull => (Code::StorageFull, 507, "The desk's storage is full. Nothing was done."),
            Self::StorageBusy => (Code::StorageBusy, 503, "The desk's storage is busy. Try again."),
            Self::Unavailable => (Code::Unavailable, 503, "The desk cannot do this now. Try again."),
            Self::Internal(_) => {
                (Code::Internal, 500, "Something went wrong at the desk. Its log has the instance.")
            }
        };
        let mut problem = Problem::new(code, status, title);
        match self {
            Self::RateLimited(seconds) => problem.retry_after = Some(*seconds),
            Self::StorageBusy | Self::Unavailable => problem.retry_after = Some(1),
            Self::Internal(instance) => problem.instance = Some(instance.clone()),
            _ => {}
        }
        problem
    }

    /// Logs a fault once, and gives what the user may know of it.
    pub(super) fn internal(error: &(dyn std::error::Error + 'static), entropy: &dyn Entropy) -> Self {
        let mut octets = [0; 9];
        entropy.fill(&mut octets);
        let instance = BASE64URL_NOPAD.encode(&octets);
        tracing::error!(instance, error = chain(error), "the staff API failed");
        Self::Internal(instance)
    }

    pub(super) fn store(error: &StoreError, entropy: &dyn Entropy) -> Self {
        match error {
            StoreError::Busy => Self::StorageBusy,
            StoreError::Full => Self::StorageFull,
            _ => Self::internal(error, entropy),
        }
    }

    pub(super) fn view(error: &ViewError, entropy: &dyn Entropy) -> Self {
        match error {
            ViewError::NoConversation => Self::NotFound,
            ViewError::Store(error) => Self::store(error, entropy),
            ViewError::NoRecord(_) | ViewError::Damaged => Self::internal(error, entropy),
        }
    }
}

impl From<StaffError> for StaffProblem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::NoConversation => Self::NotFound,
            StaffError::Phase(PhaseError::HeldByAnother | PhaseError::NotHeld) => Self::NotHolder,
            StaffError::NoRecord | StaffError::Unavailable => Self::Unavailable,
        }
    }
}

impl IntoResponse for StaffProblem {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
