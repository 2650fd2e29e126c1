//! One pass over the folded text finds every number and every word that means something to a recogniser, so that
//! each of them looks only where there is something for it, and at nothing in a text without.
//!
//! Words are written as they fold: lower case, no accents ("strasse", "numero").

use std::ops::Range;

mod table;
mod words;

/// What a word means. One word may mean several things: "st" is a street and a saint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sign(u64);

impl Sign {
    /// The name of a month.
    pub(crate) const MONTH: Self = Self(1);
    /// Its abbreviation, or a name that is another word too ("may").
    pub(crate) const MONTH_SHORT: Self = Self(1 << 1);
    /// An abbreviation that is a common word of another language ("ago", "set", "out").
    pub(crate) const MONTH_RARE: Self = Self(1 << 2);
    pub(crate) const WEEKDAY: Self = Self(1 << 3);
    /// "tomorrow", "yesterday".
    pub(crate) const DAY: Self = Self(1 << 4);
    pub(crate) const BIRTH: Self = Self(1 << 5);
    /// "aged", "Alter".
    pub(crate) const AGE: Self = Self(1 << 6);
    /// "years", "ans".
    pub(crate) const YEARS: Self = Self(1 << 7);
    /// A kind of street that stands after its name: "street", "avenue".
    pub(crate) const STREET_LAST: Self = Self(1 << 8);
    /// One that stands before it: "rue", "via", "calle".
    pub(crate) const STREET_FIRST: Self = Self(1 << 9);
    /// "apartment", "suite", "floor".
    pub(crate) const UNIT: Self = Self(1 << 10);
    /// "box", "Postfach".
    pub(crate) const BOX: Self = Self(1 << 11);
    /// "postcode", "PLZ".
    pub(crate) const POSTCODE: Self = Self(1 << 12);
    /// "address", "wohne".
    pub(crate) const ADDRESS: Self = Self(1 << 13);
    /// "name", "heiße", "llamo".
    pub(crate) const NAME: Self = Self(1 << 14);
    /// "Ms", "Herr".
    pub(crate) const TITLE: Self = Self(1 << 15);
    /// "dear", "hallo".
    pub(crate) const GREETING: Self = Self(1 << 16);
    /// "regards", "Grüße".
    pub(crate) const CLOSING: Self = Self(1 << 17);
    /// "daughter", "colleague": a name may follow.
    pub(crate) const RELATION: Self = Self(1 << 18);
    /// "username", "instagram".
    pub(crate) const USER: Self = Self(1 << 19);
    /// "plate", "Kennzeichen".
    pub(crate) const PLATE: Self = Self(1 << 20);
    /// "cvv", "expires".
    pub(crate) const CARD_SECURITY: Self = Self(1 << 21);
    /// "order", "Rechnung".
    pub(crate) const ORDER: Self = Self(1 << 22);
    /// "customer", "membership".
    pub(crate) const CUSTOMER: Self = Self(1 << 23);
    /// "ticket", "policy", "tracking".
    pub(crate) const REFERENCE: Self = Self(1 << 24);
    /// "password", "PIN".
    pub(crate) const SECRET: Self = Self(1 << 25);
    /// "this is", "I am", "speak to": what a name may follow.
    pub(crate) const SPEAKER: Self = Self(1 << 26);
    /// The name of a country.
    pub(crate) const COUNTRY: Self = Self(1 << 27);
    /// "number", "no", "id": the word before has one.
    pub(crate) const NUMBERED: Self = Self(1 << 28);
    /// "is", "lautet", "est": a value follows.
    pub(crate) const SAYS: Self = Self(1 << 29);
    /// "the", "of", "under": often between a word and its value.
    pub(crate) const LINK: Self = Self(1 << 30);
    /// "seven", "double": part of a number that somebody dictates.
    pub(crate) const SPOKEN: Self = Self(1 << 31);
    /// "car", "parking": beside it a plate needs no word of its own.
    pub(crate) const VEHICLE: Self = Self(1 << 32);

    /// Meanings that are looked for in a text only: whoever asks whether a word is one of ours does not ask for these.
    const IN_TEXTS: Self = Self::SPOKEN.or(Self::VEHICLE);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of these is meant.
    pub(crate) const fn is(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }
}

