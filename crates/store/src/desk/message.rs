//! What was said, masked. The values behind the tokens are in the conversation's vault alone.

use protocol::{ChannelId, MessageId, Timestamp};
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::DeskStore;
use crate::{StoreError, keys::SubjectKey};

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoredSpeaker {
    /// The customer.
    Customer,
    /// The assistant.
    Assistant,
    /// An agent.
    Agent,
    /// The desk itself, for the staff's eyes only.
    Note,
}

/// A message to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// Chosen by who wrote it. One that is in the conversation already is left as it was.
    pub id: MessageId,
    /// Who said it.
    pub speaker: StoredSpeaker,
    /// The words, masked.
    pub text: String,
    /// JSON that belongs to it: citations, the reason of a hand-off.
    pub extra: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A stored message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place in the conversation; the first is 1, without gaps.
    pub position: i64,
    /// Chosen by who wrote it.
    pub id: MessageId,
    /// Who said it.
    pub speaker: StoredSpeaker,
    /// The words, masked.
    pub text: String,
    /// JSON that belongs to it.
    pub extra: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl DeskStore {
    /// The messages after a position, in order. None when there is no such conversation.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn messages(
        &self,
        channel: ChannelId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let mut connection = self.database.readers().acquire().await?;
        let Some(key) = self.key_of(&mut connection, channel).await? else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(
            "SELECT position, id, speaker, text, extra, at FROM message
             WHERE channel = $1 AND position > $2 ORDER BY position LIMIT $3",
        )
        .bind(channel.octets().as_slice())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?;
        rows.iter().map(|row| message(&key, channel, row)).collect()
    }

    /// The position of the last message; 0 when there is none.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn last_position(&self, channel: ChannelId) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT last_position FROM conversation WHERE channel = $1")
            .bind(channel.octets().as_slice())
            .fetch_optional(self.database.readers())
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
    }
}

/// Stores a message at a position. Gives false when its id is in the conversation already.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    key: &SubjectKey,
    channel: ChannelId,
    position: i64,
    message: &NewMessage,
) -> Result<bool, StoreError> {
    let row = message_row(channel, position);
    let extra = message.extra.as_ref().map(|extra| key.seal("message.extra", &row, extra.as_bytes()));
    let done = sqlx::query(
        "INSERT INTO message (channel, position, id, speaker, text, extra, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel, id) DO NOTHING",
    )
    .bind(channel.octets().as_slice())
    .bind(position)
    .bind(message.id.octets().as_slice())
    .bind(message.speaker.column())
    .bind(key.seal("message.text", &row, message.text.as_bytes()))
    .bind(extra)
    .bind(message.at.0)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

fn message(key: &SubjectKey, channel: ChannelId, row: &AnyRow) -> Result<Message, StoreError> {
    let position: i64 = row.try_get(0)?;
    let place = message_row(channel, position);
    let open = |column: &'static str, sealed: &[u8]| {
        let plain = key.open_sealed(column, &place, sealed)?;
        std::str::from_utf8(&plain).map(str::to_owned).map_err(|_| StoreError::Corrupt(column))
    };
    Ok(Message {
        position,
        id: MessageId::try_from(row.try_get::<&[u8], _>(1)?)
            .map_err(|_| StoreError::Corrupt("message.id"))?,
        speaker: StoredSpeaker::from_column(row.try_get(2)?)?,
        text: open("message.text", row.try_get(3)?)?,
        extra: row.try_get::<Option<&[u8]>, _>(4)?.map(|sealed| open("message.extra", sealed)).transpose()?,
        at: Timestamp(row.try_get(5)?),
    })
}

fn message_row(channel: ChannelId, position: i64) -> Vec<u8> {
    [channel.octets().as_slice(), &position.to_be_bytes()].concat()
}

impl StoredSpeaker {
    fn column(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Assistant => "assistant",
            Self::Agent => "agent",
            Self::Note => "note",
        }
    }

    fn from_column(speaker: &str) -> Result<Self, StoreError> {
        match speaker {
            "customer" => Ok(Self::Customer),
            "assistant" => Ok(Self::Assistant),
            "agent" => Ok(Self::Agent),
            "note" => Ok(Self::Note),
            _ => Err(StoreError::Corrupt("message.speaker")),
        }
    }
}
