//! A vault as bytes, to be sealed by whoever stores them.

use std::io;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::stand_in::StandIn;
use super::{Entry, TokenVault, Turn};

/// The format that [`TokenVault::to_bytes`] writes, its first byte.
const FORMAT: u8 = 3;
/// The format before: every value had a token.
const FORMAT_2: u8 = 2;
/// The format before that: the turn named one expected kind at most. The turn is left out when it is read.
const FORMAT_1: u8 = 1;

/// Why stored bytes are no vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Written by a version of the program that this one does not know.
    #[error("the vault was written in format {0}, which this version does not read")]
    UnknownFormat(u8),
    /// Cut, changed or never a vault.
    #[error("the stored vault is damaged")]
    Damaged,
}

#[derive(Serialize)]
struct Stored<'a> {
    key: Option<[u8; 32]>,
    entries: &'a [Entry],
    turn: &'a Turn,
}

#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    key: Option<[u8; 32]>,
    entries: Vec<Entry>,
    turn: Turn,
}

#[derive(Deserialize)]
struct ReadFormat1 {
    entries: Vec<Entry>,
}

const SERIALISES: &str = "strings and numbers always serialise into memory";

/// Counts what is written to it.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TokenVault {
    /// For storage, to be sealed by the caller: this holds every value in plain.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let key = self.key.as_ref().map(|key| **key);
        let stored = Stored { key, entries: &self.entries, turn: &self.turn };
        // Measured first: room for everything at once, so that growing leaves no unwiped copy behind.
        let mut length = Length(1);
        serde_json::to_writer(&mut length, &stored).expect(SERIALISES);
        let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
        bytes.push(FORMAT);
        serde_json::to_writer(&mut *bytes, &stored).expect(SERIALISES);
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`VaultError`] for another format, or for bytes that are damaged or give one id twice.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let (format, rest) = bytes.split_first().ok_or(VaultError::Damaged)?;
        let read = match *format {
            FORMAT | FORMAT_2 => serde_json::from_slice(rest),
            FORMAT_1 => serde_json::from_slice(rest).map(|ReadFormat1 { entries }| Read {
                key: None,
                entries,
                turn: Turn::default(),
            }),
            unknown => return Err(VaultError::UnknownFormat(unknown)),
        };
        let read: Read = read.map_err(|_| VaultError::Damaged)?;
        let mut vault = Self { key: read.key.map(Zeroizing::new), turn: read.turn, ..Self::default() };
        for mut entry in read.entries {
            if *format != FORMAT {
                entry.stand_ins = vec![StandIn::Token; entry.spellings.len()];
            }
            if entry.id == 0
                || entry.spellings.is_empty()
                || entry.stand_ins.len() != entry.spellings.len()
                || vault.by_id.contains_key(&(entry.entity, entry.id))
            {
                return Err(VaultError::Damaged);
            }
            vault.add(entry);
        }
        Ok(vault)
    }
}
