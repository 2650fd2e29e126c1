//! Channels: who may use one, and where it stands.

use std::sync::LazyLock;

use protocol::{CapabilityHash, ChannelId, DeskKey, Timestamp};
use sqlx::any::AnyRow;

use super::{
    Batch, HubStore,
    rows::{RowStatement, number, octets, signed, time},
};
use crate::StoreError;

/// One channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Which.
    pub channel: ChannelId,
    /// The desk at its other end.
    pub desk: DeskKey,
    /// Hash of the right to post.
    pub write: CapabilityHash,
    /// Hash of the right to read.
    pub read: CapabilityHash,
    /// Where it stands.
    pub head: Head,
}

/// Where a channel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last place given out.
    pub seq: u64,
    /// The present MLS epoch.
    pub epoch: u64,
    /// The last place that a device filled.
    pub device_seq: u64,
    /// The last place that the desk has dealt with.
    pub acknowledged: u64,
    /// How many envelopes are stored.
    pub envelopes: u64,
    /// The octets of their bodies.
    pub octets: u64,
    /// When the channel ends if nothing more is posted.
    pub expires_at: Timestamp,
}

/// A channel's new standing, valid only if it still stands where the writer believed.
#[derive(Clone, Copy, Debug)]
pub struct HeadChange {
    /// Which channel.
    pub channel: ChannelId,
    /// The `seq` that the change was made from.
    pub from: u64,
    /// What it becomes.
    pub head: Head,
}

static SELECT: LazyLock<RowStatement> = LazyLock::new(|| {
    RowStatement::new(
        "SELECT channel, desk, write_hash, read_hash, seq, epoch, device_seq, acknowledged, envelopes, octets, expires_at
         FROM hub_channels WHERE channel IN (VALUES",
        1,
        ")",
    )
});

static INSERT: LazyLock<RowStatement> = LazyLock::new(|| {
    RowStatement::new(
        "INSERT INTO hub_channels (channel, desk, write_hash, read_hash, seq, epoch, device_seq, acknowledged,
         envelopes, octets, expires_at) VALUES",
        11,
        "",
    )
});

static UPDATE: LazyLock<RowStatement> = LazyLock::new(|| {
    RowStatement::new(
        "UPDATE hub_channels SET seq = v.column3, epoch = v.column4, device_seq = v.column5,
         acknowledged = v.column6, envelopes = v.column7, octets = v.column8, expires_at = v.column9
         FROM (VALUES",
        9,
        ") AS v WHERE hub_channels.channel = v.column1 AND hub_channels.seq = v.column2",
    )
});

static DELETE: LazyLock<RowStatement> =
    LazyLock::new(|| RowStatement::new("DELETE FROM hub_channels WHERE channel IN (VALUES", 1, ")"));
static DELETE_ENVELOPES: LazyLock<RowStatement> =
    LazyLock::new(|| RowStatement::new("DELETE FROM hub_envelopes WHERE channel IN (VALUES", 1, ")"));
static DELETE_CHUNKS: LazyLock<RowStatement> =
    LazyLock::new(|| RowStatement::new("DELETE FROM hub_attachment_chunks WHERE channel IN (VALUES", 1, ")"));

impl HubStore {
    /// One channel, also when its time is over and the sweeper has not come by.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn channel(&self, channel: ChannelId) -> Result<Option<Channel>, StoreError> {
        let row = sqlx::query(
            "SELECT channel, desk, write_hash, read_hash, seq, epoch, device_seq, acknowledged, envelopes, octets, expires_at
             FROM hub_channels WHERE channel = $1",
        )
        .bind(channel.octets().as_slice())
        .fetch_optional(self.database.readers())
        .await?;
        row.as_ref().map(read).transpose()
    }
}

impl Batch {
    /// Those of the channels that exist, in any order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn channels(&mut self, ids: &[ChannelId]) -> Result<Vec<Channel>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for (sql, run) in SELECT.runs(self.engine, ids) {
            let query = run.iter().fold(sqlx::query(sql), |query, id| query.bind(id.octets().as_slice()));
            for row in query.fetch_all(&mut *self.transaction).await? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    }

    /// Adds channels.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an id is taken.
    pub async fn insert_channels(&mut self, channels: &[Channel]) -> Result<(), StoreError> {
        for (sql, run) in INSERT.runs(self.engine, channels) {
            let query = run.iter().fold(sqlx::query(sql), |query, channel| {
                let head = &channel.head;
                query
                    .bind(channel.channel.octets().as_slice())
                    .bind(channel.desk.octets().as_slice())
                    .bind(channel.write.octets().as_slice())
                    .bind(channel.read.octets().as_slice())
                    .bind(signed(head.seq))
                    .bind(signed(head.epoch))
                    .bind(signed(head.device_seq))
                    .bind(signed(head.acknowledged))
                    .bind(signed(head.envelopes))
                    .bind(signed(head.octets))
                    .bind(head.expires_at.0)
            });
            query.execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    /// Moves channels on, each at most once in a call.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of them is gone or no longer stands where the change was made from.
    pub async fn update_heads(&mut self, changes: &[HeadChange]) -> Result<(), StoreError> {
        for (sql, run) in UPDATE.runs(self.engine, changes) {
            let query = run.iter().fold(sqlx::query(sql), |query, HeadChange { channel, from, head }| {
                query
                    .bind(channel.octets().as_slice())
                    .bind(signed(*from))
                    .bind(signed(head.seq))
                    .bind(signed(head.epoch))
                    .bind(signed(head.device_seq))
                    .bind(signed(head.acknowledged))
                    .bind(signed(head.envelopes))
                    .bind(signed(head.octets))
                    .bind(head.expires_at.0)
            });
            let changed = query.execute(&mut *self.transaction).await?.rows_affected();
            if changed != run.len() as u64 {
                return Err(StoreError::Conflict);
            }
        }
        Ok(())
    }

    /// Removes channels with everything in them. Those that do not exist are passed over.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_channels(&mut self, ids: &[ChannelId]) -> Result<(), StoreError> {
        for statement in [&DELETE_CHUNKS, &DELETE_ENVELOPES, &DELETE] {
            for (sql, run) in statement.runs(self.engine, ids) {
                let query = run.iter().fold(sqlx::query(sql), |query, id| query.bind(id.octets().as_slice()));
                query.execute(&mut *self.transaction).await?;
            }
        }
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<Channel, StoreError> {
    Ok(Channel {
        channel: ChannelId::from_octets(octets(row, 0, "hub_channels.channel")?),
        desk: DeskKey::from_octets(octets(row, 1, "hub_channels.desk")?),
        write: CapabilityHash::from_octets(octets(row, 2, "hub_channels.write_hash")?),
        read: CapabilityHash::from_octets(octets(row, 3, "hub_channels.read_hash")?),
        head: Head {
            seq: number(row, 4, "hub_channels.seq")?,
            epoch: number(row, 5, "hub_channels.epoch")?,
            device_seq: number(row, 6, "hub_channels.device_seq")?,
            acknowledged: number(row, 7, "hub_channels.acknowledged")?,
            envelopes: number(row, 8, "hub_channels.envelopes")?,
            octets: number(row, 9, "hub_channels.octets")?,
            expires_at: time(row, 10)?,
        },
    })
}
