//! What the tagger knows about a word: itself, its beginning, end and shape, and its neighbours, each as a hash.
//!
//! The features are the usual ones of the literature on named entities (Ratinov and Roth 2009, "Design Challenges
//! and Misconceptions in Named Entity Recognition"; Ritter et al. 2011 for noisy text), hashed as in Weinberger et
//! al. 2009, "Feature Hashing for Large Scale Multitask Learning".

use std::borrow::Cow;

use super::lists::{self, Listed, MOST_PARTS, Sure, Usage};
use super::words::{Gap, Kind, Word};
use crate::names;
use crate::view::fold_value;

/// No more of a word than this is looked at, so that a word of a megabyte costs what an ordinary one does.
const MOST_CHARS: usize = 24;

/// Which of a word's features say what word it is, by position; those of a mark are fewer. Training leaves them out
/// now and then, so that a name that nobody has heard of is found by what stands around it.
pub const IDENTITY: [usize; 4] = [1, 7, 22, 23];

/// Whether a word is in the list of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    No,
    /// The whole name.
    One,
    /// The first word of a name, and one behind it.
    First,
    More,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Lower = 1,
    Capitalised,
    Upper,
    Initial,
    Inner,
    Digits,
    Mixed,
    Mark,
}

/// How a piece of text is written as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    AllLower = 1,
    AllUpper,
    MostlyCapitalised,
    Ordinary,
}

/// What is worked out once for each word and used by its neighbours too.
struct Seen {
    folded: u64,
    beginnings: [u64; 3],
    ends: [u64; 4],
    shape: u64,
    case: Case,
    gap: Gap,
    usage: Usage,
    listed: Listed,
    place: Place,
    title: bool,
    closes: bool,
}

impl Seen {
    /// The word before the first and after the last.
    const NONE: Self = Self {
        folded: 1,
        beginnings: [0; 3],
        ends: [0; 4],
        shape: 1,
        case: Case::Mark,
        gap: Gap::None,
        usage: Usage::Unknown,
        listed: Listed::Nowhere,
        place: Place::No,
        title: false,
        closes: true,
    };

    fn new(text: &str, word: &Word) -> Self {
        let written = &text[word.range.clone()];
        let head = written.char_indices().nth(MOST_CHARS).map_or(written, |(end, _)| &written[..end]);
        let mut lower = [0; MOST_CHARS];
        let folded = match word.kind {
            Kind::Letters | Kind::Mixed if head.is_ascii() => Cow::Borrowed(lower_in(&mut lower, head)),
            Kind::Letters | Kind::Mixed => Cow::Owned(fold_value(head)),
            Kind::Digits | Kind::Mark => Cow::Borrowed(head),
        };
        let lettered = matches!(word.kind, Kind::Letters | Kind::Mixed);
        let capital = head.starts_with(char::is_uppercase);
        let folded_hash = match word.kind {
            // A number says no more than its length; a long rule of marks no more than a short one.
            Kind::Digits => 100 + written.len().min(12) as u64,
            Kind::Mark => hash(first_char(&folded).as_bytes()),
            Kind::Letters | Kind::Mixed => hash(folded.as_bytes()),
        };
        Self {
            folded: folded_hash,
            beginnings: if lettered { beginnings(&folded) } else { [0; 3] },
            ends: if lettered { ends(&folded) } else { [0; 4] },
            shape: shape(head),
            case: case(head, word.kind),
            gap: word.gap,
            usage: if lettered { Usage::of(folded_hash) } else { Usage::Unknown },
            listed: if lettered { Listed::of(folded_hash, capital) } else { Listed::Nowhere },
            place: Place::No,
            title: lettered && names::is_title(&folded),
            closes: word.kind == Kind::Mark
                && matches!(head.as_bytes().first(), Some(b'.' | b'!' | b'?' | b':' | b';')),
        }
    }

    /// Case, and how much the word is used.
    fn manner(&self) -> u64 {
        self.case as u64 * 4 + self.usage as u64
    }
}

/// The features of each word of a piece, one after another.
#[derive(Default)]
pub(crate) struct Features {
    pub(crate) keys: Vec<u64>,
    /// Where the features of each word end in `keys`.
    pub(crate) ends: Vec<usize>,
    seen: Vec<Seen>,
}

