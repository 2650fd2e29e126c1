//! Invitations: whoever holds the link may make one account.

use protocol::{StaffId, Timestamp};
use sqlx::Row;
use zeroize::Zeroizing;

use super::{DeskStore, TokenHash};
use crate::StoreError;

/// An open invitation.
pub struct Enrolment {
    /// The secret that the new account will have, raw.
    pub totp_secret: Zeroizing<Vec<u8>>,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// An account to be made.
pub struct NewStaff<'a> {
    /// Chosen at random.
    pub id: StaffId,
    /// As the person wrote it.
    pub email: &'a str,
    /// What customers see.
    pub name: &'a str,
    /// A PHC string.
    pub password_hash: &'a str,
    /// The step of the code that was shown to enrol: it counts as used.
    pub totp_step: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// The account is made and the invitation used up.
    Done,
    /// The invitation is unknown, used or expired.
    NoEnrolment,
    /// Another account has this e-mail address; the invitation still holds.
    EmailTaken,
}

impl DeskStore {
    /// Stores an invitation and forgets the expired ones.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored.
    pub async fn create_enrolment(
        &self,
        token_hash: &TokenHash,
        totp_secret: &[u8],
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM staff_enrolment WHERE expires_at <= $1")
            .bind(self.clock.now().0)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO staff_enrolment (token_hash, totp_secret, expires_at) VALUES ($1, $2, $3)")
            .bind(token_hash.as_slice())
            .bind(self.keys.seal("staff_enrolment.totp_secret", token_hash, totp_secret))
            .bind(expires_at.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The invitation, while it holds.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn enrolment(&self, token_hash: &TokenHash) -> Result<Option<Enrolment>, StoreError> {
        let row = sqlx::query(
            "SELECT totp_secret, expires_at FROM staff_enrolment WHERE token_hash = $1 AND expires_at > $2",
        )
        .bind(token_hash.as_slice())
        .bind(self.clock.now().0)
        .fetch_optional(self.database.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Enrolment {
            totp_secret: self.keys.open_sealed("staff_enrolment.totp_secret", token_hash, row.try_get(0)?)?,
            expires_at: Timestamp(row.try_get(1)?),
        }))
    }

    /// Makes the account with the invitation's secret and uses the invitation up.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored.
    pub async fn enrol(&self, token_hash: &TokenHash, staff: &NewStaff<'_>) -> Result<Enrolled, StoreError> {
        let mut transaction = self.database.begin().await?;
        let now = self.clock.now().0;
        // Deleting comes first: of two who use the link at once, on PostgreSQL too, one finds nothing to delete.
        let row = sqlx::query(
            "DELETE FROM staff_enrolment WHERE token_hash = $1 AND expires_at > $2 RETURNING totp_secret",
        )
        .bind(token_hash.as_slice())
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else { return Ok(Enrolled::NoEnrolment) };
        let secret = self.keys.open_sealed("staff_enrolment.totp_secret", token_hash, row.try_get(0)?)?;
        let id = staff.id.octets().as_slice();
        let made = sqlx::query(
            "INSERT INTO staff_account (id, email_index, email, name, password_hash, totp_secret, totp_step, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (email_index) DO NOTHING",
        )
        .bind(id)
        .bind(self.email_index(staff.email))
        .bind(self.keys.seal("staff_account.email", id, staff.email.as_bytes()))
        .bind(self.keys.seal("staff_account.name", id, staff.name.as_bytes()))
        .bind(self.keys.seal("staff_account.password_hash", id, staff.password_hash.as_bytes()))
        .bind(self.keys.seal("staff_account.totp_secret", id, &secret))
        .bind(i64::try_from(staff.totp_step).unwrap_or(i64::MAX))
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        if made.rows_affected() == 0 {
            return Ok(Enrolled::EmailTaken);
        }
        transaction.commit().await?;
        Ok(Enrolled::Done)
    }
}
