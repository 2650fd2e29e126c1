//! What can go wrong with a store, by what the caller can do about it.

use sqlx::error::DatabaseError;

/// Why a store did not do what it was asked. Nothing was changed, whichever it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process holds the lock, every connection is taken, or the server does not answer: try again.
    #[error("the store is busy")]
    Busy(#[source] sqlx::Error),
    /// The disk or the configured size is used up: free space, then try again.
    #[error("the store is full")]
    Full(#[source] sqlx::Error),
    /// A row that must be the only one is there already, or a row that must be there is not.
    #[error("the store holds a conflicting row")]
    Conflict(#[source] sqlx::Error),
    /// The file is not a database of ours, or the key is not its key.
    #[error("the file is not a database that this key opens")]
    WrongKey(#[source] sqlx::Error),
    /// Stored octets are not what this program wrote. Names the table and column, never the value.
    #[error("stored data is damaged: {0}")]
    Corrupt(&'static str),
    /// The store was made by another version of this program and cannot be brought to this one's shape.
    #[error("the store's tables do not fit this version")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    /// Anything else that the database reports.
    #[error("the store failed")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// Whether the same call may succeed later with nothing changed by a person.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy(_))
    }

    /// Whether there is no space left.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether a row stood in the way.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let class = match &error {
            sqlx::Error::Database(database) => classify(database.as_ref()),
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => Class::Busy,
            _ => Class::Other,
        };
        match class {
            Class::Busy => Self::Busy(error),
            Class::Full => Self::Full(error),
            Class::Conflict => Self::Conflict(error),
            Class::WrongKey => Self::WrongKey(error),
            Class::Corrupt => Self::Corrupt("the database file"),
            Class::Other => Self::Other(error),
        }
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

enum Class {
    Busy,
    Full,
    Conflict,
    WrongKey,
    Corrupt,
    Other,
}

fn classify(error: &dyn DatabaseError) -> Class {
    let code = error.code().unwrap_or_default();
    match code.parse::<u32>() {
        // SQLite gives extended result codes, short decimal numbers; a SQLSTATE has five characters.
        Ok(number) if code.len() < 5 => classify_sqlite(number),
        _ => classify_sqlstate(&code),
    }
}

/// SQLite result codes (<https://sqlite.org/rescode.html>); the primary code is the low octet.
fn classify_sqlite(code: u32) -> Class {
    match code & 0xff {
        5 | 6 => Class::Busy,
        13 => Class::Full,
        // A write that the file system refused for want of space also comes as SQLITE_IOERR_WRITE.
        10 if code == 778 => Class::Full,
        19 => Class::Conflict,
        26 => Class::WrongKey,
        11 => Class::Corrupt,
        _ => Class::Other,
    }
}

/// PostgreSQL's error codes (its manual, appendix A).
fn classify_sqlstate(code: &str) -> Class {
    match code {
        "40001" | "40P01" | "53300" | "55P03" | "57P01" | "57P02" | "57P03" => Class::Busy,
        "53100" | "53200" => Class::Full,
        "28000" | "28P01" => Class::WrongKey,
        "XX001" | "XX002" => Class::Corrupt,
        _ if code.starts_with("08") => Class::Busy,
        _ if code.starts_with("23") => Class::Conflict,
        _ => Class::Other,
    }
}
