//! Whoever holds an enrolment link sees the secret for their authenticator app.

use axum::{Json, extract::State};
use protocol::{Capability, Problem, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Staff, body::Body, problem::StaffProblem, totp};

/// An enrolment link's token.
#[derive(Deserialize, ToSchema)]
pub(super) struct EnrolmentToken {
    token: String,
}

/// What an account can be made with.
#[derive(Serialize, ToSchema)]
pub(super) struct EnrolmentOffer {
    /// The secret for one-time codes (RFC 6238), in base32.
    secret: String,
    /// What the app shows beside the code.
    issuer: String,
    /// Until when the link works.
    expires_at: Timestamp,
}

#[utoipa::path(
    post, path = "/api/enrolment/offer", tag = "enrolment",
    request_body = EnrolmentToken,
    responses(
        (status = 200, body = EnrolmentOffer),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn offer(
    State(staff): State<Staff>,
    Body(body): Body<EnrolmentToken>,
) -> Result<Json<EnrolmentOffer>, StaffProblem> {
    let token: Capability = body.token.parse().map_err(|_| StaffProblem::NoEnrolment)?;
    let enrolment = staff
        .store
        .enrolment(token.hash().octets())
        .await
        .map_err(|error| staff.store_problem(&error))?
        .ok_or(StaffProblem::NoEnrolment)?;
    Ok(Json(EnrolmentOffer {
        secret: totp::written(&enrolment.totp_secret),
        issuer: staff.issuer.clone(),
        expires_at: enrolment.expires_at,
    }))
}
