//! The channels of one batch: as the store has them, and as the batch leaves them.

use std::collections::HashMap;

use protocol::ChannelId;
use store::hub::{Channel, Head, HeadChange};

/// The channels that a batch touches.
#[derive(Default)]
pub(super) struct Standing {
    slots: HashMap<ChannelId, Slot>,
}

#[derive(Default)]
struct Slot {
    stored: Option<Channel>,
    now: Option<Channel>,
}

impl Standing {
    /// What the store has, or is believed to have.
    pub(super) fn know(&mut self, channel: Channel) {
        let slot = Slot { stored: Some(channel.clone()), now: Some(channel.clone()) };
        self.slots.insert(channel.channel, slot);
    }

    pub(super) fn knows(&self, id: ChannelId) -> bool {
        self.slots.contains_key(&id)
    }

    pub(super) fn get(&self, id: ChannelId) -> Option<&Channel> {
        self.slots.get(&id)?.now.as_ref()
    }

    pub(super) fn open(&mut self, channel: Channel) {
        let slot = self.slots.entry(channel.channel).or_default();
        slot.now = Some(channel);
    }

    pub(super) fn advance(&mut self, id: ChannelId, head: Head) {
        if let Some(channel) = self.slots.get_mut(&id).and_then(|slot| slot.now.as_mut()) {
            channel.head = head;
        }
    }

    pub(super) fn close(&mut self, id: ChannelId) {
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.now = None;
        }
    }

    /// Channels that the batch opens.
    pub(super) fn opened(&self) -> Vec<Channel> {
        self.slots.values().filter(|slot| slot.stored.is_none()).filter_map(|slot| slot.now.clone()).collect()
    }

    /// Channels that the batch moves on.
    pub(super) fn moved(&self) -> Vec<HeadChange> {
        let change = |slot: &Slot| {
            let (stored, now) = (slot.stored.as_ref()?, slot.now.as_ref()?);
            (stored.head != now.head).then_some(HeadChange {
                channel: now.channel,
                from: stored.head.seq,
                head: now.head,
            })
        };
        self.slots.values().filter_map(change).collect()
    }

    /// Channels that the batch ends.
    pub(super) fn closed(&self) -> Vec<ChannelId> {
        let ended =
            |(id, slot): (&ChannelId, &Slot)| (slot.stored.is_some() && slot.now.is_none()).then_some(*id);
        self.slots.iter().filter_map(ended).collect()
    }

    /// Everything that is there after the batch.
    pub(super) fn into_channels(self) -> impl Iterator<Item = Channel> {
        self.slots.into_values().filter_map(|slot| slot.now)
    }
}
