//! How rare a word piece is among a business's examples: what is rare tells them apart.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How much each piece counts in a mean: the logarithm of how few of the texts have it (inverse document frequency;
/// Spärck Jones 1972), and never nothing.
pub(super) struct Rarity {
    weights: BTreeMap<u32, f32>,
    /// Of a piece that none of the texts has.
    unseen: f32,
    mark: u64,
}

impl Rarity {
    /// From the numbers of each text's pieces.
    pub(super) fn new(texts: impl Iterator<Item = BTreeSet<u32>>) -> Self {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        let mut all = 0_u32;
        for pieces in texts {
            all += 1;
            pieces.into_iter().for_each(|piece| *counts.entry(piece).or_default() += 1);
        }
        let mut hasher = DefaultHasher::new();
        (all, &counts).hash(&mut hasher);
        let weight = |count: u32| ((1.0 + all as f32) / (1.0 + count as f32)).ln() + 1.0;
        Self {
            weights: counts.into_iter().map(|(piece, count)| (piece, weight(count))).collect(),
            unseen: weight(0),
            mark: hasher.finish(),
        }
    }

    pub(super) fn of(&self, piece: u32) -> f32 {
        self.weights.get(&piece).copied().unwrap_or(self.unseen)
    }

    /// Another one where weights differ: vectors made with them cannot be compared.
    pub(super) fn mark(&self) -> u64 {
        self.mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rarity(texts: &[&[u32]]) -> Rarity {
        Rarity::new(texts.iter().map(|text| text.iter().copied().collect()))
    }

    #[test]
    fn what_fewer_texts_have_counts_more() {
        let rarity = rarity(&[&[1, 2], &[1, 2, 3, 3], &[1]]);
        assert_eq!(rarity.of(1), 1.0);
        assert!(rarity.of(2) > rarity.of(1) && rarity.of(3) > rarity.of(2) && rarity.of(4) > rarity.of(3));
    }

    #[test]
    fn other_texts_have_another_mark() {
        let of = |texts: &[&[u32]]| rarity(texts).mark();
        assert_eq!(of(&[&[1, 2], &[3]]), of(&[&[3], &[2, 1, 1]]));
        assert_ne!(of(&[&[1, 2], &[3]]), of(&[&[1, 2], &[3, 1]]));
        assert_ne!(of(&[&[1]]), of(&[&[1], &[]]));
    }
}
