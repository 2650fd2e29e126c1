//! A desk's key packages: a pool for one use each, and one of last resort.

use protocol::{DeskKey, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::Row;

use super::{
    Batch, HubStore,
    rows::{number, signed},
};
use crate::StoreError;

/// A key package to be given out.
#[derive(Clone, Copy, Debug)]
pub struct NewKeyPackage<'a> {
    /// An encoded MLS `KeyPackage` (RFC 9420 section 10); opaque here.
    pub body: &'a [u8],
    /// When it is deleted.
    pub expires_at: Timestamp,
}

/// How many key packages of a desk may be given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPackageCount {
    /// For one use each.
    pub one_time: u64,
    /// Whether one of last resort is there.
    pub last_resort: bool,
}

impl HubStore {
    /// How many of the desk's key packages can be given out at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_key_packages(
        &self,
        desk: DeskKey,
        now: Timestamp,
    ) -> Result<KeyPackageCount, StoreError> {
        let row = sqlx::query(COUNT)
            .bind(desk.octets().as_slice())
            .bind(now.0)
            .fetch_one(self.database.readers())
            .await?;
        count(&row)
    }
}

const COUNT: &str =
    "SELECT CAST(COALESCE(SUM(1 - last_resort), 0) AS BIGINT), CAST(COALESCE(SUM(last_resort), 0) AS BIGINT)
     FROM hub_key_packages WHERE desk = $1 AND expires_at > $2";

impl Batch {
    /// As [`HubStore::count_key_packages`], with what this batch did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_key_packages(
        &mut self,
        desk: DeskKey,
        now: Timestamp,
    ) -> Result<KeyPackageCount, StoreError> {
        let row = sqlx::query(COUNT)
            .bind(desk.octets().as_slice())
            .bind(now.0)
            .fetch_one(&mut *self.transaction)
            .await?;
        count(&row)
    }

    /// Adds a key package for one use, unless it is there already. Whether it was added.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add_key_package(
        &mut self,
        desk: DeskKey,
        new: NewKeyPackage<'_>,
    ) -> Result<bool, StoreError> {
        self.insert_key_package(desk, new, false).await
    }

    /// Makes this the desk's one key package of last resort.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_last_resort(&mut self, desk: DeskKey, new: NewKeyPackage<'_>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM hub_key_packages WHERE desk = $1 AND last_resort = 1")
            .bind(desk.octets().as_slice())
            .execute(&mut *self.transaction)
            .await?;
        self.insert_key_package(desk, new, true).await?;
        Ok(())
    }

    /// Takes a key package for one use out of the pool, the one that would expire first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_key_package(
        &mut self,
        desk: DeskKey,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query(
            "DELETE FROM hub_key_packages WHERE desk = $1 AND digest IN (
                SELECT digest FROM hub_key_packages
                WHERE desk = $1 AND last_resort = 0 AND expires_at > $2 ORDER BY expires_at LIMIT 1)
             RETURNING body",
        )
        .bind(desk.octets().as_slice())
        .bind(now.0)
        .fetch_optional(&mut *self.transaction)
        .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// The key package of last resort; it stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_resort(
        &mut self,
        desk: DeskKey,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query(
            "SELECT body FROM hub_key_packages WHERE desk = $1 AND last_resort = 1 AND expires_at > $2",
        )
        .bind(desk.octets().as_slice())
        .bind(now.0)
        .fetch_optional(&mut *self.transaction)
        .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    async fn insert_key_package(
        &mut self,
        desk: DeskKey,
        new: NewKeyPackage<'_>,
        last_resort: bool,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO hub_key_packages (desk, digest, last_resort, body, expires_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (desk, digest) DO NOTHING",
        )
        .bind(desk.octets().as_slice())
        .bind(Sha256::digest(new.body).as_slice())
        .bind(signed(u64::from(last_resort)))
        .bind(new.body)
        .bind(new.expires_at.0)
        .execute(&mut *self.transaction)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

fn count(row: &sqlx::any::AnyRow) -> Result<KeyPackageCount, StoreError> {
    Ok(KeyPackageCount {
        one_time: number(row, 0, "hub_key_packages.last_resort")?,
        last_resort: number(row, 1, "hub_key_packages.last_resort")? > 0,
    })
}
