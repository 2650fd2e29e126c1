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

const HUB: &[Step] = &[(1, "channels", include_str!("../migrations/hub/0001_channels.sql"))];

const DESK: &[Step] = &[
    (1, "conversations", include_str!("../migrations/desk/0001_conversations.sql")),
    (2, "staff", include_str!("../migrations/desk/0002_staff.sql")),
    (3, "memory", include_str!("../migrations/desk/0003_memory.sql")),
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
            Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
        };
        Migrator::with_migrations(self.steps().iter().map(step).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_in_the_folders_is_a_step() {
        for schema in [Schema::Hub, Schema::Desk] {
            let folder =
                std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(schema.name());
            let mut files: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            let steps: Vec<_> =
                schema.steps().iter().map(|(version, name, _)| format!("{version:04}_{name}.sql")).collect();
            assert_eq!(files, steps);
        }
    }

    #[test]
    fn steps_use_no_type_that_one_engine_or_sqlx_any_lacks() {
        let lacking =
            ["BLOB", "BOOL", "CHAR", "DATE", "FLOAT", "INTEGER", "JSON", "NUMERIC", "REAL", "SERIAL", "TIME"];
        for (_, name, sql) in [Schema::Hub, Schema::Desk].into_iter().flat_map(Schema::steps) {
            let statements = sql.lines().filter(|line| !line.starts_with("--"));
            for word in statements.flat_map(|line| line.split(|c: char| !c.is_ascii_alphabetic())) {
                assert!(!lacking.contains(&word), "{word} in {name}");
            }
        }
    }
}
