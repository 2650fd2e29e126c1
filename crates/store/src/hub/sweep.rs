//! Removes what has outlived its time, a bounded number of rows in a batch.

use std::collections::HashMap;

use protocol::{ChannelId, Timestamp};

use super::{
    Batch,
    rows::{number, octets, signed},
};
use crate::StoreError;

/// What a sweep removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Channels that ended.
    pub ended: Vec<ChannelId>,
    /// Channels that live on and lost envelopes: what was known of their counts is out of date.
    pub thinned: Vec<ChannelId>,
    /// Envelopes of channels that live on.
    pub envelopes: u64,
    /// Chunks of attachments.
    pub chunks: u64,
    /// Key packages.
    pub key_packages: u64,
}

impl Swept {
    /// Whether nothing was left to remove.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Batch {
    /// Removes rows that expired at or before `now`, at most `limit` of each table; call again until the
    /// answer is empty.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sweep(&mut self, now: Timestamp, limit: u32) -> Result<Swept, StoreError> {
        let ended = self.ended_channels(now, limit).await?;
        self.delete_channels(&ended).await?;
        let lost = self.delete_expired_envelopes(now, limit).await?;
        let envelopes = lost.values().map(|lost| lost.envelopes).sum();
        self.lower_counts(&lost).await?;
        let chunks = self
            .delete_expired(
                "DELETE FROM hub_attachment_chunks WHERE (channel, attachment, position) IN (
                    SELECT channel, attachment, position FROM hub_attachment_chunks WHERE expires_at <= $1 LIMIT $2)",
                now,
                limit,
            )
            .await?;
        let key_packages = self
            .delete_expired(
                "DELETE FROM hub_key_packages WHERE (desk, digest) IN (
                    SELECT desk, digest FROM hub_key_packages WHERE expires_at <= $1 LIMIT $2)",
                now,
                limit,
            )
            .await?;
        Ok(Swept { ended, thinned: lost.into_keys().collect(), envelopes, chunks, key_packages })
    }

    async fn ended_channels(&mut self, now: Timestamp, limit: u32) -> Result<Vec<ChannelId>, StoreError> {
        let rows = sqlx::query("SELECT channel FROM hub_channels WHERE expires_at <= $1 LIMIT $2")
            .bind(now.0)
            .bind(i64::from(limit))
            .fetch_all(&mut *self.transaction)
            .await?;
        rows.iter().map(|row| Ok(ChannelId::from_octets(octets(row, 0, "hub_channels.channel")?))).collect()
    }

    async fn delete_expired_envelopes(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<HashMap<ChannelId, Lost>, StoreError> {
        let rows = sqlx::query(
            "DELETE FROM hub_envelopes WHERE (channel, seq) IN (
                SELECT channel, seq FROM hub_envelopes WHERE expires_at <= $1 LIMIT $2)
             RETURNING channel, CAST(LENGTH(body) AS BIGINT)",
        )
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut lost: HashMap<ChannelId, Lost> = HashMap::new();
        for row in &rows {
            let channel = ChannelId::from_octets(octets(row, 0, "hub_envelopes.channel")?);
            let lost = lost.entry(channel).or_default();
            lost.envelopes += 1;
            lost.octets += number(row, 1, "hub_envelopes.body")?;
        }
        Ok(lost)
    }

    async fn lower_counts(&mut self, lost: &HashMap<ChannelId, Lost>) -> Result<(), StoreError> {
        for (channel, lost) in lost {
            sqlx::query(
                "UPDATE hub_channels SET envelopes = envelopes - $2, octets = octets - $3 WHERE channel = $1",
            )
            .bind(channel.octets().as_slice())
            .bind(signed(lost.envelopes))
            .bind(signed(lost.octets))
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(())
    }

    async fn delete_expired(
        &mut self,
        sql: &'static str,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let done =
            sqlx::query(sql).bind(now.0).bind(i64::from(limit)).execute(&mut *self.transaction).await?;
        Ok(done.rows_affected())
    }
}

#[derive(Default)]
struct Lost {
    envelopes: u64,
    octets: u64,
}
