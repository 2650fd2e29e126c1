//! Keeps the store's log short beside the writer: a writer that had to do it would stop for as long, and every
//! post with it.

use std::time::Duration;

use crate::hub::Hub;

/// Between two copies: long enough to copy a page once for several writes to it.
const PAUSE: Duration = Duration::from_millis(200);

/// Copies after commits until nothing more is written.
pub(crate) async fn run(hub: Hub) {
    let parts = &hub.parts;
    loop {
        tokio::select! {
            () = parts.draining.cancelled() => return,
            () = parts.committed.notified() => {}
        }
        if let Err(error) = parts.store.checkpoint().await {
            // The refusal is for nobody; making it logs the error.
            let _ = hub.refuse(&error);
        }
        tokio::select! {
            () = parts.draining.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
