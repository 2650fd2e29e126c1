//! The files of a zip archive, in memory: nothing is ever unpacked to a disk.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{FILE_OCTETS, Format, Problem};

/// The most files of one archive.
const MOST_FILES: usize = 5_000;
/// The most octets that all files of one archive have together, unpacked.
const MOST_OCTETS: usize = 256 << 20;
/// The most folders inside each other.
const DEEPEST: usize = 16;

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// An archive that is read file by file. Sizes are counted as they are unpacked, whatever the archive says of itself.
pub struct Entries<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    place: &'a str,
    next: usize,
    octets: usize,
}

/// The files of our forms in an archive; others are passed over. `place` names the archive in problems.
///
/// # Errors
/// When it is no archive or has too many files.
pub fn entries<'a>(place: &'a str, bytes: &'a [u8]) -> Result<Entries<'a>, Problem> {
    let archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|_| Problem::of(place, "is no zip archive, or a damaged one; make it anew"))?;
    if archive.len() > MOST_FILES {
        return Err(Problem::of(place, format!("has more than {MOST_FILES} files; split it")));
    }
    Ok(Entries { archive, place, next: 0, octets: 0 })
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let at = self.next;
            if at >= self.archive.len() {
                return None;
            }
            self.next += 1;
            match self.entry(at) {
                Ok(None) => {}
                Ok(Some(entry)) => return Some(Ok(entry)),
                Err(problem) => return Some(Err(problem)),
            }
        }
    }
}

impl Entries<'_> {
    fn entry(&mut self, at: usize) -> Result<Option<Entry>, Problem> {
        let place = self.place;
        let damaged = |_| Problem::of(place, format!("file {} is damaged; make the archive anew", at + 1));
        let raw = self.archive.by_index_raw(at).map_err(damaged)?;
        let name = raw.name().map_err(damaged)?.into_owned();
        let wrong = |problem: String| Problem::of(&format!("{place}/{name}"), problem);
        if raw.is_dir() || Format::of(&name).is_none() || is_aside(&name) {
            return Ok(None);
        }
        if name.starts_with('/') || name.contains(['\\', '\0']) || name.split('/').any(|part| part == "..") {
            return Err(wrong("leads out of the archive and was left out; rename it".into()));
        }
        if name.split('/').count() > DEEPEST {
            return Err(wrong(format!("is more than {DEEPEST} folders deep; move it up")));
        }
        if raw.encrypted() {
            return Err(wrong("needs a password; make the archive without one".into()));
        }
        drop(raw);
        let mut bytes = Vec::new();
        let file = self
            .archive
            .by_index(at)
            .map_err(|_| wrong("is packed in a way that is not known; use deflate".into()))?;
        let left = MOST_OCTETS - self.octets;
        let most = left.min(FILE_OCTETS);
        let read = file.take(most as u64 + 1).read_to_end(&mut bytes);
        self.octets += bytes.len().min(left);
        if bytes.len() > most {
            if most == left {
                self.next = self.archive.len();
                return Err(Problem::of(
                    place,
                    format!("is larger than {} MiB unpacked; split it", MOST_OCTETS >> 20),
                ));
            }
            return Err(wrong(super::too_large()));
        }
        read.map_err(|_| wrong("is damaged; make the archive anew".into()))?;
        Ok(Some(Entry { name, bytes }))
    }
}

/// What systems put beside one's files.
fn is_aside(name: &str) -> bool {
    name.split('/').any(|part| part == "__MACOSX" || (part.starts_with('.') && part != "." && part != ".."))
}
