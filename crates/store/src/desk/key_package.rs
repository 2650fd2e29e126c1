//! The private halves of the key packages that lie at the hub (RFC 9420 section 10).

use protocol::Timestamp;
use sqlx::Row;
use zeroize::Zeroizing;

use super::DeskStore;
use crate::StoreError;

/// The private half of a key package, before its public half is given out.
pub struct NewKeyPackage {
    /// The `KeyPackageRef` (RFC 9420 section 5.2) by which a welcome names it.
    pub reference: Vec<u8>,
    /// The private keys, in the form that the MLS client reads.
    pub private: Zeroizing<Vec<u8>>,
    /// Whether it may be used more than once (section 16.8).
    pub last_resort: bool,
    /// The end of its life time.
    pub expires_at: Timestamp,
}

/// A welcome may lie at the hub for a while after its key package has expired.
const KEPT_AFTER_EXPIRY_SECONDS: i64 = 7 * 24 * 60 * 60;

impl DeskStore {
    /// Stores new key packages, and forgets those that expired long ago.
    ///
    /// # Errors
    /// [`StoreError`]; none was stored.
    pub async fn add_key_packages(&self, packages: &[NewKeyPackage]) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM key_package WHERE expires_at < $1")
            .bind(self.clock.now().plus_seconds(-KEPT_AFTER_EXPIRY_SECONDS).0)
            .execute(&mut *transaction)
            .await?;
        for package in packages {
            let sealed = self.keys.seal("key_package.sealed", &package.reference, &package.private);
            sqlx::query(
                "INSERT INTO key_package (reference, sealed, last_resort, expires_at) VALUES ($1, $2, $3, $4)",
            )
            .bind(package.reference.as_slice())
            .bind(sealed)
            .bind(i64::from(package.last_resort))
            .bind(package.expires_at.0)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The private half that a welcome asks for. A one-time package is gone once a conversation has used it
    /// ([`DeskStore::open_conversation`]).
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn key_package(&self, reference: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let row = sqlx::query("SELECT sealed FROM key_package WHERE reference = $1")
            .bind(reference)
            .fetch_optional(self.database.readers())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Vec<u8> = row.try_get(0)?;
        self.keys.open_sealed("key_package.sealed", reference, &sealed).map(Some)
    }
}
