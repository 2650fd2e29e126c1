//! The log on disk: many append at once, one writes.

use std::{
    collections::HashMap,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::{
    Leaf,
    journal::{AppendFailure, Journal, JournalError},
    tiles::{HEIGHT, Tiles, WIDTH, reduce},
    tree::{self, Hash, Nodes, Root, leaf_hash},
};

/// The place of a leaf in the log; the first is 0.
pub type Index = u64;

/// An open log. One process holds it at a time; its threads share it by reference.
pub struct Ledger {
    state: Mutex<State>,
    changed: Condvar,
    /// Held for as long as the log is open.
    _lock: File,
}

/// Why a log does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file in it cannot be used.
    #[error("the ledger in {folder} cannot be used")]
    Io {
        /// Where.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another process has it open.
    #[error("the ledger in {folder} is in use by another process")]
    Locked {
        /// Where.
        folder: PathBuf,
    },
    /// It is the log of another name.
    #[error("the ledger in {folder} has another name")]
    OtherOrigin {
        /// Where.
        folder: PathBuf,
    },
    /// Leaves that were on disk have been changed or are gone.
    #[error("the ledger in {folder} has been changed or damaged: restore it from its backup")]
    Damaged {
        /// Where.
        folder: PathBuf,
    },
}

/// Why a leaf is not in the log. Nothing may be released on it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// No space is left on the disk. Appending works again once there is.
    #[error("the ledger's disk is full")]
    Full(#[source] Arc<io::Error>),
    /// The system refused to write. The log is as it was.
    #[error("the ledger cannot be written")]
    Io(#[source] Arc<io::Error>),
    /// An earlier failure left it unknown what is on the disk; the log must be opened anew.
    #[error("the ledger must be opened anew after a failed write")]
    Broken,
    /// The leaf has more than 65,535 octets, the most that C2SP tlog-tiles can hold.
    #[error("the leaf has {0} octets; the most is 65535")]
    TooLong(usize),
}

/// Why something could not be read from the log.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log is shorter.
    #[error("the ledger has no such leaf or size")]
    OutOfRange,
    /// A file cannot be read or is damaged.
    #[error("the ledger's files cannot be read")]
    Io(#[from] io::Error),
}

struct State {
    /// Taken out while a thread writes to it.
    journal: Option<Journal>,
    broken: bool,
    tiles: Tiles,
    /// The leaves that are not in a full entry bundle, from a multiple of 256 on.
    newest: Vec<Vec<u8>>,
    /// For each tile level, the hashes that are not in a full tile file.
    levels: Vec<Level>,
    waiting: Vec<Vec<u8>>,
    next_ticket: u64,
    results: HashMap<u64, Result<Index, AppendError>>,
}

#[derive(Default)]
struct Level {
    /// How many hashes of this level are in full tile files.
    base: u64,
    hashes: Vec<Hash>,
}

impl Ledger {
    /// Opens the log in this folder, or begins one of this name. The end that a crash tore is cut off.
    ///
    /// # Errors
    /// [`OpenError`]
    pub fn open(folder: &Path, origin: &str) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { folder: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Locked { folder: folder.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let recovered = Journal::open(&folder.join("journal"), origin).map_err(|error| match error {
            JournalError::Io(source) => failed(source),
            JournalError::OtherOrigin => OpenError::OtherOrigin { folder: folder.to_owned() },
            JournalError::Damaged => OpenError::Damaged { folder: folder.to_owned() },
        })?;
        let tiles = Tiles::new(folder);
        let levels = read_edge(&tiles, recovered.first).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::NotFound => {
                OpenError::Damaged { folder: folder.to_owned() }
            }
            _ => failed(error),
        })?;
        let mut state = State {
            journal: Some(recovered.journal),
            broken: false,
            tiles,
            newest: Vec::new(),
            levels,
            waiting: Vec::new(),
            next_ticket: 0,
            results: HashMap::new(),
        };
        recovered.leaves.into_iter().for_each(|leaf| state.add(leaf));
        Ok(Self { state: Mutex::new(state), changed: Condvar::new(), _lock: lock })
    }

    /// Puts the leaf on disk; once this returns it is there for good. Blocks for the disk's flush; leaves that
    /// come in the meantime share the next one.
    ///
    /// # Errors
    /// [`AppendError`]; the leaf is not in the log.
    pub fn append(&self, leaf: &Leaf) -> Result<Index, AppendError> {
        let octets = leaf.octets();
        if octets.len() > usize::from(u16::MAX) {
            return Err(AppendError::TooLong(octets.len()));
        }
        let mut state = self.state();
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.push(octets);
        loop {
            if let Some(result) = state.results.remove(&ticket) {
                return result;
            }
            state = match state.journal.take() {
                Some(journal) => self.write(state, journal),
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Writes all that waits. The lock is given up while the disk works.
    fn write<'a>(&'a self, mut state: MutexGuard<'a, State>, mut journal: Journal) -> MutexGuard<'a, State> {
        let batch = std::mem::take(&mut state.waiting);
        let (size, broken) = (state.size(), state.broken);
        let first_ticket = state.next_ticket - batch.len() as u64;
        drop(state);
        let outcome = if broken { None } else { Some(journal.append(size, &batch)) };
        let mut state = self.state();
        for (index, ticket) in (size..).zip(first_ticket..).take(batch.len()) {
            let result = match &outcome {
                Some(Ok(())) => Ok(index),
                Some(Err(failure)) => Err(failure_of(&failure.error)),
                None => Err(AppendError::Broken),
            };
            state.results.insert(ticket, result);
        }
        match outcome {
            Some(Ok(())) => {
                batch.into_iter().for_each(|leaf| state.add(leaf));
                state.fill_tiles(&mut journal);
            }
            Some(Err(failure)) => state.broken |= failure.torn,
            None => {}
        }
        state.journal = Some(journal);
        self.changed.notify_all();
        state
    }

    /// How many leaves are on disk, and the hash over them.
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn root(&self) -> Result<Root, ReadError> {
        let state = self.state();
        let size = state.size();
        Ok(Root { size, hash: tree::root(&*state, size)? })
    }

    /// The root that the log had at an earlier size.
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn root_at(&self, size: u64) -> Result<Root, ReadError> {
        let state = self.state();
        if size > state.size() {
            return Err(ReadError::OutOfRange);
        }
        Ok(Root { size, hash: tree::root(&*state, size)? })
    }

    /// Shows that the leaf at `index` is in the log of that size; checked by [`crate::verify_inclusion`].
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn inclusion_proof(&self, index: Index, size: u64) -> Result<Vec<Hash>, ReadError> {
        let state = self.state();
        if index >= size || size > state.size() {
            return Err(ReadError::OutOfRange);
        }
        tree::inclusion_proof(&*state, index, size)
    }

    /// Shows that the log of size `new` begins with that of size `old`; checked by
    /// [`crate::verify_consistency`].
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, ReadError> {
        let state = self.state();
        if old > new || new > state.size() {
            return Err(ReadError::OutOfRange);
        }
        tree::consistency_proof(&*state, old, new)
    }

    /// The octets of a leaf, as hashed.
    ///
    /// # Errors
    /// [`ReadError`]
    pub fn leaf(&self, index: Index) -> Result<Vec<u8>, ReadError> {
        let state = self.state();
        if index >= state.size() {
            return Err(ReadError::OutOfRange);
        }
        let newest_from = state.size() - state.newest.len() as u64;
        let leaf = match index.checked_sub(newest_from) {
            Some(offset) => state.newest.get(offset as usize).cloned(),
            None => {
                let bundle = state.tiles.read_leaves(index / WIDTH as u64)?;
                bundle.into_iter().nth((index % WIDTH as u64) as usize)
            }
        };
        leaf.ok_or(ReadError::OutOfRange)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn size(&self) -> u64 {
        self.levels.first().map_or(0, |level| level.base + level.hashes.len() as u64)
    }

    fn add(&mut self, leaf: Vec<u8>) {
        push(&mut self.levels, 0, leaf_hash(&leaf));
        self.newest.push(leaf);
    }

    /// Moves full runs from the journal into files of their own. The leaves are safe in the journal, so when
    /// this fails nothing is lost: it is tried again after the next append.
    fn fill_tiles(&mut self, journal: &mut Journal) {
        while self.newest.len() >= WIDTH {
            if let Err(failure) = self.fill_tile(journal) {
                self.broken |= failure.torn;
                return;
            }
        }
    }

    fn fill_tile(&mut self, journal: &mut Journal) -> Result<(), AppendFailure> {
        let harmless = |error| AppendFailure { error, torn: false };
        let first = self.size() - self.newest.len() as u64;
        let Some((full, rest)) = self.newest.split_at_checked(WIDTH) else { return Ok(()) };
        self.tiles.write_leaves(first / WIDTH as u64, full).map_err(harmless)?;
        for (number, level) in (0..).zip(&self.levels) {
            if let Some(full) = level.hashes.get(..WIDTH) {
                self.tiles.write_hashes(number, level.base / WIDTH as u64, full).map_err(harmless)?;
            }
        }
        journal.restart(first + WIDTH as u64, rest)?;
        self.newest.drain(..WIDTH);
        for level in &mut self.levels {
            if level.hashes.len() >= WIDTH {
                level.hashes.drain(..WIDTH);
                level.base += WIDTH as u64;
            }
        }
        Ok(())
    }
}

impl Nodes for State {
    type Error = ReadError;

    fn node(&self, level: u32, index: u64) -> Result<Hash, ReadError> {
        let (tile_level, rise) = (level / HEIGHT, level % HEIGHT);
        let (from, count) = (index << rise, 1usize << rise);
        let held = self.levels.get(tile_level as usize).ok_or(ReadError::OutOfRange)?;
        let hash = match from.checked_sub(held.base) {
            Some(offset) => {
                let offset = offset as usize;
                held.hashes.get(offset..offset + count).and_then(reduce)
            }
            None => {
                let tile = self.tiles.read_hashes(tile_level, from / WIDTH as u64)?;
                let offset = (from % WIDTH as u64) as usize;
                tile.get(offset..offset + count).and_then(reduce)
            }
        };
        hash.ok_or(ReadError::OutOfRange)
    }
}

/// Adds a hash to a level; the root of each full run goes to the level above.
fn push(levels: &mut Vec<Level>, number: usize, hash: Hash) {
    if levels.len() <= number {
        levels.resize_with(number + 1, Level::default);
    }
    let Some(level) = levels.get_mut(number) else { return };
    level.hashes.push(hash);
    if level.hashes.len() % WIDTH == 0 {
        let run = level.hashes.len() - WIDTH;
        if let Some(root) = level.hashes.get(run..).and_then(reduce) {
            push(levels, number + 1, root);
        }
    }
}

/// The right edge of the tree, from the tile files: for each level what its last full tile does not cover.
fn read_edge(tiles: &Tiles, leaves: u64) -> io::Result<Vec<Level>> {
    let width = WIDTH as u64;
    let mut levels = vec![Level { base: leaves, hashes: Vec::new() }];
    let mut full_below = leaves / width;
    for level_below in 0.. {
        if full_below == 0 {
            break;
        }
        let base = full_below / width * width;
        let roots = (base..full_below).map(|number| {
            let tile = tiles.read_hashes(level_below, number)?;
            reduce(&tile).ok_or_else(|| io::ErrorKind::InvalidData.into())
        });
        let hashes = roots.collect::<io::Result<_>>()?;
        levels.push(Level { base, hashes });
        full_below = base / width;
    }
    Ok(levels)
}

fn failure_of(error: &io::Error) -> AppendError {
    // An `io::Error` cannot be copied, and each of those who waited gets one.
    let copy =
        Arc::new(error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error));
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            AppendError::Full(copy)
        }
        _ => AppendError::Io(copy),
    }
}

#[cfg(test)]
mod tests;
