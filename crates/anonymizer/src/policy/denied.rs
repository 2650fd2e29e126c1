//! Values that the business always wants masked, whatever stands around them.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::Entity;
use crate::recognise::{Candidate, Recogniser, Scene, is_word_char};

/// Above every recogniser: the business has said so.
const SCORE: u8 = 100;

/// Looks for whole words or phrases in the folded text.
pub(crate) struct Denied {
    values: Option<AhoCorasick>,
    entities: Vec<Entity>,
}

impl Denied {
    /// `denied` holds folded values.
    pub(crate) fn new(denied: &[(Entity, String)]) -> Self {
        let values = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(denied.iter().map(|(_, value)| value))
            .ok();
        Self { values, entities: denied.iter().map(|(entity, _)| *entity).collect() }
    }
}

impl Recogniser for Denied {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let text = scene.folded.text();
        let Some(values) = &self.values else { return };
        for hit in values.find_overlapping_iter(text) {
            let before = text[..hit.start()].chars().next_back();
            let after = text[hit.end()..].chars().next();
            if before.is_some_and(is_word_char) || after.is_some_and(is_word_char) {
                continue;
            }
            if let Some(entity) = self.entities.get(hit.pattern().as_usize()) {
                found.push(Candidate {
                    range: scene.folded.origin(hit.range()),
                    entity: *entity,
                    score: SCORE,
                    recogniser: "deny-list",
                });
            }
        }
    }
}
