//! Secrets: passwords, PINs, one-time codes, answers to security questions and recovery phrases after their word; keys
//! by their form.

use std::ops::Range;

use super::hints::Hints;
use super::marks::Sign;
use super::{Candidate, Recogniser, Scene};
use crate::Entity;

mod announced;
mod code;
mod key;

pub(super) use key::BEGINNINGS;

pub(crate) struct Secrets {
    announced: announced::Announced,
    keys: key::Keys,
}

/// How much of the end of a message may ask for a secret, in bytes.
const QUESTION: usize = 160;

impl Secrets {
    pub(crate) fn new() -> Self {
        Self { announced: announced::Announced::new(), keys: key::Keys::new() }
    }
}

impl Recogniser for Secrets {
    /// "What is the code that we sent you?"
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let text = scene.folded.text();
        let mut asked = scene.marks().before(Sign::SECRET, text.len(), QUESTION);
        if asked.any(|mark| code::asks(scene, mark)) { vec![Entity::Secret] } else { Vec::new() }
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if scene.marks().has(Sign::SECRET) {
            self.announced.find(scene, found);
            code::find(scene, found);
        }
        code::find_arrived(scene, found);
        if scene.expects(Entity::Secret) {
            code::find_answer(scene, found);
        }
        if scene.hints_at(Hints::KEY) {
            self.keys.find(scene, found);
        }
    }
}

fn add(range: Range<usize>, score: u8, found: &mut Vec<Candidate>) {
    found.push(Candidate { range, entity: Entity::Secret, score, recogniser: "secret" });
}

#[cfg(test)]
mod tests;
