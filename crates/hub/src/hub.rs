//! The hub as a whole: what its parts share, how it starts and how it stops.

use std::sync::Arc;

use protocol::{Clock, DeskKey, Entropy};
use store::{StoreError, hub::HubStore};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    cache::ChannelCache,
    capacity::Capacity,
    checkpointer,
    fanout::Fanout,
    limiter::Limiters,
    metrics::Metrics,
    networks::Networks,
    options::HubOptions,
    refusal::Refusal,
    routes, sweeper,
    writer::{self, Writer},
};

/// A running hub. Cloning gives another handle to the same one.
#[derive(Clone)]
pub struct Hub {
    pub(crate) parts: Arc<Parts>,
}

/// What the hub's parts share.
pub(crate) struct Parts {
    pub(crate) options: HubOptions,
    pub(crate) store: HubStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) writer: Writer,
    pub(crate) cache: Arc<ChannelCache>,
    pub(crate) fanout: Arc<Fanout>,
    pub(crate) networks: Networks,
    pub(crate) limiters: Limiters,
    pub(crate) connections: Arc<Capacity>,
    pub(crate) sockets: Arc<Capacity>,
    pub(crate) metrics: Arc<Metrics>,
    /// Told after each commit.
    pub(crate) committed: Arc<Notify>,
    /// Cancelled when the hub begins to stop.
    pub(crate) stopping: CancellationToken,
    /// Cancelled when nothing more is written.
    pub(crate) draining: CancellationToken,
    /// Connections and sockets.
    pub(crate) serving: TaskTracker,
    /// The writer, the sweeper and the checkpointer.
    pub(crate) jobs: TaskTracker,
}

impl Hub {
    /// Starts the hub's tasks on the present Tokio runtime; it serves once [`Hub::serve`] is called.
    #[must_use]
    pub fn new(
        options: HubOptions,
        store: HubStore,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let jobs = TaskTracker::new();
        let draining = CancellationToken::new();
        let cache = Arc::new(ChannelCache::new(options.limits.cached_channels));
        let fanout = Arc::new(Fanout::default());
        let metrics = Arc::new(Metrics::new());
        let committed = Arc::new(Notify::new());
        let (writer, task) = writer::new(writer::Parts {
            store: store.clone(),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            cache: Arc::clone(&cache),
            fanout: Arc::clone(&fanout),
            metrics: Arc::clone(&metrics),
            limits: options.limits,
            lifetimes: options.lifetimes,
            queue_timeout: options.timeouts.queue,
            committed: Arc::clone(&committed),
            draining: draining.clone(),
        });
        jobs.spawn(task);
        let limits = &options.limits;
        let hub = Self {
            parts: Arc::new(Parts {
                networks: Networks::new(options.proxy.clone(), Arc::clone(&clock), Arc::clone(&entropy)),
                limiters: Limiters::new(limits, &clock),
                connections: Capacity::new(limits.connections, limits.network_connections),
                sockets: Capacity::new(limits.sockets, limits.network_sockets),
                options,
                store,
                clock,
                entropy,
                writer,
                cache,
                fanout,
                metrics,
                committed,
                stopping: CancellationToken::new(),
                draining,
                serving: TaskTracker::new(),
                jobs,
            }),
        };
        hub.parts.jobs.spawn(sweeper::run(hub.clone()));
        hub.parts.jobs.spawn(checkpointer::run(hub.clone()));
        hub
    }

    /// The API as a router, for tests and for a program that serves it in its own way. Requests that do not
    /// come through [`Hub::serve`] all count as of one network.
    pub fn router(&self) -> axum::Router {
        routes::router(self.clone())
    }

    /// The API's description, OpenAPI 3.1 as JSON.
    #[must_use]
    pub fn openapi() -> String {
        routes::description()
    }

    /// Removes what has outlived its time. The hub does so by itself, again and again.
    ///
    /// # Errors
    /// [`StoreError`] of the first transaction that failed; what was removed before stays removed.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        sweeper::sweep(self).await
    }

    /// Stops: no new work, a close frame to every socket, then whatever was accepted is written. Returns once
    /// all is on the disk and the store is closed.
    pub async fn shutdown(&self) {
        self.parts.stopping.cancel();
        self.parts.serving.close();
        let drain = self.parts.options.timeouts.drain;
        if tokio::time::timeout(drain, self.parts.serving.wait()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        self.parts.draining.cancel();
        self.parts.jobs.close();
        self.parts.jobs.wait().await;
        self.parts.store.close().await;
    }

    /// The desk, if this hub serves it.
    pub(crate) fn desk(&self, desk: DeskKey) -> Result<DeskKey, Refusal> {
        self.parts.options.desks.contains(&desk).then_some(desk).ok_or(Refusal::NoDesk)
    }

    pub(crate) fn refuse(&self, error: &StoreError) -> Refusal {
        Refusal::store(error, &*self.parts.entropy)
    }
}
