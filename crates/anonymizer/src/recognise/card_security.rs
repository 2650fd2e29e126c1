//! The security code and the expiry of a card, beside their word or beside a card number.

use regex::Regex;

use super::marks::Sign;
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct CardSecurity {
    code: Regex,
    expiry: Regex,
}

impl CardSecurity {
    pub(crate) fn new() -> Self {
        Self {
            code: pattern(
                r"\A(?:\s|[:=#.(]|\b(?:code|number|is|was|ist|lautet|es|est|e|the|on the back|nummer|no|value|my|and|de|of|card)\b){0,8}([0-9]{3,4})(?:[^0-9]|$)",
            ),
            expiry: pattern(r"(?:^|[^0-9./])((?:0?[1-9]|1[0-2]) ?/ ?(?:20)?[2-4][0-9])(?:[^0-9/]|$)"),
        }
    }
}

impl Recogniser for CardSecurity {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let marks = scene.marks();
        if marks.numbers.is_empty() {
            return;
        }
        let text = scene.folded.text();
        let mut add = |start: usize, end: usize| {
            let range = scene.folded.origin(start..end);
            found.push(Candidate {
                range,
                entity: Entity::CardSecurity,
                score: 92,
                recogniser: "card-security",
            });
        };
        for mark in marks.with(Sign::CARD_SECURITY) {
            let word = &text[mark.range.clone()];
            let after = super::date::ahead(text, mark.range.end, 48);
            let code = matches!(
                word,
                "cvv"
                    | "cvc"
                    | "cvv2"
                    | "cvc2"
                    | "cvn"
                    | "csc"
                    | "cid"
                    | "prufziffer"
                    | "prufnummer"
                    | "kartenprufnummer"
                    | "cryptogramme"
            ) || (word == "security" && after.starts_with(" code"));
            if code {
                if let Some(hit) = self.code.captures(after).and_then(|found| found.get(1)) {
                    add(mark.range.end + hit.start(), mark.range.end + hit.end());
                }
            } else if word != "security"
                && let Some(hit) = self
                    .expiry
                    .captures(super::date::ahead(text, mark.range.end, 32))
                    .and_then(|found| found.get(1))
            {
                add(mark.range.end + hit.start(), mark.range.end + hit.end());
            }
        }
        // "4111 1111 1111 1111 12/27 123": right after a card's digits.
        if text.contains('/')
            && (scene.expects(Entity::Card)
                || marks.numbers.iter().any(|number| number.range.len() >= 12)
                || fours(scene))
        {
            for hit in self.expiry.captures_iter(text).filter_map(|found| found.get(1)) {
                let before = super::date::behind(text, hit.start(), 32);
                let digits = before.bytes().filter(u8::is_ascii_digit).count();
                if digits >= 12 {
                    add(hit.start(), hit.end());
                }
            }
        }
    }
}

/// Whether four groups of four digits follow each other.
fn fours(scene: &Scene<'_>) -> bool {
    scene.marks().numbers.windows(4).any(|four| {
        four.iter().all(|number| number.range.len() == 4)
            && four
                .first()
                .zip(four.last())
                .is_some_and(|(first, last)| last.range.end - first.range.start <= 22)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    #[test]
    fn codes_and_expiries_are_found_beside_their_word_or_card() {
        for (text, secrets) in [
            ("cvv 123", vec!["123"]),
            ("CVV2: 1234", vec!["1234"]),
            ("the security code is 123", vec!["123"]),
            ("Prüfziffer lautet 123", vec!["123"]),
            ("exp 12/27", vec!["12/27"]),
            ("expiry date: 03/2028", vec!["03/2028"]),
            ("gültig bis 03/28", vec!["03/28"]),
            ("caduca 03/28", vec!["03/28"]),
            ("scadenza 03/28, cvc 321", vec!["321", "03/28"]),
            ("4111 1111 1111 1111 12/27", vec!["12/27"]),
            ("4111111111111111 12/27", vec!["12/27"]),
            ("I have paid with 4111 1111 1111 1111 12/27", vec!["12/27"]),
        ] {
            let mut found = found_by(&CardSecurity::new(), text);
            found.sort();
            let mut expected = secrets;
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_codes() {
        for text in [
            "1/2 or 3/4 inch",
            "on 12/27",
            "security level 123",
            "security 123",
            "12 34 56 78 90 12 03/28",
            "1234 in 1234 or 1234 at 1234 03/28",
            "expires in 30 days",
            "valid for 3/4 of them",
            "my code 404",
        ] {
            assert_eq!(found_by(&CardSecurity::new(), text), Vec::<String>::new(), "{text}");
        }
    }
}
