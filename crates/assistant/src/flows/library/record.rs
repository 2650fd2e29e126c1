//! What happened to the published flows, in order. What is live follows from it.

use serde::{Deserialize, Serialize};

use crate::evaluation::Evaluated;

/// The number of a version, from 1.
pub type FlowVersion = u32;

/// Something that happened to the published flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum FlowEvent {
    /// A version came in, to be published.
    Added {
        /// Which.
        version: FlowVersion,
        /// When, in UTC (RFC 3339).
        at: String,
        /// The folder that it came from.
        source: String,
        /// The names of its files.
        files: Vec<String>,
    },
    /// A person made a version the live one.
    Published {
        /// Which.
        version: FlowVersion,
        /// When, in UTC (RFC 3339).
        at: String,
        /// Who.
        by: String,
        /// What the conversations said of it; none where there were none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evaluated: Option<Evaluated>,
    },
    /// A person took the published flows away.
    Withdrawn {
        /// When, in UTC (RFC 3339).
        at: String,
        /// Who.
        by: String,
        /// What the conversations said of it; none where there were none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evaluated: Option<Evaluated>,
    },
}

/// Everything that happened to the published flows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRecord {
    /// What happened, oldest first.
    pub events: Vec<FlowEvent>,
}

impl FlowRecord {
    /// The newest version; 0 before the first.
    #[must_use]
    pub fn newest(&self) -> FlowVersion {
        let added = |event: &FlowEvent| match event {
            FlowEvent::Added { version, .. } => Some(*version),
            FlowEvent::Published { .. } | FlowEvent::Withdrawn { .. } => None,
        };
        self.events.iter().rev().find_map(added).unwrap_or_default()
    }

    /// The version that the desk runs.
    #[must_use]
    pub fn live(&self) -> Option<FlowVersion> {
        let decided = |event: &FlowEvent| match event {
            FlowEvent::Published { version, .. } => Some(Some(*version)),
            FlowEvent::Withdrawn { .. } => Some(None),
            FlowEvent::Added { .. } => None,
        };
        self.events.iter().rev().find_map(decided).flatten()
    }

    /// The names of the files of a version, when it is there.
    pub(super) fn files(&self, wanted: FlowVersion) -> Option<&[String]> {
        self.events.iter().find_map(|event| match event {
            FlowEvent::Added { version, files, .. } if *version == wanted => Some(files.as_slice()),
            FlowEvent::Added { .. } | FlowEvent::Published { .. } | FlowEvent::Withdrawn { .. } => None,
        })
    }
}
