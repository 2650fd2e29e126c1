//! What changes which version is live: planned, judged by whoever asked for it, then made for all articles at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entry, Evaluated, Event, LibraryError, PUBLICATION, Record, Version, Writer};
use crate::files;

/// The last change of what is live. It holds for all its articles from the moment on at which its file is there, also
/// where an article's own record does not tell it yet.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Publication {
    /// Grows by one with each.
    pub(super) number: u64,
    /// The articles' records that are not in their places yet.
    pub(super) records: BTreeMap<String, Record>,
}

/// A change of what is live against which nothing speaks by itself; [`Writer::make`] makes it.
#[derive(Clone, Debug)]
pub struct Planned {
    entry: Entry,
    /// The version that shall be live; none to withdraw the article.
    to: Option<Version>,
    /// Why, although something was found in it.
    despite: Option<String>,
}

impl Planned {
    /// The article as it is.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The version that shall be live; none to withdraw the article.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.to
    }

    /// Whether it is not so already.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.entry.record.live() != self.to
    }
}

impl Writer<'_> {
    /// Looks whether a version can be made the live one; the newest when none is named.
    ///
    /// # Errors
    /// When there is no such version, when something was found in it and `despite` gives no reason, and when something
    /// cannot be read.
    pub fn plan_to_publish(
        &self,
        name: &str,
        version: Option<Version>,
        despite: Option<&str>,
    ) -> Result<Planned, LibraryError> {
        let entry = self.library.entry(name)?;
        let version = version.unwrap_or_else(|| entry.record.newest());
        if !entry.record.has(version) {
            return Err(LibraryError::NoVersion { key: entry.key, version });
        }
        let count = entry.record.findings(version).len();
        if count > 0 && despite.is_none() {
            return Err(LibraryError::Findings { key: entry.key, version, count });
        }
        let despite = despite.filter(|_| count > 0).map(str::to_owned);
        Ok(Planned { entry, to: Some(version), despite })
    }

    /// Looks whether an article can be taken away.
    ///
    /// # Errors
    /// When it is not live, and when something cannot be read.
    pub fn plan_to_withdraw(&self, name: &str) -> Result<Planned, LibraryError> {
        let entry = self.library.entry(name)?;
        if entry.record.live().is_none() {
            return Err(LibraryError::NotLive(entry.key));
        }
        Ok(Planned { entry, to: None, despite: None })
    }

    /// What would be live with all these changes: paths (for messages) and texts, as [`super::Library::live`] gives them.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn live_after(&self, planned: &[Planned]) -> Result<Vec<(String, String)>, LibraryError> {
        let to: BTreeMap<&str, Option<Version>> =
            planned.iter().map(|planned| (planned.entry.key.as_str(), planned.to)).collect();
        self.library.texts(|entry| to.get(entry.key.as_str()).copied().unwrap_or_else(|| entry.record.live()))
    }

    /// Makes all these changes at once: when the program ends in the middle, all of them are made or none.
    ///
    /// # Errors
    /// When something cannot be read or written.
    pub fn make(
        &self,
        planned: &[Planned],
        by: &str,
        evaluated: Option<&Evaluated>,
        now: Timestamp,
    ) -> Result<(), LibraryError> {
        let mut publication = self.library.publication()?;
        publication.number += 1;
        for Planned { entry, to, despite } in planned.iter().filter(|planned| planned.is_new()) {
            let (at, by, evaluated) = (now.to_string(), by.to_owned(), evaluated.cloned());
            let mut record = entry.record.clone();
            record.events.push(match *to {
                Some(version) => Event::Published { version, at, by, despite: despite.clone(), evaluated },
                None => Event::Withdrawn { at, by, evaluated },
            });
            publication.records.insert(entry.key.clone(), record);
        }
        if publication.records.is_empty() {
            return Ok(());
        }
        files::write_record(&self.library.folder.join(PUBLICATION), &publication)?;
        self.settle(publication)
    }

    /// Puts the records of a change into their places; also those that an interrupted one left.
    pub(super) fn settle(&self, publication: Publication) -> Result<(), LibraryError> {
        if publication.records.is_empty() {
            return Ok(());
        }
        for (key, record) in &publication.records {
            self.keep(key, record)?;
        }
        let settled = Publication { number: publication.number, records: BTreeMap::new() };
        Ok(files::write_record(&self.library.folder.join(PUBLICATION), &settled)?)
    }
}
