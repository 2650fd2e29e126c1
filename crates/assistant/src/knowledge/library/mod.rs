//! Imported articles on disk: every version of each, and a record of which is live, since when and by whom.
//!
//! Purpose: what was imported waits here until a person publishes it; the desk answers from what is live.
//! Boundary: files and one lock; the time is passed in; who may publish is not its business, who did is written down.
//! Invariants: a version never changes once it is recorded; a record is replaced whole, so whoever reads finds the old
//! or the new one; what goes live together is live together or not at all, whatever ends the program in between; one
//! process writes at a time; nothing is ever deleted.
//!
//! ```text
//! knowledge/lock
//! knowledge/publication.json        records of the last change of what is live, until each is in its place
//! knowledge/returns.en/0001.md      a version: front matter and Markdown
//! knowledge/returns.en/record.json  what happened, in order
//! ```

mod publication;
mod record;

use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::checks::Finding;
use super::import::Draft;
use crate::evaluation::Evaluated;
use crate::files::{self, FilesError};
pub use publication::Planned;
use publication::Publication;
pub use record::{Event, Record, Version};

/// Why the library cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A file or folder cannot be used.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// There is no such article.
    #[error("there is no article {0:?}: `sotto knowledge list` names them all")]
    NoArticle(String),
    /// A name without its language is of several articles.
    #[error("{name:?} is in several languages: write {}", .keys.join(" or "))]
    Several {
        /// What was asked for.
        name: String,
        /// What there is.
        keys: Vec<String>,
    },
    /// There is no such version.
    #[error("{key} has no version {version}: `sotto knowledge history {key}` names them all")]
    NoVersion {
        /// The article.
        key: String,
        /// What was asked for.
        version: Version,
    },
    /// Something was found in it, and no reason was given to publish it nevertheless.
    #[error(
        "{key}@{version} has {count} open findings: read them, then publish with --despite-findings REASON"
    )]
    Findings {
        /// The article.
        key: String,
        /// Its version.
        version: Version,
        /// How many.
        count: usize,
    },
    /// It is not live.
    #[error("{0} is not live, so it cannot be withdrawn")]
    NotLive(String),
}

/// The library of one installation.
#[derive(Clone, Debug)]
pub struct Library {
    folder: PathBuf,
}

/// One article of the library.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id and language: `returns.en`.
    pub key: String,
    /// What happened to it.
    pub record: Record,
}

/// What an import of one draft came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// An article that was not there before.
    New(Version),
    /// Another version of one that was.
    Changed(Version),
    /// Nothing new.
    Unchanged(Version),
}

const RECORD: &str = "record.json";
const PUBLICATION: &str = "publication.json";

