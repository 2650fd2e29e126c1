//! What can go wrong with a store, by what the caller can do about it.

use sqlx::error::DatabaseError;

use crate::KeyFileError;

/// Why a store did not do what it was asked. Nothing was changed, whichever it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process holds the lock, every connection is taken, or the server does not answer: try again.
    #[error("the store is busy")]
    Busy,
    /// The disk or the configured size is used up: free space, then try again.
    #[error("the store is full")]
    Full,
    /// A row that must be the only one is there already, or a row that must be there is not.
    #[error("the store holds a conflicting row")]
    Conflict,
    /// The file is not a database of ours or the key is not its key, or the server refuses the password.
    #[error("the store cannot be opened with this key")]
    WrongKey,
    /// The key of this data was destroyed: it was erased, or comes from a backup older than the keys.
    #[error("the key of this data has been destroyed")]
    KeyDestroyed,
    /// Stored octets are not what this program wrote there. Names the table and column, never the value.
    #[error("stored data is damaged: {0}")]
    Corrupt(&'static str),
    /// A key file cannot be used.
    #[error("a key file cannot be used")]
    KeyFile(#[from] KeyFileError),
    /// The store was made by another version of this program and cannot be brought to this one's shape.
    #[error("the store's tables do not fit this version")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    /// Anything else that the database reports.
    #[error("the store failed")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let class = match &error {
            sqlx::Error::Database(database) => classify(database.as_ref()),
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => Some(Self::Busy),
            _ => None,
        };
        let Some(class) = class else {
            return Self::Other(error);
        };
        // The class says what to do; the engine's code, for whoever looks closer, holds no value.
        tracing::debug!(code = %code(&error), "the database refused: {class}");
        class
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration};
        match error {
            Execute(error) | ExecuteMigration(error, _) => error.into(),
            error => Self::Migration(Box::new(error)),
        }
    }
}

fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(DatabaseError::code).unwrap_or_default().into_owned()
}

fn classify(error: &dyn DatabaseError) -> Option<StoreError> {
    classify_code(&error.code().unwrap_or_default())
}

fn classify_code(code: &str) -> Option<StoreError> {
    // SQLite gives its result code in at most four decimal digits; a SQLSTATE has five characters.
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => classify_sqlite(number),
        _ => classify_sqlstate(code),
    }
}

/// SQLite's result codes (<https://sqlite.org/rescode.html>); the primary code is the low octet.
fn classify_sqlite(code: u32) -> Option<StoreError> {
    const IOERR_WRITE: u32 = 778;
    match code & 0xff {
        5 | 6 => Some(StoreError::Busy),
        13 => Some(StoreError::Full),
        // A write for which the file system has no space left comes as either.
        10 if code == IOERR_WRITE => Some(StoreError::Full),
        19 => Some(StoreError::Conflict),
        26 => Some(StoreError::WrongKey),
        11 => Some(StoreError::Corrupt("the database file")),
        _ => None,
    }
}

/// PostgreSQL's error codes (its manual, appendix A).
fn classify_sqlstate(code: &str) -> Option<StoreError> {
    match code {
        "40001" | "40P01" | "53300" | "55P03" | "57P01" | "57P02" | "57P03" => Some(StoreError::Busy),
        "53100" | "53200" => Some(StoreError::Full),
        "28000" | "28P01" => Some(StoreError::WrongKey),
        "XX001" | "XX002" => Some(StoreError::Corrupt("the database")),
        _ if code.starts_with("08") => Some(StoreError::Busy),
        _ if code.starts_with("23") => Some(StoreError::Conflict),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_engines_say_what_to_do() {
        let cases = [
            ("5", "busy"),
            ("517", "busy"),
            ("6", "busy"),
            ("13", "full"),
            ("778", "full"),
            ("266", "other"),
            ("2067", "conflicting"),
            ("26", "key"),
            ("11", "damaged"),
            ("1", "other"),
            ("40001", "busy"),
            ("55P03", "busy"),
            ("08006", "busy"),
            ("53100", "full"),
            ("23505", "conflicting"),
            ("28P01", "key"),
            ("42P01", "other"),
        ];
        for (code, word) in cases {
            let class = classify_code(code).map_or("other".to_owned(), |class| class.to_string());
            assert!(class.contains(word), "{code}: {class}");
        }
    }
}
