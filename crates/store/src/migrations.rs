//! The shape of each store, as steps that only go forward.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::Engine;

/// Which store's tables a database holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Ciphertext in transit: [`crate::hub`].
    Hub,
    /// The business's end.
    Desk,
}

/// Number, name and SQL of one step. Types are `BIGINT`, `TEXT` and `BYTEA`, which both engines read.
type Step = (i64, &'static str, &'static str);

const HUB: &[Step] = &[(
    1,
    "channels",
    include_str!("../migrations/hub/0001_channels.sql"),
)];

const DESK: &[Step] = &[
    (1, "conversations", include_str!("../migrations/desk/0001_conversations.sql")),
    (2, "staff", include_str!("../migrations/desk/0002_staff.sql")),
];

impl Schema {
    pub(crate) fn steps(self) -> &'static [Step] {
        match self {
            Self::Hub => HUB,
            Self::Desk => DESK,
        }
    }

    /// The name of its folder under `migrations/` and its table in `inventory.toml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Desk => "desk",
        }
    }

    pub(crate) fn migrator(self, engine: Engine) -> Migrator {
        let step = |&(version, name, sql): &Step| {
            let sql = match engine {
                // The one word that the engines do not share: with it SQLite reports the column's type.
                Engine::Sqlite => AssertSqlSafe(sql.replace(" BYTEA", " BLOB")).into_sql_str(),
                Engine::Postgres => sql.into_sql_str(),
            };
            Migration::new(
                version,
                Cow::Borrowed(name),
                MigrationType::Simple,
                sql,
                false,
            )
        };
        Migrator::with_migrations(self.steps().iter().map(step).collect())
    }
}
