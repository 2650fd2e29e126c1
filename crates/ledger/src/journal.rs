//! The newest leaves, not yet a full tile: one file that is appended to and flushed before an append returns.
//!
//! A record is its index, how many leaves were on disk when it was written, its length, the leaf and a checksum.
//! A stop in the middle of a write leaves a torn end, which is cut off when the log is opened: nobody was told
//! that it is there. The count tells a torn end from damage: where a later record says that the broken one was
//! on disk already, the log was changed, and it does not open.

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::tiles::{put_in_place, write_beside};

const MAGIC: &[u8] = b"sotto ledger 1\n";
const HEAD: usize = 8 + 8 + 2;
const CHECKSUM: usize = 8;

/// The open file.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    origin: String,
    /// Where the next record goes, in octets.
    end: u64,
}

/// What a journal holds when it is opened.
pub(crate) struct Recovered {
    pub(crate) journal: Journal,
    /// The index of its first leaf; a multiple of 256.
    pub(crate) first: u64,
    pub(crate) leaves: Vec<Vec<u8>>,
}

/// Why a journal cannot be used.
#[derive(Debug)]
pub(crate) enum JournalError {
    Io(io::Error),
    OtherOrigin,
    Damaged,
}

impl Journal {
    /// Opens the file, or begins a new log when there is none. Cuts a torn end off.
    pub(crate) fn open(path: &Path, origin: &str) -> Result<Recovered, JournalError> {
        if !path.exists() {
            // A log that has full tiles has a journal: without it the newest leaves are gone.
            if path.with_file_name("tile").exists() {
                return Err(JournalError::Damaged);
            }
            write_beside(path, &header(origin, 0))?;
            put_in_place(path)?;
        }
        let octets = fs::read(path)?;
        let (found, first, start) = parse_header(&octets).ok_or(JournalError::Damaged)?;
        if found != origin {
            return Err(JournalError::OtherOrigin);
        }
        let mut leaves = Vec::new();
        let mut end = start;
        while let Some(record) = parse(&octets, end, first + leaves.len() as u64) {
            leaves.push(record.leaf.to_vec());
            end = record.end;
        }
        let durable = first + leaves.len() as u64;
        if (end + 1..octets.len())
            .any(|at| parse_any(&octets, at).is_some_and(|later| later.durable > durable))
        {
            return Err(JournalError::Damaged);
        }
        let mut file = File::options().write(true).open(path)?;
        if end < octets.len() {
            file.set_len(end as u64)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::Start(end as u64))?;
        let journal = Self { path: path.to_owned(), file, origin: origin.to_owned(), end: end as u64 };
        Ok(Recovered { journal, first, leaves })
    }

    /// Writes the leaves and flushes them to the disk. On an error the file is as it was, unless it is
    /// torn.
    pub(crate) fn append(&mut self, durable: u64, leaves: &[Vec<u8>]) -> Result<(), AppendFailure> {
        let mut octets = Vec::new();
        for (index, leaf) in (durable..).zip(leaves) {
            write_record(&mut octets, index, durable, leaf);
        }
        match self.file.write_all(&octets) {
            Ok(()) => {}
            Err(error) => {
                let cut =
                    self.file.set_len(self.end).and_then(|()| self.file.seek(SeekFrom::Start(self.end)));
                return Err(AppendFailure { error, torn: cut.is_err() });
            }
        }
        // After a flush that failed nobody knows what is on the disk (the kernel forgets), so it ends here.
        self.file.sync_data().map_err(|error| AppendFailure { error, torn: true })?;
        self.end += octets.len() as u64;
        Ok(())
    }

    /// Begins a new file with the leaves from `first` on, once those before are in full tiles. On an error the
    /// file is as it was, unless it is torn.
    pub(crate) fn restart(&mut self, first: u64, leaves: &[Vec<u8>]) -> Result<(), AppendFailure> {
        let mut octets = header(&self.origin, first);
        let durable = first + leaves.len() as u64;
        for (index, leaf) in (first..).zip(leaves) {
            write_record(&mut octets, index, durable, leaf);
        }
        let file = write_beside(&self.path, &octets).map_err(|error| AppendFailure { error, torn: false })?;
        // From here on the old file may be out of the folder: no leaf may go to it any more.
        put_in_place(&self.path).map_err(|error| AppendFailure { error, torn: true })?;
        self.file = file;
        self.end = octets.len() as u64;
        Ok(())
    }
}

/// Why the file could not be written.
pub(crate) struct AppendFailure {
    pub(crate) error: io::Error,
    /// What is on the disk is not known any more.
    pub(crate) torn: bool,
}

impl From<io::Error> for JournalError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Record<'a> {
    index: u64,
    durable: u64,
    leaf: &'a [u8],
    end: usize,
}

fn write_record(octets: &mut Vec<u8>, index: u64, durable: u64, leaf: &[u8]) {
    let start = octets.len();
    let length = u16::try_from(leaf.len()).expect("the log refuses longer leaves before they come here");
    octets.extend_from_slice(&index.to_be_bytes());
    octets.extend_from_slice(&durable.to_be_bytes());
    octets.extend_from_slice(&length.to_be_bytes());
    octets.extend_from_slice(leaf);
    let checksum = checksum(octets.get(start..).unwrap_or_default());
    octets.extend_from_slice(&checksum);
}

/// The record at this place, if it is whole and the one expected there.
fn parse(octets: &[u8], at: usize, index: u64) -> Option<Record<'_>> {
    parse_any(octets, at).filter(|record| record.index == index)
}

fn parse_any(octets: &[u8], at: usize) -> Option<Record<'_>> {
    let rest = octets.get(at..)?;
    let (index, after) = rest.split_first_chunk::<8>()?;
    let (durable, after) = after.split_first_chunk::<8>()?;
    let (length, after) = after.split_first_chunk::<2>()?;
    let (leaf, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let (found, _) = after.split_first_chunk::<CHECKSUM>()?;
    if *found != checksum(rest.get(..HEAD + leaf.len())?) {
        return None;
    }
    let end = at + HEAD + leaf.len() + CHECKSUM;
    Some(Record { index: u64::from_be_bytes(*index), durable: u64::from_be_bytes(*durable), leaf, end })
}

fn checksum(octets: &[u8]) -> [u8; CHECKSUM] {
    let hash: [u8; 32] = Sha256::digest(octets).into();
    let mut checksum = [0; CHECKSUM];
    checksum.copy_from_slice(hash.split_at(CHECKSUM).0);
    checksum
}

fn header(origin: &str, first: u64) -> Vec<u8> {
    let mut octets = MAGIC.to_vec();
    octets.extend_from_slice(origin.as_bytes());
    octets.push(b'\n');
    octets.extend_from_slice(&first.to_be_bytes());
    let checksum = checksum(&octets);
    octets.extend_from_slice(&checksum);
    octets
}

/// Origin, index of the first leaf, where the records begin.
fn parse_header(octets: &[u8]) -> Option<(&str, u64, usize)> {
    let rest = octets.strip_prefix(MAGIC)?;
    let line = rest.iter().position(|&octet| octet == b'\n')?;
    let origin = std::str::from_utf8(rest.get(..line)?).ok()?;
    let (first, after) = rest.get(line + 1..)?.split_first_chunk::<8>()?;
    let (found, _) = after.split_first_chunk::<CHECKSUM>()?;
    let end = MAGIC.len() + line + 1 + 8;
    if *found != checksum(octets.get(..end)?) {
        return None;
    }
    Some((origin, u64::from_be_bytes(*first), end + CHECKSUM))
}
