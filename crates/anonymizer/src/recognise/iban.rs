//! International bank account numbers (ISO 13616): country, its length, and the check digits (ISO 7064, MOD
//! 97-10). A mistyped one of the right length still counts.

use regex::Regex;

use super::{Candidate, Reason, Recogniser, Scene, cue_beside, is_word_char, pattern};
use crate::Entity;

/// Country code and length, from the SWIFT registry of IBAN formats.
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// How many letters and digits an announced number may lack: three, so less than a group.
const SHORTER: usize = 3;
/// How many it may have too many.
const LONGER: usize = 2;

pub(crate) struct Ibans {
    cue: Regex,
}

impl Ibans {
    pub(crate) fn new() -> Self {
        Self {
            cue: pattern(
                r"(?i)\b(?:iban|bank|account|konto\w*|bankverbindung|compte|cuenta|conto|rekening\w*)\b",
            ),
        }
    }
}

impl Recogniser for Ibans {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let mut free = 0;
        for start in starts(scene) {
            if start >= free
                && let Some((end, score)) = self.measure(scene, start)
            {
                found.push(Candidate { range: start..end, entity: Entity::Iban, score, recogniser: "iban" });
                free = end;
            }
        }
    }

    fn reason(&self, scene: &Scene<'_>, candidate: &Candidate) -> Option<Reason> {
        if candidate.recogniser != "iban" {
            return None;
        }
        let written = scene.text.get(candidate.range.clone())?;
        let compact: String =
            written.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        Some(Reason {
            check: Some(is_valid(&compact)),
            cue: cue_beside(&self.cue, scene, &candidate.range, 60, 24),
        })
    }
}

/// Where two letters stand before two digits, with a blank between them at most.
fn starts(scene: &Scene<'_>) -> impl Iterator<Item = usize> {
    let digits = scene.figures().runs().iter().filter(|run| run.len() >= 2);
    digits.filter_map(|run| {
        let before = scene.text.as_bytes().get(..run.start)?;
        let letters = before.strip_suffix(b" ").unwrap_or(before);
        let code = letters.last_chunk::<2>()?;
        code.iter().all(u8::is_ascii_alphabetic).then_some(letters.len() - 2)
    })
}

impl Ibans {
    /// Reads as many letters and digits as the country's numbers have; one of them may stand off by a blank.
    fn measure(&self, scene: &Scene<'_>, start: usize) -> Option<(usize, u8)> {
        let country = scene.text.get(start..start + 2)?.to_ascii_uppercase();
        let length = LENGTHS.iter().find(|(code, _)| *code == country).map(|(_, length)| *length)?;
        let mut compact = String::with_capacity(length);
        let mut end = start;
        let mut gap = 0;
        for (at, c) in scene.text[start..].char_indices() {
            if c.is_ascii_alphanumeric() {
                compact.push(c.to_ascii_uppercase());
                end = start + at + 1;
                gap = 0;
            } else if matches!(c, ' ' | '-' | '.' | '\t') && gap < 2 {
                gap += 1;
            } else {
                break;
            }
            if compact.len() == length {
                break;
            }
        }
        // A number in groups is one even where the next word runs on to it.
        let grouped = end - start > length;
        let touches =
            scene.char_after(end).is_some_and(|c| c.is_ascii_digit() || (is_word_char(c) && !grouped));
        if passes_check(&compact) && compact.len() == length && !touches {
            return Some((end, 97));
        }
        let touched = scene.char_before(start).is_some_and(is_word_char);
        // "is 4111 …" is no Icelandic account: without its check digits, the code must be written as one.
        let code = scene.text.as_bytes().get(start..start + 3).unwrap_or_default();
        let written_as_code =
            matches!(code, [b'A'..=b'Z', b'A'..=b'Z', b'0'..=b'9'] | [b'a'..=b'z', b'a'..=b'z', b'0'..=b'9']);
        if touched || !written_as_code {
            return None;
        }
        self.mistyped(scene, start, length)
    }

