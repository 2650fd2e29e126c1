//! Rates (the generic cell rate algorithm, ITU-T I.371, by `governor`) by network or channel.

use std::{hash::Hash, sync::Arc};

use governor::{
    Quota, RateLimiter, clock::Clock as GovernorClock, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::DashMapStateStore,
};
use protocol::Clock;

use crate::{
    networks::NetworkTag,
    options::{Limits, Rate},
    refusal::Refusal,
};

/// Keys that are counted each; above, all further ones share one count.
const MAX_KEYS: usize = 65_536;

/// A rate for each key.
pub(crate) struct Limiter<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, HubClock, NoOpMiddleware<Nanos>>,
    clock: HubClock,
    shared: K,
}

#[derive(Clone)]
struct HubClock(Arc<dyn Clock>);

impl GovernorClock for HubClock {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        let milliseconds = u64::try_from(self.0.now().0).unwrap_or(0);
        Nanos::from(milliseconds.saturating_mul(1_000_000))
    }
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// `shared` is the key that stands for all that are too many.
    pub(crate) fn new(rate: Rate, clock: Arc<dyn Clock>, shared: K) -> Self {
        let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        let clock = HubClock(clock);
        let limiter = RateLimiter::new(quota, DashMapStateStore::default(), clock.clone());
        Self { limiter, clock, shared }
    }

    /// Counts one, or says after how many seconds there is room for it.
    pub(crate) fn check(&self, key: &K) -> Result<(), Refusal> {
        let key = if self.limiter.len() < MAX_KEYS { key } else { &self.shared };
        self.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
            Refusal::RateLimited(u32::try_from(seconds).unwrap_or(u32::MAX))
        })
    }

    /// Forgets keys that have their whole burst again.
    pub(crate) fn forget_quiet(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// The hub's rates.
pub(crate) struct Limiters {
    pub(crate) posts: Limiter<protocol::ChannelId>,
    pub(crate) requests: Limiter<NetworkTag>,
    pub(crate) channels: Limiter<NetworkTag>,
    pub(crate) claims: Limiter<NetworkTag>,
    pub(crate) one_time_claims: Limiter<NetworkTag>,
    pub(crate) denials: Limiter<NetworkTag>,
}

impl Limiters {
    pub(crate) fn new(limits: &Limits, clock: &Arc<dyn Clock>) -> Self {
        let network = |rate| Limiter::new(rate, Arc::clone(clock), NetworkTag::SHARED);
        Self {
            posts: Limiter::new(limits.posts, Arc::clone(clock), protocol::ChannelId::from_octets([0; 16])),
            requests: network(limits.requests),
            channels: network(limits.channels),
            claims: network(limits.claims),
            one_time_claims: network(limits.one_time_claims),
            denials: network(limits.denials),
        }
    }

    pub(crate) fn forget_quiet(&self) {
        self.posts.forget_quiet();
        for limiter in [&self.requests, &self.channels, &self.claims, &self.one_time_claims, &self.denials] {
            limiter.forget_quiet();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use protocol::Timestamp;

    use super::*;

    struct Moved(AtomicI64);
    impl Clock for Moved {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn a_burst_is_let_through_then_the_steady_rate_and_the_wait_is_told() {
        let clock = Arc::new(Moved(AtomicI64::new(1_000_000)));
        let limiter = Limiter::new(Rate::new(6, 3), clock.clone(), 0_u8);
        let allowed = (0..10).filter(|_| limiter.check(&1).is_ok()).count();
        assert_eq!(allowed, 3);
        assert_eq!(limiter.check(&1), Err(Refusal::RateLimited(10)));
        assert!(limiter.check(&2).is_ok());
        clock.0.fetch_add(10_000, Ordering::Relaxed);
        assert!(limiter.check(&1).is_ok() && limiter.check(&1).is_err());
        clock.0.fetch_add(600_000, Ordering::Relaxed);
        limiter.forget_quiet();
        assert_eq!(limiter.limiter.len(), 0);
    }
}
