//! Envelopes that are sealed and stored, and not yet at the hub. They are ciphertext already.

use protocol::{Bytes, ChannelId, Envelope, EnvelopeId, EnvelopeKind};
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::{DeskStore, channel_id, signed, unsigned};
use crate::StoreError;

impl DeskStore {
    /// What the hub has not confirmed yet; in each channel in the order in which it was sealed.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn outbox(&self) -> Result<Vec<(ChannelId, Envelope)>, StoreError> {
        let rows = sqlx::query("SELECT channel, id, kind, epoch, body FROM outbox ORDER BY channel, number")
            .fetch_all(self.database.readers())
            .await?;
        rows.iter().map(waiting).collect()
    }

    /// The hub has stored the envelopes, or will never take them. Done for those that are not there.
    ///
    /// # Errors
    /// [`StoreError`]; all of them stay in the outbox.
    pub async fn sent(&self, envelopes: &[(ChannelId, EnvelopeId)]) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        for (channel, envelope) in envelopes {
            sqlx::query("DELETE FROM outbox WHERE channel = $1 AND id = $2")
                .bind(channel.octets().as_slice())
                .bind(envelope.octets().as_slice())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// Puts envelopes at the end of the channel's queue. The caller holds the conversation's row.
pub(super) async fn queue(
    connection: &mut AnyConnection,
    channel: ChannelId,
    envelopes: &[Envelope],
) -> Result<(), StoreError> {
    for envelope in envelopes {
        sqlx::query(
            "INSERT INTO outbox (channel, number, id, kind, epoch, body)
             SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM outbox WHERE channel = $1
             ON CONFLICT (channel, id) DO NOTHING",
        )
        .bind(channel.octets().as_slice())
        .bind(envelope.id.octets().as_slice())
        .bind(kind_column(envelope.kind))
        .bind(signed(envelope.epoch))
        .bind(envelope.body.0.as_slice())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn waiting(row: &AnyRow) -> Result<(ChannelId, Envelope), StoreError> {
    let channel = channel_id(row.try_get(0)?, "outbox.channel")?;
    let id =
        EnvelopeId::try_from(row.try_get::<&[u8], _>(1)?).map_err(|_| StoreError::Corrupt("outbox.id"))?;
    let envelope = Envelope {
        id,
        kind: kind_from_column(row.try_get(2)?)?,
        epoch: unsigned(row.try_get(3)?, "outbox.epoch")?,
        body: Bytes(row.try_get(4)?),
    };
    Ok((channel, envelope))
}

fn kind_column(kind: EnvelopeKind) -> &'static str {
    match kind {
        EnvelopeKind::Welcome => "welcome",
        EnvelopeKind::Commit => "commit",
        EnvelopeKind::Message => "message",
    }
}

fn kind_from_column(kind: &str) -> Result<EnvelopeKind, StoreError> {
    match kind {
        "welcome" => Ok(EnvelopeKind::Welcome),
        "commit" => Ok(EnvelopeKind::Commit),
        "message" => Ok(EnvelopeKind::Message),
        _ => Err(StoreError::Corrupt("outbox.kind")),
    }
}
