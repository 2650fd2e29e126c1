//! One conversation, masked. The access record has the look on disk before anything is read.

use axum::{
    Json,
    extract::{Path, State},
};
use protocol::{ChannelId, Citation, Problem, Timestamp};
use serde::{Deserialize, Serialize};
use store::desk::StoredSpeaker;
use utoipa::ToSchema;

use super::{
    Staff,
    problem::StaffProblem,
    rows::{ConversationRow, Rows},
    session::SignedInStaff,
};
use crate::{Identified, ViewMessage};

/// A conversation as an agent sees it: tokens, never values.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConversationDetail {
    conversation: ConversationRow,
    /// Whether the business's page vouches for who the customer is.
    identified: bool,
    /// Oldest first.
    messages: Vec<MessageView>,
    /// What an answer may contain, for example `[EMAIL_1]`.
    tokens: Vec<String>,
    /// The customer's device shows the same when nobody is in the middle.
    safety_number: String,
}

/// One message, masked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MessageView {
    /// Its place in the conversation.
    position: i64,
    speaker: MessageSpeaker,
    /// In tokens, with a small part of Markdown. Of a note: what the assistant tells whoever takes over.
    text: String,
    at: Timestamp,
    citations: Vec<CitationView>,
    /// Of a note: the stable code of the reason why a person is needed.
    #[schema(required)]
    hand_off: Option<String>,
}

/// Who said it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MessageSpeaker {
    /// The customer.
    Customer,
    /// The AI assistant.
    Assistant,
    /// A person of the staff.
    Agent,
    /// Nobody: for the staff alone.
    Note,
}

/// Where an answer of the assistant comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CitationView {
    title: String,
    #[schema(required)]
    url: Option<String>,
    /// The article's own words.
    quote: String,
}

/// What is stored beside a message.
#[derive(Deserialize)]
#[serde(untagged)]
enum Extra {
    Citations(Vec<Citation>),
    Note { hand_off: String },
}

#[utoipa::path(
    get, path = "/api/conversations/{id}", tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses(
        (status = 200, body = ConversationDetail),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn view(
    State(staff): State<Staff>,
    person: SignedInStaff,
    Path(id): Path<ChannelId>,
) -> Result<Json<ConversationDetail>, StaffProblem> {
    let rows = Rows::load(&staff, person.session.staff).await?;
    let view = staff
        .conversations
        .view(&person.agent(), id)
        .await
        .map_err(|error| StaffProblem::view(&error, staff.entropy.as_ref()))?;
    Ok(Json(ConversationDetail {
        conversation: rows.row(view.summary),
        identified: view.identified == Identified::Yes,
        messages: view.messages.into_iter().map(MessageView::from).collect(),
        tokens: view.tokens,
        safety_number: view.safety_number,
    }))
}

impl From<ViewMessage> for MessageView {
    fn from(message: ViewMessage) -> Self {
        // What a newer version stored beside a message is left out; the message is still shown.
        let (citations, hand_off) = match message.extra.as_deref().map(serde_json::from_str) {
            Some(Ok(Extra::Citations(citations))) => (citations, None),
            Some(Ok(Extra::Note { hand_off })) => (Vec::new(), Some(hand_off)),
            Some(Err(_)) | None => (Vec::new(), None),
        };
        Self {
            position: message.position,
            speaker: match message.speaker {
                StoredSpeaker::Customer => MessageSpeaker::Customer,
                StoredSpeaker::Assistant => MessageSpeaker::Assistant,
                StoredSpeaker::Agent => MessageSpeaker::Agent,
                StoredSpeaker::Note => MessageSpeaker::Note,
            },
            text: message.text,
            at: message.at,
            citations: citations
                .into_iter()
                .map(|Citation { title, url, quote }| CitationView { title, url, quote })
                .collect(),
            hand_off,
        }
    }
}