/// A word that means something, in positions of the folded text.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) range: Range<usize>,
    pub(crate) sign: Sign,
}

/// A run of digits with no letter or digit before it, in positions of the folded text.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) range: Range<usize>,
    /// Where the run of letters and digits ends that begins with it: "6th", "12b".
    pub(crate) end: usize,
}

/// What stands where in one text, in order.
pub(crate) struct Marks {
    all: Sign,
    words: Vec<Mark>,
    pub(crate) numbers: Vec<Number>,
    /// By byte, whether it is anywhere; of letters and digits nothing is said.
    signs: [bool; 256],
    /// Whether there is a digit, be it inside a word.
    pub(crate) digits: bool,
    /// Whether a point stands right before a letter or a digit.
    pub(crate) points: bool,
    /// How long the longest run of letters and digits is, in bytes.
    pub(crate) longest: usize,
}

/// No word of the table is longer.
const LONGEST: usize = 24;

impl Marks {
    pub(crate) fn of(folded: &str) -> Self {
        let mut marks = Self {
            all: Sign(0),
            words: Vec::new(),
            numbers: Vec::new(),
            signs: [false; 256],
            digits: false,
            points: false,
            longest: 0,
        };
        let bytes = folded.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if class(*byte) == SIGN {
                marks.signs[usize::from(*byte)] = true;
                at += 1;
                continue;
            }
            let start = at;
            let mut classes = SIGN;
            while let Some(class) = bytes.get(at).map(|byte| class(*byte)).filter(|class| *class != SIGN) {
                classes |= class;
                at += 1;
            }
            marks.digits |= classes & DIGIT != 0;
            marks.points |= start > 0 && bytes[start - 1] == b'.';
            marks.longest = marks.longest.max(at - start);
            marks.take_word(bytes, start..at);
        }
        marks
    }

    fn take_word(&mut self, text: &[u8], range: Range<usize>) {
        let word = &text[range.clone()];
        if word.first().is_some_and(u8::is_ascii_digit) {
            let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.numbers.push(Number { range: range.start..range.start + digits, end: range.end });
        } else if (2..=LONGEST).contains(&word.len())
            && let Some(sign) = table::WORDS.get(text, range.clone()).or_else(|| words::compound(word))
        {
            self.all = self.all.or(sign);
            self.words.push(Mark { range, sign });
        }
    }

    /// Whether this sign of ASCII is anywhere; not for letters and digits.
    pub(crate) fn has_sign(&self, sign: u8) -> bool {
        self.signs[usize::from(sign)]
    }

    /// Whether a word of this meaning is anywhere.
    pub(crate) fn has(&self, sign: Sign) -> bool {
        self.all.is(sign)
    }

    /// The words of this meaning.
    pub(crate) fn with(&self, sign: Sign) -> impl Iterator<Item = &Mark> {
        let words = if self.has(sign) { self.words.as_slice() } else { &[] };
        words.iter().filter(move |mark| mark.sign.is(sign))
    }

    /// The words of this meaning that end at most `most` bytes before a place, the nearest first.
    pub(crate) fn before(&self, sign: Sign, at: usize, most: usize) -> impl Iterator<Item = &Mark> {
        let words = if self.has(sign) { self.words.as_slice() } else { &[] };
        let until = words.partition_point(|mark| mark.range.end <= at);
        words[..until]
            .iter()
            .rev()
            .take_while(move |mark| mark.range.end + most >= at)
            .filter(move |mark| mark.sign.is(sign))
    }
}

/// What a byte may be part of. Of other scripts every byte is one of a word, since no word of the table has one.
const SIGN: u8 = 0;
const LETTER: u8 = 1;
const DIGIT: u8 = 2;

const fn class(byte: u8) -> u8 {
    const CLASSES: [u8; 256] = {
        let mut classes = [SIGN; 256];
        let mut byte: u8 = 0;
        loop {
            if byte.is_ascii_digit() {
                classes[byte as usize] = DIGIT;
            } else if byte.is_ascii_alphabetic() || byte >= 0x80 {
                classes[byte as usize] = LETTER;
            }
            if byte == u8::MAX {
                break classes;
            }
            byte += 1;
        }
    };
    CLASSES[byte as usize]
}

