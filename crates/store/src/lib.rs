//! Sealed storage on SQLite (encrypted whole by SQLCipher) or PostgreSQL.
//!
//! Purpose: the only crate that knows SQL. [`Database`] opens a store and runs its migrations; [`hub`] and
//! [`desk`] hold the functions of the two stores; [`keys`] seals what the desk keeps about a person; [`SealedFile`] is
//! one file sealed whole; [`vectors`] keeps and finds those of the business's own texts, on PostgreSQL alone.
//! Boundary: takes and gives domain values, never rows; imports nothing of ours but `protocol`.
//! Invariants: one SQL text for both engines of a store; every write is one transaction, all of it or nothing; a value
//! about a person is stored sealed for that person alone; every column is declared in `inventory.toml`; no
//! error, log line or `Debug` shows a key or a stored value.

pub mod desk;
pub mod hub;
pub mod inventory;
pub mod keys;
pub mod vectors;

mod database;
mod error;
mod key_file;
mod libcrypto;
mod migrations;
mod sealed_file;

pub use database::{Database, Engine, Location, Transaction};
pub use error::StoreError;
pub use key_file::{KeyFileError, StorageKey};
pub use migrations::Schema;
pub use sealed_file::{SealedFile, SealedFileError};
