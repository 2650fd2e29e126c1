//! Accounts.

use protocol::StaffId;
use sqlx::Row;
use zeroize::Zeroizing;

use super::DeskStore;
use crate::StoreError;

/// An account, opened to check a sign-in.
pub struct StaffAccount {
    /// Which.
    pub id: StaffId,
    /// A PHC string.
    pub password_hash: Zeroizing<String>,
    /// The shared secret (RFC 6238), raw.
    pub totp_secret: Zeroizing<Vec<u8>>,
}

impl DeskStore {
    /// Whether anyone has an account.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn has_staff(&self) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT id FROM staff_account LIMIT 1")
            .fetch_optional(self.database.readers())
            .await?;
        Ok(row.is_some())
    }

    /// The account with this e-mail address.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn staff_by_email(&self, email: &str) -> Result<Option<StaffAccount>, StoreError> {
        let row =
            sqlx::query("SELECT id, password_hash, totp_secret FROM staff_account WHERE email_index = $1")
                .bind(self.email_index(email))
                .fetch_optional(self.database.readers())
                .await?;
        let Some(row) = row else { return Ok(None) };
        let id: &[u8] = row.try_get(0)?;
        Ok(Some(StaffAccount {
            id: staff_id(id, "staff_account.id")?,
            password_hash: self.open_text("staff_account.password_hash", id, row.try_get(1)?)?,
            totp_secret: self.keys.open_sealed("staff_account.totp_secret", id, row.try_get(2)?)?,
        }))
    }

    /// The names of all accounts, as customers see them.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn staff_names(&self) -> Result<Vec<(StaffId, String)>, StoreError> {
        let rows =
            sqlx::query("SELECT id, name FROM staff_account").fetch_all(self.database.readers()).await?;
        rows.iter()
            .map(|row| {
                let id: &[u8] = row.try_get(0)?;
                let name = self.open_text("staff_account.name", id, row.try_get(1)?)?;
                Ok((staff_id(id, "staff_account.id")?, name.to_string()))
            })
            .collect()
    }

    pub(super) fn open_text(
        &self,
        column: &'static str,
        row: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<String>, StoreError> {
        let octets = self.keys.open_sealed(column, row, sealed)?;
        let text = std::str::from_utf8(&octets).map_err(|_| StoreError::Corrupt(column))?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

pub(super) fn staff_id(octets: &[u8], column: &'static str) -> Result<StaffId, StoreError> {
    StaffId::try_from(octets).map_err(|_| StoreError::Corrupt(column))
}
