//! Removes rows whose time is over, a bounded number in each transaction, so that posts get in between.

use store::StoreError;
use tokio::time::MissedTickBehavior;

use crate::hub::Hub;

/// Sweeps until the hub stops. A sweep that failed is made up for by the next.
pub(crate) async fn run(hub: Hub) {
    let mut interval = tokio::time::interval(hub.parts.options.timeouts.sweep);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = hub.parts.stopping.cancelled() => return,
            _ = interval.tick() => {}
        }
        hub.parts.limiters.forget_quiet();
        if let Err(error) = sweep(&hub).await {
            // The refusal is for nobody; making it logs the error.
            let _ = hub.refuse(&error);
        }
    }
}

pub(crate) async fn sweep(hub: &Hub) -> Result<(), StoreError> {
    while hub.parts.writer.sweep().await? {}
    Ok(())
}
