//! Payment card numbers: issuer ranges and lengths (ISO/IEC 7812-1 as the card schemes publish them) and the
//! Luhn check digit. A mistyped number still counts beside a word that announces it, or in fours.

use std::ops::Range;

use regex::Regex;

use super::{Candidate, Reason, Recogniser, Scene, cue_beside, is_word_char, pattern};
use crate::Entity;

pub(crate) struct Cards {
    cue: Regex,
    other: Regex,
}

/// A part of a card number is taken for one from this many digits on, if announced. Four are the last four,
/// which the business prints on its own receipts.
const PART: usize = 6;
/// Digits of the shortest and of the longest number that is issued.
const SHORTEST: usize = 12;
const LONGEST: usize = 19;
/// Digits that are read in one row: those of a card, and of what may stand beside it.
const MOST_IN_ROW: usize = 23;

impl Cards {
    pub(crate) fn new() -> Self {
        Self {
            cue: pattern(
                r"(?i)\b(?:card|cards|cc|visa|master ?card|amex|american express|discover|diners|jcb|maestro|debit|credit|kreditkarte\w*|karten?|kartennummer|girocard|carte|tarjeta|carta|kaart\w*|cartão)\b",
            ),
            other: pattern(
                r"(?i)(?:\b(?:carte|carta|tarjeta|kaart) (?:d['’]|de |di |nacional de )?(?:identi\w*|s[ée]jour|soleil|vitale|sanitaria|residencia)[^.!?\n]{0,24}$)|(?:order|invoice|ticket|tracking|gift|voucher|bestell\w*|sendung\w*|rechnung\w*)\W{0,3}(?:card|number|nummer|no|nr|is|code|#|\W){0,8}$",
            ),
        }
    }
}

impl Recogniser for Cards {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        for hit in rows(scene) {
            let range = checked_part(scene.text, &hit).unwrap_or_else(|| at_most_nineteen(scene.text, hit));
            if let Some(score) = self.score(scene, &range) {
                found.push(Candidate { range, entity: Entity::Card, score, recogniser: "card" });
            }
        }
    }

    fn reason(&self, scene: &Scene<'_>, candidate: &Candidate) -> Option<Reason> {
        if candidate.recogniser != "card" {
            return None;
        }
        let written = scene.text.get(candidate.range.clone())?;
        let digits: Vec<u8> = written.bytes().filter(u8::is_ascii_digit).collect();
        let check = Some(is_issued(&digits) && passes_luhn(&digits));
        Some(Reason { check, cue: cue_beside(&self.cue, scene, &candidate.range, 60, 24) })
    }
}

/// Rows of six to twenty-three digits, with at most two separators between each two.
fn rows(scene: &Scene<'_>) -> impl Iterator<Item = Range<usize>> {
    let rows = scene.figures().rows(scene.text, 2, |byte| b" .-/".contains(byte));
    rows.filter(|row| row.digits() >= PART).flat_map(|row| {
        let places: Vec<usize> = row.places().collect();
        let pieces = places.chunks(MOST_IN_ROW).filter(|piece| piece.len() >= PART);
        pieces.filter_map(|piece| Some(*piece.first()?..piece.last()? + 1)).collect::<Vec<_>>()
    })
}

impl Cards {
    fn score(&self, scene: &Scene<'_>, range: &Range<usize>) -> Option<u8> {
        let written = &scene.text[range.clone()];
        let digits: Vec<u8> = written.bytes().filter(u8::is_ascii_digit).collect();
        let grouped = written.bytes().any(|byte| !byte.is_ascii_digit());
        let checked = is_issued(&digits) && passes_luhn(&digits);
        let before = scene.char_before(range.start);
        // "1Z4111…" is a tracking number; a number in groups, or with a word run on to it, is still a card.
        if before.is_some_and(|c| "+$€£".contains(c) || (is_word_char(c) && !(checked && grouped))) {
            return None;
        }
        if checked && !scene.char_after(range.end).is_some_and(|c| c.is_ascii_digit()) {
            return Some(96);
        }
        if !scene.is_word(range) {
            return None;
        }
        let whole = is_issued(&digits);
        let window = scene.before(range.start, 60);
        let announced = scene.expects(Entity::Card)
            || (self.cue.is_match(window) && !self.other.is_match(window))
            || self.cue.is_match(scene.after(range.end, 24));
        let fours = written.split([' ', '-', '.']).filter(|group| group.len() == 4).count() == 4;
        if announced && digits.len() >= 12 {
            return Some(86);
        }
        if whole && fours {
            return Some(80);
        }
        let price = written.contains(['.', '/'])
            || scene.after(range.end, 4).trim_start().starts_with(['€', '$', '%']);
        (announced && digits.len() >= PART && !price && close(window, &self.cue)).then_some(66)
    }
}

