//! One conversation: how it begins, what is known of it, how it is erased.

use protocol::{ChannelId, StaffId, SubjectId, Timestamp};
use sqlx::{AnyConnection, Row, any::AnyRow};
use zeroize::Zeroizing;

use super::{DeskStore, channel_id, conversation_row, signed, unsigned};
use crate::{
    Engine, StoreError,
    keys::{SubjectKey, WrappedKey, subject_id},
};

/// Who holds a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The assistant answers.
    Assistant,
    /// A person was asked for and has not come yet.
    Waiting,
    /// This agent answers.
    Agent(StaffId),
    /// Ended.
    Closed,
}

/// A conversation that begins.
pub struct NewConversation<'a> {
    /// The hub's channel.
    pub channel: ChannelId,
    /// The welcome's place in the channel: dealt with.
    pub seq: u64,
    /// The MLS state after joining.
    pub group_state: &'a [u8],
    /// The key package that the welcome used; it is destroyed unless it is the one of last resort.
    pub used_key_package: Option<&'a [u8]>,
    /// Who holds it first.
    pub phase: Phase,
}

/// A conversation as stored.
pub struct Conversation {
    /// The hub's channel.
    pub channel: ChannelId,
    /// Whose it is.
    pub subject: SubjectId,
    /// Who holds it.
    pub phase: Phase,
    /// BCP 47 tag of the customer's language; `en` until the device has said which.
    pub language: String,
    /// Whether the customer agreed that the assistant may answer; not before they said so.
    pub assistant_allowed: bool,
    /// How often in a row the assistant had no answer.
    pub unanswered: u32,
    /// The highest place in the channel that has been dealt with.
    pub processed: u64,
    /// The position of the last message of the customer that was answered; 0 for none.
    pub answered: i64,
    /// The position of the last message; 0 for none.
    pub last_position: i64,
    /// The position of the customer's last message; 0 for none.
    pub last_from_customer: i64,
    /// The MLS state.
    pub group_state: Zeroizing<Vec<u8>>,
    /// The token vault.
    pub vault: Option<Zeroizing<Vec<u8>>>,
    /// The verified claims about the customer, as JSON.
    pub identity: Option<Zeroizing<Vec<u8>>>,
    /// What the assistant must know besides the messages, as JSON.
    pub memory: Option<Zeroizing<Vec<u8>>>,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub last_at: Timestamp,
}

/// A conversation in a list: nothing in it is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The hub's channel.
    pub channel: ChannelId,
    /// Who holds it.
    pub phase: Phase,
    /// BCP 47 tag of the customer's language.
    pub language: String,
    /// When it began.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub last_at: Timestamp,
    /// The position of the last message; 0 for none.
    pub last_position: i64,
}

/// Until the customer's device says which language to answer in.
const FIRST_LANGUAGE: &str = "en";

