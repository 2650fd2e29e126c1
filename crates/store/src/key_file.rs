//! Key files: hexadecimal text that its owner alone can read.

use std::{
    fmt, fs,
    io::{self, Read, Seek, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use protocol::Entropy;
use zeroize::Zeroizing;

/// The raw 256-bit key that encrypts one store's file whole.
#[derive(Clone)]
pub struct StorageKey(Zeroizing<[u8; 32]>);

/// Why a key file could not be used. Names the path, never the content.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read, made or destroyed.
    #[error("cannot use the key file {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Someone else than the owner can read or change it.
    #[error(
        "the key file {path} is open to others (mode {mode:04o}); run `chmod 600 {path}`, and if others may \
         have read it, begin with new keys"
    )]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It does not hold what it should.
    #[error(
        "the key file {path} is damaged: it must hold {digits} hexadecimal digits; restore it from its backup, \
         without it the data cannot be read"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// How many hexadecimal digits belong in it.
        digits: usize,
    },
}

impl StorageKey {
    /// From octets that are already at hand.
    #[must_use]
    pub fn from_octets(octets: [u8; 32]) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// Reads the key from its file, or makes a new random one with mode 0600 when there is none.
    ///
    /// # Errors
    /// [`KeyFileError`] when the file is damaged, open to others, or cannot be read or made.
    pub fn read_or_create(path: &Path, entropy: &dyn Entropy) -> Result<Self, KeyFileError> {
        read_or_create(path, entropy).map(Self)
    }

    /// The statement with which SQLCipher must be opened; it holds the key itself.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let hex = Zeroizing::new(HEXLOWER.encode(self.0.as_slice()));
        Zeroizing::new(["PRAGMA key = \"x'", &hex, "'\""].concat())
    }
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StorageKey(***)")
    }
}

/// A random key from its file; made when there is no file.
pub(crate) fn read_or_create(
    path: &Path,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    let mut key = Zeroizing::new([0; 32]);
    entropy.fill(key.as_mut_slice());
    create(path, key, entropy)
}

/// What the file holds; `None` when there is no file.
pub(crate) fn read<const N: usize>(path: &Path) -> Result<Option<Zeroizing<[u8; N]>>, KeyFileError> {
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(path, error)),
    };
    let mode = file.metadata().map_err(|error| failed(path, error))?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers { path: path.to_owned(), mode });
    }
    let damaged = || KeyFileError::Damaged { path: path.to_owned(), digits: 2 * N };
    // Room for the digits, a line's end, and one more octet that shows that there is too much.
    let mut text = Zeroizing::new(vec![0; 2 * N + 3]);
    let length = read_up_to(&mut file, &mut text).map_err(|error| failed(path, error))?;
    let text = text.get(..length).unwrap_or_default().trim_ascii_end();
    let mut key = Zeroizing::new([0; N]);
    if text.len() != 2 * N {
        return Err(damaged());
    }
    HEXLOWER.decode_mut(text, key.as_mut_slice()).map_err(|_| damaged())?;
    Ok(Some(key))
}

/// Writes a new key file. If another process made it first, what that one wrote is the key.
///
/// It is written beside and linked into place, so nobody ever sees half a key.
pub(crate) fn create<const N: usize>(
    path: &Path,
    key: Zeroizing<[u8; N]>,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<[u8; N]>, KeyFileError> {
    let text = Zeroizing::new(HEXLOWER.encode(key.as_slice()) + "\n");
    let mut name = [0; 8];
    entropy.fill(&mut name);
    let beside = path.with_extension(HEXLOWER.encode(&name));
    let linked = write_new(&beside, text.as_bytes()).and_then(|()| fs::hard_link(&beside, path));
    let removed = fs::remove_file(&beside);
    match linked {
        Ok(()) => {
            removed.and_then(|()| sync_folder(path)).map_err(|error| failed(path, error))?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| failed(path, error))
        }
        Err(error) => Err(failed(path, error)),
    }
}

/// Overwrites the file, then removes it; done when it is not there. A journalling or copying file system, or a
/// flash disk, may keep the old octets for a while all the same.
pub(crate) fn destroy(path: &Path) -> Result<(), KeyFileError> {
    let overwrite = || {
        let mut file = fs::OpenOptions::new().write(true).open(path)?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(4096);
        file.seek(io::SeekFrom::Start(0))?;
        file.write_all(&vec![b'0'; length])?;
        file.sync_all()?;
        fs::remove_file(path)?;
        sync_folder(path)
    };
    match overwrite() {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, source: io::Error) -> KeyFileError {
    KeyFileError::Io { path: path.to_owned(), source }
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn read_up_to(file: &mut fs::File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
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
    fn a_new_key_is_the_owners_alone_and_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let entropy = entropy();
        let made = read_or_create(&path, &entropy).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        assert_eq!(read_or_create(&path, &entropy).unwrap(), made);
        assert_eq!(fs::read_to_string(&path).unwrap(), "01".repeat(32) + "\n");
    }

    #[test]
    fn a_key_open_to_others_is_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        read_or_create(&path, &entropy()).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = read_or_create(&path, &entropy()).unwrap_err();
            assert!(matches!(error, KeyFileError::OpenToOthers { mode: found, .. } if found == mode));
            assert!(error.to_string().contains("chmod 600") && !error.to_string().contains("0101"));
        }
    }

    #[test]
    fn a_damaged_key_is_refused_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        read_or_create(&path, &entropy()).unwrap();
        for content in [String::new(), "01".repeat(31), "01".repeat(33), "g1".repeat(32)] {
            fs::write(&path, &content).unwrap();
            assert!(
                matches!(read_or_create(&path, &entropy()), Err(KeyFileError::Damaged { .. })),
                "{content:?}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn of_two_that_make_a_key_at_once_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let first = create(&path, Zeroizing::new([1; 32]), &entropy()).unwrap();
        assert_eq!(create(&path, Zeroizing::new([2; 32]), &entropy()).unwrap(), first);
    }

    #[test]
    fn a_destroyed_key_is_gone_and_destroying_again_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("epoch.key");
        create(&path, Zeroizing::new([1; 32]), &entropy()).unwrap();
        destroy(&path).unwrap();
        destroy(&path).unwrap();
        assert!(read::<32>(&path).unwrap().is_none());
    }
}