/// Part of a number has to stand near the word: "my card is 4111 11", not the next sentence.
fn close(window: &str, cue: &Regex) -> bool {
    let last = cue.find_iter(window).last();
    last.is_some_and(|hit| {
        window.len() - hit.end() <= 24 && !window[hit.end()..].contains(['.', '!', '?', ';'])
    })
}

/// The longest run of whole groups that is a valid number: an expiry date or a price may stand beside it.
fn checked_part(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    if digits_in(text, range) < SHORTEST {
        return None;
    }
    let groups: Vec<Range<usize>> = groups(text, range);
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (nth, first) in groups.iter().enumerate() {
        let mut digits = 0;
        for last in groups.iter().skip(nth).take(8) {
            digits += last.len();
            if (SHORTEST..=LONGEST).contains(&digits) {
                runs.push(first.start..last.end);
            }
        }
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
    runs.into_iter().find(|run| {
        let digits: Vec<u8> = text[run.clone()].bytes().filter(u8::is_ascii_digit).collect();
        is_issued(&digits) && passes_luhn(&digits)
    })
}

/// Without the last groups, as long as there are more digits than a card has.
fn at_most_nineteen(text: &str, range: Range<usize>) -> Range<usize> {
    if digits_in(text, &range) <= LONGEST {
        return range;
    }
    let mut digits = 0;
    let fitting = groups(text, &range).into_iter().take_while(|group| {
        digits += group.len();
        digits <= LONGEST
    });
    let end = fitting.last().map_or(range.end, |group| group.end);
    range.start..end
}

fn digits_in(text: &str, range: &Range<usize>) -> usize {
    text.as_bytes().get(range.clone()).unwrap_or_default().iter().filter(|byte| byte.is_ascii_digit()).count()
}

fn groups(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for at in range.clone().filter(|at| text.as_bytes()[*at].is_ascii_digit()) {
        match groups.last_mut().filter(|group| group.end == at) {
            Some(group) => group.end += 1,
            None => groups.push(at..at + 1),
        }
    }
    groups
}

/// Whether a card scheme issues numbers of this beginning and length.
pub(super) fn is_issued(digits: &[u8]) -> bool {
    let prefix = |length: usize| {
        digits
            .iter()
            .take(length)
            .fold(0_u32, |value, digit| value * 10 + u32::from(digit.saturating_sub(b'0')))
    };
    let length = digits.len();
    match prefix(4) {
        4000..=4999 => matches!(length, 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => length == 16,
        3400..=3499 | 3700..=3799 => length == 15,
        6011 | 6440..=6599 => (16..=19).contains(&length),
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => (14..=19).contains(&length),
        3528..=3589 | 6200..=6299 | 8100..=8171 => (16..=19).contains(&length),
        2200..=2204 => (16..=19).contains(&length),
        // RuPay from 82; Troy; Uzcard and Humo; Napas.
        8200..=8299 | 9792 | 8600 | 9860 => length == 16,
        9704 => matches!(length, 16 | 19),
        5000..=5099 | 5600..=5899 | 6000..=6999 => (12..=19).contains(&length),
        _ => false,
    }
}

/// The Luhn algorithm (ISO/IEC 7812-1, annex B).
pub(super) fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit.saturating_sub(b'0'));
            match (place % 2, value) {
                (1, 5..) => value * 2 - 9,
                (1, _) => value * 2,
                _ => value,
            }
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::recognise::found_by;

    fn cards(text: &str) -> Vec<String> {
        found_by(&Cards::new(), text)
    }

    #[test]
    fn numbers_of_every_scheme_are_found() {
        // The schemes' published test numbers.
        for number in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "3782 822463 10005",
            "6011111111111117",
            "3056930009020004",
            "3566002020360505",
            "6200000000000005",
            "6304000000000000",
            "2200000000000004",
            "9792000000000003",
            "4222222222222",
        ] {
            assert_eq!(cards(&format!("charged {number}, why?")), [number], "{number}");
        }
    }

    #[test]
    fn a_mistyped_number_counts_where_it_is_announced_or_in_fours() {
        assert_eq!(cards("my card is 4111111111111112"), ["4111111111111112"]);
        assert_eq!(cards("4111 1111 1111 1112 was charged"), ["4111 1111 1111 1112"]);
        assert_eq!(cards("4111 1111 1111 1111was charged"), ["4111 1111 1111 1111"]);
        assert_eq!(cards("number 4111111111111112 in your system"), Vec::<String>::new());
    }

    #[test]
    fn its_check_digit_and_its_word_are_the_reason() {
        let cards = Cards::new();
        // The second fails its check digit, the third is no scheme's.
        for (number, right) in
            [("4111111111111111", true), ("4111111111111112", false), ("1111111111111117", false)]
        {
            let text = format!("card {number}");
            let (scene, mut found) = (Scene::of(&text), Vec::new());
            cards.find(&scene, &mut found);
            let reason = cards.reason(&scene, &found[0]).expect("it is its own");
            assert_eq!((reason.check, reason.cue), (Some(right), Some(0..4)), "{number}");
            let other = Candidate { recogniser: "iban", ..found.remove(0) };
            assert!(cards.reason(&scene, &other).is_none());
        }
    }

    #[test]
    fn part_of_a_number_counts_where_it_is_announced() {
        assert_eq!(cards("my card number is 4111 1111"), ["4111 1111"]);
        assert_eq!(cards("card ending in 1111"), Vec::<String>::new());
    }

    #[test]
    fn a_number_ends_where_its_groups_pass_or_are_enough() {
        assert_eq!(cards("charged 4111 1111 1111 1111 123, why?"), ["4111 1111 1111 1111"]);
        assert_eq!(cards("my card is 4111 1111 1111 1112 1234 5678"), ["4111 1111 1111 1112"]);
        assert_eq!(cards("I lost my card. 4111 1111"), Vec::<String>::new());
        let far = "my card, as I have told you on the phone, 4111 1111";
        assert_eq!(cards(far), Vec::<String>::new());
    }

    #[test]
    fn schemes_issue_numbers_of_their_lengths() {
        for (number, issued) in [
            ("601100000000", false),
            ("6011000000000000", true),
            ("600000000000", true),
            ("970400000000000", false),
            ("9704000000000000", true),
            ("9704000000000000000", true),
        ] {
            assert_eq!(is_issued(number.as_bytes()), issued, "{number}");
        }
    }

    #[test]
    fn the_expiry_date_is_not_part_of_the_number() {
        assert_eq!(cards("4111 1111 1111 1111 12/27"), ["4111 1111 1111 1111"]);
        assert_eq!(cards("3782 822463 10005 12/27 123"), ["3782 822463 10005"]);
    }

    #[test]
    fn other_long_numbers_are_no_cards() {
        for text in [
            "tracking 1Z4111111111111111",
            "order 1234567890123456",
            "IMEI 490154203237518",
            "2024-11-05 12:30:45",
            "I paid by card on 05.11.2024",
            "card payment of 1299.00",
            "+4915112345678901",
            "my gift card 1234567890",
        ] {
            assert_eq!(cards(text), Vec::<String>::new(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_never_passes_luhn(digits in prop::collection::vec(b'0'..=b'9', 11..19), place in 0..11_usize, by in 1..10_u8) {
            let mut digits = digits;
            let check = (b'0'..=b'9').find(|check| passes_luhn(&[digits.as_slice(), &[*check]].concat()));
            digits.push(check.expect("one of ten digits makes the sum divisible by ten"));
            prop_assert!(passes_luhn(&digits));
            digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
            prop_assert!(!passes_luhn(&digits));
        }
    }

    proptest::proptest! {
        #[test]
        fn rows_are_those_of_the_pattern(text in "[0-9 ./a-]{0,60}|(?:[0-9]{1,9}[ .]{0,3}){0,8}") {
            let pattern = pattern(r"[0-9](?:[ .\-/]{0,2}[0-9]){5,22}");
            let expected: Vec<Range<usize>> = pattern.find_iter(&text).map(|hit| hit.range()).collect();
            proptest::prop_assert_eq!(rows(&Scene::of(&text)).collect::<Vec<_>>(), expected);
        }
    }
}
