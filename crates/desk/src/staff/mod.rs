//! The staff's door to the desk: the HTTP API under the console, on the business's own network.
//!
//! Purpose: enrolment, sign-in, sessions, and what an agent does with a conversation; one endpoint a file.
//! Boundary: shows masked conversations alone, each after the access record says so (that is
//! [`Conversations::view`](crate::Conversations)); the pages themselves come from the program.
//! Invariants:
//! - a request is answered only under one of the console's own addresses, and a change only when this console's
//!   page asked for it ([`guard`]);
//! - a session ends after 30 minutes without an act of the person and after 12 hours in any case; ended, nothing
//!   more is shown, an open event stream included ([`session`]);
//! - a one-time code counts once; a failed sign-in never says what was wrong ([`sign_in`]);
//! - events name conversations, never what was said in them ([`events`]).

mod address;
mod body;
mod close;
mod enrol;
mod enrolment;
mod enrolment_offer;
mod events;
mod get_session;
mod give_back;
mod guard;
mod headers;
mod list;
mod lock_out;
mod password;
mod problem;
mod reply;
mod rows;
mod session;
mod sign_in;
mod sign_out;
mod state;
mod take_over;
mod totp;
mod typing;
mod view;

pub use address::{AddressError, ConsoleAddress};
pub use enrolment::create_enrolment;
pub use state::{Staff, StaffOptions};

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(info(
    title = "Sotto staff API",
    description = "What the staff console asks of the desk. Cookies carry the session; every request under /api but \
                   the event stream carries the header `x-sotto-console`: `person` when a person caused it, `live` \
                   when the page did."
))]
struct Description;

/// The whole site of the console: the API, its description at `/openapi.json`, and for all else `files`.
pub fn router(staff: Staff, files: Router) -> Router {
    let (api, description) = endpoints().split_for_parts();
    let description = axum::Json(description);
    let site = Router::new()
        .merge(api)
        .route("/openapi.json", axum::routing::get(async move || description.clone()))
        .route("/api/{*rest}", axum::routing::any(async || problem::StaffProblem::NotFound))
        .layer(axum::extract::DefaultBodyLimit::max(body::MOST_OCTETS))
        .layer(axum::middleware::from_fn(headers::api))
        .fallback_service(files.layer(axum::middleware::from_fn(headers::files)))
        .with_state(staff.clone());
    site.layer(axum::middleware::from_fn_with_state(staff, guard::guard))
}

/// The API's description (OpenAPI 3.1).
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    endpoints().into_openapi()
}

fn endpoints() -> OpenApiRouter<Staff> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(enrolment_offer::offer))
        .routes(routes!(enrol::enrol))
        .routes(routes!(get_session::get_session, sign_in::sign_in, sign_out::sign_out))
        .routes(routes!(list::list))
        .routes(routes!(view::view))
        .routes(routes!(take_over::take_over))
        .routes(routes!(reply::reply))
        .routes(routes!(typing::typing))
        .routes(routes!(give_back::give_back))
        .routes(routes!(close::close))
        .routes(routes!(events::events))
}
