//! Says something to the customer; tokens become values on the way to them alone.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{ChannelId, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Staff, body::Body, problem::StaffProblem, session::SignedInStaff};

/// The longest answer, in characters.
pub(super) const LONGEST: usize = 8_000;

/// An answer.
#[derive(Deserialize, ToSchema)]
pub(super) struct Reply {
    /// Words and tokens of this conversation, for example `[EMAIL_1]`.
    #[schema(min_length = 1, max_length = 8000)]
    text: String,
}

#[utoipa::path(
    post, path = "/api/conversations/{id}/reply", tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = Reply,
    responses(
        (status = 204),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn reply(
    State(staff): State<Staff>,
    person: SignedInStaff,
    Path(id): Path<ChannelId>,
    Body(body): Body<Reply>,
) -> Result<StatusCode, StaffProblem> {
    let text = body.text.trim();
    match text.chars().count() {
        0 => return Err(StaffProblem::Malformed),
        1..=LONGEST => {}
        _ => return Err(StaffProblem::TooLarge),
    }
    staff.conversations.reply(&person.agent(), id, text.to_owned()).await?;
    Ok(StatusCode::NO_CONTENT)
}
