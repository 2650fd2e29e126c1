//! What the model has cost today, kept over a restart: sealed among the desk's own values, one number of all customers.

use assistant::Assistant;
use jiff::{civil::Date, tz::TimeZone};
use protocol::Timestamp;
use serde::{Deserialize, Serialize};
use store::{StoreError, desk::DeskStore};

const NAME: &str = "model tokens";

#[derive(Serialize, Deserialize)]
struct Kept {
    /// As in ISO 8601.
    day: String,
    tokens: u64,
}

/// Goes on counting where the desk stopped.
///
/// # Errors
/// When the store fails.
pub(crate) async fn recall(store: &DeskStore, assistant: &Assistant) -> Result<(), StoreError> {
    let Some(model) = assistant.model() else { return Ok(()) };
    let kept = store.secret(NAME).await?;
    // What cannot be read is a number of an older form: the day begins anew.
    if let Some(Kept { day, tokens }) = kept.and_then(|json| serde_json::from_slice(&json).ok())
        && let Ok(day) = day.parse()
    {
        model.budget().remember(day, tokens);
    }
    Ok(())
}

/// Keeps the number.
///
/// # Errors
/// When the store fails; the older number stays.
pub(crate) async fn keep(store: &DeskStore, assistant: &Assistant, day: Date) -> Result<(), StoreError> {
    let Some(model) = assistant.model() else { return Ok(()) };
    let kept = Kept { day: day.to_string(), tokens: model.budget().spent(day) };
    store.set_secret(NAME, &serde_json::to_vec(&kept).unwrap_or_default()).await
}

/// The day of a moment in UTC; the first of all days for one that no calendar has.
pub(crate) fn day(moment: Timestamp) -> Date {
    jiff::Timestamp::from_millisecond(moment.0)
        .map_or(Date::MIN, |moment| moment.to_zoned(TimeZone::UTC).date())
}
