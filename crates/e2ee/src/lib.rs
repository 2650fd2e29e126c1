//! The MLS client of both ends (RFC 9420), over OpenMLS.
//!
//! Purpose: identity, key packages, one group for each conversation, sealing and opening. The desk and the
//! browser (through `e2ee-wasm`) run this same code.
//! Boundary: no I/O. What must last leaves through [`Member::state`] and comes back through [`Member::load`] or
//! [`Member::load_desk`]; the caller seals it and stores it before it sends what the call produced. The time is
//! a parameter. Two things come from the platform because OpenMLS takes them there itself: randomness, and the
//! system's clock, against which it checks the life time of key packages a second time after our own check. So
//! `now` must be near the system's time.
//! Invariants:
//! - One suite, [`SUITE`]; every handshake message is encrypted; the ratchet tree travels in the welcome.
//! - A group has one desk, whose leaf key is a pinned key, and its customer's devices. Only a device adds or
//!   removes, only devices, and every change of members is reported ([`Opened::Commit`]): no silent member.
//! - Every payload is padded by [`protocol::pad`] before it is sealed.
//! - The desk's state holds no identity key.
//! - Nothing that came over the wire makes a call panic, and what is refused changes nothing.
//! - Secrets of ours are zeroised: identities, payloads, states, what is stored of a member when it is dropped.
//!   OpenMLS writes JSON in between that is not.

mod commit;
mod error;
mod identity;
mod key_package;
mod life_time;
mod member;
mod message;
mod pack;
mod provider;
mod roster;
mod safety;
mod state;

pub use commit::PendingCommit;
pub use error::{
    CommitError, CreateError, Internal, JoinError, KeyPackageError, LoadError, OpenError, Refusal, SealError,
};
pub use identity::Identity;
pub use key_package::{NewKeyPackage, device_key_package, key_packages, welcome_references};
pub use life_time::{KEY_PACKAGE_SECONDS, SKEW_SECONDS};
pub use member::{Invitation, Member};
pub use message::{Opened, Sealed};
pub use roster::{MAX_MEMBERS, Participant, Sender};

use openmls::prelude::Ciphersuite;

/// `MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519`, code point 0x004F of draft-ietf-mls-pq-ciphersuites:
/// hybrid key exchange (X-Wing), classical signatures. See docs/adr/0003-suite-004f.md.
pub const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519;
