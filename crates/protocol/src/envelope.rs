//! The unit that the hub carries.

use serde::{Deserialize, Serialize};

use crate::{Bytes, EnvelopeId};

/// The largest body of an envelope, in octets: the largest padded payload, the MLS framing, and a welcome or
/// commit with the post-quantum suite's keys, with room to spare.
pub const MAX_BODY: usize = 72 * 1024;

/// How many epochs back a message may still be sent and read. Late messages are ordinary (a slow network, two
/// tabs); old keys are not kept longer than this (RFC 9420 section 15.3).
pub const PAST_EPOCHS: u64 = 4;

/// What the hub must know to keep order; it cannot see further into the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeKind {
    /// Lets a new member into the group (RFC 9420 section 12.4.3.1).
    Welcome,
    /// Begins a new epoch (section 12.4). Accepted only in the channel's present epoch.
    Commit,
    /// An application message (section 6.3.1), always a `PrivateMessage`.
    Message,
}

/// Sealed content on its way through the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Envelope {
    /// Chosen by the sender, at random; a repeated post is recognised by it.
    pub id: EnvelopeId,
    /// What the body is.
    pub kind: EnvelopeKind,
    /// The MLS epoch in which the sender made the body.
    pub epoch: u64,
    /// An encoded MLS message, at most [`MAX_BODY`] octets.
    pub body: Bytes,
}

/// Which end of a channel posted an envelope, as far as the hub can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// Someone who holds the channel's write capability.
    Device,
    /// The desk, in its authenticated session.
    Desk,
}