impl DeskStore {
    /// Begins a conversation: makes its subject and the subject's key, and uses the key package up. Gives false
    /// when the channel is there already; then nothing is changed.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored.
    pub async fn open_conversation(&self, new: &NewConversation<'_>) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        if subject_of(&mut transaction, new.channel).await?.is_some() {
            return Ok(false);
        }
        let key = self.keys.new_subject(&mut transaction).await?;
        let row = conversation_row(new.channel);
        let (phase, agent) = new.phase.columns();
        let now = self.clock.now().0;
        sqlx::query(
            "INSERT INTO conversation (channel, subject, phase, agent, language, assistant_allowed, unanswered,
             processed, answered, last_position, last_from_customer, group_state, opened_at, last_at)
             VALUES ($1, $2, $3, $4, $5, 0, 0, $6, 0, 0, 0, $7, $8, $8)",
        )
        .bind(row.as_slice())
        .bind(key.subject().octets().as_slice())
        .bind(phase)
        .bind(agent)
        .bind(FIRST_LANGUAGE)
        .bind(signed(new.seq))
        .bind(key.seal("conversation.group_state", &row, new.group_state))
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        if let Some(reference) = new.used_key_package {
            sqlx::query("DELETE FROM key_package WHERE reference = $1 AND last_resort = 0")
                .bind(reference)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// The conversation, opened.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn conversation(&self, channel: ChannelId) -> Result<Option<Conversation>, StoreError> {
        let mut connection = self.database.readers().acquire().await?;
        let row = sqlx::query(
            "SELECT subject, phase, agent, language, assistant_allowed, unanswered, processed, answered,
             last_position, group_state, vault, identity, opened_at, last_at, memory, last_from_customer, epoch,
             wrapped
             FROM conversation LEFT JOIN subject_key USING (subject) WHERE channel = $1",
        )
        .bind(channel.octets().as_slice())
        .fetch_optional(&mut *connection)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let subject = subject_id(row.try_get(0)?, "conversation.subject")?;
        let key = self.keys.subject(&mut connection, subject, WrappedKey::from_row(&row, 16)?).await?;
        let place = conversation_row(channel);
        let open = |column: &'static str, sealed: Option<&[u8]>| {
            sealed.map(|sealed| key.open_sealed(column, &place, sealed)).transpose()
        };
        Ok(Some(Conversation {
            channel,
            subject,
            phase: Phase::from_columns(row.try_get(1)?, row.try_get(2)?)?,
            language: row.try_get(3)?,
            assistant_allowed: row.try_get::<i64, _>(4)? != 0,
            unanswered: u32::try_from(row.try_get::<i64, _>(5)?)
                .map_err(|_| StoreError::Corrupt("conversation.unanswered"))?,
            processed: unsigned(row.try_get(6)?, "conversation.processed")?,
            answered: row.try_get(7)?,
            last_position: row.try_get(8)?,
            group_state: key.open_sealed("conversation.group_state", &place, row.try_get(9)?)?,
            vault: open("conversation.vault", row.try_get(10)?)?,
            identity: open("conversation.identity", row.try_get(11)?)?,
            opened_at: Timestamp(row.try_get(12)?),
            last_at: Timestamp(row.try_get(13)?),
            memory: open("conversation.memory", row.try_get(14)?)?,
            last_from_customer: row.try_get(15)?,
        }))
    }

    /// Whose conversation it is; opens nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn subject(&self, channel: ChannelId) -> Result<Option<SubjectId>, StoreError> {
        let mut connection = self.database.readers().acquire().await?;
        subject_of(&mut connection, channel).await
    }

    /// The conversations that changed last, first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn summaries(&self, limit: u32) -> Result<Vec<Summary>, StoreError> {
        let rows = sqlx::query(
            "SELECT channel, phase, agent, language, opened_at, last_at, last_position
             FROM conversation ORDER BY last_at DESC, channel LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(self.database.readers())
        .await?;
        rows.iter().map(summary).collect()
    }

    /// The conversations that the assistant still owes an answer, to go on with after a stop.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn unanswered(&self) -> Result<Vec<ChannelId>, StoreError> {
        let rows = sqlx::query(
            "SELECT channel FROM conversation WHERE phase = 'assistant' AND last_from_customer > answered
             ORDER BY last_at",
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.iter().map(|row| channel_id(row.try_get(0)?, "conversation.channel")).collect()
    }

    /// The conversations that did not change since then.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn expired(&self, before: Timestamp) -> Result<Vec<ChannelId>, StoreError> {
        let rows = sqlx::query("SELECT channel FROM conversation WHERE last_at < $1 ORDER BY last_at")
            .bind(before.0)
            .fetch_all(self.database.readers())
            .await?;
        rows.iter().map(|row| channel_id(row.try_get(0)?, "conversation.channel")).collect()
    }

    /// Erases a conversation: its rows, and its subject's key when the subject has no other. Gives false when
    /// there is none.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was erased.
    pub async fn delete_conversation(&self, channel: ChannelId) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        let Some(subject) = subject_of(&mut transaction, channel).await? else {
            return Ok(false);
        };
        sqlx::query("DELETE FROM conversation WHERE channel = $1")
            .bind(channel.octets().as_slice())
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "DELETE FROM subject_key WHERE subject = $1
             AND NOT EXISTS (SELECT 1 FROM conversation WHERE subject = $1)",
        )
        .bind(subject.octets().as_slice())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.forget_log().await?;
        Ok(true)
    }

    /// What was deleted also leaves SQLite's write-ahead log. PostgreSQL recycles its own.
    async fn forget_log(&self) -> Result<(), StoreError> {
        match self.database.engine() {
            Engine::Sqlite => {
                let mut connection = self.database.writer().await?;
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut *connection).await?;
            }
            Engine::Postgres => {}
        }
        Ok(())
    }

    /// The key of a conversation's subject; `None` when there is no such conversation.
    pub(super) async fn key_of(
        &self,
        connection: &mut AnyConnection,
        channel: ChannelId,
    ) -> Result<Option<SubjectKey>, StoreError> {
        let row = sqlx::query(
            "SELECT subject, epoch, wrapped FROM conversation LEFT JOIN subject_key USING (subject)
             WHERE channel = $1",
        )
        .bind(channel.octets().as_slice())
        .fetch_optional(&mut *connection)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let subject = subject_id(row.try_get(0)?, "conversation.subject")?;
        self.keys.subject(connection, subject, WrappedKey::from_row(&row, 1)?).await.map(Some)
    }
}

async fn subject_of(
    connection: &mut AnyConnection,
    channel: ChannelId,
) -> Result<Option<SubjectId>, StoreError> {
    let row = sqlx::query("SELECT subject FROM conversation WHERE channel = $1")
        .bind(channel.octets().as_slice())
        .fetch_optional(connection)
        .await?;
    row.map(|row| subject_id(row.try_get(0)?, "conversation.subject")).transpose()
}

fn summary(row: &AnyRow) -> Result<Summary, StoreError> {
    Ok(Summary {
        channel: channel_id(row.try_get(0)?, "conversation.channel")?,
        phase: Phase::from_columns(row.try_get(1)?, row.try_get(2)?)?,
        language: row.try_get(3)?,
        opened_at: Timestamp(row.try_get(4)?),
        last_at: Timestamp(row.try_get(5)?),
        last_position: row.try_get(6)?,
    })
}

impl Phase {
    pub(super) fn columns(self) -> (&'static str, Option<Vec<u8>>) {
        match self {
            Self::Assistant => ("assistant", None),
            Self::Waiting => ("waiting", None),
            Self::Agent(agent) => ("agent", Some(agent.octets().to_vec())),
            Self::Closed => ("closed", None),
        }
    }

    fn from_columns(phase: &str, agent: Option<&[u8]>) -> Result<Self, StoreError> {
        match (phase, agent) {
            ("assistant", None) => Ok(Self::Assistant),
            ("waiting", None) => Ok(Self::Waiting),
            ("agent", Some(agent)) => StaffId::try_from(agent)
                .map(Self::Agent)
                .map_err(|_| StoreError::Corrupt("conversation.agent")),
            ("closed", None) => Ok(Self::Closed),
            _ => Err(StoreError::Corrupt("conversation.phase")),
        }
    }
}
