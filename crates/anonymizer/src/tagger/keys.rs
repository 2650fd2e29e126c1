//! Tables whose keys are hashes already: hashing them once more would cost more than all the rest of looking one up.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// Values by a hash.
pub type ByKey<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;
/// Hashes.
pub(super) type Keys = HashSet<u64, BuildHasherDefault<AsIs>>;

/// Takes a number for its own hash. The keys are ours, so nobody can crowd them.
#[derive(Default)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0 << 8 | u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
