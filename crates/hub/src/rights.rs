//! Who may do what with a channel.

use protocol::{Capability, CapabilityHash, ChannelId};
use store::hub::Channel;

use crate::{hub::Hub, networks::Network, refusal::Refusal};

/// What a capability is asked to allow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    Read,
    Write,
}

impl Hub {
    /// The channel, if the capability gives the right to it.
    ///
    /// To someone who holds none of its capabilities a channel that exists, one that never did and one whose
    /// time is over look the same. Someone who holds the other capability is told which one is missing.
    pub(crate) async fn authorise(
        &self,
        network: Network,
        channel: ChannelId,
        capability: &Capability,
        right: Right,
    ) -> Result<Channel, Refusal> {
        let found = self.look_up(channel).await?;
        // Nothing hashes to this, and comparing with it takes as long as with any other.
        let nothing = CapabilityHash::from_octets([0; 32]);
        let (read, write) = match &found {
            Some(channel) => (&channel.read, &channel.write),
            None => (&nothing, &nothing),
        };
        let (reads, writes) = (read.matches(capability), write.matches(capability));
        let alive = found.filter(|channel| channel.head.expires_at > self.parts.clock.now());
        match (alive, right) {
            (Some(channel), Right::Read) if reads => Ok(channel),
            (Some(channel), Right::Write) if writes => Ok(channel),
            (Some(_), Right::Write) if reads => {
                Err(Refusal::Unauthorized("This capability may read the channel, not post to it."))
            }
            (Some(_), Right::Read) if writes => {
                Err(Refusal::Unauthorized("This capability may post to the channel, not read it."))
            }
            _ => {
                self.parts.limiters.denials.check(&network.tag)?;
                Err(Refusal::NoChannel)
            }
        }
    }

    /// What is known of a channel; its head may be a moment old.
    pub(crate) async fn look_up(&self, channel: ChannelId) -> Result<Option<Channel>, Refusal> {
        if let Some(known) = self.parts.cache.get(channel) {
            return Ok(Some(known));
        }
        let found = self.parts.store.channel(channel).await.map_err(|error| self.refuse(&error))?;
        if let Some(channel) = &found {
            self.parts.cache.put_if_absent(channel);
        }
        Ok(found)
    }
}
