//! The files of a folder, with bounds on what is taken.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use assistant::import::{FILE_OCTETS, Format};

/// The most files of one import, and folders inside each other.
const MOST_FILES: usize = 20_000;
const DEEPEST: usize = 16;

/// One file of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its path below what is imported, with `/` between folders.
    pub(super) name: String,
}

/// A file itself, or every file of ours below a folder; names with a dot in front and links are left out.
pub(super) fn files(root: &Path) -> Result<Vec<Source>> {
    let root = fs::canonicalize(root).with_context(|| format!("find {}", root.display()))?;
    if root.is_file() {
        let name = root.file_name().and_then(|name| name.to_str()).context("its name is not UTF-8")?;
        return Ok(vec![Source { name: name.to_owned(), path: root.clone() }]);
    }
    let mut found = Vec::new();
    below(&root, "", DEEPEST, &mut found)?;
    Ok(found)
}

fn below(folder: &Path, under: &str, deeper: usize, found: &mut Vec<Source>) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let entry = entry.with_context(|| format!("list {}", folder.display()))?;
        let kind = entry.file_type().with_context(|| format!("look at {}", entry.path().display()))?;
        if let Ok(name) = entry.file_name().into_string()
            && !name.starts_with('.')
        {
            names.push((name, kind));
        }
    }
    names.sort_by(|a, b| a.0.cmp(&b.0));
    for (file, kind) in names {
        let path = folder.join(&file);
        let name = if under.is_empty() { file } else { format!("{under}/{file}") };
        if kind.is_dir() {
            if deeper == 0 {
                bail!("{} is more than {DEEPEST} folders deep; import a folder inside it", path.display());
            }
            below(&path, &name, deeper - 1, found)?;
        } else if kind.is_file() && Format::of(&name).is_some() {
            found.push(Source { path, name });
            if found.len() > MOST_FILES {
                bail!("there are more than {MOST_FILES} files; import the folders inside one by one");
            }
        }
    }
    Ok(())
}

/// A file's content, but not more than one octet over `most`.
pub(super) fn content(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The most octets of a file of this form.
pub(super) fn most(format: Option<Format>) -> usize {
    match format {
        Some(Format::Zip) => assistant::import::ARCHIVE_OCTETS,
        _ => FILE_OCTETS,
    }
}
