//! Files that are whole whenever somebody reads them.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A file or folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The system refuses it.
    #[error("{path} cannot be {}", if *.writing { "written" } else { "read" })]
    Refused {
        /// Which.
        path: PathBuf,
        /// Whether it was to be written.
        writing: bool,
        /// Why.
        source: std::io::Error,
    },
    /// A record does not hold what was written.
    #[error("{path} is damaged: put the file back from your copy")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// How.
        source: serde_json::Error,
    },
}

/// Takes the lock of a folder, which is made when it is not there; waits while another process has it.
pub(crate) fn lock(folder: &Path) -> Result<File, FilesError> {
    fs::create_dir_all(folder).map_err(writing(folder))?;
    let path = folder.join("lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(writing(&path))?;
    file.lock().map_err(writing(&path))?;
    Ok(file)
}

/// Writes a file beside its place, makes sure that it is on the disk, and puts it there.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), FilesError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let write = || {
        fs::create_dir_all(folder)?;
        let mut file = File::create(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(writing(path))
}

pub(crate) fn read(path: &Path) -> Result<String, FilesError> {
    fs::read_to_string(path).map_err(reading(path))
}

/// What [`write_record`] wrote, if it is there.
pub(crate) fn read_record<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FilesError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(reading(path)(error)),
    };
    let damaged = |source| FilesError::Damaged { path: path.to_owned(), source };
    serde_json::from_str(&text).map(Some).map_err(damaged)
}

/// As JSON that a person can read.
pub(crate) fn write_record(path: &Path, record: &impl Serialize) -> Result<(), FilesError> {
    let text = serde_json::to_vec_pretty(record).expect("texts and numbers are always JSON");
    write(path, &text)
}

/// The names of the folders in a folder, sorted; none where it is not there.
pub(crate) fn folders(folder: &Path) -> Result<Vec<String>, FilesError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(reading(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(reading(folder))?;
        if entry.path().is_dir() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    names.sort();
    Ok(names)
}

fn reading(path: &Path) -> impl Fn(std::io::Error) -> FilesError {
    let path = path.to_owned();
    move |source| FilesError::Refused { path: path.clone(), writing: false, source }
}

fn writing(path: &Path) -> impl Fn(std::io::Error) -> FilesError {
    let path = path.to_owned();
    move |source| FilesError::Refused { path: path.clone(), writing: true, source }
}