impl Library {
    /// The library in this folder, which need not be there yet.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Where it is. Each change of what is live replaces a file right in it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until no other process writes, and keeps others from it.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn write(&self) -> Result<Writer<'_>, LibraryError> {
        let lock = files::lock(&self.folder)?;
        let writer = Writer { library: self, _lock: lock };
        writer.settle(self.publication()?)?;
        Ok(writer)
    }

    /// Every article, by key.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, LibraryError> {
        loop {
            let publication = self.publication()?;
            let entries = self.entries_with(&publication)?;
            // Else something went live meanwhile, and these may be some of it.
            if self.publication()?.number == publication.number {
                return Ok(entries);
            }
        }
    }

    fn entries_with(&self, publication: &Publication) -> Result<Vec<Entry>, LibraryError> {
        let mut entries = Vec::new();
        for key in files::folders(&self.folder)? {
            let waiting = publication.records.get(&key).cloned();
            // A folder without a record is what an interrupted first import leaves.
            if let Some(record) = waiting.map_or_else(|| self.record(&key), |record| Ok(Some(record)))? {
                entries.push(Entry { key, record });
            }
        }
        Ok(entries)
    }

    /// The article of this key, or of this id when it is there in one language only.
    ///
    /// # Errors
    /// When there is none, there are several, or something cannot be read.
    pub fn entry(&self, name: &str) -> Result<Entry, LibraryError> {
        let has_id = |entry: &Entry| entry.key.rsplit_once('.').is_some_and(|(id, _)| id == name);
        let mut found: Vec<Entry> =
            self.entries()?.into_iter().filter(|entry| entry.key == name || has_id(entry)).collect();
        if found.len() > 1 {
            let keys = found.into_iter().map(|entry| entry.key).collect();
            return Err(LibraryError::Several { name: name.to_owned(), keys });
        }
        found.pop().ok_or_else(|| LibraryError::NoArticle(name.to_owned()))
    }

    /// The text of one version.
    ///
    /// # Errors
    /// When there is no such version or it cannot be read.
    pub fn text(&self, entry: &Entry, version: Version) -> Result<String, LibraryError> {
        if !entry.record.has(version) {
            return Err(LibraryError::NoVersion { key: entry.key.clone(), version });
        }
        Ok(files::read(&self.version(&entry.key, version))?)
    }

    /// What is live: paths (for messages) and texts, for [`crate::Knowledge::from_files`].
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn live(&self) -> Result<Vec<(String, String)>, LibraryError> {
        self.texts(|entry| entry.record.live())
    }

    /// Paths and texts of one version of each article, where it is to have one.
    fn texts(
        &self,
        version: impl Fn(&Entry) -> Option<Version>,
    ) -> Result<Vec<(String, String)>, LibraryError> {
        let mut texts = Vec::new();
        for entry in self.entries()? {
            if let Some(version) = version(&entry) {
                let path = self.version(&entry.key, version);
                texts.push((path.display().to_string(), files::read(&path)?));
            }
        }
        Ok(texts)
    }

    fn record(&self, key: &str) -> Result<Option<Record>, LibraryError> {
        Ok(files::read_record(&self.folder.join(key).join(RECORD))?)
    }

    fn publication(&self) -> Result<Publication, LibraryError> {
        Ok(files::read_record(&self.folder.join(PUBLICATION))?.unwrap_or_default())
    }

    fn version(&self, key: &str, version: Version) -> PathBuf {
        self.folder.join(key).join(format!("{version:04}.md"))
    }
}

/// The right to change the library, held by one process at a time.
#[derive(Debug)]
pub struct Writer<'a> {
    library: &'a Library,
    _lock: File,
}

impl Writer<'_> {
    /// Adds a draft as the newest version of its article, unless it is the newest already. `findings` is asked only
    /// for a version that is added.
    ///
    /// # Errors
    /// When something cannot be read or written; then nothing has changed.
    pub fn import(
        &self,
        draft: &Draft,
        source: &str,
        findings: impl FnOnce() -> Vec<Finding>,
        now: Timestamp,
    ) -> Result<Imported, LibraryError> {
        let key = draft.key();
        let mut record = self.library.record(&key)?.unwrap_or_default();
        let newest = record.newest();
        if newest > 0 && files::read(&self.library.version(&key, newest))? == draft.text {
            if record.is_orphan() {
                record.events.push(Event::SourceBack { at: now.to_string() });
                self.keep(&key, &record)?;
            }
            return Ok(Imported::Unchanged(newest));
        }
        let version = newest + 1;
        // First the version, then the record that names it: in between there is a file that nobody knows.
        files::write(&self.library.version(&key, version), draft.text.as_bytes())?;
        let (at, source, findings) = (now.to_string(), source.to_owned(), findings());
        record.events.push(Event::Imported { version, at, source, findings });
        self.keep(&key, &record)?;
        Ok(if newest == 0 { Imported::New(version) } else { Imported::Changed(version) })
    }

    /// Writes down that the file of an article is gone. What is live stays live: a person decides. False when that was
    /// known.
    ///
    /// # Errors
    /// When there is no such article, or it cannot be written.
    pub fn source_gone(&self, key: &str, now: Timestamp) -> Result<bool, LibraryError> {
        let mut entry = self.library.entry(key)?;
        if entry.record.is_orphan() {
            return Ok(false);
        }
        entry.record.events.push(Event::SourceGone { at: now.to_string() });
        self.keep(&entry.key, &entry.record)?;
        Ok(true)
    }

    fn keep(&self, key: &str, record: &Record) -> Result<(), LibraryError> {
        Ok(files::write_record(&self.library.folder.join(key).join(RECORD), record)?)
    }
}

#[cfg(test)]
mod tests;
