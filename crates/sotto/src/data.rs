//! The data folder: one folder for each part, open to its owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use data_encoding::BASE64URL_NOPAD;
use protocol::Entropy;
use rustix::fs::{FlockOperation, flock};
use zeroize::Zeroizing;

/// Where everything of one installation is.
#[derive(Clone, Debug)]
pub(crate) struct DataFolder(PathBuf);

/// Held while a part runs, so that no second one uses the same files.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock is held as long as the file is open")] File);

/// A part of the product that runs as a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Hub,
    Desk,
    Demo,
    Widget,
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Desk => "desk",
            Self::Demo => "demo",
            Self::Widget => "widget",
        }
    }
}

impl DataFolder {
    /// The folder at this path, made when it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).with_context(|| format!("find {}", path.display()))?;
        make_private(&path)?;
        Ok(Self(path))
    }

    /// The same without making it.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        Ok(Self(std::path::absolute(path).with_context(|| format!("find {}", path.display()))?))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A part's own folder, made when it is not there.
    pub(crate) fn part(&self, part: Part) -> Result<PathBuf> {
        self.folder(part.name())
    }

    /// The folder of the logs that `sotto up` writes.
    pub(crate) fn log(&self) -> Result<PathBuf> {
        self.folder("log")
    }

    /// The folder of the running parts' process ids.
    pub(crate) fn run(&self) -> Result<PathBuf> {
        self.folder("run")
    }

    /// The name of the folder of the installed models.
    pub(crate) const MODELS: &str = "models";

    /// The name of the folder of the imported articles.
    pub(crate) const KNOWLEDGE: &str = "knowledge";

    /// The name of the folder of the published flows.
    pub(crate) const FLOWS: &str = "flows";

    /// The folder of the installed models.
    pub(crate) fn models(&self) -> Result<PathBuf> {
        self.folder(Self::MODELS)
    }

    /// The folders of what was published, for articles and for flows. They are there from the start, so that a part that
    /// is confined later may read what comes.
    pub(crate) fn libraries(&self) -> Result<[PathBuf; 2]> {
        Ok([self.folder(Self::KNOWLEDGE)?, self.folder(Self::FLOWS)?])
    }

    /// Deletes what is in it, if it is ours: a folder of something else is left alone. Models stay: they are no data
    /// of anybody's, and fetching them takes a network.
    pub(crate) fn empty(&self) -> Result<()> {
        const OURS: [&str; 10] = [
            "hub",
            "desk",
            "demo",
            "widget",
            "log",
            "run",
            "lock",
            DataFolder::MODELS,
            DataFolder::KNOWLEDGE,
            DataFolder::FLOWS,
        ];
        let entries = fs::read_dir(&self.0).with_context(|| format!("list {}", self.0.display()))?;
        let names: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        if let Some(foreign) = names.iter().find(|name| !OURS.iter().any(|ours| *name == ours)) {
            bail!(
                "{} holds {}, which Sotto did not make: nothing was deleted",
                self.0.display(),
                foreign.to_string_lossy()
            );
        }
        for name in names.iter().filter(|name| *name != "lock" && *name != Self::MODELS) {
            let path = self.0.join(name);
            fs::remove_dir_all(&path).with_context(|| format!("delete {}", path.display()))?;
        }
        Ok(())
    }

    /// Takes the lock of this name in a folder.
    pub(crate) fn lock(folder: &Path) -> Result<Lock> {
        let path = folder.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("open {}", path.display()))?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            bail!("{} is in use by another sotto that is running; stop it first", folder.display());
        }
        Ok(Lock(file))
    }

    fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.0.join(name);
        make_private(&path)?;
        Ok(path)
    }
}

/// A random 256-bit secret as text: read, or made and kept for its owner alone.
pub(crate) fn secret_text(path: &Path, entropy: &dyn Entropy) -> Result<Zeroizing<String>> {
    match fs::read_to_string(path) {
        Ok(text) => return Ok(Zeroizing::new(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("read {}", path.display())),
    }
    let mut octets = Zeroizing::new([0; 32]);
    entropy.fill(octets.as_mut_slice());
    let text = Zeroizing::new(BASE64URL_NOPAD.encode(octets.as_slice()));
    write_private(path, text.as_bytes())?;
    Ok(text)
}

/// Writes a file for its owner alone; whoever reads it finds the old or the new content, whole.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().with_context(|| format!("write {}", path.display()))
}

fn make_private(path: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("make {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn folders_and_secrets_are_open_to_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("data")).unwrap();
        let hub = data.part(Part::Hub).unwrap();
        let secret = hub.join("token");
        let text = secret_text(&secret, &Counting).unwrap();
        assert_eq!(secret_text(&secret, &Counting).unwrap(), text);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(data.path()), mode(&hub), mode(&secret)), (0o700, 0o700, 0o600));
    }

    #[test]
    fn a_second_lock_is_refused_until_the_first_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::lock(folder.path()).unwrap();
        assert!(DataFolder::lock(folder.path()).unwrap_err().to_string().contains("in use"));
        drop(first);
        DataFolder::lock(folder.path()).unwrap();
    }

    #[test]
    fn a_folder_that_holds_something_else_is_not_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(folder.path()).unwrap();
        data.part(Part::Desk).unwrap();
        fs::write(folder.path().join("thesis.txt"), "x").unwrap();
        assert!(data.empty().unwrap_err().to_string().contains("thesis.txt"));
        assert!(folder.path().join("desk").is_dir());
        fs::remove_file(folder.path().join("thesis.txt")).unwrap();
        data.models().unwrap();
        data.empty().unwrap();
        assert!(folder.path().join("models").exists());
        assert!(!folder.path().join("desk").exists());
    }
}