    /// Fails its check digits, or is a little too short or long: its shape or a word must speak for it.
    fn mistyped(&self, scene: &Scene<'_>, start: usize, length: usize) -> Option<(usize, u8)> {
        let capitals = scene.char_after(start).is_some_and(|c| c.is_ascii_uppercase());
        let (mut end, mut count, mut digits) = (start, 0, 0);
        // The same where the last digit was followed by a blank: what comes after may be the sentence.
        let mut before_words = (start, 0, 0);
        let mut letters = 0;
        let mut parted = false;
        let mut words = false;
        for (at, c) in scene.text[start..].char_indices() {
            if c.is_ascii_alphanumeric() {
                words = if letters == 0 { parted } else { words };
                letters = if c.is_ascii_alphabetic() { letters + 1 } else { 0 };
                parted = false;
                // Small letters in a row, or one that begins a group after capitals, are the sentence going on.
                if c.is_ascii_lowercase() && (letters > 2 || (capitals && words)) {
                    if !words {
                        return None;
                    }
                    (end, count, digits) = before_words;
                    break;
                }
                count += 1;
                digits += usize::from(c.is_ascii_digit());
                if count > length + LONGER {
                    return None;
                }
                end = start + at + 1;
            } else if !matches!(c, ' ' | '-' | '.') || (c == '.' && count + 2 >= length) {
                break;
            } else if letters == 0 {
                parted = true;
                before_words = (end, count, digits);
            }
            if count == length && !scene.text[end..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
                break;
            }
        }
        let announced = scene.expects(Entity::Iban) || self.cue.is_match(scene.before(start, 40));
        let near = count == length || (announced && count + SHORTER >= length);
        (near && digits * 2 > length).then_some((end, if announced { 88 } else { 72 }))
    }
}

/// Whether this is a whole number of some country, in capitals and without blanks.
pub(super) fn is_valid(compact: &str) -> bool {
    let length = compact.get(..2).and_then(|country| LENGTHS.iter().find(|(code, _)| *code == country));
    length.is_some_and(|(_, length)| *length == compact.len()) && passes_check(compact)
}