impl Features {
    /// Replaces what is held by the features of these words.
    pub(crate) fn fill(&mut self, text: &str, words: &[Word]) {
        self.keys.clear();
        self.ends.clear();
        self.seen.clear();
        self.seen.extend(words.iter().map(|word| Seen::new(text, word)));
        mark_places(&mut self.seen);
        let writing = writing(&self.seen) as u64;
        for at in 0..self.seen.len() {
            describe(&self.seen, at, writing, &mut self.keys);
            self.ends.push(self.keys.len());
        }
    }

    /// The features of each word in turn.
    pub(crate) fn each(&self) -> impl Iterator<Item = &[u64]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let own = &self.keys[start..*end];
            start = *end;
            own
        })
    }
}

/// Finds the names of places of up to [`MOST_PARTS`] words, the longest first.
fn mark_places(seen: &mut [Seen]) {
    let mut at = 0;
    while at < seen.len() {
        let mut name = 0;
        let mut found = 0;
        for (parts, word) in (1..=MOST_PARTS).zip(&seen[at..]) {
            name = if parts == 1 { word.folded } else { both(name, word.folded) };
            match lists::place(name) {
                Some(Sure::Yes) => found = parts,
                // In small letters it is a word.
                Some(Sure::No) if parts > 1 || word.case != Case::Lower => found = parts,
                _ => {}
            }
        }
        if let [first, more @ ..] = &mut seen[at..at + found] {
            let whole = found == 1;
            first.place = if whole { Place::One } else { Place::First };
            more.iter_mut().for_each(|word| word.place = Place::More);
        }
        at += found.max(1);
    }
}

/// The same words of the same text have the same features, in training and in use: a model is of no worth with
/// others, so a change here needs a new model.
fn describe(seen: &[Seen], at: usize, writing: u64, keys: &mut Vec<u64>) {
    let near = |by: isize| at.checked_add_signed(by).and_then(|at| seen.get(at)).unwrap_or(&Seen::NONE);
    let word = near(0);
    let (before, before2, before3) = (near(-1), near(-2), near(-3));
    let (after, after2, after3) = (near(1), near(2), near(3));
    let mut add = |number: u64, value: u64| keys.push(mix(number, value));
    let starts = u64::from(before.closes || word.gap == Gap::Line) + 2 * u64::from(at == 0);
    let glued = u64::from(word.gap == Gap::None) + 2 * u64::from(after.gap == Gap::None);
    let manner = word.manner();

    add(0, 0);
    add(1, word.folded);
    add(2, both(before.folded, word.case as u64));
    add(3, both(after.folded, word.case as u64));
    if word.case == Case::Mark {
        add(4, both(both(before.manner(), after.manner()), word.folded));
        add(5, both(before.folded, word.folded));
        add(6, both(after.folded, word.folded));
        add(7, both(both(before.shape, after.shape), word.folded));
        add(8, both(both(word.folded, glued), both(before.case as u64, after.case as u64)));
        add(9, both(word.folded, word.gap as u64));
        add(10, before2.folded);
        add(11, after2.folded);
        return;
    }
    add(12, word.shape);
    add(13, both(manner, starts));
    add(14, both(both(manner, starts), writing));
    add(15, both(word.folded, word.case as u64));
    add(16, both(both(before.manner(), after.manner()), both(manner, writing)));
    for (number, value) in (20..).zip(word.beginnings) {
        add(number, value);
    }
    for (number, value) in (24..).zip(word.ends) {
        add(number, value);
    }
    add(28, both(word.ends[1], both(word.case as u64, writing)));
    add(29, both(word.ends[2], both(word.case as u64, starts)));
    add(30, before.folded);
    add(31, after.folded);
    add(32, before2.folded);
    add(33, after2.folded);
    add(34, both(before.folded, word.folded));
    add(35, both(word.folded, after.folded));
    add(36, both(before2.folded, before.folded));
    add(37, both(after.folded, after2.folded));
    add(38, both(both(before2.folded, before.folded), manner));
    add(39, both(before.folded, manner));
    add(40, both(after.folded, manner));
    add(41, both(before.shape, word.shape));
    add(42, both(word.shape, after.shape));
    add(43, both(both(before.shape, word.shape), after.shape));
    add(44, both(before2.shape, both(before.shape, word.shape)));
    add(45, before.ends[2]);
    add(46, after.ends[2]);
    add(47, both(before.ends[1], manner));
    add(48, both(after.ends[1], manner));
    add(49, both(before3.folded, both(before2.folded, before.folded)));
    add(50, both(both(before.folded, after.folded), manner));
    add(51, before3.folded);
    add(52, after3.folded);
    add(53, both(glued, both(manner, before.folded)));
    let listed = |word: &Seen| word.listed as u64;
    add(60, both(listed(word), manner));
    add(61, both(listed(before), listed(word)));
    add(62, both(listed(word), listed(after)));
    add(63, both(both(listed(before), before.manner()), manner));
    add(64, both(both(listed(after), after.manner()), manner));
    add(65, both(both(listed(word), manner), before.folded));
    add(66, both(both(listed(word), manner), after.folded));
    add(67, both(both(listed(word), manner), writing));
    let place = word.place as u64;
    add(70, both(place, manner));
    add(71, both(place, both(before.folded, word.case as u64)));
    add(72, both(place, both(after.folded, word.case as u64)));
    add(73, both(both(place, listed(word)), manner));
    add(74, both(before.place as u64, both(place, after.place as u64)));
    add(75, both(both(place, manner), both(before.manner(), after.manner())));
    add(54, both(after2.shape, both(after.shape, word.shape)));
    add(55, both(word.gap as u64, both(after.gap as u64, manner)));
    // "Mr Smith", and "Mr. Smith".
    let titled = before.title || (before2.title && before.closes && word.gap != Gap::Line);
    add(56, both(u64::from(titled), manner));
}

