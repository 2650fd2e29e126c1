//! One step of a conversation: everything that follows from one event, stored at once or not at all.

use protocol::{ChannelId, Envelope, Timestamp};
use sqlx::{AnyConnection, Row};

use super::{
    DeskStore, NewMessage, Phase, StoredSpeaker, conversation_row, message, outbox, signed, unsigned,
};
use crate::{
    Engine, StoreError,
    keys::{SubjectKey, WrappedKey, subject_id},
};

/// What a step changes; what is `None` or empty stays as it is.
#[derive(Default)]
pub struct Step<'a> {
    /// The place in the channel that this step deals with. A step for a place that was dealt with before
    /// changes nothing.
    pub processed: Option<u64>,
    /// The MLS state.
    pub group_state: Option<&'a [u8]>,
    /// The token vault.
    pub vault: Option<&'a [u8]>,
    /// Who holds the conversation.
    pub phase: Option<Phase>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// The verified claims, as JSON.
    pub identity: Option<&'a [u8]>,
    /// The position of the last message of the customer that was answered.
    pub answered: Option<i64>,
    /// How often in a row the assistant had no answer.
    pub unanswered: Option<u32>,
    /// What the assistant must know besides the messages, as JSON.
    pub memory: Option<&'a [u8]>,
    /// What was said, masked, in order.
    pub messages: Vec<NewMessage>,
    /// What goes to the hub, in order.
    pub outbox: Vec<Envelope>,
    /// What the customer agreed to; also decides whether the assistant may answer.
    pub consent: Option<ConsentRecord>,
}

/// What a customer agreed to, and when. Records are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    /// Version of the notice that was shown; empty when a choice was changed later.
    pub notice: String,
    /// The assistant may answer.
    pub assistant: bool,
    /// Anonymised patterns may improve the answers.
    pub improve: bool,
    /// When.
    pub at: Timestamp,
}

/// Where the conversation stood before the step.
struct Before {
    key: SubjectKey,
    processed: u64,
    last_position: i64,
    last_from_customer: i64,
}

const BEFORE: &str = "SELECT subject, processed, last_position, last_from_customer, epoch, wrapped
     FROM conversation LEFT JOIN subject_key USING (subject) WHERE channel = $1";
const BEFORE_LOCKED: &str = "SELECT subject, processed, last_position, last_from_customer, epoch, wrapped
     FROM conversation LEFT JOIN subject_key USING (subject) WHERE channel = $1 FOR UPDATE OF conversation";

impl DeskStore {
    /// Stores one step in one transaction, and gives the position of the customer's last message, 0 for none. A step
    /// whose `processed` was stored before changes nothing and succeeds.
    ///
    /// # Errors
    /// [`StoreError`], and nothing of the step was stored; `Conflict` when there is no such conversation.
    pub async fn apply(&self, channel: ChannelId, step: &Step<'_>) -> Result<i64, StoreError> {
        let mut transaction = self.database.begin().await?;
        let mut now = self.hold(&mut transaction, channel).await?;
        if step.processed.is_some_and(|processed| processed <= now.processed) {
            return Ok(now.last_from_customer);
        }
        for new in &step.messages {
            let position = now.last_position + 1;
            if message::insert(&mut transaction, &now.key, channel, position, new).await? {
                now.last_position = position;
                if new.speaker == StoredSpeaker::Customer {
                    now.last_from_customer = position;
                }
            }
        }
        outbox::queue(&mut transaction, channel, &step.outbox).await?;
        if let Some(consent) = &step.consent {
            add_consent(&mut transaction, channel, consent).await?;
        }
        self.update(&mut transaction, channel, step, &now).await?;
        transaction.commit().await?;
        Ok(now.last_from_customer)
    }

    /// Takes the conversation's row, so that of two steps at once the second waits for the first: on PostgreSQL by the
    /// row's lock, on SQLite the transaction itself sees to it.
    async fn hold(&self, connection: &mut AnyConnection, channel: ChannelId) -> Result<Before, StoreError> {
        let row = match self.database.engine() {
            Engine::Sqlite => sqlx::query(BEFORE),
            Engine::Postgres => sqlx::query(BEFORE_LOCKED),
        }
        .bind(channel.octets().as_slice())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(StoreError::Conflict)?;
        let subject = subject_id(row.try_get(0)?, "conversation.subject")?;
        Ok(Before {
            key: self.keys.subject(connection, subject, WrappedKey::from_row(&row, 4)?).await?,
            processed: unsigned(row.try_get(1)?, "conversation.processed")?,
            last_position: row.try_get(2)?,
            last_from_customer: row.try_get(3)?,
        })
    }

    async fn update(
        &self,
        connection: &mut AnyConnection,
        channel: ChannelId,
        step: &Step<'_>,
        now: &Before,
    ) -> Result<(), StoreError> {
        let row = conversation_row(channel);
        let seal =
            |column: &'static str, value: Option<&[u8]>| value.map(|value| now.key.seal(column, &row, value));
        let (phase, agent) = step.phase.map(Phase::columns).unzip();
        sqlx::query(
            "UPDATE conversation SET
             processed = COALESCE($2, processed),
             group_state = COALESCE($3, group_state),
             vault = COALESCE($4, vault),
             agent = CASE WHEN $5 IS NULL THEN agent ELSE $6 END,
             phase = COALESCE($5, phase),
             language = COALESCE($7, language),
             identity = COALESCE($8, identity),
             answered = COALESCE($9, answered),
             unanswered = COALESCE($10, unanswered),
             assistant_allowed = COALESCE($11, assistant_allowed),
             memory = COALESCE($12, memory),
             last_position = $13,
             last_from_customer = $14,
             last_at = $15
             WHERE channel = $1",
        )
        .bind(row.as_slice())
        .bind(step.processed.map(signed))
        .bind(seal("conversation.group_state", step.group_state))
        .bind(seal("conversation.vault", step.vault))
        .bind(phase)
        .bind(agent.flatten())
        .bind(step.language.as_deref())
        .bind(seal("conversation.identity", step.identity))
        .bind(step.answered)
        .bind(step.unanswered.map(i64::from))
        .bind(step.consent.as_ref().map(|consent| i64::from(consent.assistant)))
        .bind(seal("conversation.memory", step.memory))
        .bind(now.last_position)
        .bind(now.last_from_customer)
        .bind(self.clock.now().0)
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Every choice the customer made in this conversation, in order.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn consents(&self, channel: ChannelId) -> Result<Vec<ConsentRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT notice, assistant, improve, at FROM consent WHERE channel = $1 ORDER BY number",
        )
        .bind(channel.octets().as_slice())
        .fetch_all(self.database.readers())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ConsentRecord {
                    notice: row.try_get(0)?,
                    assistant: row.try_get::<i64, _>(1)? != 0,
                    improve: row.try_get::<i64, _>(2)? != 0,
                    at: Timestamp(row.try_get(3)?),
                })
            })
            .collect()
    }
}

async fn add_consent(
    connection: &mut AnyConnection,
    channel: ChannelId,
    consent: &ConsentRecord,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO consent (channel, number, notice, assistant, improve, at)
         SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM consent WHERE channel = $1",
    )
    .bind(channel.octets().as_slice())
    .bind(consent.notice.as_str())
    .bind(i64::from(consent.assistant))
    .bind(i64::from(consent.improve))
    .bind(consent.at.0)
    .execute(connection)
    .await?;
    Ok(())
}
