//! Who waits for a person.

use protocol::{ChannelId, Timestamp};
use sqlx::Row;

use super::DeskStore;
use crate::StoreError;

impl DeskStore {
    /// Since when each customer who waits for a person does: the first thing that was said, or the hand-off,
    /// that nobody has answered.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn waiting_since(&self) -> Result<Vec<(ChannelId, Timestamp)>, StoreError> {
        let rows = sqlx::query(
            "SELECT message.channel, MIN(message.at)
             FROM message JOIN conversation ON conversation.channel = message.channel
             WHERE conversation.phase = 'waiting' AND message.position > conversation.answered
             AND message.speaker IN ('customer', 'note')
             GROUP BY message.channel",
        )
        .fetch_all(self.database.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let channel = ChannelId::try_from(row.try_get::<&[u8], _>(0)?)
                    .map_err(|_| StoreError::Corrupt("message.channel"))?;
                Ok((channel, Timestamp(row.try_get(1)?)))
            })
            .collect()
    }
}
