//! The parts that run as processes of their own. Each gives up what it does not need before its first thread starts.

pub(crate) mod demo;
pub(crate) mod desk;
pub(crate) mod hub;
pub(crate) mod widget;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use protocol::Entropy;
use store::{Location, StorageKey};
use url::Url;

use crate::config::{Storage, TlsFiles, VectorsPlace};
use crate::sandbox::{self, Allowed, Enforced};

/// Gives up everything but this, and says so when the kernel cannot hold us to it.
fn confine(allowed: &Allowed) -> Result<()> {
    match sandbox::enter(allowed)? {
        Enforced::Fully => {}
        Enforced::Partly => {
            tracing::warn!("this kernel enforces the sandbox only in part: use Linux 6.12 or newer")
        }
        Enforced::Not => tracing::warn!(
            "this kernel enforces no sandbox: files of other parts are protected by their owner alone"
        ),
    }
    Ok(())
}

/// Where a part's store is: its file below `folder`, or the server.
pub(crate) fn location(
    storage: &Storage,
    folder: &Path,
    max_mib: Option<u32>,
    key: impl FnOnce() -> Result<StorageKey>,
) -> Result<Location> {
    Ok(match storage {
        Storage::File => Location::File {
            path: folder.join("store.db"),
            key: key()?,
            max_bytes: max_mib.map(|mib| u64::from(mib) << 20),
        },
        Storage::Postgres(url) => Location::Postgres { url: url.clone() },
    })
}

/// The hub's storage key, made on first start.
pub(crate) fn storage_key(folder: &Path, entropy: &dyn Entropy) -> Result<StorageKey> {
    let path = folder.join("storage.key");
    refuse_lost_key(&path, &folder.join("store.db"))?;
    StorageKey::read_or_create(&path, entropy).context("open the storage key")
}

/// Where a store is and its key is not, a new key would open nothing and lie where the right one belongs.
fn refuse_lost_key(key: &Path, store: &Path) -> Result<()> {
    if store.exists() && fs::symlink_metadata(key).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        bail!(
            "{} is missing and {} is there: put the key back from your copy; without it the store cannot be read",
            key.display(),
            store.display()
        );
    }
    Ok(())
}

fn tls_paths(tls: Option<&TlsFiles>) -> Vec<PathBuf> {
    tls.map(|files| vec![files.certificate.clone(), files.key.clone()]).unwrap_or_default()
}

/// The port to which a URL leads.
fn port_of(url: &Url) -> Option<u16> {
    url.port_or_known_default()
}

/// The port of a database's server; SQLite needs none.
fn storage_port(storage: &Storage) -> Option<u16> {
    match storage {
        Storage::File => None,
        Storage::Postgres(url) => Some(postgres_port(url)),
    }
}

/// The same for the articles' vectors.
fn vectors_port(place: &VectorsPlace) -> Option<u16> {
    match place {
        VectorsPlace::Memory => None,
        VectorsPlace::Postgres(url) => Some(postgres_port(url)),
    }
}

fn postgres_port(url: &str) -> u16 {
    Url::parse(url).ok().and_then(|url| url.port()).unwrap_or(5432)
}
