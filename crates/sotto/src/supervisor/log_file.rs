//! A part's log: appended line by line, and set aside as `.1` when it is full, so that it never fills the disk.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

const FULL: u64 = 16 << 20;

/// An open log.
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    octets: u64,
    full: u64,
}

impl LogFile {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::with_limit(path, FULL)
    }

    fn with_limit(path: &Path, full: u64) -> Result<Self> {
        let file = append(path)?;
        let octets = file.metadata().with_context(|| format!("look at {}", path.display()))?.len();
        Ok(Self { path: path.to_path_buf(), file, octets, full })
    }

    pub(super) fn write(&mut self, line: &str) -> Result<()> {
        if self.octets >= self.full {
            let old = self.path.with_extension("log.1");
            fs::rename(&self.path, &old).with_context(|| format!("set {} aside", self.path.display()))?;
            self.file = append(&self.path)?;
            self.octets = 0;
        }
        self.octets += line.len() as u64 + 1;
        writeln!(self.file, "{line}").with_context(|| format!("write {}", self.path.display()))
    }
}

/// The end of a log, for a person.
pub(super) fn last_lines(path: &Path, count: usize) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines
        .iter()
        .skip(lines.len().saturating_sub(count))
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn append(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("open {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_log_is_set_aside_and_only_one_old_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.log");
        let mut log = LogFile::with_limit(&path, 10).unwrap();
        for line in ["first line", "second line", "third line", "4"] {
            log.write(line).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "4\n");
        assert_eq!(fs::read_to_string(path.with_extension("log.1")).unwrap(), "third line\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let mut again = LogFile::with_limit(&path, 10).unwrap();
        again.write("5").unwrap();
        assert_eq!(last_lines(&path, 1), "  5");
    }
}
