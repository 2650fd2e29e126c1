//! Tries to sign in, counted for each e-mail address, also one that nobody has: the two must look the same.

use protocol::Timestamp;
use sqlx::Row;

use super::DeskStore;
use crate::StoreError;

/// Failed tries in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub failures: u32,
    /// The last one.
    pub last_at: Timestamp,
}

/// How many addresses are remembered at the most; past it the oldest is forgotten, so nobody can fill the disk.
const MOST_ADDRESSES: i64 = 10_000;

impl DeskStore {
    /// The failed tries for this address since the last success.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn sign_in_attempts(&self, email: &str) -> Result<Attempts, StoreError> {
        let row = sqlx::query("SELECT failures, last_at FROM staff_failure WHERE email_index = $1")
            .bind(self.email_index(email))
            .fetch_optional(self.database.readers())
            .await?;
        let Some(row) = row else { return Ok(Attempts::default()) };
        let failures: i64 = row.try_get(0)?;
        Ok(Attempts {
            failures: u32::try_from(failures).unwrap_or(u32::MAX),
            last_at: Timestamp(row.try_get(1)?),
        })
    }

    /// Counts a try as failed before it is checked, so that many at once gain nothing; a success forgets it.
    /// Tries before `forget_before` no longer count.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn count_attempt(&self, email: &str, forget_before: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM staff_failure WHERE last_at < $1")
            .bind(forget_before.0)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO staff_failure (email_index, failures, last_at) VALUES ($1, 1, $2)
             ON CONFLICT (email_index) DO UPDATE
             SET failures = staff_failure.failures + 1, last_at = excluded.last_at",
        )
        .bind(self.email_index(email))
        .bind(self.clock.now().0)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM staff_failure WHERE email_index IN
             (SELECT email_index FROM staff_failure ORDER BY last_at DESC, email_index LIMIT 1000 OFFSET $1)",
        )
        .bind(MOST_ADDRESSES)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
