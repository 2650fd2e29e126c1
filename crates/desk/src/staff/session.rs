//! Who is signed in: a random token in a cookie, its hash in the store.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use protocol::{Capability, Timestamp};
use serde::Serialize;
use store::desk::{StaffSession, TokenHash};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::{
    Staff,
    address::Transport,
    guard::{self, Cause},
    problem::StaffProblem,
};
use crate::Agent;

/// A session ends when the person did nothing for so long, in seconds.
const IDLE: i64 = 30 * 60;
/// A session ends after so long in any case, in seconds.
const WHOLE: i64 = 12 * 60 * 60;
/// An act is written down at most once in so many seconds.
const SEEN_EVERY: i64 = 60;

/// The person who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// What customers see.
    name: String,
    /// For signing in; customers never see it.
    email: String,
}

impl SessionView {
    pub(super) fn new(name: String, email: String) -> Self {
        Self { name, email }
    }
}

/// A request of someone who is signed in.
pub(super) struct SignedInStaff {
    pub(super) token_hash: TokenHash,
    pub(super) session: StaffSession,
}

impl SignedInStaff {
    /// As the desk's core knows them.
    pub(super) fn agent(&self) -> Agent {
        Agent { id: self.session.staff, name: self.session.name.clone() }
    }

    pub(super) fn view(&self) -> SessionView {
        SessionView::new(self.session.name.clone(), self.session.email.clone())
    }
}

impl FromRequestParts<Staff> for SignedInStaff {
    type Rejection = StaffProblem;

    async fn from_request_parts(parts: &mut Parts, staff: &Staff) -> Result<Self, StaffProblem> {
        let token_hash = cookie_hash(staff, &parts.headers).ok_or(StaffProblem::Unauthorized)?;
        let session = standing(staff, &token_hash).await?;
        // The event stream alone has no header of ours; it never keeps a session up.
        let acts = guard::cause(&parts.headers) == Ok(Cause::Person);
        if acts && staff.clock.now() >= session.seen_at.plus_seconds(SEEN_EVERY) {
            staff.store.session_seen(&token_hash).await.map_err(|error| staff.store_problem(&error))?;
        }
        Ok(Self { token_hash, session })
    }
}

/// The session, while it stands. One that nobody used for too long is ended here.
pub(super) async fn standing(staff: &Staff, token_hash: &TokenHash) -> Result<StaffSession, StaffProblem> {
    let problem = |error| staff.store_problem(&error);
    let session =
        staff.store.staff_session(token_hash).await.map_err(problem)?.ok_or(StaffProblem::Unauthorized)?;
    if staff.clock.now() >= session.seen_at.plus_seconds(IDLE) {
        staff.store.end_session(token_hash).await.map_err(problem)?;
        return Err(StaffProblem::Unauthorized);
    }
    Ok(session)
}

/// A token for a new session and the end of that session.
pub(super) fn new_token(staff: &Staff) -> (Capability, Timestamp) {
    (Capability::random(staff.entropy.as_ref()), staff.clock.now().plus_seconds(WHOLE))
}

/// The hash of the token in the request's cookie, if there is one.
pub(super) fn cookie_hash(staff: &Staff, headers: &HeaderMap) -> Option<TokenHash> {
    let jar = CookieJar::from_headers(headers);
    let token: Capability = jar.get(name(staff.transport()))?.value().parse().ok()?;
    Some(*token.hash().octets())
}

/// The cookie that carries a session. It ends with the browser at the latest.
pub(super) fn cookie(staff: &Staff, token: &Capability) -> CookieJar {
    let value: Zeroizing<String> = token.reveal();
    CookieJar::new().add(bare(staff, value.to_string()))
}

/// Tells the browser to forget the cookie.
pub(super) fn no_cookie(staff: &Staff) -> CookieJar {
    let mut cookie = bare(staff, String::new());
    cookie.make_removal();
    CookieJar::new().add(cookie)
}

fn bare(staff: &Staff, value: String) -> Cookie<'static> {
    let transport = staff.transport();
    Cookie::build((name(transport), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(transport == Transport::Tls)
        .build()
}

/// With the prefix a browser takes the cookie from this host over TLS alone (RFC 6265bis, 4.1.3.2).
fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Plain => "sotto-staff",
        Transport::Tls => "__Host-sotto-staff",
    }
}
