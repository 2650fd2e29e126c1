//! Counts for an operator (OpenMetrics 1.0). No label names a channel, a desk or a network.

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use protocol::{Author, ProblemCode};

type Labels = [(&'static str, &'static str); 1];

/// What the hub counts.
pub(crate) struct Metrics {
    registry: Registry,
    accepted: Family<Labels, Counter>,
    delivered: Family<Labels, Counter>,
    refused: Family<Labels, Counter>,
    claimed: Family<Labels, Counter>,
    swept: Family<Labels, Counter>,
    sockets: Family<Labels, Gauge>,
    pub(crate) batch: Histogram,
    pub(crate) commit_seconds: Histogram,
    pub(crate) retries: Counter,
}

/// To whom something goes or whose socket it is.
#[derive(Clone, Copy)]
pub(crate) enum End {
    Device,
    /// A device without a socket, that asks and waits.
    Poll,
    Desk,
}

/// Adds one to a gauge for as long as it lives.
pub(crate) struct Open(Gauge);

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("sotto_hub"),
            accepted: Family::default(),
            delivered: Family::default(),
            refused: Family::default(),
            claimed: Family::default(),
            swept: Family::default(),
            sockets: Family::default(),
            batch: Histogram::new([1.0, 4.0, 16.0, 64.0, 256.0, 1024.0]),
            commit_seconds: Histogram::new([0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0]),
            retries: Counter::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("envelopes_accepted", "Envelopes stored", metrics.accepted.clone());
        registry.register("envelopes_delivered", "Envelopes sent out", metrics.delivered.clone());
        registry.register("refusals", "Requests and commands refused", metrics.refused.clone());
        registry.register("key_packages_claimed", "Key packages given out", metrics.claimed.clone());
        registry.register("rows_swept", "Rows that outlived their time", metrics.swept.clone());
        registry.register("sockets", "Open WebSockets and waiting polls", metrics.sockets.clone());
        registry.register("batch_writes", "Writes that one commit carried", metrics.batch.clone());
        registry.register("commit_seconds", "Time of one commit", metrics.commit_seconds.clone());
        registry.register("batch_retries", "Commits tried again from the store", metrics.retries.clone());
        metrics
    }

    pub(crate) fn accepted(&self, author: Author) {
        let author = match author {
            Author::Device => "device",
            Author::Desk => "desk",
        };
        self.accepted.get_or_create(&[("author", author)]).inc();
    }

    pub(crate) fn delivered(&self, to: End, count: usize) {
        self.delivered.get_or_create(&[("to", to.label())]).inc_by(count as u64);
    }

    pub(crate) fn refused(&self, code: ProblemCode) {
        self.refused.get_or_create(&[("code", code_label(code))]).inc();
    }

    pub(crate) fn claimed(&self, kind: &'static str) {
        self.claimed.get_or_create(&[("kind", kind)]).inc();
    }

    pub(crate) fn swept(&self, table: &'static str, rows: u64) {
        self.swept.get_or_create(&[("table", table)]).inc_by(rows);
    }

    pub(crate) fn socket(&self, end: End) -> Open {
        let gauge = self.sockets.get_or_create(&[("end", end.label())]).clone();
        gauge.inc();
        Open(gauge)
    }

    /// The text for a scrape.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl End {
    fn label(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Poll => "poll",
            Self::Desk => "desk",
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn code_label(code: ProblemCode) -> &'static str {
    use ProblemCode as Code;
    match code {
        Code::Malformed => "malformed",
        Code::TooLarge => "too-large",
        Code::Unauthorized => "unauthorized",
        Code::NoChannel => "no-channel",
        Code::NoDesk => "no-desk",
        Code::NoKeyPackage => "no-key-package",
        Code::StaleEpoch => "stale-epoch",
        Code::ChannelExists => "channel-exists",
        Code::EnvelopeMismatch => "envelope-mismatch",
        Code::RateLimited => "rate-limited",
        Code::QuotaExceeded => "quota-exceeded",
        Code::StorageFull => "storage-full",
        Code::StorageBusy => "storage-busy",
        Code::NotFound => "not-found",
        Code::Unavailable => "unavailable",
        Code::Internal => "internal",
        // The staff API's codes and those of newer versions never come from here.
        _ => "other",
    }
}
