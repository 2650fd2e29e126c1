//! The hub's store: channels, envelopes, key packages, attachments. Ciphertext only.
//!
//! Reads are single statements on [`HubStore`]; writes go through a [`Batch`], one transaction that carries as
//! many of them as wait, because one flush to the disk for each envelope is what would limit the hub.

mod attachments;
mod channels;
mod envelopes;
mod key_packages;
mod rows;
mod sweep;

pub use attachments::{AttachmentUse, Chunk};
pub use channels::{Channel, Head, HeadChange};
pub use envelopes::{NewEnvelope, StoredEnvelope};
pub use key_packages::{KeyPackageCount, NewKeyPackage};
pub use sweep::Swept;

use crate::{Database, Engine, Location, Schema, StoreError, Transaction};

/// The hub's store. Cloning gives another handle to the same connections.
#[derive(Clone, Debug)]
pub struct HubStore {
    database: Database,
}

/// Writes that become durable together, or not at all.
pub struct Batch {
    transaction: Transaction,
    engine: Engine,
}

impl HubStore {
    /// Opens the store and brings its tables to this version's shape.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(location, Schema::Hub).await? })
    }

    /// Begins a batch. It holds the store's one write lock (SQLite) until it is committed or dropped.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the lock does not come free in time.
    pub async fn begin(&self) -> Result<Batch, StoreError> {
        Ok(Batch { transaction: self.database.begin().await?, engine: self.database.engine() })
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ready(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT channel FROM hub_channels LIMIT 1")
            .fetch_optional(self.database.readers())
            .await?;
        Ok(())
    }

    /// Copies what the log holds into the file, on a connection of its own, so that the writer need not stop for
    /// it. PostgreSQL does so by itself.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is lost, the log only stays longer.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        match self.database.engine() {
            Engine::Sqlite => {
                sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(self.database.readers()).await?;
            }
            Engine::Postgres => {}
        }
        Ok(())
    }

    /// Ends all connections once what runs on them has ended.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

impl Batch {
    /// Makes the batch durable: when this returns, it outlives a crash of the process and of the machine.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing of the batch was kept.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }

    /// Gives the batch up at once, so that the next one need not wait for it.
    pub async fn abandon(self) {
        // The transaction ends with the connection if even this fails.
        let _ = self.transaction.rollback().await;
    }
}
