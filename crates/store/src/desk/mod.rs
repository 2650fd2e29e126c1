//! The desk's store: conversations, what was said in them (masked), what waits for the hub, and the desk's own
//! secrets. Everything about a person is sealed under that person's key ([`crate::keys`]).
//!
//! A conversation moves by [`DeskStore::apply`] alone: one [`Step`], one transaction.

mod conversation;
mod key_package;
mod message;
mod outbox;
mod secret;
mod staff;
mod step;

use std::sync::Arc;

use protocol::{ChannelId, Clock, Entropy};

pub use conversation::{Conversation, NewConversation, Phase, Summary};
pub use key_package::NewKeyPackage;
pub use message::{Message, NewMessage, StoredSpeaker};
pub use protocol::{StaffId, SubjectId};
pub use staff::{
    Attempts, Enrolled, Enrolment, NewSession, NewStaff, SignedIn, StaffAccount, StaffSession, TokenHash,
};
pub use step::{ConsentRecord, Step};

use crate::{
    Database, Location, Schema, StoreError,
    keys::{KeyRing, RootKey, Rotation},
};

/// The desk's store. Cloning gives another handle to the same connections and keys.
#[derive(Clone)]
pub struct DeskStore {
    pub(crate) database: Database,
    pub(crate) keys: KeyRing,
    pub(crate) clock: Arc<dyn Clock>,
}

impl DeskStore {
    /// Opens the store and its keys; makes both when they are not there.
    ///
    /// # Errors
    /// [`StoreError`]; `WrongKey` when the root key is not this store's.
    pub async fn open(
        location: &Location,
        root: RootKey,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let database = Database::open(location, Schema::Desk).await?;
        let keys = KeyRing::open(&database, root, Arc::clone(&clock), entropy).await?;
        Ok(Self { database, keys, clock })
    }

    /// The desk's keys, for what belongs to the business itself.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The database under it, for checks of the running system.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Wraps all subject keys with this week's epoch key and destroys the older epoch keys. Run it at least
    /// once a week; it may be stopped at any point and run again.
    ///
    /// # Errors
    /// [`StoreError`]; what was done so far stays done.
    pub async fn rotate_epoch(&self) -> Result<Rotation, StoreError> {
        self.keys.rotate(&self.database).await
    }

    /// Ends all connections once what runs on them has ended.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// The row of a value that a conversation has one of.
fn conversation_row(channel: ChannelId) -> [u8; 16] {
    *channel.octets()
}

fn channel_id(octets: &[u8], column: &'static str) -> Result<ChannelId, StoreError> {
    ChannelId::try_from(octets).map_err(|_| StoreError::Corrupt(column))
}

/// Counts from the wire into a column. Past 2^63 there are none; a sender who claims so gets the last one.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(stored: i64, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(stored).map_err(|_| StoreError::Corrupt(column))
}
