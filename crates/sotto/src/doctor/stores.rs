//! Whether the stores open with their keys. A store that does not exist yet is not made.

use std::path::Path;

use ::desk::desk_identity;
use protocol::DeskKey;
use store::hub::HubStore;
use store::vectors::VectorDatabase;
use store::{Location, StoreError};

use super::Finding;
use crate::ambient::SystemEntropy;
use crate::config::{Config, Storage, VectorsPlace};
use crate::data::DataFolder;
use crate::parts::{self, desk};

const KEY_BACK: &str = "put the key file back from your copy";

/// Opens each store that is there; returns the desk's public key if its store opened.
pub(super) async fn check(
    data: &DataFolder,
    config: &Config,
    findings: &mut Vec<Finding>,
) -> Option<DeskKey> {
    findings.push(hub(data, config).await);
    let (finding, key) = desk(data, config).await;
    findings.push(finding);
    findings.extend(vectors(config).await);
    let key = key?;
    // `sotto up` adds its own desk by itself; a hub that names desks and not this one will refuse it.
    if !config.hub.desks.is_empty() && !config.hub.desks.contains(&key) {
        findings.push(Finding::warn(
            "hub.desks",
            "this desk's key is not among them",
            format!("add {key} on the machine where the hub runs, unless `sotto up` runs both"),
        ));
    }
    Some(key)
}

async fn hub(data: &DataFolder, config: &Config) -> Finding {
    const SUBJECT: &str = "hub's store";
    let folder = data.path().join("hub");
    if is_new(&config.hub.storage, &folder) {
        return Finding::ok(SUBJECT, "is made on first start");
    }
    if config.hub.storage == Storage::File && !folder.join("storage.key").exists() {
        return Finding::fail(SUBJECT, "cannot be opened without its key", KEY_BACK);
    }
    let key = || parts::storage_key(&folder, &SystemEntropy);
    match parts::location(&config.hub.storage, &folder, None, key) {
        Err(error) => Finding::fail(SUBJECT, format!("{error:#}"), KEY_BACK),
        Ok(location) => match HubStore::open(&location).await {
            Err(error) => cannot_open(SUBJECT, &error, &location),
            Ok(store) => {
                store.close().await;
                Finding::ok(SUBJECT, "opens with its key")
            }
        },
    }
}

async fn desk(data: &DataFolder, config: &Config) -> (Finding, Option<DeskKey>) {
    const SUBJECT: &str = "desk's store";
    let folder = data.path().join("desk");
    if is_new(&config.desk.storage, &folder) {
        return (Finding::ok(SUBJECT, "is made on first start"), None);
    }
    if !desk::root_key(&config.desk, &folder).exists() {
        return (Finding::fail(SUBJECT, "cannot be opened without the root key", KEY_BACK), None);
    }
    match desk::open_store(&config.desk, &folder).await {
        Err(error) => (
            Finding::fail(
                SUBJECT,
                format!("{error:#}"),
                "put root.key and the files beside it back from your copy",
            ),
            None,
        ),
        Ok(store) => {
            let identity = desk_identity(&store, &SystemEntropy).await;
            store.close().await;
            match identity {
                Ok(identity) => (Finding::ok(SUBJECT, "opens with its key"), Some(identity.public())),
                Err(error) => {
                    (Finding::fail(SUBJECT, error.to_string(), "put the store back from your backup"), None)
                }
            }
        }
    }
}

/// Whether the articles' vectors can be had from where the configuration says.
async fn vectors(config: &Config) -> Option<Finding> {
    const SUBJECT: &str = "desk.vectors";
    let VectorsPlace::Postgres(url) = &config.desk.vectors else { return None };
    Some(match VectorDatabase::open(url).await {
        Ok(database) => {
            database.close().await;
            Finding::ok(SUBJECT, "answers and has pgvector")
        }
        Err(error) => Finding::fail(
            SUBJECT,
            error.to_string(),
            "until then the desk does not start; desk.vectors = \"memory\" needs no database",
        ),
    })
}

fn is_new(storage: &Storage, folder: &Path) -> bool {
    *storage == Storage::File && !folder.join("store.db").exists()
}

fn cannot_open(subject: &str, error: &StoreError, location: &Location) -> Finding {
    let advice = match (error, location) {
        (StoreError::WrongKey, Location::File { .. }) => {
            "put the key file that belongs to this store back from your copy"
        }
        (StoreError::WrongKey, Location::Postgres { .. }) => "correct user and password in the URL",
        (StoreError::Busy, Location::Postgres { .. }) => "start the database server, or correct its address",
        (StoreError::Busy, Location::File { .. }) => "another program holds it: stop that one",
        (StoreError::Full, _) => "free space, or raise max_mib",
        _ => "run it with SOTTO_LOG_LEVEL=debug and look at what it says",
    };
    Finding::fail(subject, error.to_string(), advice)
}
