//! The desk's own secrets, by name: its identity key, for one.

use sqlx::Row;
use zeroize::Zeroizing;

use super::DeskStore;
use crate::StoreError;

impl DeskStore {
    /// The secret of that name.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn secret(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let row = sqlx::query("SELECT sealed FROM secret WHERE name = $1")
            .bind(name)
            .fetch_optional(self.database.readers())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Vec<u8> = row.try_get(0)?;
        self.keys.open_sealed("secret.sealed", name.as_bytes(), &sealed).map(Some)
    }

    /// Stores the secret in the place of any other of that name.
    ///
    /// # Errors
    /// [`StoreError`]; the old one is kept.
    pub async fn set_secret(&self, name: &str, secret: &[u8]) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query(
            "INSERT INTO secret (name, sealed, changed_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at",
        )
        .bind(name)
        .bind(self.keys.seal("secret.sealed", name.as_bytes(), secret))
        .bind(self.clock.now().0)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