/// A short word of ASCII in lower case, written into the room that is given.
fn lower_in<'a>(room: &'a mut [u8; MOST_CHARS], ascii: &str) -> &'a str {
    let lower = &mut room[..ascii.len()];
    lower.copy_from_slice(ascii.as_bytes());
    lower.make_ascii_lowercase();
    std::str::from_utf8(lower).expect("letters of ASCII stay letters of ASCII")
}

fn case(head: &str, kind: Kind) -> Case {
    match kind {
        Kind::Mark => Case::Mark,
        Kind::Digits => Case::Digits,
        Kind::Mixed => Case::Mixed,
        Kind::Letters => {
            let mut chars = head.chars();
            let first_upper = chars.next().is_some_and(char::is_uppercase);
            let (mut upper, mut rest) = (0, 0);
            for c in chars {
                rest += 1;
                upper += usize::from(c.is_uppercase());
            }
            match (first_upper, upper, rest) {
                (true, _, 0) => Case::Initial,
                (false, 0, _) => Case::Lower,
                (true, 0, _) => Case::Capitalised,
                (true, upper, rest) if upper == rest => Case::Upper,
                _ => Case::Inner,
            }
        }
    }
}

fn writing(seen: &[Seen]) -> Writing {
    let (mut lower, mut capitalised, mut upper) = (0, 0, 0);
    for word in seen {
        match word.case {
            Case::Lower => lower += 1,
            Case::Capitalised | Case::Inner => capitalised += 1,
            Case::Upper => upper += 1,
            Case::Initial | Case::Digits | Case::Mixed | Case::Mark => {}
        }
    }
    if capitalised + upper == 0 {
        Writing::AllLower
    } else if lower == 0 && upper > capitalised {
        Writing::AllUpper
    } else if capitalised > lower {
        Writing::MostlyCapitalised
    } else {
        Writing::Ordinary
    }
}

/// Upper, lower, digit, other, with repetitions counted up to two, but digits up to six: "McX" is `XxX`,
/// "Berlin" is `Xxx`, 10115 is `ddddd`.
fn shape(head: &str) -> u64 {
    let mut state = SEED;
    let (mut last, mut run) = (0u8, 0);
    for c in head.chars() {
        let class = if c.is_lowercase() {
            b'x'
        } else if c.is_uppercase() {
            b'X'
        } else if c.is_numeric() {
            b'd'
        } else if c.is_alphabetic() {
            b'a'
        } else {
            b'm'
        };
        run = if class == last { run + 1 } else { 0 };
        last = class;
        if run < if class == b'd' { 6 } else { 2 } {
            state = step(state, if class == b'm' { c as u64 } else { u64::from(class) });
        }
    }
    state
}

