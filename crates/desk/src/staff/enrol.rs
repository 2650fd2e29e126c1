//! Makes an account from an enrolment link, once the first one-time code was right, and signs in.

use axum::{Json, extract::State, http::StatusCode};
use axum_extra::extract::cookie::CookieJar;
use protocol::{Capability, Problem, StaffId};
use serde::Deserialize;
use store::desk::{Enrolled, NewSession, NewStaff};
use utoipa::ToSchema;

use super::{
    Staff,
    body::Body,
    password::Password,
    problem::StaffProblem,
    session::{self, SessionView},
    totp,
};

/// The longest name, in characters.
const LONGEST_NAME: usize = 80;
/// The longest e-mail address, in octets (RFC 5321, section 4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// An account to be made.
#[derive(Deserialize, ToSchema)]
pub(super) struct Enrol {
    /// The enrolment link's.
    token: String,
    /// What customers see.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// For signing in.
    #[schema(max_length = 254)]
    email: String,
    #[schema(value_type = String, min_length = 12, max_length = 256)]
    password: Password,
    /// The first code that the app shows.
    #[schema(pattern = "^[0-9]{6}$")]
    code: String,
}

#[utoipa::path(
    post, path = "/api/enrolment", tag = "enrolment",
    request_body = Enrol,
    responses(
        (status = 201, body = SessionView),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn enrol(
    State(staff): State<Staff>,
    Body(body): Body<Enrol>,
) -> Result<(StatusCode, CookieJar, Json<SessionView>), StaffProblem> {
    let token: Capability = body.token.parse().map_err(|_| StaffProblem::NoEnrolment)?;
    let name = checked(&body.name, |name| (1..=LONGEST_NAME).contains(&name.chars().count()))?;
    let email = checked(&body.email, is_email)?;
    let enrolment = staff
        .store
        .enrolment(token.hash().octets())
        .await
        .map_err(|error| staff.store_problem(&error))?
        .ok_or(StaffProblem::NoEnrolment)?;
    let password = body.password;
    if !password.is_strong(name, email) {
        return Err(StaffProblem::WeakPassword);
    }
    let step =
        totp::step(&enrolment.totp_secret, &body.code, staff.clock.now()).ok_or(StaffProblem::WrongCode)?;
    let hash = staff.passwords.hash(password, staff.entropy.as_ref()).await?;
    let id = StaffId::random(staff.entropy.as_ref());
    let account = NewStaff { id, email, name, password_hash: &hash, totp_step: step };
    match staff
        .store
        .enrol(token.hash().octets(), &account)
        .await
        .map_err(|error| staff.store_problem(&error))?
    {
        Enrolled::Done => tracing::info!(staff = %id, "an account was made"),
        Enrolled::NoEnrolment => return Err(StaffProblem::NoEnrolment),
        Enrolled::EmailTaken => return Err(StaffProblem::AccountExists),
    }
    first_session(&staff, id, name, email).await
}

/// The person has just shown the code: asking for another would only make them wait.
async fn first_session(
    staff: &Staff,
    id: StaffId,
    name: &str,
    email: &str,
) -> Result<(StatusCode, CookieJar, Json<SessionView>), StaffProblem> {
    let (token, ends_at) = session::new_token(staff);
    let hash = token.hash();
    let session =
        NewSession { token_hash: hash.octets(), staff: id, totp_step: 0, password_hash: None, ends_at };
    staff.store.begin_first_session(&session).await.map_err(|error| staff.store_problem(&error))?;
    let view = SessionView::new(name.to_owned(), email.to_owned());
    Ok((StatusCode::CREATED, session::cookie(staff, &token), Json(view)))
}

fn checked(text: &str, holds: impl Fn(&str) -> bool) -> Result<&str, StaffProblem> {
    let text = text.trim();
    let fine = !text.chars().any(char::is_control) && holds(text);
    fine.then_some(text).ok_or(StaffProblem::Malformed)
}

/// Enough to tell an address from a slip: what is in it is the business's own affair.
fn is_email(text: &str) -> bool {
    text.len() <= LONGEST_EMAIL
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}