/// ISO 7064, MOD 97-10 on the number with its first four characters moved to the end.
fn passes_check(compact: &str) -> bool {
    if compact.len() < 5 || !compact.is_ascii() {
        return false;
    }
    let (head, tail) = compact.split_at(4);
    let remainder = tail.bytes().chain(head.bytes()).try_fold(0_u32, |remainder, byte| match byte {
        b'0'..=b'9' => Some((remainder * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((remainder * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    });
    remainder == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn ibans(text: &str) -> Vec<String> {
        found_by(&Ibans::new(), text)
    }

    #[test]
    fn published_examples_are_found_in_every_way_of_writing() {
        for number in [
            "DE89 3704 0044 0532 0130 00",
            "DE89370400440532013000",
            "de89-3704-0044-0532-0130-00",
            "GB29 NWBK 6016 1331 9268 19",
            "FR14 2004 1010 0505 0001 3M02 606",
            "NO93 8601 1117 947",
            "MT84MALT011000012345MTLCAST001S",
            "NL91ABNA0417164300",
            "CH93 0076 2011 6238 5295 7",
            "BR1800360305000010009795493C1",
            "SA03 8000 0000 6080 1016 7519",
        ] {
            assert_eq!(ibans(&format!("pay to {number} please")), [number], "{number}");
        }
    }

    #[test]
    fn every_single_wrong_digit_fails_the_check_and_still_counts() {
        assert!(passes_check("DE89370400440532013000"));
        assert!(!passes_check("DE89370400440532013001"));
        assert_eq!(ibans("DE89 3704 0044 0532 0130 00please"), ["DE89 3704 0044 0532 0130 00"]);
        assert_eq!(ibans("DE89 3704 0044 0532 0130 01"), ["DE89 3704 0044 0532 0130 01"]);
        assert_eq!(ibans("my iban is DE89 3704 0044 0532 0130 0"), ["DE89 3704 0044 0532 0130 0"]);
        assert_eq!(ibans("FR14 2004 1010 0505 0001 3m02 607"), ["FR14 2004 1010 0505 0001 3m02 607"]);
    }

    #[test]
    fn a_number_that_is_too_short_ends_where_the_sentence_goes_on() {
        for number in ["DE89 3704 0044 0532 0130 0", "DE89 3704 0044 0532 013", "de89 3704 0044 0532 013"] {
            for after in [" thanks", " Thanks", ". Thanks", " - please check", ""] {
                assert_eq!(ibans(&format!("my iban is {number}{after}")), [number], "{after}");
            }
        }
        for after in [" is it", " to be sure", " x", " OK thanks"] {
            let text = format!("my iban is DE89 3704 0044 0532 013{after}");
            assert_eq!(ibans(&text), ["DE89 3704 0044 0532 013"], "{text}");
        }
        for text in [
            "my iban is DE89 3704 0044 0532 013thanks",
            "my iban is DE89 3704 0044 0532 01 thanks",
            "see DE89 3704 0044 0532 013 thanks",
            "my iban is de89 four of them",
        ] {
            assert_eq!(ibans(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn its_groups_stand_close_and_nothing_runs_on() {
        let scored = |text: &str| {
            let mut found = Vec::new();
            Ibans::new().find(&Scene::of(text), &mut found);
            found.first().map(|candidate| (candidate.range.len(), candidate.score))
        };
        assert_eq!(scored("DE89  3704 0044 0532 0130 00"), Some((28, 97)));
        assert_eq!(scored("DE89   3704 0044 0532 0130 00"), Some((29, 72)), "too far apart to be sure");
        for number in
            ["DE89 3704 0044 0532 0130 0012", "DE89 3704 0044 0532 0130 0", "DE89.3704.0044.0532 0130 01"]
        {
            for after in ["", ". Thanks", ". 12 lamps", ", 12 lamps"] {
                assert_eq!(ibans(&format!("my iban is {number}{after}")), [number], "{after}");
            }
        }
    }

    #[test]
    fn its_check_digits_and_its_word_are_the_reason() {
        let ibans = Ibans::new();
        for (text, right) in
            [("iban DE89 3704 0044 0532 0130 00", true), ("iban DE89 3704 0044 0532 0130 01", false)]
        {
            let (scene, mut found) = (Scene::of(text), Vec::new());
            ibans.find(&scene, &mut found);
            let reason = ibans.reason(&scene, &found[0]).expect("it is its own");
            assert_eq!((reason.check, reason.cue), (Some(right), Some(0..4)), "{text}");
            let other = Candidate { recogniser: "card", ..found.remove(0) };
            assert!(ibans.reason(&scene, &other).is_none());
        }
    }

    #[test]
    fn a_whole_number_has_its_countrys_length_and_check_digits() {
        assert!(is_valid("DE89370400440532013000"));
        for wrong in ["DE863704004405320130", "QQ33370400440532013000", "DE89370400440532013001", "DE", ""] {
            assert!(!is_valid(wrong), "{wrong}");
        }
        assert!(passes_check("00980") && !passes_check("0098"), "a check and something that it checks");
        assert!(!passes_check("DE8é370400440532013000"));
    }

    #[test]
    fn other_codes_are_no_account_numbers() {
        for text in [
            "pay to DE89370400440532013000please",
            "DE89,3704 0044 0532 0130 00",
            "DE89 3704 0044 0532 0130 001",
            "DE89 3704 0044 0532 0130 0",
            "my iban is NO15 ITEMS ARRIVE",
            "my iban is DE89 3704 0044 0532 0130 00123",
            "GB29 NWBK ABCD E331 9268 19",
            "NO15 ITEMS ARRIVE",
            "DE12",
            "it 20 people came to see it",
            "be 12 or so",
            "no 15 is broken",
            "AB12 CD34 EF56",
            "at 10 on Monday",
            "is 4111 1111 1111 1111 1111 1111",
        ] {
            assert_eq!(ibans(text), Vec::<String>::new(), "{text}");
        }
    }
}
