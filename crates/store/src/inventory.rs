//! The data inventory: what each stored column holds, why, for how long, and how it is erased (GDPR articles 5
//! and 30). `inventory.toml` declares; a test and [`Database::undeclared_columns`] hold the tables to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sqlx::Row;

use crate::{Database, Engine, Schema, StoreError};

/// A store's tables as declared, by name.
pub type Inventory = BTreeMap<String, Table>;

/// What holds for all columns of a table that say nothing else.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Why the rows are kept.
    pub purpose: String,
    /// What makes it lawful.
    pub basis: Basis,
    /// How long, in words.
    pub retention: String,
    /// Who gets to see it beside the store itself.
    pub recipients: Vec<String>,
    /// How it is erased.
    pub erasure: Erasure,
    /// What each column holds.
    pub columns: BTreeMap<String, Category>,
}

/// What a column holds about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Nothing: counters, versions, kinds.
    Technical,
    /// A random number or a hash that stands for a person or a conversation.
    Pseudonym,
    /// When something happened.
    Time,
    /// A key, wrapped by another key.
    WrappedKey,
    /// A secret of the business, sealed under the tenant key.
    SealedSecret,
    /// Data about a customer, sealed under that customer's key.
    SealedSubject,
    /// Data about a person of the staff, sealed under the tenant key.
    SealedStaff,
    /// End-to-end encrypted: nobody here can read it.
    Ciphertext,
    /// A choice the customer made: language, consents.
    Preference,
}

/// The lawful basis (GDPR article 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Article 6(1)(a).
    Consent,
    /// Article 6(1)(b): what the customer asks for.
    Contract,
    /// Article 6(1)(c): to be able to show that the law was kept.
    LegalObligation,
    /// Article 6(1)(f): keeping the service running and safe.
    LegitimateInterest,
}

/// How a column's content goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Erasure {
    /// The subject's key is destroyed, and the row with it.
    SubjectKeyAndRow,
    /// The row is deleted when its time is over.
    RowAtExpiry,
    /// The row is deleted when its owner is.
    Row,
    /// It is about nobody and stays.
    NotPersonal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    hub: Inventory,
    desk: Inventory,
}

/// The inventory of one store.
#[must_use]
pub fn inventory(schema: Schema) -> Inventory {
    let declared: Declared =
        toml::from_str(include_str!("../inventory.toml")).expect("a test reads the file that is built in");
    match schema {
        Schema::Hub => declared.hub,
        Schema::Desk => declared.desk,
    }
}

impl Database {
    /// The columns of the running database that `inventory.toml` does not declare, as `table.column`. The
    /// migrations' own table holds no data of anyone and is left out.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn undeclared_columns(&self) -> Result<Vec<String>, StoreError> {
        let inventory = inventory(self.schema());
        let declared = |table: &str, column: &str| {
            inventory.get(table).is_some_and(|table| table.columns.contains_key(column))
        };
        let columns = self.columns().await?.into_iter();
        Ok(columns
            .filter(|(table, column)| !declared(table, column))
            .map(|(table, column)| [table, column].join("."))
            .collect())
    }

    /// What is declared and not there: the inventory of another version.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn missing_columns(&self) -> Result<Vec<String>, StoreError> {
        let there = self.columns().await?;
        let inventory = inventory(self.schema());
        let declared = inventory.iter().flat_map(|(table, declared)| {
            declared.columns.keys().map(|column| (table.clone(), column.clone()))
        });
        Ok(declared
            .filter(|column| !there.contains(column))
            .map(|(table, column)| [table, column].join("."))
            .collect())
    }

    async fn columns(&self) -> Result<BTreeSet<(String, String)>, StoreError> {
        let query = match self.engine() {
            Engine::Sqlite => {
                "SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '_sqlx_migrations'"
            }
            Engine::Postgres => {
                "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'"
            }
        };
        let rows = sqlx::query(query).fetch_all(self.readers()).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}
