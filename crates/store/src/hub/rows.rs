//! Statements over many rows, and reading columns back into domain values.

use std::sync::Arc;

use protocol::Timestamp;
use sqlx::{AssertSqlSafe, Row, SqlSafeStr, any::AnyRow};

use crate::{Engine, StoreError};

/// Numbers of rows for which a statement is kept prepared; any number is a sum of these. Each statement is handed
/// over to the thread that runs SQLite and back, so a large batch is to be few of them.
const SIZES: [usize; 5] = [128, 32, 8, 2, 1];

/// A statement over a list of rows, `head ($1, $2), ($3, $4) tail`, one text for each of [`SIZES`]. Head and
/// tail are constants and the rest is placeholders, so no value ever becomes SQL.
pub(super) struct RowStatement {
    sqlite: [Arc<str>; SIZES.len()],
    postgres: [Arc<str>; SIZES.len()],
}

impl RowStatement {
    pub(super) fn new(head: &'static str, columns: usize, tail: &'static str) -> Self {
        let texts = |engine| SIZES.map(|rows| text(engine, head, columns, rows, tail));
        Self { sqlite: texts(Engine::Sqlite), postgres: texts(Engine::Postgres) }
    }

    /// Splits `items` into runs and gives for each the statement of its length.
    pub(super) fn runs<'a, T>(
        &'a self,
        engine: Engine,
        items: &'a [T],
    ) -> impl Iterator<Item = (impl SqlSafeStr + use<T>, &'a [T])> {
        let texts = match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        };
        let mut rest = items;
        std::iter::from_fn(move || {
            let (size, text) = SIZES.iter().zip(texts).find(|(size, _)| **size <= rest.len())?;
            let (run, after) = rest.split_at(*size);
            rest = after;
            Some((AssertSqlSafe(Arc::clone(text)), run))
        })
    }
}

fn text(engine: Engine, head: &str, columns: usize, rows: usize, tail: &str) -> Arc<str> {
    let place = |number: usize| match engine {
        // To SQLite `$1` is a name, which is looked up among all of the statement's each time that it is bound: their
        // cost would grow with the square. One after the other, they need no name.
        Engine::Sqlite => "?".to_owned(),
        Engine::Postgres => ["$", &number.to_string()].concat(),
    };
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|column| place(row * columns + column)).collect();
        ["(", &places.join(", "), ")"].concat()
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    [head, " ", &rows.join(", "), " ", tail].concat().into()
}

/// A count or a place as the engines keep it. The hub admits none above 2^53.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number(row: &AnyRow, column: usize, name: &'static str) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Corrupt(name))
}

pub(super) fn time(row: &AnyRow, column: usize) -> Result<Timestamp, StoreError> {
    Ok(Timestamp(row.try_get(column)?))
}

/// An identifier, or another value that is made of a fixed number of octets.
pub(super) fn octets<const N: usize>(
    row: &AnyRow,
    column: usize,
    name: &'static str,
) -> Result<[u8; N], StoreError> {
    row.try_get::<&[u8], _>(column)?.try_into().map_err(|_| StoreError::Corrupt(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_in_order_and_runs_cover_every_item() {
        let text = |engine| text(engine, "INSERT INTO t VALUES", 2, 2, "END");
        assert_eq!(&*text(Engine::Postgres), "INSERT INTO t VALUES ($1, $2), ($3, $4) END");
        assert_eq!(&*text(Engine::Sqlite), "INSERT INTO t VALUES (?, ?), (?, ?) END");
        let statement = RowStatement::new("", 1, "");
        let items: Vec<usize> = (0..183).collect();
        let runs: Vec<Vec<usize>> =
            statement.runs(Engine::Sqlite, &items).map(|(_, run)| run.to_vec()).collect();
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [128, 32, 8, 8, 2, 2, 2, 1]);
        assert_eq!(runs.concat(), items);
    }
}
