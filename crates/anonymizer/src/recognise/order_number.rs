//! Order numbers by the business's own pattern, wherever they stand: "what I ordered as WF-10432".

use regex::Regex;

use super::{Candidate, Recogniser, Scene};
use crate::Entity;

pub(crate) const NAME: &str = "order-number";
/// More than for a number that only stands beside a word: a pattern tells where the number ends.
const SCORE: u8 = 90;

/// Only what has a letter and a digit: digits alone are an amount, a year or a house as well, and need a word beside
/// them, which [`super::reference`] looks for.
pub(crate) struct OrderNumbers(Regex);

impl OrderNumbers {
    pub(crate) fn new(pattern: Regex) -> Self {
        Self(pattern)
    }
}

impl Recogniser for OrderNumbers {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        for hit in self.0.find_iter(scene.text) {
            let telling = |tells: fn(&char) -> bool| hit.as_str().chars().any(|char| tells(&char));
            let range = hit.range();
            if telling(|char| char.is_alphabetic()) && telling(char::is_ascii_digit) && scene.is_word(&range)
            {
                found.push(Candidate { range, entity: Entity::Order, score: SCORE, recogniser: NAME });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::found_by;
    use super::*;

    #[test]
    fn a_number_of_the_businesss_needs_no_word_beside_it() {
        let numbers = OrderNumbers::new(Regex::new(r"(?i)\b(?:WF-\d{5}|\d{6})\b").unwrap());
        for (text, expected) in [
            ("What I ordered as WF-10432 is broken", vec!["WF-10432"]),
            ("wf-10432, and WF-10433!", vec!["wf-10432", "WF-10433"]),
            ("Das kostet 123456 Euro", vec![]),
            ("XWF-10432 or WF-104321", vec![]),
        ] {
            assert_eq!(found_by(&numbers, text), expected, "{text}");
        }
    }
}
