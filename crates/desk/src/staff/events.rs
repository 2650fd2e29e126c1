//! Tells an open console which conversation changed (server-sent events, HTML living standard 9.2). Ids alone:
//! what was said is fetched, and so goes on record.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::sse::{Event, Sse},
};
use futures_util::{Stream, stream};
use protocol::{ChannelId, Problem};
use store::desk::TokenHash;
use tokio::{
    sync::{OwnedSemaphorePermit, broadcast},
    time::{Interval, MissedTickBehavior, interval},
};

use super::{
    Staff,
    problem::StaffProblem,
    session::{self, SignedInStaff},
};

/// A sign of life, and a look whether the session still stands.
const BEAT: Duration = Duration::from_secs(15);
/// When the stream ends, the browser comes back after this.
const COME_BACK: Duration = Duration::from_secs(2);

struct Line {
    staff: Staff,
    token_hash: TokenHash,
    changes: broadcast::Receiver<ChannelId>,
    beat: Interval,
    _place: OwnedSemaphorePermit,
}

#[utoipa::path(
    get, path = "/api/events", tag = "conversations",
    responses(
        (status = 200, content_type = "text/event-stream", description = "Events `change`, each with the id of a conversation", body = String),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn events(
    State(staff): State<Staff>,
    person: SignedInStaff,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StaffProblem> {
    let place = Arc::clone(&staff.streams).try_acquire_owned().map_err(|_| StaffProblem::RateLimited(30))?;
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let line = Line {
        changes: staff.conversations.changes(),
        staff,
        token_hash: person.token_hash,
        beat,
        _place: place,
    };
    // The first beat comes at once and says how soon to come back.
    Ok(Sse::new(stream::unfold(line, next)))
}

/// The next event; the end when the session or the desk ends, or when the console was too slow: it then comes back
/// and looks at everything again.
async fn next(mut line: Line) -> Option<(Result<Event, Infallible>, Line)> {
    let event = tokio::select! {
        () = line.staff.stop.cancelled() => return None,
        changed = line.changes.recv() => Event::default().event("change").data(changed.ok()?.to_string()),
        _ = line.beat.tick() => Event::default().retry(COME_BACK).comment("beat"),
    };
    session::standing(&line.staff, &line.token_hash).await.ok()?;
    Some((Ok(event), line))
}
