//! What happened to one article, in order. What is live follows from it.

use serde::{Deserialize, Serialize};

use crate::evaluation::Evaluated;
use crate::knowledge::checks::Finding;

/// The number of a version, from 1.
pub type Version = u32;

/// Something that happened to an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Event {
    /// A version came in. It is a draft.
    Imported {
        /// Which.
        version: Version,
        /// When, in UTC (RFC 3339).
        at: String,
        /// The file or address that it came from.
        source: String,
        /// What was found in it.
        #[serde(default)]
        findings: Vec<Finding>,
    },
    /// A person made a version the live one.
    Published {
        /// Which.
        version: Version,
        /// When, in UTC (RFC 3339).
        at: String,
        /// Who.
        by: String,
        /// Why, although something was found in it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<String>,
        /// What the conversations said of it; none where there were none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evaluated: Option<Evaluated>,
    },
    /// A person took the article away.
    Withdrawn {
        /// When, in UTC (RFC 3339).
        at: String,
        /// Who.
        by: String,
        /// What the conversations said of it; none where there were none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evaluated: Option<Evaluated>,
    },
    /// The file that it came from is no longer there.
    SourceGone {
        /// When that was noticed, in UTC (RFC 3339).
        at: String,
    },
    /// The file is there again, unchanged.
    SourceBack {
        /// When that was noticed, in UTC (RFC 3339).
        at: String,
    },
}

/// Everything that happened to one article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

impl Record {
    /// The newest version; 0 before the first.
    #[must_use]
    pub fn newest(&self) -> Version {
        let imported = |event: &Event| match event {
            Event::Imported { version, .. } => Some(*version),
            _ => None,
        };
        self.events.iter().rev().find_map(imported).unwrap_or_default()
    }

    /// The version with which customers are answered.
    #[must_use]
    pub fn live(&self) -> Option<Version> {
        let mut live = None;
        for event in &self.events {
            match event {
                Event::Published { version, .. } => live = Some(*version),
                Event::Withdrawn { .. } => live = None,
                Event::Imported { .. } | Event::SourceGone { .. } | Event::SourceBack { .. } => {}
            }
        }
        live
    }

    /// The newest version, when nobody has decided about it yet: it was never live, and the article was not withdrawn
    /// since it came in.
    #[must_use]
    pub fn draft(&self) -> Option<Version> {
        let newest = self.newest();
        let decided = |event: &Event| match event {
            Event::Published { version, .. } => *version == newest,
            Event::Withdrawn { .. } => true,
            Event::Imported { .. } | Event::SourceGone { .. } | Event::SourceBack { .. } => false,
        };
        let came_in = self
            .events
            .iter()
            .position(|event| matches!(event, Event::Imported { version, .. } if *version == newest))?;
        (!self.events[came_in..].iter().any(decided)).then_some(newest)
    }

    /// Whether the file that it came from is gone.
    #[must_use]
    pub fn is_orphan(&self) -> bool {
        let about_source = |event: &&Event| {
            matches!(event, Event::Imported { .. } | Event::SourceGone { .. } | Event::SourceBack { .. })
        };
        matches!(self.events.iter().rev().find(about_source), Some(Event::SourceGone { .. }))
    }

    /// Where the newest version came from.
    #[must_use]
    pub fn source(&self) -> &str {
        self.events
            .iter()
            .rev()
            .find_map(|event| match event {
                Event::Imported { source, .. } => Some(source.as_str()),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// What was found in a version.
    #[must_use]
    pub fn findings(&self, wanted: Version) -> &[Finding] {
        let found = self.events.iter().find_map(|event| match event {
            Event::Imported { version, findings, .. } if *version == wanted => Some(findings.as_slice()),
            _ => None,
        });
        found.unwrap_or_default()
    }

    /// Whether there is such a version.
    #[must_use]
    pub fn has(&self, wanted: Version) -> bool {
        self.events.iter().any(|event| matches!(event, Event::Imported { version, .. } if *version == wanted))
    }
}
