//! What was measured.

use std::time::Duration;

use serde_json::{Value, json};

/// Latencies of one kind.
#[derive(Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds at the median and at 99 of 100.
    pub(crate) fn summary(mut self) -> Value {
        self.0.sort_unstable();
        let at = |share: usize| {
            let place = (self.0.len() * share / 100).min(self.0.len().saturating_sub(1));
            self.0.get(place).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
        };
        json!({ "p50": at(50), "p99": at(99) })
    }
}
