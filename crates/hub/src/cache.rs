//! What is known of channels that were used lately, so that a post needs no read.
//!
//! It may be out of date; the store has the last word. A place or an epoch taken from here is written only if
//! the channel still stands there (`store::hub::HeadChange`), and then the writer reads it afresh.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
};

use lru::LruCache;
use protocol::ChannelId;
use store::hub::Channel;

/// The channels used last, at most a given number of them.
pub(crate) struct ChannelCache {
    channels: Mutex<LruCache<ChannelId, Channel>>,
}

impl ChannelCache {
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN);
        Self { channels: Mutex::new(LruCache::sparse(capacity)) }
    }

    pub(crate) fn get(&self, channel: ChannelId) -> Option<Channel> {
        self.lock().get(&channel).cloned()
    }

    /// What the writer has just made durable, or read under its lock.
    pub(crate) fn put(&self, channel: Channel) {
        self.lock().put(channel.channel, channel);
    }

    /// What a reader found. The writer knows better if it has put something in meanwhile.
    pub(crate) fn put_if_absent(&self, channel: &Channel) {
        let mut channels = self.lock();
        if !channels.contains(&channel.channel) {
            channels.put(channel.channel, channel.clone());
        }
    }

    pub(crate) fn forget(&self, channel: ChannelId) {
        self.lock().pop(&channel);
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<ChannelId, Channel>> {
        // Each use is one call, so a panic elsewhere has left nothing half done.
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
