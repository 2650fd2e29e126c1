//! Vectors of the business's own texts on PostgreSQL with pgvector (<https://github.com/pgvector/pgvector>), and the
//! articles that are near another vector.
//!
//! Each owner has tables of its own, one for each set of texts, in the schema `sotto_vectors`: two owners in one database
//! neither see nor slow each other. What a table holds can be made again, so there is nothing to migrate or to back up.
//! The name of a table cannot be a parameter, so the SQL here is put together; the names are ours, letters and digits.

use std::collections::HashSet;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions, PgPool, Postgres, Row, pool::PoolConnection};

/// A server with pgvector.
#[derive(Clone, Debug)]
pub struct VectorDatabase {
    pool: PgPool,
}

/// One set of texts of one owner.
#[derive(Clone, Debug)]
pub struct VectorTable {
    pool: PgPool,
    /// With its schema.
    name: String,
}

/// What names a row: it never changes, another text is another row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The article's name, the same over starts.
    pub article: String,
    /// What the text stands for in it.
    pub part: i16,
    /// SHA-256 of the text and of what makes vectors of texts.
    pub text: [u8; 32],
}

/// The articles that are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Nearest<'a> {
    /// Of length one, as all in the table.
    pub vector: &'a [f32],
    /// The articles of so many rows that are nearest.
    pub rows: i32,
    /// But for these.
    pub hidden: &'a [&'a str],
    /// And these besides.
    pub also: &'a [&'a str],
}

/// The best cosine of one part of an article.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPart {
    /// The article.
    pub article: String,
    /// Which part.
    pub part: i16,
    /// From -1 to 1.
    pub cosine: f32,
}

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VectorError {
    /// No server, or not in time.
    #[error("the database of vectors does not answer: start it, or correct its address")]
    Away,
    /// The server lets us not in.
    #[error("the database of vectors refuses user or password: correct them in the URL")]
    Refused,
    /// The server has no pgvector, this database does not have it, or it is too old.
    #[error(
        "this PostgreSQL database has no extension `vector` of version 0.8 or newer: install pgvector on its server \
         (Debian 13: postgresql-17-pgvector), then run CREATE EXTENSION vector in the database as a superuser"
    )]
    NoExtension,
    /// The role may not make what is needed.
    #[error(
        "the role may not make a schema in this database: run GRANT CREATE ON DATABASE … TO …, as its owner"
    )]
    NotAllowed,
    /// Anything else.
    #[error("the database of vectors failed")]
    Other(#[source] sqlx::Error),
}

const CONNECTIONS: u32 = 8;
const PATIENCE: Duration = Duration::from_secs(5);
/// Names the one lock under which schema and tables are made: PostgreSQL's own IF NOT EXISTS can meet itself.
const MAKING: i64 = 0x736f_7474_6f76_6563;
/// From so many rows on a table gets an index that does not look at all of them (HNSW, Malkov and Yashunin 2018).
pub const INDEXED_FROM: i64 = 20_000;

impl VectorDatabase {
    /// Connects, and makes extension and schema when they are not there.
    ///
    /// # Errors
    /// [`VectorError`]
    pub async fn open(url: &str) -> Result<Self, VectorError> {
        // Statements are not logged: their parameters come from what customers wrote. As many rows are looked at in the
        // index as are asked for, and more where rows are hidden. A plan made for any vector would not use the index.
        let options = url
            .parse::<PgConnectOptions>()?
            .application_name("sotto vectors")
            .options([("hnsw.ef_search", "400"), ("hnsw.iterative_scan", "strict_order")])
            .options([("plan_cache_mode", "force_custom_plan"), ("client_min_messages", "warning")])
            .disable_statement_logging();
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        let pool = pool.connect_with(options).await?;
        let mut making = pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MAKING).execute(&mut *making).await?;
        sqlx::query("CREATE EXTENSION IF NOT EXISTS vector")
            .execute(&mut *making)
            .await
            .map_err(extension)?;
        let version: String =
            sqlx::query_scalar("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
                .fetch_one(&mut *making)
                .await?;
        if !is_new_enough(&version) {
            return Err(VectorError::NoExtension);
        }
        sqlx::query("CREATE SCHEMA IF NOT EXISTS sotto_vectors").execute(&mut *making).await?;
        making.commit().await?;
        Ok(Self { pool })
    }

