//! Who listens: the sockets and long-polls of each channel, and the one session of each desk.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{Author, ChannelId, DeskKey};
use store::hub::StoredEnvelope;

use crate::mailbox::{self, Ended, Mailbox};

/// Who listens. Its size is bounded by the number of sockets.
#[derive(Default)]
pub(crate) struct Fanout {
    channels: Mutex<HashMap<ChannelId, Vec<Arc<Mailbox>>>>,
    desks: Mutex<HashMap<DeskKey, Arc<Mailbox>>>,
}

/// A place among the listeners, given up when it is dropped.
pub(crate) struct Subscription {
    fanout: Arc<Fanout>,
    to: To,
    mailbox: Arc<Mailbox>,
}

enum To {
    Channel(ChannelId),
    Desk(DeskKey),
}

impl Fanout {
    /// Listens to one channel from now on.
    pub(crate) fn channel(self: &Arc<Self>, channel: ChannelId) -> Subscription {
        let mailbox = Mailbox::new(mailbox::DEVICE);
        lock(&self.channels).entry(channel).or_default().push(Arc::clone(&mailbox));
        Subscription { fanout: Arc::clone(self), to: To::Channel(channel), mailbox }
    }

    /// Listens to all channels of a desk from now on. An older session of the same desk ends.
    pub(crate) fn desk(self: &Arc<Self>, desk: DeskKey) -> Subscription {
        let mailbox = Mailbox::new(mailbox::DESK);
        if let Some(older) = lock(&self.desks).insert(desk, Arc::clone(&mailbox)) {
            older.end(Ended::Replaced);
        }
        Subscription { fanout: Arc::clone(self), to: To::Desk(desk), mailbox }
    }

    /// Hands on an envelope that is on the disk.
    pub(crate) fn publish(&self, desk: DeskKey, envelope: &Arc<StoredEnvelope>) {
        if let Some(listeners) = lock(&self.channels).get(&envelope.channel) {
            for listener in listeners {
                listener.deliver(envelope);
            }
        }
        match envelope.delivery.author {
            Author::Device => {
                if let Some(session) = lock(&self.desks).get(&desk) {
                    session.deliver(envelope);
                }
            }
            Author::Desk => {}
        }
    }

    /// Tells a desk's session, if there is one, that few key packages are left.
    pub(crate) fn warn_key_packages(&self, desk: DeskKey, left: u64) {
        if let Some(session) = lock(&self.desks).get(&desk) {
            session.warn_key_packages(left);
        }
    }

    /// Tells a channel's listeners that it is no more.
    pub(crate) fn end(&self, channel: ChannelId) {
        for listener in lock(&self.channels).get(&channel).into_iter().flatten() {
            listener.end(Ended::Channel);
        }
    }
}

impl Subscription {
    pub(crate) fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        match self.to {
            To::Channel(channel) => {
                let mut channels = lock(&self.fanout.channels);
                if let Some(listeners) = channels.get_mut(&channel) {
                    listeners.retain(|listener| !Arc::ptr_eq(listener, &self.mailbox));
                    if listeners.is_empty() {
                        channels.remove(&channel);
                    }
                }
            }
            To::Desk(desk) => {
                let mut desks = lock(&self.fanout.desks);
                if desks.get(&desk).is_some_and(|session| Arc::ptr_eq(session, &self.mailbox)) {
                    desks.remove(&desk);
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A map is whole between two calls of its methods, so a panic elsewhere has left nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
