//! Content hashes, so that nothing is built twice from the same inputs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The hash of files' names and contents, in the order of their names. A folder stands for every file below it;
/// what does not exist counts as absent.
pub(crate) fn of(root: &Path, paths: &[PathBuf]) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut hash = Sha256::new();
    for file in files {
        let contents = fs::read(&file).with_context(|| format!("read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name.as_bytes());
        hash.update((contents.len() as u64).to_be_bytes());
        hash.update(&contents);
    }
    Ok(HEXLOWER.encode(&hash.finalize()))
}

/// Whether the stamp says that this was built from inputs with this hash.
pub(crate) fn is_current(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found.trim() == fingerprint)
}

/// Writes the stamp; call it only after the build succeeded.
pub(crate) fn stamp(stamp: &Path, fingerprint: &str) -> Result<()> {
    fs::write(stamp, format!("{fingerprint}\n")).with_context(|| format!("write {}", stamp.display()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("list {}", path.display()))? {
            let entry = entry.with_context(|| format!("list {}", path.display()))?;
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_changes_with_contents_and_names_and_with_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = [PathBuf::from("a"), PathBuf::from("gone")];
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/x"), "1").unwrap();
        let first = of(folder.path(), &inputs).unwrap();
        fs::write(folder.path().join("a/x"), "1").unwrap();
        assert_eq!(of(folder.path(), &inputs).unwrap(), first);
        fs::write(folder.path().join("a/x"), "2").unwrap();
        let second = of(folder.path(), &inputs).unwrap();
        assert_ne!(second, first);
        fs::rename(folder.path().join("a/x"), folder.path().join("a/y")).unwrap();
        assert_ne!(of(folder.path(), &inputs).unwrap(), second);
    }
}