    /// The table of this owner and set, for vectors of so many numbers; made when it is not there.
    ///
    /// # Errors
    /// [`VectorError`]
    pub async fn table(&self, owner: &[u8], set: &str, width: usize) -> Result<VectorTable, VectorError> {
        let name = ["sotto_vectors.", &table_name(owner, set, width)].concat();
        let mut making = self.pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(MAKING).execute(&mut *making).await?;
        let create = [
            "CREATE TABLE IF NOT EXISTS ",
            &name,
            " (article TEXT NOT NULL, part SMALLINT NOT NULL, text BYTEA NOT NULL, vector vector(",
            &width.to_string(),
            ") NOT NULL, PRIMARY KEY (article, part, text))",
        ];
        sqlx::query(AssertSqlSafe(create.concat())).execute(&mut *making).await?;
        // A vector that is a little over 2 KiB would else lie apart from its row.
        let plain = ["ALTER TABLE ", &name, " ALTER COLUMN vector SET STORAGE PLAIN"].concat();
        sqlx::query(AssertSqlSafe(plain)).execute(&mut *making).await?;
        making.commit().await?;
        Ok(VectorTable { pool: self.pool.clone(), name })
    }

    /// Removes the owner's tables but for these sets, with the width of each.
    ///
    /// # Errors
    /// [`VectorError`]
    pub async fn keep_only(&self, owner: &[u8], sets: &[(&str, usize)]) -> Result<(), VectorError> {
        let kept: Vec<String> = sets.iter().map(|(set, width)| table_name(owner, set, *width)).collect();
        let others: Vec<String> = sqlx::query_scalar(
            "SELECT CAST(tablename AS TEXT) FROM pg_tables
             WHERE schemaname = 'sotto_vectors' AND starts_with(tablename, $1) AND tablename <> ALL($2)",
        )
        .bind(prefix(owner))
        .bind(kept)
        .fetch_all(&self.pool)
        .await?;
        for table in others {
            let drop = ["DROP TABLE IF EXISTS sotto_vectors.", &table].concat();
            sqlx::query(AssertSqlSafe(drop)).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Ends all connections once what runs on them has ended.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl VectorTable {
    /// All rows that are there.
    ///
    /// # Errors
    /// [`VectorError`]
    pub async fn keys(&self) -> Result<HashSet<RowKey>, VectorError> {
        let select = ["SELECT article, part, text FROM ", &self.name].concat();
        let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(&self.pool).await?;
        let key = |row: PgRow| {
            let text: Vec<u8> = row.try_get(2)?;
            let text = text.try_into().map_err(|_| sqlx::Error::Decode("a digest has 32 octets".into()))?;
            Ok(RowKey { article: row.try_get(0)?, part: row.try_get(1)?, text })
        };
        Ok(rows.into_iter().map(key).collect::<Result<_, sqlx::Error>>()?)
    }

    /// Puts rows in, each with its vector; one that is there already stays as it is.
    ///
    /// # Errors
    /// [`VectorError`]; then none of them was put in.
    pub async fn add(&self, rows: &[(RowKey, Vec<f32>)]) -> Result<(), VectorError> {
        let insert = [
            "INSERT INTO ",
            &self.name,
            " SELECT article, part, text, CAST(vector AS vector)
              FROM UNNEST($1, $2, $3, $4) AS new (article, part, text, vector) ON CONFLICT DO NOTHING",
        ];
        let vectors: Vec<String> = rows.iter().map(|(_, vector)| written(vector)).collect();
        sqlx::query(AssertSqlSafe(insert.concat()))
            .bind(rows.iter().map(|(key, _)| key.article.as_str()).collect::<Vec<_>>())
            .bind(rows.iter().map(|(key, _)| key.part).collect::<Vec<_>>())
            .bind(rows.iter().map(|(key, _)| key.text.as_slice()).collect::<Vec<_>>())
            .bind(vectors)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Takes these rows away and, once the table is large, makes its index; both or neither.
    ///
    /// # Errors
    /// [`VectorError`]
    pub async fn settle(&self, gone: &[RowKey]) -> Result<(), VectorError> {
        let mut settling = self.pool.begin().await?;
        // An index takes minutes: only whoever means this same table waits for it.
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(self.name.as_str())
            .execute(&mut *settling)
            .await?;
        let delete = [
            "DELETE FROM ",
            &self.name,
            " AS old USING UNNEST($1, $2, $3) AS gone (article, part, text)
              WHERE old.article = gone.article AND old.part = gone.part AND old.text = gone.text",
        ];
        sqlx::query(AssertSqlSafe(delete.concat()))
            .bind(gone.iter().map(|key| key.article.as_str()).collect::<Vec<_>>())
            .bind(gone.iter().map(|key| key.part).collect::<Vec<_>>())
            .bind(gone.iter().map(|key| key.text.as_slice()).collect::<Vec<_>>())
            .execute(&mut *settling)
            .await?;
        let count = ["SELECT COUNT(*) FROM ", &self.name].concat();
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *settling).await?;
        if rows >= INDEXED_FROM {
            let index = self.name.replace("sotto_vectors.", "");
            let create = [
                "CREATE INDEX IF NOT EXISTS ",
                &index,
                "_near ON ",
                &self.name,
                " USING hnsw (vector vector_ip_ops)",
            ];
            sqlx::query(AssertSqlSafe(create.concat())).execute(&mut *settling).await?;
        }
        let analyze = ["ANALYZE ", &self.name].concat();
        sqlx::query(AssertSqlSafe(analyze)).execute(&mut *settling).await?;
        settling.commit().await?;
        Ok(())
    }

    /// The articles that are looked for, each part of each with its best cosine. It is exact; which articles are the
    /// nearest may not be, once the table has an index.
    ///
    /// # Errors
    /// [`VectorError::Away`] when it takes longer than `limit`.
    pub async fn nearest(&self, asked: Nearest<'_>, limit: Duration) -> Result<Vec<FoundPart>, VectorError> {
        let select = [
            "WITH nearest AS MATERIALIZED (SELECT article FROM ",
            &self.name,
            " WHERE article <> ALL($3) ORDER BY vector <#> CAST($1 AS vector) LIMIT $2),
             wanted AS (SELECT article FROM nearest UNION SELECT UNNEST($4))
             SELECT article, part, CAST(MAX(-(vector <#> CAST($1 AS vector))) AS REAL)
             FROM ",
            &self.name,
            " JOIN wanted USING (article) GROUP BY article, part",
        ];
        let asking = async {
            let mut connection = Held(Some(self.pool.acquire().await?));
            let Some(held) = &mut connection.0 else { return Err(sqlx::Error::PoolClosed) };
            let rows = sqlx::query(AssertSqlSafe(select.concat()))
                .bind(written(asked.vector))
                .bind(asked.rows)
                .bind(asked.hidden)
                .bind(asked.also)
                .fetch_all(&mut **held)
                .await?;
            drop(connection.0.take());
            Ok(rows)
        };
        let rows = tokio::time::timeout(limit, asking).await.map_err(|_| VectorError::Away)??;
        let found = |row: PgRow| {
            Ok(FoundPart { article: row.try_get(0)?, part: row.try_get(1)?, cosine: row.try_get(2)? })
        };
        Ok(rows.into_iter().map(found).collect::<Result<_, sqlx::Error>>()?)
    }
}

/// A connection on which somebody waits. When nobody does any more it is closed, since its answer may still come, or
/// never: back in the pool it would keep others waiting.
struct Held(Option<PoolConnection<Postgres>>);

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}

impl From<sqlx::Error> for VectorError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| Some(error.code()?.into_owned()));
        match (code.as_deref(), &error) {
            (Some("28000" | "28P01"), _) => Self::Refused,
            (Some("42501"), _) => Self::NotAllowed,
            (Some("53300" | "57P01" | "57P02" | "57P03"), _) => Self::Away,
            (Some(code), _) if code.starts_with("08") => Self::Away,
            (None, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => Self::Away,
            (Some(_) | None, _) => Self::Other(error),
        }
    }
}

/// Whoever may not make the extension, and whoever has none to make, needs the same.
fn extension(error: sqlx::Error) -> VectorError {
    let code = error.as_database_error().and_then(|error| Some(error.code()?.into_owned()));
    match code.as_deref() {
        Some("42501" | "0A000" | "58P01" | "3F000") => VectorError::NoExtension,
        Some(_) | None => error.into(),
    }
}

/// Iterative scans came with 0.8.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    (numbers.next(), numbers.next()) >= (Some(0), Some(8))
}

/// As pgvector reads it: the shortest digits that give the same number back.
fn written(vector: &[f32]) -> String {
    let numbers: Vec<String> = vector.iter().map(f32::to_string).collect();
    ["[", &numbers.join(","), "]"].concat()
}

fn table_name(owner: &[u8], set: &str, width: usize) -> String {
    let set: String = set.chars().filter(char::is_ascii_lowercase).collect();
    [&prefix(owner), &set, "_", &width.to_string()].concat()
}

/// PostgreSQL cuts names after 63 octets.
fn prefix(owner: &[u8]) -> String {
    let owner = owner.get(..16).unwrap_or(owner);
    ["of_", &data_encoding::HEXLOWER.encode(owner), "_"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let known = [
            ("0.8.0", true),
            ("0.8.5", true),
            ("0.10.0", true),
            ("1.0", true),
            ("0.7.4", false),
            ("", false),
        ];
        for (version, enough) in known {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
    }

    #[test]
    fn the_name_of_a_table_is_letters_digits_and_lines_and_short_enough() {
        let name = table_name(&[0xab; 32], "across\"; DROP", 512);
        assert_eq!(name, "of_abababababababababababababababab_across_512");
        assert!(name.len() + "_near".len() <= 63);
    }
}
