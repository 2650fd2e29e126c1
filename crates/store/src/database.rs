//! Opens a store on either engine and begins transactions on it.

use std::{
    fmt,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::Once,
    time::Duration,
};

use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection, Executor,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use zeroize::Zeroizing;

use crate::{Schema, StorageKey, StoreError};

/// Where a store is.
#[derive(Clone)]
pub enum Location {
    /// A file, encrypted whole by SQLCipher.
    File {
        /// The file; made when it is not there. Its `-wal` and `-shm` lie beside it, encrypted alike.
        path: PathBuf,
        /// The key of the whole file.
        key: StorageKey,
        /// The largest size that the file may grow to, in octets; none for no limit. A write past it is
        /// [`StoreError::Full`].
        max_bytes: Option<u64>,
    },
    /// A PostgreSQL server, version 15 or later.
    Postgres {
        /// `postgres://user:password@host:port/database`; it holds a password, so it is never shown.
        url: Zeroizing<String>,
    },
}

/// Which engine a store runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite with SQLCipher.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// An open store. Cloning gives another handle to the same connections.
#[derive(Clone, Debug)]
pub struct Database {
    writers: AnyPool,
    readers: AnyPool,
    engine: Engine,
    schema: Schema,
}

/// A transaction that may write. Rolled back when it is dropped without a commit.
pub type Transaction = sqlx::Transaction<'static, sqlx::Any>;

/// How long a write waits for another process's lock before it is [`StoreError::Busy`].
const BUSY: Duration = Duration::from_secs(5);
/// Takes SQLite's write lock at once: a transaction that reads first and writes later could find it taken.
const IMMEDIATE: &str = "BEGIN IMMEDIATE";
/// SQLite reads beside one writer (WAL); more readers than this wait for one another.
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// SQLCipher's default page, in octets.
const PAGE: u64 = 4096;

impl Database {
    /// Opens the store, makes it when it is not there, and brings its tables to this version's shape.
    ///
    /// # Errors
    /// [`StoreError`]; in particular `WrongKey` for another key's file, `Busy` when another process holds it.
    pub async fn open(location: &Location, schema: Schema) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        crate::libcrypto::keep_until_the_end();
        let database = match location {
            Location::File { path, key, max_bytes } => Self::open_file(path, key, *max_bytes, schema).await?,
            Location::Postgres { url } => Self::open_postgres(url, schema).await?,
        };
        schema.migrator(database.engine).run(&database.writers).await?;
        Ok(database)
    }

    /// Begins a transaction that may write. On SQLite it holds the one write lock from here on, so what it
    /// reads cannot change before it writes; on PostgreSQL, write to a row before relying on what was read.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when no connection or lock comes free in time.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        match self.engine {
            Engine::Postgres => Ok(self.writers.begin().await?),
            Engine::Sqlite => match self.writers.begin_with(IMMEDIATE).await {
                // When the disk is full SQLite may roll back by itself; sqlx then believes itself in the old
                // transaction for ever. A new connection does not.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    self.writers.acquire().await?.close().await?;
                    Ok(self.writers.begin_with(IMMEDIATE).await?)
                }
                begun => Ok(begun?),
            },
        }
    }

    /// Connections for single statements that only read. They see what is committed.
    #[must_use]
    pub fn readers(&self) -> &AnyPool {
        &self.readers
    }

    /// The writing connection outside a transaction, for statements about the database itself.
    pub(crate) async fn writer(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Any>, StoreError> {
        Ok(self.writers.acquire().await?)
    }

    /// Which store's tables it holds.
    #[must_use]
    pub fn schema(&self) -> Schema {
        self.schema
    }

    /// Which engine this is; for the few statements about the database itself.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Ends all connections once what runs on them has ended.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }

    async fn open_file(
        path: &Path,
        key: &StorageKey,
        max_bytes: Option<u64>,
        schema: Schema,
    ) -> Result<Self, StoreError> {
        let path = std::path::absolute(path).map_err(sqlx::Error::Io)?;
        let options = quiet(&sqlite_url(&path))?;
        // A pool tries again, for seconds and with a log line each time, when a connection cannot be set up. One
        // connection outside it says at once that the key is wrong.
        let mut first = options.connect().await?;
        prepare_file(&mut first, key.clone(), max_bytes, schema).await?;
        first.close().await?;
        let pool = |connections, max_bytes| {
            let key = key.clone();
            AnyPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(BUSY)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                .after_connect(move |connection, _| {
                    Box::pin(prepare_file(connection, key.clone(), max_bytes, schema))
                })
                .after_release(|connection, _| Box::pin(is_between_transactions(connection)))
        };
        let writers = pool(1, max_bytes).connect_with(options.clone()).await?;
        let readers = pool(SQLITE_READERS, None).connect_lazy_with(options);
        Ok(Self { writers, readers, engine: Engine::Sqlite, schema })
    }

    async fn open_postgres(url: &str, schema: Schema) -> Result<Self, StoreError> {
        let pool = AnyPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(BUSY)
            .after_connect(|connection, _| {
                Box::pin(async { connection.execute("SET lock_timeout = '5s'").await.map(drop) })
            })
            .connect_with(quiet(url)?)
            .await?;
        Ok(Self { writers: pool.clone(), readers: pool, engine: Engine::Postgres, schema })
    }
}

