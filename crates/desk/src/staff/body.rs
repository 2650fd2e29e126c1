//! Bodies of requests: JSON of the described shape, or a problem.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;

use super::problem::StaffProblem;

/// The largest body, in octets: an answer of [`super::reply::LONGEST`] characters, escaped.
pub(super) const MOST_OCTETS: usize = 64 * 1024;

/// A body that was read.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = StaffProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, StaffProblem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(StaffProblem::TooLarge)
            }
            Err(_) => Err(StaffProblem::Malformed),
        }
    }
}
