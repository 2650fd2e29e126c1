//! The stems that a knowledge base knows, and what a word of a question that is not among them most likely
//! means: a slip of the keys or a compound.

use std::collections::HashMap;

use crate::Language;
use crate::language::Lexicon;

/// Stems with how rare they are.
pub(super) struct Vocabulary {
    language: Language,
    weights: HashMap<String, f32>,
    unknown: f32,
}

impl Vocabulary {
    /// `documents`: the set of stems of each article.
    pub(super) fn new<'a>(language: Language, documents: impl Iterator<Item = &'a Vec<String>>) -> Self {
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut total = 0_usize;
        for document in documents {
            total += 1;
            for stem in document {
                *counts.entry(stem.clone()).or_default() += 1;
            }
        }
        let weight = |count: usize| (1.0 + (total as f32 - count as f32 + 0.5) / (count as f32 + 0.5)).ln();
        let weights = counts.into_iter().map(|(stem, count)| (stem, weight(count))).collect();
        Self { language, weights, unknown: weight(0) }
    }

    /// Inverse document frequency as in BM25; a stem that no article has weighs most.
    pub(super) fn weight(&self, stem: &str) -> f32 {
        self.weights.get(stem).copied().unwrap_or(self.unknown)
    }

    /// The known stems that stand for `stem`: itself, or the nearest by one edit (two from eight letters), or
    /// the parts of a compound, where the language has them; nothing when it is none of these.
    pub(super) fn resolve(&self, stem: &str) -> Vec<String> {
        if self.weights.contains_key(stem) {
            return vec![stem.to_owned()];
        }
        if let Some(near) = self.nearest(stem) {
            return vec![near];
        }
        if Lexicon::of(self.language).compounds { self.parts(stem) } else { Vec::new() }
    }

    fn nearest(&self, stem: &str) -> Option<String> {
        let length = stem.chars().count();
        if length < 4 || stem.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let limit = if length >= 8 { 2 } else { 1 };
        self.weights
            .keys()
            .filter(|known| known.chars().count() >= 4 && known.chars().next() == stem.chars().next())
            .filter_map(|known| distance(stem, known, limit).map(|edits| (edits, known)))
            .min()
            .map(|(_, known)| known.clone())
    }

    // The longest known stems at both ends: "rucksendeetikett" holds "etikett", "horgeratebatterie" "horgerat".
    fn parts(&self, stem: &str) -> Vec<String> {
        let longest = |fits: fn(&str, &str) -> bool| {
            self.weights
                .keys()
                .filter(|known| known.chars().count() >= 5 && fits(stem, known))
                .max_by_key(|known| (known.len(), known.as_str()))
                .cloned()
        };
        let mut parts: Vec<String> =
            [longest(|word, part| word.starts_with(part)), longest(|word, part| word.ends_with(part))]
                .into_iter()
                .flatten()
                .collect();
        parts.dedup();
        parts
    }
}

/// Edits (insert, delete, replace, swap two neighbours) between two words, when at most `limit`: the
/// "optimal string alignment" distance.
fn distance(left: &str, right: &str, limit: usize) -> Option<usize> {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let mut best =
                (last[column] + usize::from(a != b)).min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().filter(|edits| *edits <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(language: Language, stems: &[&str]) -> Vocabulary {
        let document = stems.iter().map(|stem| (*stem).to_owned()).collect();
        Vocabulary::new(language, [document].iter())
    }

    #[test]
    fn a_slip_of_the_keys_finds_its_word() {
        let known = vocabulary(Language::English, &["return", "refund", "warranti"]);
        assert_eq!(known.resolve("return"), ["return"]);
        assert_eq!(known.resolve("retrun"), ["return"]);
        assert_eq!(known.resolve("waranti"), ["warranti"]);
        assert_eq!(known.resolve("banana"), Vec::<String>::new());
        assert_eq!(known.resolve("e3"), Vec::<String>::new());
    }

    #[test]
    fn a_compound_is_known_by_its_parts() {
        let known = vocabulary(Language::German, &["etikett", "horgerat", "rucksend"]);
        assert_eq!(known.resolve("rucksendeetikett"), ["rucksend", "etikett"]);
        assert_eq!(known.resolve("horgeratversicher"), ["horgerat"]);
    }

    #[test]
    fn a_rare_stem_weighs_more_than_a_common_one() {
        let documents: Vec<Vec<String>> =
            vec![vec!["a".into(), "b".into()], vec!["a".into()], vec!["a".into(), "c".into()]];
        let known = Vocabulary::new(Language::English, documents.iter());
        assert!(known.weight("b") > known.weight("a"));
        assert!(known.weight("never") > known.weight("b"));
    }
}
