//! Sessions: who is signed in.

use protocol::{StaffId, Timestamp};
use sqlx::Row;

use super::{DeskStore, TokenHash, account::staff_id};
use crate::StoreError;

/// A session to begin.
pub struct NewSession<'a> {
    /// Of the token in the browser's cookie.
    pub token_hash: &'a TokenHash,
    /// Whose.
    pub staff: StaffId,
    /// The step of the one-time code that was shown.
    pub totp_step: u64,
    /// A new hash of the password, when the parameters for hashing have changed.
    pub password_hash: Option<&'a str>,
    /// The end, whatever happens.
    pub ends_at: Timestamp,
}

/// Whether the session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// It did.
    Yes,
    /// This code, or a later one, was used before.
    CodeUsed,
}

/// A session that has not reached its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSession {
    /// Whose.
    pub staff: StaffId,
    /// What customers see.
    pub name: String,
    /// As the person wrote it.
    pub email: String,
    /// When the person last did something.
    pub seen_at: Timestamp,
    /// The end, whatever happens.
    pub ends_at: Timestamp,
}

impl DeskStore {
    /// Begins a session, if the one-time code was not used before; forgets failed tries and ended sessions.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored.
    pub async fn sign_in(&self, session: &NewSession<'_>) -> Result<SignedIn, StoreError> {
        let mut transaction = self.database.begin().await?;
        let now = self.clock.now().0;
        let id = session.staff.octets().as_slice();
        let step = i64::try_from(session.totp_step).unwrap_or(i64::MAX);
        // One statement decides, so that of two with the same code one loses.
        let account = sqlx::query(
            "UPDATE staff_account SET totp_step = $1 WHERE id = $2 AND totp_step < $1 RETURNING email_index",
        )
        .bind(step)
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(account) = account else { return Ok(SignedIn::CodeUsed) };
        if let Some(hash) = session.password_hash {
            sqlx::query("UPDATE staff_account SET password_hash = $1 WHERE id = $2")
                .bind(self.keys.seal("staff_account.password_hash", id, hash.as_bytes()))
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("DELETE FROM staff_failure WHERE email_index = $1")
            .bind(account.try_get::<Vec<u8>, _>(0)?)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM staff_session WHERE ends_at <= $1")
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        self.insert_session(&mut transaction, session).await?;
        transaction.commit().await?;
        Ok(SignedIn::Yes)
    }

    /// Begins a session for an account that was made this moment: its one-time code counts as used already.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored.
    pub async fn begin_first_session(&self, session: &NewSession<'_>) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        self.insert_session(&mut transaction, session).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The session of a token, while it has not reached its end.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn staff_session(&self, token_hash: &TokenHash) -> Result<Option<StaffSession>, StoreError> {
        let row = sqlx::query(
            "SELECT account.id, account.name, account.email, session.seen_at, session.ends_at
             FROM staff_session session JOIN staff_account account ON account.id = session.staff
             WHERE session.token_hash = $1 AND session.ends_at > $2",
        )
        .bind(token_hash.as_slice())
        .bind(self.clock.now().0)
        .fetch_optional(self.database.readers())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: &[u8] = row.try_get(0)?;
        Ok(Some(StaffSession {
            staff: staff_id(id, "staff_account.id")?,
            name: self.open_text("staff_account.name", id, row.try_get(1)?)?.to_string(),
            email: self.open_text("staff_account.email", id, row.try_get(2)?)?.to_string(),
            seen_at: Timestamp(row.try_get(3)?),
            ends_at: Timestamp(row.try_get(4)?),
        }))
    }

    /// The person did something now.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn session_seen(&self, token_hash: &TokenHash) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("UPDATE staff_session SET seen_at = $1 WHERE token_hash = $2 AND seen_at < $1")
            .bind(self.clock.now().0)
            .bind(token_hash.as_slice())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ends a session now.
    ///
    /// # Errors
    /// [`StoreError`]; it goes on.
    pub async fn end_session(&self, token_hash: &TokenHash) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM staff_session WHERE token_hash = $1")
            .bind(token_hash.as_slice())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn insert_session(
        &self,
        transaction: &mut crate::Transaction,
        session: &NewSession<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO staff_session (token_hash, staff, seen_at, ends_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(session.token_hash.as_slice())
        .bind(session.staff.octets().as_slice())
        .bind(self.clock.now().0)
        .bind(session.ends_at.0)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}
