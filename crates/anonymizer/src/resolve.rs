//! Makes spans that stand apart of those that overlap.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::{Entity, recognise};

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

/// Parts what overlaps: the best score has its range, the longer one when scores are equal, and of the others stays
/// what it leaves over, as long as a letter or a digit is in it. Everything that any of them covered is covered still,
/// so that nothing is left standing half; only a lone letter beside a name is no value. A value of the vault that lost a
/// part is another value.
pub(crate) fn resolve(text: &str, mut places: Vec<Place>) -> Vec<Place> {
    places.sort_by(|a, b| {
        (b.score, b.range.len(), a.range.start).cmp(&(a.score, a.range.len(), b.range.start))
    });
    let mut taken: BTreeMap<usize, Place> = BTreeMap::new();
    for place in places {
        for rest in left_over(&taken, place.range.clone()) {
            let rest = if rest == place.range { rest } else { trimmed(text, rest) };
            // A letter of one byte: a character of another script may be half a name.
            let lone = place.entity == Entity::Person && rest != place.range && rest.len() == 1;
            if !rest.is_empty() && !lone {
                let known = place.known.filter(|_| rest == place.range);
                taken.insert(rest.start, Place { range: rest, known, ..place.clone() });
            }
        }
    }
    taken.into_values().collect()
}

/// Takes out what a kept value of a better score covers whole: "12.05.2024" is a date, and no phone number. Elsewhere
/// what is masked stays masked: the town inside an address is a part of the address. Both are in order and apart.
pub(crate) fn without_kept(mut masked: Vec<Place>, kept: &[Place]) -> Vec<Place> {
    let mut dropped = BTreeSet::new();
    // A model guesses: "N,Rorder #10432" is no place that could take an order number out.
    for keep in kept.iter().filter(|keep| keep.recogniser != recognise::tagged::NAME) {
        let first = masked.partition_point(|place| place.range.end <= keep.range.start);
        let beside = masked.iter().skip(first).take_while(|place| place.range.start < keep.range.end);
        let covers = |place: &Place| {
            place.known.is_none()
                && place.entity != Entity::Text
                && place.score < keep.score
                && place.range.start >= keep.range.start
                && place.range.end <= keep.range.end
        };
        if beside.clone().all(covers) {
            dropped.extend(first..first + beside.count());
        }
    }
    let mut nth = 0..;
    masked.retain(|_| nth.next().is_none_or(|nth| !dropped.contains(&nth)));
    masked
}

/// The parts of a range that no taken place covers.
fn left_over(taken: &BTreeMap<usize, Place>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut at = range.start;
    let before = taken.range(..range.start).next_back().filter(|(_, place)| place.range.end > range.start);
    for (_, place) in before.into_iter().chain(taken.range(range.clone())) {
        if place.range.start > at {
            parts.push(at..place.range.start);
        }
        at = at.max(place.range.end);
    }
    if at < range.end {
        parts.push(at..range.end);
    }
    parts
}

/// Without what is no letter and no digit at its ends.
fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
    let Some(written) = text.get(part.clone()) else { return part.start..part.start };
    let inside = written.trim_start_matches(|c: char| !c.is_alphanumeric());
    let start = part.end - inside.len();
    start..start + inside.trim_end_matches(|c: char| !c.is_alphanumeric()).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(range: Range<usize>, entity: Entity, score: u8) -> Place {
        Place { range, entity, score, recogniser: "test", known: None }
    }

    #[test]
    fn the_better_score_has_its_range_and_the_others_what_is_left() {
        let text = "Sarah <sarah@example.com> called";
        let all = vec![
            place(0..25, Entity::Person, 50),
            place(7..24, Entity::Email, 95),
            place(7..12, Entity::Person, 60),
            place(26..32, Entity::Url, 10),
        ];
        let kinds: Vec<_> = resolve(text, all).into_iter().map(|p| (p.range, p.entity)).collect();
        assert_eq!(kinds, [(0..5, Entity::Person), (7..24, Entity::Email), (26..32, Entity::Url)]);
    }

    #[test]
    fn a_lone_letter_that_a_name_leaves_is_no_value() {
        let text = "M. Delorme's";
        let all = vec![place(0..12, Entity::Person, 58), place(3..10, Entity::Person, 60)];
        assert_eq!(resolve(text, all), [place(3..10, Entity::Person, 60)]);
        assert_eq!(resolve(text, vec![place(0..1, Entity::Person, 58)]).len(), 1);
    }

    #[test]
    fn a_better_kept_place_takes_out_what_it_covers_whole_and_nothing_else() {
        let left = |masked: &[Place], kept: Place| -> Vec<Range<usize>> {
            without_kept(masked.to_vec(), &[kept]).into_iter().map(|place| place.range).collect()
        };
        let date = |range, score| place(range, Entity::Date, score);
        let phone = place(4..10, Entity::Phone, 70);
        let none: [Range<usize>; 0] = [];
        let whole = vec![phone.range.clone()];
        for range in [4..10, 3..10, 4..11] {
            assert_eq!(left(std::slice::from_ref(&phone), date(range.clone(), 71)), none, "{range:?}");
        }
        for kept in [date(4..10, 70), date(4..10, 69), date(5..10, 80), date(4..9, 80), date(10..12, 80)] {
            assert_eq!(left(std::slice::from_ref(&phone), kept.clone()), whole, "{kept:?}");
        }
        let guessed = Place { recogniser: recognise::tagged::NAME, ..date(4..10, 80) };
        assert_eq!(left(std::slice::from_ref(&phone), guessed), whole);
        for stays in [Place { known: Some(0), ..phone.clone() }, place(4..10, Entity::Text, 1)] {
            assert_eq!(left(&[stays], date(4..10, 80)), whole);
        }
        let apart = |ranges: &[Range<usize>]| -> Vec<Place> {
            ranges.iter().map(|range| place(range.clone(), Entity::Phone, 70)).collect()
        };
        assert_eq!(left(&apart(&[4..6, 7..9]), date(4..9, 80)), none);
        assert_eq!(left(&apart(&[4..6, 7..12]), date(4..9, 80)), [4..6, 7..12], "one of them sticks out");
        assert_eq!(left(&apart(&[0..4, 4..10, 10..12]), date(4..10, 80)), [0..4, 10..12]);
    }

    #[test]
    fn the_longer_one_wins_when_scores_are_equal() {
        let all = vec![place(0..4, Entity::Phone, 80), place(2..9, Entity::Card, 80)];
        let kinds: Vec<_> = resolve("1234567890", all).into_iter().map(|p| (p.range, p.entity)).collect();
        assert_eq!(kinds, [(0..2, Entity::Phone), (2..9, Entity::Card)]);
    }
}