/// What a word of ours means, if anything, whatever its part in the sentence.
pub(crate) fn sign_of(folded: &str) -> Option<Sign> {
    let word = folded.as_bytes();
    let sign = table::WORDS.get(word, 0..word.len()).or_else(|| words::compound(word))?;
    (sign.0 & !Sign::IN_TEXTS.0 != 0).then_some(sign)
}

/// Whether a word has this meaning in a text.
pub(crate) fn means(folded: &str, sign: Sign) -> bool {
    table::WORDS.get(folded.as_bytes(), 0..folded.len()).is_some_and(|known| known.is(sign))
}

/// The same with its part in the sentence. Those words are so common that no list of what stands where holds them.
pub(crate) fn speech_of(folded: &str) -> Option<Sign> {
    match (table::SPEECH.get(folded.as_bytes(), 0..folded.len()), sign_of(folded)) {
        (Some(part), Some(sign)) => Some(part.or(sign)),
        (part, sign) => part.or(sign),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::view::fold_value;

    #[test]
    fn words_and_numbers_are_found_in_one_pass() {
        let marks = Marks::of("see me on march 6th or 2024-12-01, 12b baker street");
        let months: Vec<_> = marks.with(Sign::MONTH_SHORT).map(|mark| mark.range.start).collect();
        assert_eq!(months, [10]);
        let numbers: Vec<_> = marks.numbers.iter().map(|number| (number.range.clone(), number.end)).collect();
        assert_eq!(numbers, [(16..17, 19), (23..27, 27), (28..30, 30), (31..33, 33), (35..37, 38)]);
        assert!(marks.has(Sign::STREET_LAST) && !marks.has(Sign::BOX));
        assert_eq!(marks.before(Sign::STREET_LAST, 51, 8).count(), 1);
        assert_eq!(marks.before(Sign::MONTH_SHORT, 51, 8).count(), 0);
    }

    #[test]
    fn every_word_is_written_as_it_folds_and_fits() {
        for (_, listed) in words::WORDS.iter().chain(words::SPEECH) {
            for word in listed.split_ascii_whitespace() {
                assert_eq!(word, fold_value(word));
                assert!((2..=LONGEST).contains(&word.len()), "{word}");
                assert!(word.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{word}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn recognisers_find_whole_characters_in_whatever_order_words_stand(
            picked in proptest::collection::vec((0..10_000_usize, 0..MORE.len(), 0..BETWEEN.len()), 1..12),
        ) {
            static RECOGNISERS: LazyLock<Vec<Box<dyn crate::recognise::Recogniser>>> =
                LazyLock::new(crate::recognise::all);
            let words = words::WORDS.iter().chain(words::SPEECH);
            let words: Vec<&str> = words.flat_map(|(_, listed)| listed.split_whitespace()).collect();
            let mut text = String::new();
            for (word, more, between) in picked {
                text.push_str(if word % 2 == 0 { words[word % words.len()] } else { MORE[more] });
                text.push_str(BETWEEN[between]);
            }
            let scene = crate::recognise::Scene { expected: &crate::Entity::ALL, ..crate::recognise::Scene::of(&text) };
            let mut found = Vec::new();
            for recogniser in RECOGNISERS.iter() {
                recogniser.announced_by(&scene);
                recogniser.find(&scene, &mut found);
            }
            for candidate in found {
                proptest::prop_assert!(text.get(candidate.range).is_some_and(|written| !written.is_empty()));
            }
        }
    }

    const MORE: [&str; 24] = [
        "42",
        "7",
        "10432",
        "KP-10432",
        "0171",
        "2024",
        "12",
        "C",
        "345/21",
        "sarah_c",
        "R",
        "y",
        "e",
        "und",
        "zwei",
        "dos",
        "años",
        "Größe",
        "è",
        "1299",
        "EUR",
        "forty",
        "Kaktus_77",
        "i",
    ];
    const BETWEEN: [&str; 20] = [
        " ", " ", " ", ", ", ". ", ": ", "-", "/", " #", "\n", " (", ") ", "? ", "¿", "° ", " @", "_", "'",
        "é", " = ",
    ];
}
