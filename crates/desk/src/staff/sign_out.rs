//! Signs out: the session ends at once, for every tab and every copy of the cookie.

use axum::{extract::State, http::StatusCode};
use axum_extra::extract::cookie::CookieJar;
use protocol::Problem;

use super::{
    Staff,
    problem::StaffProblem,
    session::{self, SignedInStaff},
};

#[utoipa::path(
    delete, path = "/api/session", tag = "session",
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn sign_out(
    State(staff): State<Staff>,
    person: SignedInStaff,
) -> Result<(StatusCode, CookieJar), StaffProblem> {
    staff.store.end_session(&person.token_hash).await.map_err(|error| staff.store_problem(&error))?;
    tracing::info!(staff = %person.session.staff, "signed out");
    Ok((StatusCode::NO_CONTENT, session::no_cookie(&staff)))
}
