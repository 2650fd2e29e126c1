//! What has ended is forgotten.

use protocol::Timestamp;

use super::DeskStore;
use crate::StoreError;

impl DeskStore {
    /// Forgets invitations and sessions that are over, and failed tries before `failures_before`. Safe to repeat.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was forgotten.
    pub async fn sweep_staff(&self, failures_before: Timestamp) -> Result<(), StoreError> {
        let now = self.clock.now().0;
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM staff_enrolment WHERE expires_at <= $1")
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM staff_session WHERE ends_at <= $1")
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM staff_failure WHERE last_at < $1")
            .bind(failures_before.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}
