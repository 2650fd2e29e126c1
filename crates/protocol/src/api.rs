//! Bodies and frames of the hub's API. Over a WebSocket each frame is one of the `…Command` or `…Event`
//! values as JSON text; over plain HTTP the same structures are bodies.

use serde::{Deserialize, Serialize};

use crate::{
    Author, Bytes, Capability, CapabilityHash, ChannelId, DeskKey, Envelope, EnvelopeId, Problem, Timestamp,
};

/// Opens a channel with its first envelope in one step, so that none exists half made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateChannel {
    /// Chosen by the device, at random.
    pub channel: ChannelId,
    /// The desk that the welcome is for.
    pub desk: DeskKey,
    /// Hash of the write capability.
    pub write: CapabilityHash,
    /// Hash of the read capability.
    pub read: CapabilityHash,
    /// The welcome; its epoch is the channel's first, in which the desk is a member (1 after the first add).
    pub welcome: Envelope,
}

/// A channel was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Created {
    /// The welcome's place in the channel.
    pub seq: u64,
    /// When the channel ends if nothing more is posted.
    pub expires_at: Timestamp,
}

/// An envelope was stored, durably.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Posted {
    /// Its id.
    pub id: EnvelopeId,
    /// Its place in the channel; the first is 1.
    pub seq: u64,
}

/// An envelope, delivered. At least once: who receives keeps the highest `seq` it has dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Its place in the channel; without gaps but for what has outlived its life time.
    pub seq: u64,
    /// Which end posted it.
    pub author: Author,
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
}

/// Answer to a long-poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deliveries {
    /// In order of `seq`; empty when nothing came while waiting.
    pub envelopes: Vec<Delivery>,
    /// The channel's present epoch.
    pub epoch: u64,
}

/// A desk's key package, given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Claimed {
    /// An encoded MLS `KeyPackage` (RFC 9420 section 10). The device checks it against the pinned desk key.
    pub key_package: Bytes,
    /// Whether it is the one that is given out when no other is left.
    pub last_resort: bool,
}

/// A device's frame on a channel's socket. The first must be `open`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeviceCommand {
    /// Shows the capabilities and asks for everything after `after`.
    Open {
        /// Right to read.
        read: Capability,
        /// Right to write; without it the socket only reads.
        #[serde(default)]
        write: Option<Capability>,
        /// The highest `seq` that the device has dealt with; 0 for all.
        after: u64,
    },
    /// Posts an envelope; answered by `posted` or `refused`.
    Post {
        /// What to post.
        envelope: Envelope,
    },
}

/// The hub's frame on a channel's socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeviceEvent {
    /// The capabilities were right; deliveries follow.
    Opened {
        /// The channel's present epoch.
        epoch: u64,
    },
    /// An envelope of the channel, also the device's own.
    Delivery(Delivery),
    /// The envelope is stored.
    Posted(Posted),
    /// The envelope (or the opening, without an id) was refused; nothing of it was kept.
    Refused {
        /// Which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<EnvelopeId>,
        /// Why.
        problem: Problem,
    },
}

/// The desk's frame on its socket. The first must be `proof`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskCommand {
    /// The signature over [`desk_proof_input`] by the desk's identity key.
    Proof {
        /// Ed25519, 64 octets (RFC 8032).
        signature: Bytes,
    },
    /// Posts an envelope to a channel of this desk; answered by `posted` or `refused`.
    Post {
        /// Where.
        channel: ChannelId,
        /// What.
        envelope: Envelope,
    },
    /// Everything in the channel up to and with `seq` is stored at the desk.
    Ack {
        /// Where.
        channel: ChannelId,
        /// The highest place dealt with, without gaps.
        seq: u64,
    },
    /// More key packages to give out. Answered by `key_packages`.
    KeyPackages {
        /// For one use each.
        one_time: Vec<Bytes>,
        /// Replaces the one of last resort.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_resort: Option<Bytes>,
    },
    /// Ends a channel: its envelopes are deleted.
    Close {
        /// Which.
        channel: ChannelId,
    },
}

/// The hub's frame on a desk's socket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskEvent {
    /// The first frame: 32 random octets to sign.
    Challenge {
        /// Used once.
        nonce: Bytes,
    },
    /// The proof was right. Everything not acknowledged follows, then what comes.
    Ready {
        /// One-time key packages left.
        key_packages: u64,
        /// Whether a key package of last resort is there.
        last_resort: bool,
    },
    /// An envelope that a device posted.
    Delivery {
        /// Where.
        channel: ChannelId,
        /// What.
        delivery: Delivery,
    },
    /// The envelope is stored.
    Posted {
        /// Where.
        channel: ChannelId,
        /// What.
        posted: Posted,
    },
    /// The command was refused; nothing of it was kept.
    Refused {
        /// Where, when it was about a channel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<ChannelId>,
        /// Which envelope, when it was about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<EnvelopeId>,
        /// Why.
        problem: Problem,
    },
    /// How many one-time key packages are left: after `key_packages`, and as a warning when few are.
    KeyPackages {
        /// One-time key packages left.
        left: u64,
    },
}

/// What a desk signs to prove itself to a hub: a label that no MLS signature starts with, and the nonce.
#[must_use]
pub fn desk_proof_input(nonce: &[u8]) -> Vec<u8> {
    [b"sotto desk session v1\0".as_slice(), nonce].concat()
}
