//! Shows the customer that a person is writing. Nothing is stored.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{ChannelId, Problem};

use super::{Staff, problem::StaffProblem, session::SignedInStaff};

#[utoipa::path(
    post, path = "/api/conversations/{id}/typing", tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn typing(
    State(staff): State<Staff>,
    person: SignedInStaff,
    Path(id): Path<ChannelId>,
) -> Result<StatusCode, StaffProblem> {
    staff.conversations.typing(&person.agent(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
