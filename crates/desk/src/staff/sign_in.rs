//! Signs in with password and one-time code, both at once: what was wrong is never said.

use axum::{Json, extract::State, http::HeaderMap};
use axum_extra::extract::cookie::CookieJar;
use protocol::Problem;
use serde::Deserialize;
use store::desk::{NewSession, SignedIn};
use utoipa::ToSchema;

use super::{
    Staff,
    body::Body,
    lock_out,
    password::{Password, Verdict},
    problem::StaffProblem,
    session::{self, SessionView},
    totp,
};

/// What a person shows to get in.
#[derive(Deserialize, ToSchema)]
pub(super) struct SignIn {
    email: String,
    #[schema(value_type = String)]
    password: Password,
    /// Six digits; each code works once.
    code: String,
}

#[utoipa::path(
    post, path = "/api/session", tag = "session",
    request_body = SignIn,
    responses(
        (status = 200, body = SessionView),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn sign_in(
    State(staff): State<Staff>,
    headers: HeaderMap,
    Body(body): Body<SignIn>,
) -> Result<(CookieJar, Json<SessionView>), StaffProblem> {
    let problem = |error| staff.store_problem(&error);
    lock_out::admit(&staff, &body.email).await?;

    let account = staff.store.staff_by_email(&body.email).await.map_err(problem)?;
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let verdict = staff.passwords.verify(body.password, stored, staff.entropy.as_ref()).await?;
    let (Some(account), Verdict::Right { rehashed }) = (account, verdict) else {
        return Err(StaffProblem::WrongCredentials);
    };
    let step = totp::step(&account.totp_secret, &body.code, staff.clock.now());
    let totp_step = step.ok_or(StaffProblem::WrongCredentials)?;

    let (token, ends_at) = session::new_token(&staff);
    let hash = token.hash();
    let session = NewSession {
        token_hash: hash.octets(),
        staff: account.id,
        totp_step,
        password_hash: rehashed.as_ref().map(|hash| hash.as_str()),
        ends_at,
    };
    match staff.store.sign_in(&session).await.map_err(problem)? {
        SignedIn::Yes => tracing::info!(staff = %account.id, "signed in"),
        SignedIn::CodeUsed => return Err(StaffProblem::WrongCredentials),
    }
    // The browser forgets the old token; nobody else shall use it either.
    if let Some(old) = session::cookie_hash(&staff, &headers) {
        staff.store.end_session(&old).await.map_err(problem)?;
    }
    let session = session::standing(&staff, hash.octets()).await?;
    Ok((session::cookie(&staff, &token), Json(SessionView::new(session.name, session.email))))
}
