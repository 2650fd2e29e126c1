//! Words and pairs of words, weighted by rarity.

use std::collections::HashMap;

use crate::analysis::without_tokens;

/// The words of one text: number in the vocabulary, and weight; the squares of the weights add up to that of
/// [`WORDS`].
pub(super) type Row = Vec<(u32, f32)>;

/// How much words count beside the embedding, which has length one.
const WORDS: f32 = 0.5;
/// The most frequent words and pairs are kept.
const MOST_WORDS: usize = 8_192;

/// Words and pairs of words that occur in the examples.
pub(super) struct Vocabulary {
    /// Number and weight by rarity.
    words: HashMap<String, (u32, f32)>,
}

impl Vocabulary {
    pub(super) fn new(texts: &[String]) -> Self {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for text in texts {
            let mut words = words(text);
            words.sort_unstable();
            words.dedup();
            words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1);
        }
        let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts.truncate(MOST_WORDS);
        let rarity = |count: u32| ((1.0 + texts.len() as f32) / (1.0 + count as f32)).ln() + 1.0;
        let numbered = counts.into_iter().zip(0..);
        Self { words: numbered.map(|((word, count), number)| (word, (number, rarity(count)))).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn row(&self, text: &str) -> Row {
        let mut counts: HashMap<u32, (f32, f32)> = HashMap::new();
        for word in words(text) {
            if let Some((number, rarity)) = self.words.get(&word) {
                counts.entry(*number).or_insert((0.0, *rarity)).0 += 1.0;
            }
        }
        let weight = |(number, (count, rarity)): (u32, (f32, f32))| (number, (1.0 + count.ln()) * rarity);
        let mut row: Row = counts.into_iter().map(weight).collect();
        row.sort_unstable_by_key(|(number, _)| *number);
        let length = row.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::EPSILON);
        row.iter_mut().for_each(|(_, weight)| *weight *= WORDS / length);
        row
    }
}

/// Words in small letters, and pairs of neighbours.
fn words(text: &str) -> Vec<String> {
    let text = without_tokens(text).to_lowercase();
    let single: Vec<&str> =
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let pairs = single.windows(2).map(|pair| pair.join(" "));
    single.iter().map(|word| (*word).to_owned()).chain(pairs).collect()
}

/// A name that people gave ("card_arrival", "changeAddress") as they would say it; none of one that is no words.
pub(super) fn name_as_text(name: &str) -> Option<String> {
    if name.chars().any(|letter| letter.is_ascii_digit()) {
        return None;
    }
    let mut said = String::with_capacity(name.len() + 4);
    let mut before_small = false;
    for letter in name.chars() {
        if before_small && letter.is_uppercase() {
            said.push(' ');
        }
        before_small = letter.is_lowercase();
        if letter.is_alphabetic() {
            said.extend(letter.to_lowercase());
        } else {
            said.push(' ');
        }
    }
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    (said.len() >= 3).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_intents_are_read_as_people_would_say_them() {
        for (name, said) in [
            ("card_arrival", Some("card arrival")),
            ("changeAddress", Some("change address")),
            ("WARRANTY", Some("warranty")),
            ("Rückgabe & Umtausch", Some("rückgabe umtausch")),
            ("intent_17", None),
            ("x", None),
        ] {
            assert_eq!(name_as_text(name).as_deref(), said, "{name}");
        }
    }

    #[test]
    fn a_row_has_words_and_pairs_and_the_rarer_count_more() {
        let texts = ["where is my card", "my card is lost", "my refund"].map(str::to_owned);
        let vocabulary = Vocabulary::new(&texts);
        let row = vocabulary.row("my CARD, unknown [PERSON_1]");
        let weight = |word: &str| {
            let number = vocabulary.words[word].0;
            row.iter().find(|(other, _)| *other == number).map_or(0.0, |(_, weight)| *weight)
        };
        assert_eq!(row.len(), 3, "my, card, my card");
        assert!(weight("card") > weight("my") && weight("my") > 0.0);
        let length = row.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        assert!((length - WORDS).abs() < 1e-6);
        assert!(vocabulary.row("nothing of that").is_empty());
    }
}
