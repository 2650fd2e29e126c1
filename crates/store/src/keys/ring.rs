//! The keys at work: tenant and epoch keys in memory, a subject's key for as long as it is used.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use protocol::{Clock, Entropy, SubjectId, Timestamp};
use sqlx::{AnyConnection, Row, any::AnyRow};
use zeroize::Zeroizing;

use super::{
    EpochNumber, RootKey,
    root::WrappedEpochKey,
    sealing::{Key, Place},
};
use crate::{Database, StoreError};

const EPOCH_MILLISECONDS: i64 = 7 * 24 * 60 * 60 * 1000;

/// The desk's keys; cheap to clone.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    root: RootKey,
    tenant: Vec<u8>,
    tenant_key: Key,
    epochs: Mutex<BTreeMap<EpochNumber, Key>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The key of one person. Dropped and zeroised after use; never kept.
pub struct SubjectKey {
    key: Key,
    subject: SubjectId,
    ring: Arc<Ring>,
}

/// A person's key as stored.
pub(crate) struct WrappedKey {
    epoch: EpochNumber,
    octets: Vec<u8>,
}

/// What a rotation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// How many subject keys were wrapped anew.
    pub rewrapped: u64,
    /// How many old epoch keys were destroyed.
    pub destroyed: u64,
}

