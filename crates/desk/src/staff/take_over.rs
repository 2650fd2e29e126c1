//! The person answers from now on; the assistant is silent.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{ChannelId, Problem};

use super::{Staff, problem::StaffProblem, session::SignedInStaff};

#[utoipa::path(
    post, path = "/api/conversations/{id}/take-over", tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn take_over(
    State(staff): State<Staff>,
    person: SignedInStaff,
    Path(id): Path<ChannelId>,
) -> Result<StatusCode, StaffProblem> {
    staff.conversations.take_over(&person.agent(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
