//! A key of 32 octets in a file that its owner alone can read.

use std::{
    fmt, fs,
    io::{self, Read, Write},
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
    /// The file cannot be read, or a new one not be made.
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
        "the key file {path} can be read by others (mode {mode:04o}): run `chmod 600 {path}`, and replace the key if others may have read it"
    )]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It does not hold 64 hexadecimal digits.
    #[error(
        "the key file {path} is damaged: it must hold 64 hexadecimal digits; restore it from a backup, without it the data cannot be read"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
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

    /// The statement with which SQLCipher must be opened. It is the key itself.
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

pub(crate) fn read_or_create(
    path: &Path,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    match read(path)? {
        Some(key) => Ok(key),
        None => create(path, entropy),
    }
}

fn read(path: &Path) -> Result<Option<Zeroizing<[u8; 32]>>, KeyFileError> {
    let failed = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mode = file.metadata().map_err(failed)?.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers {
            path: path.to_owned(),
            mode,
        });
    }
    let damaged = || KeyFileError::Damaged {
        path: path.to_owned(),
    };
    let mut text = Zeroizing::new([0; 66]);
    let length = read_up_to(&mut file, text.as_mut_slice()).map_err(failed)?;
    let text = text.get(..length).unwrap_or_default().trim_ascii_end();
    let octets = Zeroizing::new(HEXLOWER.decode(text).map_err(|_| damaged())?);
    let key: [u8; 32] = octets.as_slice().try_into().map_err(|_| damaged())?;
    Ok(Some(Zeroizing::new(key)))
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

/// Writes beside and links into place: no reader sees half a key, and of two that start at once one wins.
fn create(path: &Path, entropy: &dyn Entropy) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let failed = |source| KeyFileError::Io {
        path: path.to_owned(),
        source,
    };
    let mut key = Zeroizing::new([0; 32]);
    entropy.fill(key.as_mut_slice());
    let text = Zeroizing::new(HEXLOWER.encode(key.as_slice()) + "\n");
    let mut name = [0; 8];
    entropy.fill(&mut name);
    let beside = path.with_extension(HEXLOWER.encode(&name));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .map_err(failed)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&beside, path));
    fs::remove_file(&beside).map_err(failed)?;
    match linked {
        Ok(()) => {
            sync_folder(path).map_err(failed)?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| failed(error))
        }
        Err(error) => Err(failed(error)),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}
