//! A file that is sealed whole under a key from a key file, for what is kept outside a database.

use std::{
    fmt, fs, io,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use protocol::Entropy;
use zeroize::Zeroizing;

use crate::key_file::{self, KeyFileError};
use crate::keys::sealing::{Key, Place};

/// The file and its key.
pub struct SealedFile {
    path: PathBuf,
    key: Key,
    /// What it holds: a file of another kind does not open.
    kind: &'static str,
}

/// Why a sealed file could not be used. Names the path, never the content.
#[derive(Debug, thiserror::Error)]
pub enum SealedFileError {
    /// Its key cannot be read or made.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The file is there and its key is not: a new key would not open it.
    #[error("{path} is there, but its key file is not; put the key back, without it nothing can be read")]
    NoKey {
        /// The sealed file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("cannot use {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another key, another kind of file, or a changed one.
    #[error("{path} does not open with this key, or was changed")]
    CannotOpen {
        /// Which file.
        path: PathBuf,
    },
}

impl SealedFile {
    /// Reads the key, or makes one with mode 0600 when there is neither a key nor a file.
    ///
    /// # Errors
    /// [`SealedFileError`] when the key is missing, damaged, open to others, or cannot be read or made.
    pub fn open(
        path: &Path,
        key_file: &Path,
        kind: &'static str,
        entropy: &dyn Entropy,
    ) -> Result<Self, SealedFileError> {
        let octets = if fs::exists(path).map_err(|source| io_error(path, source))? {
            key_file::read(key_file)?.ok_or_else(|| SealedFileError::NoKey { path: path.to_owned() })?
        } else {
            key_file::read_or_create(key_file, entropy)?
        };
        Ok(Self { path: path.to_owned(), key: Key::from_octets(octets), kind })
    }

    /// What it holds; `None` when it was never written.
    ///
    /// # Errors
    /// [`SealedFileError`] when it cannot be read or does not open.
    pub fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, SealedFileError> {
        let sealed = match fs::read(&self.path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(io_error(&self.path, source)),
        };
        let opened = self.key.open(self.place(), &sealed);
        opened.map(Some).map_err(|_| SealedFileError::CannotOpen { path: self.path.clone() })
    }

    /// Puts a new version in the place of the old one, with mode 0600. Whenever the machine stops, one of the two is
    /// there whole.
    ///
    /// # Errors
    /// [`SealedFileError::Io`].
    pub fn replace(&self, content: &[u8], entropy: &dyn Entropy) -> Result<(), SealedFileError> {
        let sealed = self.key.seal(self.place(), content, entropy);
        let mut name = [0; 8];
        entropy.fill(&mut name);
        let mut beside = self.path.clone().into_os_string();
        beside.push(format!(".{}", HEXLOWER.encode(&name)));
        let beside = PathBuf::from(beside);
        let write = || {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(&sealed)?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)?;
            key_file::sync_folder(&self.path)
        };
        write().map_err(|source| {
            // Left behind only when it cannot be removed either.
            let _ = fs::remove_file(&beside);
            io_error(&self.path, source)
        })
    }

    fn place(&self) -> Place<'_> {
        Place { tenant: &[], subject: &[], column: self.kind, row: &[] }
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealedFile(***)")
    }
}

fn io_error(path: &Path, source: io::Error) -> SealedFileError {
    SealedFileError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn entropy() -> Counting {
        Counting(std::sync::atomic::AtomicU8::new(1))
    }

    #[test]
    fn what_is_written_is_read_again_and_nothing_of_it_is_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("vault"), folder.path().join("key"));
        let entropy = entropy();
        let file = SealedFile::open(&path, &key, "test.file", &entropy).unwrap();
        assert!(file.read().unwrap().is_none());
        for content in [b"Sarah Connor".as_slice(), b"", b"Tom"] {
            file.replace(content, &entropy).unwrap();
            let again = SealedFile::open(&path, &key, "test.file", &entropy).unwrap();
            assert_eq!(again.read().unwrap().unwrap().as_slice(), content);
        }
        file.replace(b"Sarah Connor", &entropy).unwrap();
        let octets = fs::read(&path).unwrap();
        assert!(!octets.windows(5).any(|window| window == b"Sarah"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left beside");
    }

    #[test]
    fn another_key_another_kind_and_a_changed_file_do_not_open() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("vault"), folder.path().join("key"));
        let entropy = entropy();
        SealedFile::open(&path, &key, "test.file", &entropy).unwrap().replace(b"x", &entropy).unwrap();
        let refused = |file: SealedFile| matches!(file.read(), Err(SealedFileError::CannotOpen { .. }));
        assert!(refused(SealedFile::open(&path, &key, "other.file", &entropy).unwrap()));
        let other = folder.path().join("other");
        fs::write(&other, "ab".repeat(32)).unwrap();
        fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(refused(SealedFile::open(&path, &other, "test.file", &entropy).unwrap()));
        let mut octets = fs::read(&path).unwrap();
        *octets.last_mut().unwrap() ^= 1;
        fs::write(&path, octets).unwrap();
        assert!(refused(SealedFile::open(&path, &key, "test.file", &entropy).unwrap()));
    }

    #[test]
    fn a_file_without_its_key_gets_no_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("vault"), folder.path().join("key"));
        fs::write(&path, "x").unwrap();
        let refused = SealedFile::open(&path, &key, "test.file", &entropy());
        assert!(matches!(refused, Err(SealedFileError::NoKey { .. })));
        assert!(!key.exists());
    }
}
