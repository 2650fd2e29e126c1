//! Envelopes, in the order of their channel.

use std::sync::LazyLock;

use protocol::{Author, Bytes, ChannelId, Delivery, DeskKey, Envelope, EnvelopeId, EnvelopeKind, Timestamp};
use sqlx::{Row, any::AnyRow};

use super::{
    Batch, HubStore,
    rows::{RowStatement, number, octets, signed},
};
use crate::StoreError;

/// An envelope to be stored at its place.
#[derive(Clone, Copy, Debug)]
pub struct NewEnvelope<'a> {
    /// Where.
    pub channel: ChannelId,
    /// At which place.
    pub seq: u64,
    /// Which end posted it.
    pub author: Author,
    /// What.
    pub envelope: &'a Envelope,
    /// When it is deleted.
    pub expires_at: Timestamp,
}

/// An envelope with its channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnvelope {
    /// Where.
    pub channel: ChannelId,
    /// Its place, author and content.
    pub delivery: Delivery,
}

static INSERT: LazyLock<RowStatement> = LazyLock::new(|| {
    RowStatement::new(
        "INSERT INTO hub_envelopes (channel, seq, id, author, kind, epoch, body, expires_at) VALUES",
        8,
        "",
    )
});

static BY_ID: LazyLock<RowStatement> = LazyLock::new(|| {
    RowStatement::new(
        "SELECT channel, seq, id, author, kind, epoch, body FROM hub_envelopes WHERE (channel, id) IN (VALUES",
        2,
        ")",
    )
});

impl HubStore {
    /// The channel's envelopes above the place `after`, in order, at most `limit` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn envelopes(
        &self,
        channel: ChannelId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT channel, seq, id, author, kind, epoch, body FROM hub_envelopes
             WHERE channel = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        )
        .bind(channel.octets().as_slice())
        .bind(signed(after))
        .bind(i64::from(limit))
        .fetch_all(self.database.readers())
        .await?;
        rows.iter().map(|row| Ok(read(row)?.delivery)).collect()
    }

    /// What devices posted to the desk's channels and the desk has not acknowledged: above `after` in the
    /// order of (channel, place), at most `limit` of them. `after` is none at the start.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unacknowledged(
        &self,
        desk: DeskKey,
        after: Option<(ChannelId, u64)>,
        limit: u32,
    ) -> Result<Vec<StoredEnvelope>, StoreError> {
        let (channel, seq) = after.unwrap_or((ChannelId::from_octets([0; 16]), 0));
        let rows = sqlx::query(
            "SELECT e.channel, e.seq, e.id, e.author, e.kind, e.epoch, e.body
             FROM hub_channels c JOIN hub_envelopes e ON e.channel = c.channel
             WHERE c.desk = $1 AND c.device_seq > c.acknowledged AND c.channel >= $2
               AND e.author = 0 AND e.seq > c.acknowledged AND (e.channel > $2 OR e.seq > $3)
             ORDER BY c.channel, e.seq LIMIT $4",
        )
        .bind(desk.octets().as_slice())
        .bind(channel.octets().as_slice())
        .bind(signed(seq))
        .bind(i64::from(limit))
        .fetch_all(self.database.readers())
        .await?;
        rows.iter().map(read).collect()
    }
}

impl Batch {
    /// Stores envelopes at their places.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a place or an id of a channel is taken.
    pub async fn insert_envelopes(&mut self, envelopes: &[NewEnvelope<'_>]) -> Result<(), StoreError> {
        for (sql, run) in INSERT.runs(self.engine, envelopes) {
            let query = run.iter().fold(sqlx::query(sql), |query, new| {
                query
                    .bind(new.channel.octets().as_slice())
                    .bind(signed(new.seq))
                    .bind(new.envelope.id.octets().as_slice())
                    .bind(author_number(new.author))
                    .bind(kind_number(new.envelope.kind))
                    .bind(signed(new.envelope.epoch))
                    .bind(new.envelope.body.0.as_slice())
                    .bind(new.expires_at.0)
            });
            query.execute(&mut *self.transaction).await?;
        }
        Ok(())
    }

    /// Those of the named envelopes that are stored, in any order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn envelopes_by_id(
        &mut self,
        ids: &[(ChannelId, EnvelopeId)],
    ) -> Result<Vec<StoredEnvelope>, StoreError> {
        let mut found = Vec::new();
        for (sql, run) in BY_ID.runs(self.engine, ids) {
            let query = run.iter().fold(sqlx::query(sql), |query, (channel, id)| {
                query.bind(channel.octets().as_slice()).bind(id.octets().as_slice())
            });
            for row in query.fetch_all(&mut *self.transaction).await? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    }
}

fn read(row: &AnyRow) -> Result<StoredEnvelope, StoreError> {
    Ok(StoredEnvelope {
        channel: ChannelId::from_octets(octets(row, 0, "hub_envelopes.channel")?),
        delivery: Delivery {
            seq: number(row, 1, "hub_envelopes.seq")?,
            author: author(row.try_get(3)?)?,
            envelope: Envelope {
                id: EnvelopeId::from_octets(octets(row, 2, "hub_envelopes.id")?),
                kind: kind(row.try_get(4)?)?,
                epoch: number(row, 5, "hub_envelopes.epoch")?,
                body: Bytes(row.try_get(6)?),
            },
        },
    })
}

fn author_number(author: Author) -> i64 {
    match author {
        Author::Device => 0,
        Author::Desk => 1,
    }
}

fn author(number: i64) -> Result<Author, StoreError> {
    match number {
        0 => Ok(Author::Device),
        1 => Ok(Author::Desk),
        _ => Err(StoreError::Corrupt("hub_envelopes.author")),
    }
}

fn kind_number(kind: EnvelopeKind) -> i64 {
    match kind {
        EnvelopeKind::Welcome => 0,
        EnvelopeKind::Commit => 1,
        EnvelopeKind::Message => 2,
    }
}

fn kind(number: i64) -> Result<EnvelopeKind, StoreError> {
    match number {
        0 => Ok(EnvelopeKind::Welcome),
        1 => Ok(EnvelopeKind::Commit),
        2 => Ok(EnvelopeKind::Message),
        _ => Err(StoreError::Corrupt("hub_envelopes.kind")),
    }
}