impl KeyRing {
    /// Opens the tenant key under the root key; makes one in a new store.
    pub(crate) async fn open(
        database: &Database,
        root: RootKey,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let mut transaction = database.begin().await?;
        let row =
            sqlx::query("SELECT tenant, wrapped FROM tenant_key").fetch_optional(&mut *transaction).await?;
        let (tenant, tenant_key) = match row {
            Some(row) => {
                let (tenant, wrapped): (Vec<u8>, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
                let opened = root.key().open(tenant_key_place(&tenant), &wrapped);
                let key = opened.and_then(|key| Key::from_slice(&key)).map_err(|_| StoreError::WrongKey)?;
                (tenant, key)
            }
            None => {
                let mut tenant = vec![0; 16];
                entropy.fill(&mut tenant);
                let key = Key::random(entropy.as_ref());
                let wrapped = root.key().seal(tenant_key_place(&tenant), key.octets(), entropy.as_ref());
                sqlx::query(
                    "INSERT INTO tenant_key (only_one, tenant, wrapped, created_at) VALUES (1, $1, $2, $3)",
                )
                .bind(tenant.as_slice())
                .bind(wrapped)
                .bind(clock.now().0)
                .execute(&mut *transaction)
                .await?;
                (tenant, key)
            }
        };
        transaction.commit().await?;
        Ok(Self(Arc::new(Ring { root, tenant, tenant_key, epochs: Mutex::default(), clock, entropy })))
    }

    /// Seals a value that belongs to the business, for one column (`table.column`) of one row (its primary
    /// key's octets). It opens there and nowhere else.
    #[must_use]
    pub fn seal(&self, column: &'static str, row: &[u8], plaintext: &[u8]) -> Vec<u8> {
        self.0.tenant_key.seal(self.tenant_place(column, row), plaintext, self.0.entropy.as_ref())
    }

    /// Opens what [`Self::seal`] sealed for the same column and row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with the column's name when it is anything else.
    pub fn open_sealed(
        &self,
        column: &'static str,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.0
            .tenant_key
            .open(self.tenant_place(column, row), sealed)
            .map_err(|_| StoreError::Corrupt(column))
    }

    /// 128 bits by which an equal value in this column can be found without storing the value
    /// (HMAC-SHA256, RFC 2104, cut). Normalise the value first: letters' case, spaces.
    #[must_use]
    pub fn blind_index(&self, column: &'static str, normalised: &str) -> [u8; 16] {
        self.0.tenant_key.blind_index(column, normalised)
    }

    /// Makes a new person's key and stores it, wrapped by this epoch's key.
    pub(crate) async fn new_subject(&self, connection: &mut AnyConnection) -> Result<SubjectKey, StoreError> {
        let now = self.0.clock.now();
        let epoch = epoch_at(now);
        let subject = SubjectId::random(self.0.entropy.as_ref());
        let key = Key::random(self.0.entropy.as_ref());
        let wrapped = self.0.wrap(subject, &key, epoch, &self.0.epoch_key_or_new(epoch)?);
        sqlx::query("INSERT INTO subject_key (subject, epoch, wrapped, created_at) VALUES ($1, $2, $3, $4)")
            .bind(subject.octets().as_slice())
            .bind(epoch)
            .bind(wrapped)
            .bind(now.0)
            .execute(connection)
            .await?;
        Ok(SubjectKey { key, subject, ring: Arc::clone(&self.0) })
    }

    /// The person's key, unwrapped; from the row of `subject_key` that was read along with what it seals, `None` when
    /// there was no such row.
    ///
    /// # Errors
    /// [`StoreError::KeyDestroyed`] when it, or the epoch key that wraps it, is gone.
    pub(crate) async fn subject(
        &self,
        connection: &mut AnyConnection,
        subject: SubjectId,
        wrapped: Option<WrappedKey>,
    ) -> Result<SubjectKey, StoreError> {
        let mut wrapped = wrapped.ok_or(StoreError::KeyDestroyed)?;
        loop {
            if let Some(epoch_key) = self.0.epoch_key(wrapped.epoch)? {
                let key = self.0.unwrap(subject, &wrapped.octets, wrapped.epoch, &epoch_key)?;
                return Ok(SubjectKey { key, subject, ring: Arc::clone(&self.0) });
            }
            // A rotation may have come in between: then the row now names another epoch.
            let before = wrapped.epoch;
            wrapped = wrapped_key(connection, subject).await?;
            if wrapped.epoch == before {
                return Err(StoreError::KeyDestroyed);
            }
        }
    }

    /// Wraps every subject key of an older epoch with this epoch's key, then destroys the older epoch keys.
    /// What was erased before can then not be read from any backup either, once the copies of the epoch keys'
    /// files are gone. Safe to stop at any point and to run again.
    ///
    /// # Errors
    /// [`StoreError`]; what was done so far stays done.
    pub(crate) async fn rotate(&self, database: &Database) -> Result<Rotation, StoreError> {
        const BATCH: i64 = 500;
        let epoch = epoch_at(self.0.clock.now());
        let epoch_key = self.0.epoch_key_or_new(epoch)?;
        let mut rotation = Rotation::default();
        loop {
            let mut transaction = database.begin().await?;
            let rows =
                sqlx::query("SELECT subject, epoch, wrapped FROM subject_key WHERE epoch < $1 LIMIT $2")
                    .bind(epoch)
                    .bind(BATCH)
                    .fetch_all(&mut *transaction)
                    .await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let subject = subject_id(row.try_get(0)?, "subject_key.subject")?;
                let (old_epoch, wrapped): (EpochNumber, Vec<u8>) = (row.try_get(1)?, row.try_get(2)?);
                let old_key = self.0.epoch_key(old_epoch)?.ok_or(StoreError::KeyDestroyed)?;
                let key = self.0.unwrap(subject, &wrapped, old_epoch, &old_key)?;
                sqlx::query(
                    "UPDATE subject_key SET epoch = $1, wrapped = $2 WHERE subject = $3 AND epoch = $4",
                )
                .bind(epoch)
                .bind(self.0.wrap(subject, &key, epoch, &epoch_key))
                .bind(subject.octets().as_slice())
                .bind(old_epoch)
                .execute(&mut *transaction)
                .await?;
                rotation.rewrapped += 1;
            }
            transaction.commit().await?;
        }
        for old in self.0.root.epochs()?.into_iter().filter(|&old| old < epoch) {
            self.0.epochs().remove(&old);
            self.0.root.destroy_epoch(old)?;
            rotation.destroyed += 1;
        }
        Ok(rotation)
    }

    fn tenant_place<'a>(&'a self, column: &'static str, row: &'a [u8]) -> Place<'a> {
        Place { tenant: &self.0.tenant, subject: &[], column, row }
    }
}

impl Ring {
    fn epochs(&self) -> std::sync::MutexGuard<'_, BTreeMap<EpochNumber, Key>> {
        self.epochs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of an epoch; read from its file once, on first use.
    fn epoch_key(&self, epoch: EpochNumber) -> Result<Option<Key>, StoreError> {
        if let Some(key) = self.epochs().get(&epoch) {
            return Ok(Some(key.clone()));
        }
        let Some(wrapped) = self.root.read_epoch(epoch)? else {
            return Ok(None);
        };
        self.keep_epoch_key(epoch, &wrapped).map(Some)
    }

    fn epoch_key_or_new(&self, epoch: EpochNumber) -> Result<Key, StoreError> {
        if let Some(key) = self.epoch_key(epoch)? {
            return Ok(key);
        }
        let key = Key::random(self.entropy.as_ref());
        let row = epoch.to_be_bytes();
        let sealed = self.tenant_key.seal(self.epoch_place(&row), key.octets(), self.entropy.as_ref());
        let sealed = sealed.as_slice().try_into().expect("a sealed key has one length");
        let wrapped = self.root.create_epoch(epoch, WrappedEpochKey::new(sealed), self.entropy.as_ref())?;
        self.keep_epoch_key(epoch, &wrapped)
    }

