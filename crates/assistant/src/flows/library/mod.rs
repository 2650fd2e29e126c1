//! Published flows on disk: every version of the whole set, and a record of which is live, since when and by whom.
//!
//! Purpose: the desk runs the flows that a person published. Flows name each other across files, so a version is all files
//! of a folder, and goes live as a whole.
//! Boundary: files alone; that they are good, and who may publish, is looked at before. The library of articles' right to
//! write is the right to write here, too: what customers meet is both together, and it is judged together.
//! Invariants: a version never changes once it is recorded; the record is replaced whole, so whoever reads finds the old
//! or the new one; nothing is ever deleted.
//!
//! ```text
//! flows/0001/cancel-order.yaml  a file of the first version
//! flows/record.json             what happened, in order
//! ```

mod record;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::evaluation::Evaluated;
use crate::files::{self, FilesError};
use crate::knowledge::library::Writer;
pub use record::{FlowEvent, FlowRecord, FlowVersion};

/// Why published flows cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FlowLibraryError {
    /// A file or folder cannot be used.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// There is no such version.
    #[error("there is no version {0} of the flows: `sotto flows history` names them all")]
    NoVersion(FlowVersion),
    /// A file has no name that could be written down.
    #[error("{0} has a name that is not plain text: give it another one")]
    Unnamed(String),
    /// None are live.
    #[error("no flows are published, so none can be withdrawn")]
    NotLive,
}

/// The published flows of one installation.
#[derive(Clone, Debug)]
pub struct FlowLibrary {
    folder: PathBuf,
}

/// The files of one version: paths (for messages) and texts, for [`crate::Flows::from_files`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowFiles {
    /// Its number.
    pub version: FlowVersion,
    /// Paths and texts.
    pub files: Vec<(String, String)>,
}

/// A change of which flows are live; [`FlowLibrary::make`] makes it.
#[derive(Clone, Debug)]
pub struct PlannedFlows {
    record: FlowRecord,
    to: Option<FlowFiles>,
    /// Where the files of a version come from that is not there yet, and the names under which they will be.
    from: Option<(String, Vec<String>)>,
}

const RECORD: &str = "record.json";

impl FlowLibrary {
    /// The flows in this folder, which need not be there yet.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Where it is. Each change of what is live replaces a file right in it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What happened to them.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn record(&self) -> Result<FlowRecord, FlowLibraryError> {
        Ok(files::read_record(&self.folder.join(RECORD))?.unwrap_or_default())
    }

    /// What is live, when anything is.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn live(&self) -> Result<Option<FlowFiles>, FlowLibraryError> {
        let record = self.record()?;
        record.live().map(|version| self.files(&record, version)).transpose()
    }

    /// Looks whether these files can be made the live ones: a new version, unless the newest is just that.
    ///
    /// # Errors
    /// When something cannot be read, or a file has no name that can be written down.
    pub fn plan_to_publish(
        &self,
        source: &str,
        files: Vec<(String, String)>,
    ) -> Result<PlannedFlows, FlowLibraryError> {
        let record = self.record()?;
        let names = files.iter().map(|(path, _)| name(path)).collect::<Result<Vec<_>, _>>()?;
        let newest = record.newest();
        if newest > 0 {
            let known = self.files(&record, newest)?;
            let texts = |files: &[(String, String)]| -> Result<Vec<(String, String)>, FlowLibraryError> {
                files.iter().map(|(path, text)| Ok((name(path)?, text.clone()))).collect()
            };
            if texts(&known.files)? == texts(&files)? {
                return Ok(PlannedFlows { record, to: Some(known), from: None });
            }
        }
        let to = FlowFiles { version: newest + 1, files };
        Ok(PlannedFlows { record, to: Some(to), from: Some((source.to_owned(), names)) })
    }

    /// Looks whether a version that is there can be made the live one.
    ///
    /// # Errors
    /// When there is none of this number, or something cannot be read.
    pub fn plan_to_go_back(&self, version: FlowVersion) -> Result<PlannedFlows, FlowLibraryError> {
        let record = self.record()?;
        let to = Some(self.files(&record, version)?);
        Ok(PlannedFlows { record, to, from: None })
    }

    /// Looks whether the published flows can be taken away.
    ///
    /// # Errors
    /// When there are none, or the record cannot be read.
    pub fn plan_to_withdraw(&self) -> Result<PlannedFlows, FlowLibraryError> {
        let record = self.record()?;
        record.live().ok_or(FlowLibraryError::NotLive)?;
        Ok(PlannedFlows { record, to: None, from: None })
    }

    /// Makes a change. `_right` is held since the change was planned, so that nobody made another one meanwhile.
    ///
    /// # Errors
    /// When something cannot be written; then what was live still is.
    pub fn make(
        &self,
        _right: &Writer<'_>,
        planned: &PlannedFlows,
        by: &str,
        evaluated: Option<&Evaluated>,
        now: Timestamp,
    ) -> Result<(), FlowLibraryError> {
        if !planned.is_new() {
            return Ok(());
        }
        let mut record = planned.record.clone();
        let (at, by, evaluated) = (now.to_string(), by.to_owned(), evaluated.cloned());
        match &planned.to {
            Some(FlowFiles { version, files }) => {
                if let Some((source, names)) = &planned.from {
                    // First the files, then the record that names them: in between there are files that nobody knows.
                    for (name, (_, text)) in names.iter().zip(files) {
                        files::write(&self.place(*version).join(name), text.as_bytes())?;
                    }
                    let (version, at) = (*version, at.clone());
                    let (source, files) = (source.clone(), names.clone());
                    record.events.push(FlowEvent::Added { version, at, source, files });
                }
                record.events.push(FlowEvent::Published { version: *version, at, by, evaluated });
            }
            None => record.events.push(FlowEvent::Withdrawn { at, by, evaluated }),
        }
        Ok(files::write_record(&self.folder.join(RECORD), &record)?)
    }

    fn files(&self, record: &FlowRecord, version: FlowVersion) -> Result<FlowFiles, FlowLibraryError> {
        let names = record.files(version).ok_or(FlowLibraryError::NoVersion(version))?;
        let read = |name: &String| {
            let path = self.place(version).join(name);
            Ok((path.display().to_string(), files::read(&path)?))
        };
        Ok(FlowFiles { version, files: names.iter().map(read).collect::<Result<_, FilesError>>()? })
    }

    fn place(&self, version: FlowVersion) -> PathBuf {
        self.folder.join(format!("{version:04}"))
    }
}

impl PlannedFlows {
    /// What would be live; none when the published flows are taken away.
    #[must_use]
    pub fn after(&self) -> Option<&FlowFiles> {
        self.to.as_ref()
    }

    /// Whether it is not so already.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.from.is_some() || self.record.live() != self.to.as_ref().map(|to| to.version)
    }
}

/// A file's own name: a version holds no folders.
fn name(path: &str) -> Result<String, FlowLibraryError> {
    let name = Path::new(path).file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| FlowLibraryError::Unnamed(path.to_owned()))
}

#[cfg(test)]
mod tests;
