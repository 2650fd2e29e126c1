//! What OpenMLS works with: RustCrypto's primitives, and a store in memory that is written out as a whole.

use openmls_rust_crypto::{MemoryStorage, RustCrypto};
use openmls_traits::OpenMlsProvider;
use zeroize::Zeroize;

/// One member's primitives and storage. What is stored is zeroised when dropped.
#[derive(Default)]
pub(crate) struct Provider {
    crypto: RustCrypto,
    storage: MemoryStorage,
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = RustCrypto;
    type RandProvider = RustCrypto;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        &self.storage
    }
    fn crypto(&self) -> &RustCrypto {
        &self.crypto
    }
    fn rand(&self) -> &RustCrypto {
        &self.crypto
    }
}

impl Provider {
    /// Stores an entry as OpenMLS would.
    pub(crate) fn restore(&self, key: &[u8], value: &[u8]) {
        if let Ok(mut values) = self.storage.values.write() {
            values.insert(key.to_vec(), value.to_vec());
        }
    }

    /// Calls `visit` with each entry, in order of the keys, so that equal states are written equally.
    pub(crate) fn visit(&self, mut visit: impl FnMut(&[u8], &[u8])) {
        if let Ok(values) = self.storage.values.read() {
            let mut entries: Vec<_> = values.iter().collect();
            entries.sort();
            for (key, value) in entries {
                visit(key, value);
            }
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Ok(mut values) = self.storage.values.write() {
            values.values_mut().for_each(Zeroize::zeroize);
        }
    }
}
