//! One entry of the access record.

use serde::{Deserialize, Serialize};

/// Who did what with whose data, and why. Names no one: actor and subject are pseudonyms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// Milliseconds since the Unix epoch, UTC.
    pub time: i64,
    /// Role and pseudonym of who acts.
    pub actor: String,
    /// What is done.
    pub action: String,
    /// Pseudonym of the person whose data it is.
    pub subject: String,
    /// The declared purpose.
    pub purpose: String,
    /// What is released, by type; never a value.
    pub fields: Vec<String>,
}

impl Leaf {
    /// The octets that the log keeps and the tree hashes: JSON with the fields in the order above.
    pub(crate) fn octets(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers are always JSON")
    }
}
