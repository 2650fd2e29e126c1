//! Conversations end: after the days that the business chose, their key and rows are destroyed. The keys of past
//! weeks end too, so that a copy of them that lies in a backup opens nothing that was erased.

use std::{sync::Arc, time::Duration};

use protocol::Clock;
use store::desk::DeskStore;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::chain::chain;

const EVERY: Duration = Duration::from_secs(60 * 60);
const SECONDS_A_DAY: i64 = 24 * 60 * 60;

/// Looks every hour, and at start. Safe to repeat: what is gone is gone.
pub(crate) async fn run(store: DeskStore, clock: Arc<dyn Clock>, days: u32, stop: CancellationToken) {
    loop {
        if let Err(error) = store.rotate_epoch().await {
            warn!(error = %chain(&error), "keys of past weeks are not destroyed yet");
        }
        let before = clock.now().plus_seconds(-i64::from(days) * SECONDS_A_DAY);
        match store.expired(before).await {
            Ok(channels) => {
                for channel in channels {
                    match store.delete_conversation(channel).await {
                        Ok(_) => info!(%channel, "a conversation reached its end and was destroyed"),
                        Err(error) => {
                            warn!(%channel, error = %chain(&error), "a conversation is not destroyed yet")
                        }
                    }
                }
            }
            Err(error) => warn!(error = %chain(&error), "expired conversations cannot be looked up now"),
        }
        if let Err(error) = store.sweep_staff(clock.now().plus_seconds(-SECONDS_A_DAY)).await {
            warn!(error = %chain(&error), "ended sessions and invitations are not forgotten yet");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
