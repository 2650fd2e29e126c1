//! The vaults of many conversations in one sealed file.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use anonymizer::TokenVault;
use anyhow::{Context, Result, bail};
use protocol::Entropy;
use rustix::fs::{FlockOperation, flock};
use serde_json::Value;
use store::SealedFile;
use zeroize::Zeroizing;

use super::arguments::VaultArguments;
use super::requests::Request;
use crate::ambient::SystemEntropy;

/// What the file holds, for [`SealedFile`].
const KIND: &str = "anonymizer.vaults";
/// The first octet of what is sealed; another number will mean another form.
const FORM: u8 = 1;

/// The file, read whole. While it is open no other process changes it.
pub(super) struct VaultFile {
    file: SealedFile,
    vaults: HashMap<String, Kept>,
    changed: bool,
    _lock: File,
}

/// A vault is read when its conversation comes.
enum Kept {
    Written(Zeroizing<Vec<u8>>),
    Read(Box<TokenVault>),
}

/// What is done with the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// It is made when it is not there.
    Mask,
    /// It must be there.
    Restore,
}

impl VaultFile {
    pub(super) fn open(arguments: &VaultArguments, usage: Use) -> Result<Self> {
        let VaultArguments { vault: path, key } = arguments;
        if usage == Use::Restore && !path.exists() {
            bail!("{} is not there; name the file that `sotto anonymizer mask` wrote", path.display());
        }
        let file = SealedFile::open(path, key, KIND, &SystemEntropy)?;
        let lock = lock(key, usage)?;
        let vaults = match file.read()? {
            Some(content) => read(&content).with_context(|| format!("{} is damaged", path.display()))?,
            None => HashMap::new(),
        };
        Ok(Self { file, vaults, changed: false, _lock: lock })
    }

    /// The vault of a request's conversation, to be changed.
    pub(super) fn change(&mut self, request: &Request) -> Result<&mut TokenVault> {
        self.changed = true;
        self.vault(request)
    }

    /// The vault of a request's conversation; an empty one when nothing was masked in it.
    pub(super) fn vault(&mut self, request: &Request) -> Result<&mut TokenVault> {
        let kept = self.vaults.entry(name(request)).or_insert_with(|| Kept::Read(Box::new(new_vault())));
        if let Kept::Written(octets) = kept {
            *kept = Kept::Read(Box::new(TokenVault::from_bytes(octets)?));
        }
        match kept {
            Kept::Read(vault) => Ok(vault),
            Kept::Written(_) => bail!("a vault that was just read is not there"),
        }
    }

    /// Writes what changed since the last time.
    pub(super) fn save(&mut self) -> Result<()> {
        if std::mem::take(&mut self.changed) {
            self.file.replace(&write(&self.vaults), &SystemEntropy)?;
        }
        Ok(())
    }
}

/// A vault that may invent surrogates, with a key of its own.
fn new_vault() -> TokenVault {
    let mut key = Zeroizing::new([0; 32]);
    SystemEntropy.fill(key.as_mut_slice());
    TokenVault::keyed(*key)
}

/// A line without a conversation is one by itself, named by its id.
fn name(request: &Request) -> String {
    match (&request.conversation, &request.id) {
        (Some(conversation), _) => format!("conversation {conversation}"),
        (None, Value::String(id)) => format!("text \"{id}"),
        (None, id) => format!("text {id}"),
    }
}

/// The key file stays the same when the vaults are replaced, so it is what is locked.
fn lock(key: &Path, usage: Use) -> Result<File> {
    let file = File::open(key).with_context(|| format!("open {}", key.display()))?;
    let operation = match usage {
        Use::Mask => FlockOperation::NonBlockingLockExclusive,
        Use::Restore => FlockOperation::NonBlockingLockShared,
    };
    match flock(&file, operation) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => bail!("{} is in use by another sotto", key.display()),
        Err(error) => Err(error).with_context(|| format!("lock {}", key.display())),
    }
}

fn write(vaults: &HashMap<String, Kept>) -> Zeroizing<Vec<u8>> {
    let mut parts: Vec<(&str, Zeroizing<Vec<u8>>)> = vaults
        .iter()
        .map(|(name, kept)| match kept {
            Kept::Written(octets) => (name.as_str(), octets.clone()),
            Kept::Read(vault) => (name.as_str(), vault.to_bytes()),
        })
        .collect();
    parts.sort_unstable_by(|one, other| one.0.cmp(other.0));
    // Room for everything at once, so that growing leaves no copy behind that nothing wipes.
    let size: usize = parts.iter().map(|(name, octets)| 16 + name.len() + octets.len()).sum();
    let mut content = Zeroizing::new(Vec::with_capacity(1 + size));
    content.push(FORM);
    for (name, octets) in &parts {
        for part in [name.as_bytes(), octets.as_slice()] {
            content.extend_from_slice(&(part.len() as u64).to_le_bytes());
            content.extend_from_slice(part);
        }
    }
    content
}

fn read(content: &[u8]) -> Result<HashMap<String, Kept>> {
    let Some((&FORM, mut rest)) = content.split_first() else {
        bail!("it was written by another version of this program");
    };
    let mut part = || -> Result<Option<&[u8]>> {
        if rest.is_empty() {
            return Ok(None);
        }
        let (length, after) = rest.split_first_chunk::<8>().context("it ends too early")?;
        let (part, after) = after
            .split_at_checked(usize::try_from(u64::from_le_bytes(*length))?)
            .context("it ends too early")?;
        rest = after;
        Ok(Some(part))
    };
    let mut vaults = HashMap::new();
    while let Some(name) = part()? {
        let octets = part()?.context("it ends too early")?;
        let name = String::from_utf8(name.to_vec()).context("a name is not UTF-8")?;
        vaults.insert(name, Kept::Written(Zeroizing::new(octets.to_vec())));
    }
    Ok(vaults)
}

#[cfg(test)]
mod tests {
    use anonymizer::Entity;

    use super::*;

    #[test]
    fn vaults_are_read_as_they_were_written_and_cut_ones_are_refused() {
        let mut vault = TokenVault::new();
        vault.know(Entity::Person, "Sarah Connor");
        let vaults = HashMap::from([
            ("conversation a".to_owned(), Kept::Read(Box::new(vault))),
            ("text 1".to_owned(), Kept::Read(Box::default())),
        ]);
        let content = write(&vaults);
        let again = read(&content).unwrap();
        assert_eq!(again.len(), 2);
        assert_eq!(write(&again), content);
        assert!(read(&content[..content.len() - 1]).is_err());
        assert!(read(&[9]).is_err() && read(&[]).is_err());
    }
}
