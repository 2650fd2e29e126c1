//! The access record: an append-only log that shows when it was changed.
//!
//! Purpose: [`Ledger::append`] puts a [`Leaf`] on disk before anything is released; [`Ledger::root`] and the
//! proofs let anyone check later that a leaf is in the log and that the log has only grown.
//! Boundary: local files only; no clock, no keys, no network. Whatever tells about a person is sealed to that
//! person by the caller before it comes here, so the log can outlive an erasure.
//! Invariants: an index is given out only once its leaf is on disk; one process at a time writes; what was on
//! disk is never changed or dropped, and a log in which it was does not open.
//!
//! The tree is that of RFC 6962 section 2.1 with SHA-256. Full runs of 256 leaves and of 256 hashes lie as
//! entry bundles and tiles of C2SP tlog-tiles (<https://c2sp.org/tlog-tiles>), ready to be served as they are.

mod journal;
mod leaf;
mod log;
mod tiles;
mod tree;

pub use leaf::Leaf;
pub use log::{AppendError, Index, Ledger, OpenError, ReadError};
pub use tree::{
    Hash, Inconsistent, NotIncluded, Root, leaf_hash, node_hash, verify_consistency, verify_inclusion,
};
