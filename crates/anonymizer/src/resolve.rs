//! Makes one span of those that overlap.

use std::ops::Range;

use crate::Entity;

/// A place in the text as written that will become one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) range: Range<usize>,
    pub(crate) entity: Entity,
    /// Out of 100.
    pub(crate) score: u8,
    pub(crate) recogniser: &'static str,
    /// The position in the vault of the value that this was found as.
    pub(crate) known: Option<usize>,
}

/// Joins what overlaps: the result covers everything that any of them covered, so nothing is left standing
/// half, and takes its kind from the one with the best score, the longer one when scores are equal. A value of
/// the vault that grew by joining is another value.
pub(crate) fn resolve(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_by(|a, b| (a.range.start, b.range.end).cmp(&(b.range.start, a.range.end)));
    let mut resolved: Vec<Place> = Vec::with_capacity(places.len());
    // The range that the best part so far of the last resolved place had for itself.
    let mut own = 0..0;
    for place in places {
        let Some(last) = resolved.last_mut().filter(|last| place.range.start < last.range.end) else {
            own = place.range.clone();
            resolved.push(place);
            continue;
        };
        let joined = last.range.start..last.range.end.max(place.range.end);
        if (place.score, place.range.len()) > (last.score, own.len()) {
            own = place.range.clone();
            *last = place;
        }
        last.range = joined;
        if last.range != own {
            last.known = None;
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(range: Range<usize>, entity: Entity, score: u8) -> Place {
        Place { range, entity, score, recogniser: "test", known: None }
    }

    #[test]
    fn the_better_score_gives_the_kind_and_the_union_the_range() {
        let all = vec![
            place(5..20, Entity::Phone, 50),
            place(0..9, Entity::Card, 90),
            place(20..25, Entity::Url, 10),
            place(7..8, Entity::Email, 95),
        ];
        let kinds: Vec<_> = resolve(all).into_iter().map(|p| (p.range, p.entity)).collect();
        assert_eq!(kinds, [(0..20, Entity::Email), (20..25, Entity::Url)]);
    }
}
