//! A conversation as the list shows it: who holds it and since when, nothing of what was said.

use std::collections::HashMap;

use protocol::{ChannelId, Timestamp};
use serde::Serialize;
use store::desk::{Phase, StaffId};
use utoipa::ToSchema;

use super::{Staff, problem::StaffProblem};
use crate::ConversationSummary;

/// A conversation in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConversationRow {
    /// The hub's channel.
    id: ChannelId,
    holder: HolderView,
    /// The name of the colleague who holds it.
    #[schema(required)]
    holder_name: Option<String>,
    /// BCP 47 tag of the customer's language.
    language: String,
    opened_at: Timestamp,
    /// When something was last said.
    last_at: Timestamp,
    /// Since when the customer waits for a person, while they do.
    #[schema(required)]
    waiting_since: Option<Timestamp>,
}

/// Who holds a conversation, as the person who asks sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HolderView {
    /// The assistant answers.
    Assistant,
    /// The customer waits for a person.
    Waiting,
    /// Whoever asks.
    Me,
    /// Another person of the staff.
    Colleague,
    /// It is over, until the customer writes again.
    Closed,
}

/// What rows are made with besides the conversation itself.
pub(super) struct Rows {
    me: StaffId,
    names: HashMap<StaffId, String>,
    waiting: HashMap<ChannelId, Timestamp>,
}

impl Rows {
    pub(super) async fn load(staff: &Staff, me: StaffId) -> Result<Self, StaffProblem> {
        let problem = |error| staff.store_problem(&error);
        Ok(Self {
            me,
            names: staff.store.staff_names().await.map_err(problem)?.into_iter().collect(),
            waiting: staff.store.waiting_since().await.map_err(problem)?.into_iter().collect(),
        })
    }

    pub(super) fn row(&self, summary: ConversationSummary) -> ConversationRow {
        let (holder, holder_name) = match summary.phase {
            Phase::Assistant => (HolderView::Assistant, None),
            Phase::Waiting => (HolderView::Waiting, None),
            Phase::Agent(id) if id == self.me => (HolderView::Me, None),
            Phase::Agent(id) => (HolderView::Colleague, self.names.get(&id).cloned()),
            Phase::Closed => (HolderView::Closed, None),
        };
        let waiting_since = match holder {
            HolderView::Waiting => self.waiting.get(&summary.channel).copied(),
            HolderView::Assistant | HolderView::Me | HolderView::Colleague | HolderView::Closed => None,
        };
        ConversationRow {
            id: summary.channel,
            holder,
            holder_name,
            language: summary.language,
            opened_at: summary.opened_at,
            last_at: summary.last_at,
            waiting_since,
        }
    }
}
