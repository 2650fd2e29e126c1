//! How many there may be at once, in all and of one network.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::networks::NetworkTag;

/// Counts what is held at once.
pub(crate) struct Capacity {
    total: usize,
    each: usize,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    total: usize,
    by_network: HashMap<NetworkTag, usize>,
}

/// One of the places; given back when it is dropped.
pub(crate) struct Held {
    capacity: Arc<Capacity>,
    network: Option<NetworkTag>,
}

impl Capacity {
    pub(crate) fn new(total: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { total, each, used: Mutex::default() })
    }

    /// Takes a place for the network; one without a network counts towards the total alone.
    pub(crate) fn take(self: &Arc<Self>, network: Option<NetworkTag>) -> Option<Held> {
        let mut used = self.lock();
        if used.total >= self.total {
            return None;
        }
        if let Some(network) = network {
            let count = used.by_network.entry(network).or_default();
            if *count >= self.each {
                return None;
            }
            *count += 1;
        }
        used.total += 1;
        Some(Held { capacity: Arc::clone(self), network })
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        // Counts change together under the lock and nothing in between can panic.
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut used = self.capacity.lock();
        used.total = used.total.saturating_sub(1);
        if let Some(network) = self.network
            && let Some(count) = used.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                used.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_gets_its_share_all_get_the_total_and_what_is_dropped_is_free_again() {
        let capacity = Capacity::new(3, 2);
        let one = Some(NetworkTag::SHARED);
        let held = (capacity.take(one), capacity.take(one));
        assert!(held.0.is_some() && held.1.is_some() && capacity.take(one).is_none());
        let third = capacity.take(None);
        assert!(third.is_some() && capacity.take(None).is_none());
        drop(held);
        assert!(capacity.take(one).is_some());
        assert_eq!(capacity.lock().by_network.len(), 0);
    }
}