    fn keep_epoch_key(&self, epoch: EpochNumber, wrapped: &WrappedEpochKey) -> Result<Key, StoreError> {
        let opened = self.tenant_key.open(self.epoch_place(&epoch.to_be_bytes()), wrapped.as_slice());
        let key = opened
            .and_then(|octets| Key::from_slice(&octets))
            .map_err(|_| StoreError::Corrupt("an epoch key's file"))?;
        self.epochs().insert(epoch, key.clone());
        Ok(key)
    }

    fn wrap(&self, subject: SubjectId, key: &Key, epoch: EpochNumber, epoch_key: &Key) -> Vec<u8> {
        let row = epoch.to_be_bytes();
        epoch_key.seal(self.subject_key_place(&subject, &row), key.octets(), self.entropy.as_ref())
    }

    fn unwrap(
        &self,
        subject: SubjectId,
        wrapped: &[u8],
        epoch: EpochNumber,
        epoch_key: &Key,
    ) -> Result<Key, StoreError> {
        epoch_key
            .open(self.subject_key_place(&subject, &epoch.to_be_bytes()), wrapped)
            .and_then(|octets| Key::from_slice(&octets))
            .map_err(|_| StoreError::Corrupt("subject_key.wrapped"))
    }

    fn epoch_place<'a>(&'a self, row: &'a [u8]) -> Place<'a> {
        Place { tenant: &self.tenant, subject: &[], column: "epoch key", row }
    }

    fn subject_key_place<'a>(&'a self, subject: &'a SubjectId, row: &'a [u8]) -> Place<'a> {
        Place { tenant: &self.tenant, subject: subject.octets(), column: "subject_key.wrapped", row }
    }
}

impl SubjectKey {
    /// Whose key it is.
    #[must_use]
    pub fn subject(&self) -> SubjectId {
        self.subject
    }

    /// Seals a value about this person, for one column (`table.column`) of one row.
    #[must_use]
    pub fn seal(&self, column: &'static str, row: &[u8], plaintext: &[u8]) -> Vec<u8> {
        self.key.seal(self.place(column, row), plaintext, self.ring.entropy.as_ref())
    }

    /// Opens what [`Self::seal`] sealed for the same person, column and row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with the column's name when it is anything else.
    pub fn open_sealed(
        &self,
        column: &'static str,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.key.open(self.place(column, row), sealed).map_err(|_| StoreError::Corrupt(column))
    }

    fn place<'a>(&'a self, column: &'static str, row: &'a [u8]) -> Place<'a> {
        Place { tenant: &self.ring.tenant, subject: self.subject.octets(), column, row }
    }
}

impl WrappedKey {
    /// From the columns `epoch` and `wrapped` of a row, the first of them at this place; `None` when they are empty.
    pub(crate) fn from_row(row: &AnyRow, at: usize) -> Result<Option<Self>, StoreError> {
        let (epoch, octets): (Option<EpochNumber>, Option<Vec<u8>>) =
            (row.try_get(at)?, row.try_get(at + 1)?);
        Ok(epoch.zip(octets).map(|(epoch, octets)| Self { epoch, octets }))
    }
}

async fn wrapped_key(connection: &mut AnyConnection, subject: SubjectId) -> Result<WrappedKey, StoreError> {
    let row = sqlx::query("SELECT epoch, wrapped FROM subject_key WHERE subject = $1")
        .bind(subject.octets().as_slice())
        .fetch_optional(connection)
        .await?
        .ok_or(StoreError::KeyDestroyed)?;
    WrappedKey::from_row(&row, 0)?.ok_or(StoreError::KeyDestroyed)
}

fn tenant_key_place(tenant: &[u8]) -> Place<'_> {
    Place { tenant, subject: &[], column: "tenant_key.wrapped", row: &[] }
}

fn epoch_at(now: Timestamp) -> EpochNumber {
    now.0.div_euclid(EPOCH_MILLISECONDS)
}

pub(crate) fn subject_id(octets: &[u8], column: &'static str) -> Result<SubjectId, StoreError> {
    SubjectId::try_from(octets).map_err(|_| StoreError::Corrupt(column))
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("KeyRing(***)")
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SubjectKey(***)")
    }
}
