//! What one message leaves for the next: what was asked for, and a number that may go on.

use crate::guard::shield_tokens;
use crate::recognise::{Scene, order_number};
use crate::resolve::Place;
use crate::vault::Turn;
use crate::view::View;
use crate::{AnonymizedText, Anonymizer, Entity, TokenVault};

/// How many messages may come between a question and its answer.
const PATIENCE: u8 = 2;

/// A text as the message that comes at this turn of the conversation.
pub(super) fn in_turn<'a>(normal: &'a View<'_>, turn: &'a Turn) -> Scene<'a> {
    let Turn { expected, tail, tail_entity, .. } = turn;
    Scene { expected, tail, tail_entity: *tail_entity, ..Scene::of(normal.text()) }
}

impl Anonymizer {
    /// Takes note of what the assistant or an agent said to the customer: "What is your order number?" makes a bare
    /// "10432" in the next message an order number.
    pub fn hear(&self, said: &AnonymizedText, vault: &mut TokenVault) {
        let shielded = shield_tokens(said.as_str());
        let normal = View::normal(&shielded);
        let asked = self.asked_for(&Scene::of(normal.text()));
        if !asked.is_empty() {
            vault.turn.waits = 0;
        }
        vault.turn.expected.extend(asked);
        vault.turn.expected.sort_unstable();
        vault.turn.expected.dedup();
    }

    fn asked_for(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let mut asked: Vec<Entity> =
            self.recognisers.iter().flat_map(|recogniser| recogniser.announced_by(scene)).collect();
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    /// What the message leaves for the next one to go on with.
    pub(super) fn turn(&self, written: &str, scene: &Scene<'_>, places: &[Place], before: &Turn) -> Turn {
        let end = written.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
        let last = places.last().filter(|place| place.range.end >= end);
        // What fits the business's pattern is whole, and "12.50" after it is no more of it.
        let whole = last.is_some_and(|place| place.recogniser == order_number::NAME);
        let tail = if whole { "" } else { self.continued.tail_of(scene.text) };
        let mut expected = self.asked_for(scene);
        let answered = places.iter().any(|place| before.expected.contains(&place.entity));
        let waits = if answered || before.expected.is_empty() { 0 } else { before.waits + 1 };
        // "One moment" is no answer: the question stays.
        if !answered && waits <= PATIENCE {
            expected.extend(&before.expected);
            expected.sort_unstable();
            expected.dedup();
        }
        let last = last.filter(|_| !tail.is_empty());
        Turn { tail: tail.to_owned(), tail_entity: last.map(|place| place.entity), expected, waits }
    }
}
