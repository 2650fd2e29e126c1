//! Files that are whole whenever somebody reads them.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::LibraryError;

/// Takes the lock of a folder, which is made when it is not there; waits while another process has it.
pub(super) fn lock(folder: &Path) -> Result<File, LibraryError> {
    fs::create_dir_all(folder).map_err(writing(folder))?;
    let path = folder.join("lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(writing(&path))?;
    file.lock().map_err(writing(&path))?;
    Ok(file)
}

/// Writes a file beside its place, makes sure that it is on the disk, and puts it there.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), LibraryError> {
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

pub(super) fn read(path: &Path) -> Result<String, LibraryError> {
    fs::read_to_string(path).map_err(reading(path))
}

/// The names of the folders in a folder, sorted; none where it is not there.
pub(super) fn folders(folder: &Path) -> Result<Vec<String>, LibraryError> {
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

fn reading(path: &Path) -> impl Fn(std::io::Error) -> LibraryError {
    let path = path.to_owned();
    move |source| LibraryError::Files { path: path.clone(), writing: false, source }
}

fn writing(path: &Path) -> impl Fn(std::io::Error) -> LibraryError {
    let path = path.to_owned();
    move |source| LibraryError::Files { path: path.clone(), writing: true, source }
}
