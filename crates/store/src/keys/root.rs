//! The root key's file, and the epoch keys' files beside it.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use protocol::Entropy;
use zeroize::Zeroizing;

use super::{
    EpochNumber,
    sealing::{Key, OVERHEAD},
};
use crate::{KeyFileError, StorageKey, key_file};

/// The key that everything of the desk hangs on. Whoever has this file, the epoch keys' files beside it and the
/// database can read all; whoever lacks one of them, nothing.
#[derive(Clone)]
pub struct RootKey {
    key: Key,
    path: PathBuf,
}

/// An epoch key as it lies in its file: wrapped by the tenant key.
pub(super) type WrappedEpochKey = Zeroizing<[u8; 32 + OVERHEAD]>;

impl RootKey {
    /// Reads the key from its file, or makes a new random one with mode 0600 when there is none. Epoch keys
    /// will lie beside it, under the same name with `.epoch-NUMBER` after it.
    ///
    /// # Errors
    /// [`KeyFileError`] when the file is damaged, open to others, or cannot be read or made.
    pub fn read_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        let key = Key::from_octets(key_file::read_or_create(path, entropy)?);
        Ok(Self { key, path: path.to_owned() })
    }

    /// The key that encrypts the desk's SQLite file whole.
    #[must_use]
    pub fn storage_key(&self) -> StorageKey {
        StorageKey::from_octets(*self.key.derive("storage", ""))
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    pub(super) fn read_epoch(&self, epoch: EpochNumber) -> Result<Option<WrappedEpochKey>, KeyFileError> {
        key_file::read(&self.epoch_path(epoch))
    }

    /// Gives what the file holds in the end: another process may have been first.
    pub(super) fn create_epoch(
        &self,
        epoch: EpochNumber,
        wrapped: WrappedEpochKey,
        entropy: &dyn Entropy,
    ) -> Result<WrappedEpochKey, KeyFileError> {
        key_file::create(&self.epoch_path(epoch), wrapped, entropy)
    }

    pub(super) fn destroy_epoch(&self, epoch: EpochNumber) -> Result<(), KeyFileError> {
        key_file::destroy(&self.epoch_path(epoch))
    }

    /// The epochs whose keys still exist.
    pub(super) fn epochs(&self) -> Result<Vec<EpochNumber>, KeyFileError> {
        let failed = |source| KeyFileError::Io { path: self.path.clone(), source };
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let prefix = self.epoch_prefix();
        let mut epochs = Vec::new();
        for entry in fs::read_dir(folder.unwrap_or(Path::new("."))).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(&prefix));
            epochs.extend(number.and_then(|number| number.parse::<EpochNumber>().ok()));
        }
        Ok(epochs)
    }

    fn epoch_prefix(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        name.into_owned() + ".epoch-"
    }

    fn epoch_path(&self, epoch: EpochNumber) -> PathBuf {
        self.path.with_file_name(self.epoch_prefix() + &epoch.to_string())
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RootKey(***)")
    }
}
