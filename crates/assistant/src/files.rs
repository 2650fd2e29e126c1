//! Files that are whole whenever somebody reads them.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file or folder that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be {}", if *.writing { "written" } else { "read" })]
pub struct FilesError {
    /// Which.
    pub path: PathBuf,
    /// Whether it was to be written.
    pub writing: bool,
    /// Why.
    pub source: std::io::Error,
}

impl FilesError {
    /// Whether there is no such file.
    pub(crate) fn is_missing(&self) -> bool {
        self.source.kind() == ErrorKind::NotFound
    }
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

/// The text of a file that need not be there.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, FilesError> {
    match read(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
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
    move |source| FilesError { path: path.clone(), writing: false, source }
}

fn writing(path: &Path) -> impl Fn(std::io::Error) -> FilesError {
    let path = path.to_owned();
    move |source| FilesError { path: path.clone(), writing: true, source }
}
