//! What another model says of the words, and how much that counts.

use std::ops::Range;

use super::lattice::Scores;

/// The probabilities for a part of a word, of which the sum is one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Opinion {
    /// A part of a person's name.
    pub person: f32,
    /// A part of an address that leads to a door.
    pub address: f32,
    /// A part of the name of a town or a region.
    pub place: f32,
    /// None of them.
    pub outside: f32,
}

/// What another model says of a text; nothing, when there is no other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opinions {
    /// Parts of words in order.
    parts: Vec<(Range<usize>, Opinion)>,
}

/// How much an opinion moves a label: its log-odds against no name at all, times a weight, within bounds. Chosen by
/// what the two models do together on the development data (`models/README.md`).
struct Weight {
    by: f32,
    least: f32,
    most: f32,
}

const PERSON: Weight = Weight { by: 0.7, least: -1.5, most: 5.0 };
/// The other model knows towns and states, but neither countries nor landmarks: that it sees none says little.
const LOCATION: Weight = Weight { by: 0.5, least: -0.5, most: 4.0 };
/// Below this a probability says no more than that there is none.
const FLOOR: f32 = 1e-4;

impl Weight {
    fn of(&self, share: f32, outside: f32) -> f32 {
        (self.by * (share.max(FLOOR) / outside.max(FLOOR)).ln()).clamp(self.least, self.most)
    }
}

impl Opinions {
    /// Parts of words in order, apart.
    #[must_use]
    pub fn new(parts: Vec<(Range<usize>, Opinion)>) -> Self {
        Self { parts }
    }

    /// The parts that touch a range.
    fn inside(&self, range: &Range<usize>) -> impl Iterator<Item = &Opinion> {
        let first = self.parts.partition_point(|(part, _)| part.end <= range.start);
        let until = range.end;
        self.parts[first..].iter().take_while(move |(part, _)| part.start < until).map(|(_, opinion)| opinion)
    }

    /// Adds to the scores of a word's labels what the mean over its parts is worth.
    pub(super) fn weigh(&self, word: &Range<usize>, scores: &mut Scores) {
        let (mut sum, mut parts) = (Opinion::default(), 0.0_f32);
        for opinion in self.inside(word) {
            sum.person += opinion.person;
            sum.address += opinion.address;
            sum.place += opinion.place;
            sum.outside += opinion.outside;
            parts += 1.0;
        }
        if parts == 0.0 {
            return;
        }
        let outside = sum.outside / parts;
        let person = PERSON.of(sum.person / parts, outside);
        let location = LOCATION.of((sum.address + sum.place) / parts, outside);
        let added = [0.0, person, person, location, location, 0.0, 0.0];
        scores.iter_mut().zip(added).for_each(|(score, added)| *score += added);
    }

    /// Whether a part of a range leads to a door.
    pub(crate) fn lead_to_a_door(&self, range: &Range<usize>) -> bool {
        self.inside(range).any(|opinion| opinion.address > 0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinions() -> Opinions {
        let sure = Opinion { person: 0.98, outside: 0.02, ..Opinion::default() };
        let none = Opinion { outside: 1.0, ..Opinion::default() };
        let street = Opinion { address: 0.9, outside: 0.1, ..Opinion::default() };
        Opinions::new(vec![(0..3, sure), (3..5, sure), (6..8, none), (9..15, street)])
    }

    fn weighed(range: Range<usize>) -> Scores {
        let mut scores = Scores::default();
        opinions().weigh(&range, &mut scores);
        scores
    }

    #[test]
    fn an_opinion_moves_its_label_within_bounds() {
        let [outside, person, more, place, ..] = weighed(0..5);
        assert_eq!((outside, person), (0.0, more));
        assert!((2.0..5.0).contains(&person) && place == LOCATION.least, "{person} {place}");
        assert_eq!(weighed(6..8)[1..5], [PERSON.least, PERSON.least, LOCATION.least, LOCATION.least]);
    }

    #[test]
    fn where_nothing_was_said_nothing_changes() {
        assert_eq!(weighed(15..20), Scores::default());
        let mut scores = [1.0; 7];
        Opinions::default().weigh(&(0..5), &mut scores);
        assert_eq!(scores, [1.0; 7]);
    }

    #[test]
    fn a_street_leads_to_a_door_and_a_name_does_not() {
        assert!(opinions().lead_to_a_door(&(6..15)) && !opinions().lead_to_a_door(&(0..8)));
    }
}
