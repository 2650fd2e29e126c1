//! Encrypted attachments, in chunks. A chunk is written once and never changed.

use protocol::{AttachmentId, ChannelId, Timestamp};
use sqlx::Row;

use super::{Batch, HubStore, rows::number};
use crate::StoreError;

/// The place of one chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Where.
    pub channel: ChannelId,
    /// Of what.
    pub attachment: AttachmentId,
    /// Which one, from 0.
    pub position: u32,
}

/// What a channel's attachments take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentUse {
    /// Chunks of all attachments.
    pub chunks: u64,
    /// Their octets.
    pub octets: u64,
}

const SELECT: &str =
    "SELECT body FROM hub_attachment_chunks WHERE channel = $1 AND attachment = $2 AND position = $3";

impl HubStore {
    /// The content of a chunk whose time is not over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn chunk(&self, chunk: Chunk, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query(
            "SELECT body FROM hub_attachment_chunks
             WHERE channel = $1 AND attachment = $2 AND position = $3 AND expires_at > $4",
        )
        .bind(chunk.channel.octets().as_slice())
        .bind(chunk.attachment.octets().as_slice())
        .bind(i64::from(chunk.position))
        .bind(now.0)
        .fetch_optional(self.database.readers())
        .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }
}

impl Batch {
    /// The content of a chunk that is there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn chunk(&mut self, chunk: Chunk) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query(SELECT)
            .bind(chunk.channel.octets().as_slice())
            .bind(chunk.attachment.octets().as_slice())
            .bind(i64::from(chunk.position))
            .fetch_optional(&mut *self.transaction)
            .await?;
        row.map(|row| Ok(row.try_get(0)?)).transpose()
    }

    /// What the channel's attachments take, with what this batch did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attachment_use(&mut self, channel: ChannelId) -> Result<AttachmentUse, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(body)), 0) AS BIGINT)
             FROM hub_attachment_chunks WHERE channel = $1",
        )
        .bind(channel.octets().as_slice())
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(AttachmentUse {
            chunks: number(&row, 0, "hub_attachment_chunks")?,
            octets: number(&row, 1, "hub_attachment_chunks")?,
        })
    }

    /// Stores a chunk.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the place is taken.
    pub async fn insert_chunk(
        &mut self,
        chunk: Chunk,
        body: &[u8],
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO hub_attachment_chunks (channel, attachment, position, body, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(chunk.channel.octets().as_slice())
        .bind(chunk.attachment.octets().as_slice())
        .bind(i64::from(chunk.position))
        .bind(body)
        .bind(expires_at.0)
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