fn first_char(text: &str) -> &str {
    text.chars().next().map_or("", |c| &text[..c.len_utf8()])
}

/// The first two, three and four letters.
fn beginnings(folded: &str) -> [u64; 3] {
    let mut state = SEED;
    let mut all = [0; 3];
    for (count, c) in folded.chars().take(4).enumerate() {
        state = step(state, c as u64);
        if let Some(slot) = count.checked_sub(1).and_then(|index| all.get_mut(index)) {
            *slot = state;
        }
    }
    all
}

/// The last one to four letters.
fn ends(folded: &str) -> [u64; 4] {
    let mut state = SEED;
    let mut all = [0; 4];
    for (slot, c) in all.iter_mut().zip(folded.chars().rev()) {
        state = step(state, c as u64);
        *slot = state;
    }
    all
}

const SEED: u64 = 0x243f_6a88_85a3_08d3;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn step(state: u64, value: u64) -> u64 {
    (state.rotate_left(5) ^ value).wrapping_mul(FACTOR)
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(SEED, |state, byte| step(state, u64::from(*byte)))
}

/// The hash of the same in lower case, for ASCII.
pub(super) fn hash_lower(ascii: &[u8]) -> u64 {
    ascii.iter().fold(SEED, |state, byte| step(state, u64::from(byte.to_ascii_lowercase())))
}

pub(super) fn both(left: u64, right: u64) -> u64 {
    step(left.wrapping_mul(0xff51_afd7_ed55_8ccd), right)
}

/// Spreads over all bits: the table takes its row from the upper ones and its check from the lower ones.
fn mix(number: u64, value: u64) -> u64 {
    let mut state = (value ^ number.wrapping_mul(0xc4ce_b9fe_1a85_ec53)).wrapping_mul(FACTOR);
    state ^= state >> 32;
    state = state.wrapping_mul(0xd6e8_feb8_6659_fd93);
    state ^ (state >> 29)
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    fn cases(text: &str) -> Vec<Case> {
        words(text).map(|word| Seen::new(text, &word).case).collect()
    }

    #[test]
    fn the_case_of_a_word_is_told() {
        assert_eq!(
            cases("Ann O USA mcGee 4th 12 , élan Émile"),
            [
                Case::Capitalised,
                Case::Initial,
                Case::Upper,
                Case::Inner,
                Case::Mixed,
                Case::Digits,
                Case::Mark,
                Case::Lower,
                Case::Capitalised,
            ]
        );
    }

    #[test]
    fn a_name_and_its_spelling_without_accents_are_one_word() {
        let folded = |text: &str| words(text).map(|word| Seen::new(text, &word).folded).collect::<Vec<_>>();
        assert_eq!(folded("José"), folded("JOSE"));
        assert_ne!(folded("José"), folded("Josef"));
        assert_eq!(folded("12345"), folded("67890"));
    }

    #[test]
    fn a_common_word_is_known_in_each_language() {
        for word in ["the", "nicht", "être", "está", "grazie", "obrigado", "graag"] {
            let all: Vec<_> = words(word).collect();
            assert_eq!(Seen::new(word, &all[0]).usage, Usage::Ordinary, "{word}");
        }
    }

    #[test]
    fn a_text_in_lower_case_is_known_as_such() {
        let of = |text: &str| writing(&words(text).map(|word| Seen::new(text, &word)).collect::<Vec<_>>());
        assert_eq!(of("my name is sarah"), Writing::AllLower);
        assert_eq!(of("MY NAME IS SARAH"), Writing::AllUpper);
        assert_eq!(of("Sarah Connor, Berlin"), Writing::MostlyCapitalised);
        assert_eq!(of("My name is not Sarah"), Writing::Ordinary);
    }

    #[test]
    fn the_features_are_those_that_the_model_was_trained_on() {
        let text = "Dear Ms. O'Neil,\nhier ist José Müller-Weiß aus 50667 KÖLN, tel. 0221 4th";
        let mut features = Features::default();
        features.fill(text, &words(text).collect::<Vec<_>>());
        let sum = features.keys.iter().fold(0, |state, key| both(state, *key));
        assert_eq!(
            sum, 17_998_849_098_675_620_009,
            "train the model anew (models/README.md), then put the new sum here"
        );
    }
}
