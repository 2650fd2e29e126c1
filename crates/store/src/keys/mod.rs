//! The keys of the desk: root → tenant → epoch → subject, and one derived key for each column.
//!
//! - The **root key** is a file. It wraps the tenant key, and the encryption of the whole SQLite file.
//! - The **tenant key** (one row) seals what belongs to the business: its identity key, staff accounts.
//! - An **epoch key** lasts a week. It lies in a file beside the root key, never in the database, so a backup of
//!   the database alone opens nothing, and once the file and its copies are gone, nothing ever will.
//! - A **subject key** (one row, wrapped by an epoch key) seals everything about one person. Destroying the row
//!   erases the person; at the end of an epoch the remaining ones are wrapped anew and the old epoch key is
//!   destroyed, so that an erased key in an old backup dies as well.
//!
//! No key is used twice for different ends: HKDF-SHA256 (RFC 5869) gives one for each (purpose, table.column).

mod ring;
mod root;
pub(crate) mod sealing;

pub use ring::{KeyRing, Rotation, SubjectKey};
pub use root::RootKey;

pub(crate) use ring::{WrappedKey, subject_id};

/// Weeks since the Unix epoch: which epoch key wraps a subject key.
pub(crate) type EpochNumber = i64;
