//! Which requests are answered at all: under the console's own address, from the console's own page.
//!
//! Cookies know neither ports nor pages, and `SameSite` lets another port of this machine through, so each request
//! is held against three marks that a foreign page cannot set: `Host` (a name that an attacker points at this
//! machine), `Origin` and `Sec-Fetch-Site` (another page, Fetch Metadata), and a header of our own (a form).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Staff, address::Transport, headers, problem::StaffProblem};

/// Says who caused the request.
pub(super) const CONSOLE_HEADER: &str = "x-sotto-console";
/// The one endpoint that a browser asks by itself, with no headers of ours.
const EVENTS: &str = "/api/events";

/// Two years (RFC 6797).
const ALWAYS_TLS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Who caused a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A person did something: the session goes on.
    Person,
    /// The page keeps itself up to date: the session does not notice.
    Page,
}

/// Refuses what does not come from this console's page.
pub(super) async fn guard(State(staff): State<Staff>, request: Request, next: Next) -> Response {
    let mut response = match check(&staff, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => headers::of_api(problem.into_response()),
    };
    if staff.transport() == Transport::Tls {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, ALWAYS_TLS);
    }
    response
}

/// Who caused the request; refused without the header.
pub(super) fn cause(headers: &HeaderMap) -> Result<Cause, StaffProblem> {
    match text(headers, CONSOLE_HEADER) {
        Some("person") => Ok(Cause::Person),
        Some("live") => Ok(Cause::Page),
        _ => Err(StaffProblem::Forbidden),
    }
}

fn check(staff: &Staff, request: &Request) -> Result<(), StaffProblem> {
    let headers = request.headers();
    let host =
        text(headers, header::HOST.as_str()).or_else(|| request.uri().authority().map(|name| name.as_str()));
    if !staff.addresses.iter().any(|address| Some(address.authority()) == host) {
        return Err(StaffProblem::WrongHost);
    }
    let path = request.uri().path();
    if !path.starts_with("/api/") {
        return Ok(());
    }
    if text(headers, "sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return Err(StaffProblem::Forbidden);
    }
    if path != EVENTS {
        cause(headers)?;
    }
    let origin = text(headers, header::ORIGIN.as_str());
    let ours = staff.addresses.iter().any(|address| Some(address.origin()) == origin);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if ours || (reads && origin.is_none()) { Ok(()) } else { Err(StaffProblem::Forbidden) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
