//! Who is signed in.

use axum::Json;
use protocol::Problem;

use super::{
    problem::StaffProblem,
    session::{SessionView, SignedInStaff},
};

#[utoipa::path(
    get, path = "/api/session", tag = "session",
    responses(
        (status = 200, body = SessionView),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_session(person: SignedInStaff) -> Result<Json<SessionView>, StaffProblem> {
    Ok(Json(person.view()))
}
