//! The desk's stock of key packages at the hub: what a customer's device needs to begin a conversation while
//! the desk is away.

use e2ee::Identity;
use protocol::{Bytes, Timestamp};
use store::desk::{DeskStore, NewKeyPackage};

/// Fewer than this left, and more are made.
const LOW: u64 = 50;
/// How many are made at once.
const BATCH: usize = 100;

/// Whether a key package of last resort must be made (RFC 9420 section 16.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastResort {
    /// The hub has one.
    Keep,
    /// The hub has none.
    Make,
}

/// Why no key packages could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RefillError {
    #[error("MLS could not make a key package")]
    Mls(#[from] e2ee::Internal),
    #[error("the key packages could not be stored")]
    Store(#[from] store::StoreError),
}

/// One-time packages, and one of last resort when it was asked for, for the hub.
pub(crate) type Refill = (Vec<Bytes>, Option<Bytes>);

/// Makes key packages when few are left. Their private halves are stored before the public ones are returned.
pub(crate) async fn refill(
    left: u64,
    last_resort: LastResort,
    identity: &Identity,
    store: &DeskStore,
    now: Timestamp,
) -> Result<Option<Refill>, RefillError> {
    let mut made = Vec::new();
    if left < LOW {
        made.extend(e2ee::key_packages(identity, BATCH, false, now)?);
    }
    let one_time = made.len();
    if last_resort == LastResort::Make {
        made.extend(e2ee::key_packages(identity, 1, true, now)?);
    }
    if made.is_empty() {
        return Ok(None);
    }
    let stored: Vec<_> = made
        .iter()
        .enumerate()
        .map(|(index, package)| NewKeyPackage {
            reference: package.reference.clone(),
            private: package.private.clone(),
            last_resort: index >= one_time,
            expires_at: package.expires,
        })
        .collect();
    store.add_key_packages(&stored).await?;
    let mut public: Vec<Bytes> = made.into_iter().map(|package| Bytes(package.public)).collect();
    let last = (public.len() > one_time).then(|| public.pop()).flatten();
    Ok(Some((public, last)))
}