/// Sets a new SQLite connection up. The key comes first: before it SQLCipher reads nothing.
async fn prepare_file(
    connection: &mut AnyConnection,
    key: StorageKey,
    max_bytes: Option<u64>,
    schema: Schema,
) -> Result<(), sqlx::Error> {
    let key = key.pragma();
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(key.as_str()))).await?;
    match schema {
        Schema::Desk => {}
        // Processors compute it at two to three times the speed of the default, SHA-512, and most of a write to
        // the hub's file is this.
        Schema::Hub => {
            connection.execute("PRAGMA cipher_hmac_algorithm = HMAC_SHA256").await?;
        }
    }
    connection
        .execute(
            "PRAGMA busy_timeout = 5000;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY;",
        )
        .await?;
    match schema {
        // What is erased is overwritten. The hub holds ciphertext alone, and deletes too much for that. It writes
        // to many places at once: with room for them in memory (16 MiB) and in the log (32 MiB), a page is
        // decrypted and copied back once for many writes to it.
        Schema::Desk => connection.execute("PRAGMA secure_delete = ON").await?,
        Schema::Hub => {
            connection
                .execute(
                    "PRAGMA secure_delete = OFF;
                     PRAGMA cache_size = -16384;
                     PRAGMA wal_autocheckpoint = 8192;",
                )
                .await?
        }
    };
    if let Some(max_bytes) = max_bytes {
        let pages = (max_bytes / PAGE).max(1).to_string();
        let pragma = ["PRAGMA max_page_count = ", &pages].concat();
        connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(pragma))).await?;
    }
    Ok(())
}

/// Whether the connection may be used again. When the disk is full SQLite itself ends the transaction
/// (<https://sqlite.org/lang_transaction.html>, section 3); then the `ROLLBACK` that follows fails, sqlx goes on
/// counting a transaction that is not there, and the connection would refuse every further one.
async fn is_between_transactions(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // What was put off, such as the rollback of a transaction that was dropped, is done before the answer.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Options under which sqlx logs no statement: the first one holds the key.
fn quiet(url: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    Ok(url.parse::<AnyConnectOptions>()?.disable_statement_logging())
}

fn sqlite_url(path: &Path) -> Zeroizing<String> {
    let mut url = String::from("sqlite://");
    for &octet in path.as_os_str().as_bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                url.push(char::from(octet))
            }
            _ => url.extend(['%', hex(octet >> 4), hex(octet & 15)]),
        }
    }
    url.push_str("?mode=rwc");
    Zeroizing::new(url)
}

fn hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase()
}

impl fmt::Debug for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, max_bytes, .. } => formatter
                .debug_struct("File")
                .field("path", path)
                .field("max_bytes", max_bytes)
                .finish_non_exhaustive(),
            Self::Postgres { .. } => formatter.write_str("Postgres(***)"),
        }
    }
}
