//! The conversations, without what was said in them.

use axum::{Json, extract::State};
use protocol::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Staff,
    problem::StaffProblem,
    rows::{ConversationRow, Rows},
    session::SignedInStaff,
};

/// Those that changed last, first; 200 at the most.
#[derive(Serialize, ToSchema)]
pub(super) struct ConversationList {
    conversations: Vec<ConversationRow>,
}

#[utoipa::path(
    get, path = "/api/conversations", tag = "conversations",
    responses(
        (status = 200, body = ConversationList),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(staff): State<Staff>,
    person: SignedInStaff,
) -> Result<Json<ConversationList>, StaffProblem> {
    let rows = Rows::load(&staff, person.session.staff).await?;
    let summaries = staff.conversations.list().await.map_err(|error| staff.store_problem(&error))?;
    Ok(Json(ConversationList {
        conversations: summaries.into_iter().map(|summary| rows.row(summary)).collect(),
    }))
}
