//! Values that the vault knows, in a text.

use std::ops::Range;

use super::searched::Searched;
use crate::recognise::Candidate;
use crate::resolve::Place;
use crate::view::View;
use crate::{Entity, TokenVault, names};

/// The score of a name that the conversation knows.
const KNOWN_NAME: u8 = 60;

/// A name that the conversation knows is that name, whatever a model makes of it; a model may only widen it: "Sarah
/// Jane Connor", where Sarah Connor is known.
pub(super) fn settle_with_known(candidate: &mut Candidate, normal: &View<'_>, known: &[Place]) {
    let range = normal.origin(candidate.range.clone());
    let overlaps = |place: &&Place| place.range.start < range.end && range.start < place.range.end;
    let mut widens = false;
    for place in known.iter().filter(overlaps) {
        let inside = range.start <= place.range.start && place.range.end <= range.end && range != place.range;
        if !(inside && candidate.entity == Entity::Person && place.entity == Entity::Person) {
            candidate.score = candidate.score.min(KNOWN_NAME - 1);
            return;
        }
        widens = true;
    }
    if widens {
        candidate.score = candidate.score.max(KNOWN_NAME + 1);
    }
}

/// Where values of the vault stand in a text.
pub(super) fn known_places(searched: &Searched<'_>, vault: &TokenVault) -> Vec<Place> {
    let normal = View::normal(&searched.by_value);
    known_in(searched, &normal, &View::folded(normal.text()), vault)
}

/// The same, where its views are made already.
pub(super) fn known_in(
    searched: &Searched<'_>,
    normal: &View<'_>,
    folded: &View<'_>,
    vault: &TokenVault,
) -> Vec<Place> {
    let index = vault.index();
    if index.is_empty() {
        return Vec::new();
    }
    let mut hits = Vec::new();
    index.find(folded.text(), &mut hits);
    let mut found: Vec<(Range<usize>, Entity, usize)> = Vec::with_capacity(hits.len());
    for hit in hits {
        let range = folded.origin(hit.range);
        let Some(entity) = vault.entity_at(hit.value) else {
            continue;
        };
        if !hit.common_word || names::is_used_as_name(normal.text(), &range) {
            found.push((range, entity, hit.value));
        }
    }
    found.sort_by(|a, b| (a.0.start, b.0.end).cmp(&(b.0.start, a.0.end)));
    let joined = join_names(normal.text(), found);
    joined
        .into_iter()
        .map(|(range, entity, value)| (normal.origin(range), entity, value))
        .filter(|(range, _, _)| !searched.is_marked(range))
        .map(|(range, entity, value)| Place {
            range,
            entity,
            // Below a checked pattern, so that a name inside an e-mail address leaves it an address.
            score: if entity == Entity::Person { KNOWN_NAME } else { 88 },
            recogniser: "known",
            known: Some(value),
        })
        .collect()
}

/// "Sarah J. Connor" is one name.
fn join_names(text: &str, found: Vec<(Range<usize>, Entity, usize)>) -> Vec<(Range<usize>, Entity, usize)> {
    let mut joined: Vec<(Range<usize>, Entity, usize)> = Vec::with_capacity(found.len());
    for (range, entity, value) in found {
        if entity != Entity::Person {
            joined.push((range, entity, value));
            continue;
        }
        match joined.last_mut() {
            Some((last, Entity::Person, known))
                if *known == value
                    && range.start >= last.start
                    && names::is_inside_name(text, last.end, range.start) =>
            {
                last.end = last.end.max(range.end);
            }
            _ => joined.push((range, entity, value)),
        }
    }
    joined
}
