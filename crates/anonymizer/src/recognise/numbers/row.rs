//! What may be a number: groups of letters and digits in a text, rows of them, and the forms that they are compared
//! with.

use std::ops::Range;

use super::NumberKind;
use crate::recognise::Scene;

/// Letters and digits in a row at most.
pub(super) const LENGTH: usize = 34;
/// Letters in a group of capitals at most.
const CAPITALS: usize = 6;
/// Letters in a group of small letters at most.
const SMALL_LETTERS: usize = 2;
/// The same, where a dash binds it.
const BOUND_LETTERS: usize = 4;
/// Groups of letters that stand together at most.
const LETTER_GROUPS: usize = 4;
/// Words that stand before a number and are no part of it.
const WORDS: &[&str] = &[
    "a", "an", "as", "at", "by", "da", "do", "du", "e", "ei", "el", "en", "er", "es", "et", "eu", "i", "id",
    "if", "ii", "il", "im", "in", "is", "ist", "it", "je", "la", "le", "lo", "me", "mi", "mon", "my", "nn",
    "no", "nr", "num", "o", "of", "og", "ok", "on", "or", "os", "our", "para", "so", "son", "su", "the",
    "to", "tu", "u", "un", "und", "up", "us", "was", "we", "y",
];
/// The same, where capitals may be letters of a number.
const SMALL_WORDS: &[&str] = &[
    "ab", "ai", "al", "am", "au", "be", "bei", "ce", "ha", "he", "hi", "ho", "io", "ja", "ma", "n", "na",
    "ne", "nu", "op", "ou", "sa", "se", "si", "te", "um", "ya", "ze", "zu",
];

/// A run of ASCII letters and digits that may be part of a number.
pub(super) struct Group {
    pub(super) range: Range<usize>,
    pub(super) digits: bool,
    /// How it hangs on the group before.
    pub(super) joint: Joint,
}

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// More than separators.
    Apart,
    /// Blanks, and maybe other separators.
    Blank,
    /// Dashes, dots, strokes, a plus sign.
    Tight,
}

/// Every run that has digits, and short runs of letters beside it that may belong to it.
pub(super) fn groups(text: &str) -> Vec<Group> {
    let bytes = text.as_bytes();
    let mut groups: Vec<Group> = Vec::new();
    // Where the last group ended.
    let mut at = 0;
    while let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit).map(|offset| at + offset) {
        let start = digit - letters_before(bytes, at..digit);
        let end = digit + bytes[digit..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if end - start <= LENGTH {
            for head in heads(text, at..start).into_iter().rev() {
                add(bytes, &mut groups, head, false);
            }
            add(bytes, &mut groups, start..end, true);
            at = end;
            for tail in tails(text, end) {
                at = tail.end;
                add(bytes, &mut groups, tail, false);
            }
        } else {
            at = end;
        }
    }
    groups
}

fn add(bytes: &[u8], groups: &mut Vec<Group>, range: Range<usize>, digits: bool) {
    let joint = groups.last().map_or(Joint::Apart, |last| joint(&bytes[last.range.end..range.start]));
    groups.push(Group { range, digits, joint });
}

fn letters_before(bytes: &[u8], range: Range<usize>) -> usize {
    bytes[range].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}

/// Groups of letters that end a range, the last first.
fn heads(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut heads = Vec::new();
    let mut edge = range.end;
    while heads.len() < LETTER_GROUPS {
        let gap =
            bytes[range.start..edge].iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        let end = edge - gap;
        let head = end - letters_before(bytes, range.start..end)..end;
        if head.is_empty() || joint(&bytes[end..edge]) == Joint::Apart || !is_code(text, &head) {
            break;
        }
        edge = head.start;
        heads.push(head);
    }
    heads
}

/// Groups of letters that follow a group.
fn tails(text: &str, end: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut tails = Vec::new();
    let mut edge = end;
    while tails.len() < LETTER_GROUPS {
        let gap = bytes[edge..].iter().take(4).take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        let start = edge + gap;
        let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let digits = bytes.get(start + length).is_some_and(u8::is_ascii_digit);
        let tail = start..start + length;
        if tail.is_empty() || digits || joint(&bytes[edge..start]) == Joint::Apart || !is_code(text, &tail) {
            break;
        }
        edge = tail.end;
        tails.push(tail);
    }
    tails
}

/// Whether letters look like part of a number, and not like a word.
fn is_code(text: &str, range: &Range<usize>) -> bool {
    let word = &text[range.clone()];
    let bound = text[..range.start].ends_with('-') || text[range.end..].starts_with('-');
    let most = match (word.bytes().all(|byte| byte.is_ascii_uppercase()), bound) {
        (true, _) => CAPITALS,
        (false, true) => BOUND_LETTERS,
        (false, false) => SMALL_LETTERS,
    };
    // "A 123 456": one capital is a letter of the number, but for "I".
    let letter = word.len() == 1 && word != "I" && most == CAPITALS;
    let is_word =
        || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) || SMALL_WORDS.contains(&word);
    word.len() <= most && (bound || letter || !is_word())
}

fn joint(between: &[u8]) -> Joint {
    match between {
        b"+" => Joint::Tight,
        _ if between.len() > 3 => Joint::Apart,
        _ if between.iter().all(|byte| matches!(byte, b'-' | b'.' | b'/')) => Joint::Tight,
        _ if between.iter().all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'/')) => Joint::Blank,
        _ => Joint::Apart,
    }
}

/// Groups in a row at most.
pub(super) const GROUPS: usize = 9;

/// Some groups in a row.
#[derive(Default)]
pub(super) struct Row {
    pub(super) range: Range<usize>,
    /// The letters and digits, in capitals.
    pub(super) compact: String,
    /// How long each group is.
    pub(super) lengths: Vec<usize>,
    pub(super) digits: bool,
    /// Whether a blank stands in it.
    pub(super) blanks: bool,
    /// Whether only separators without blanks part it from a group before or after.
    pub(super) bound: bool,
    /// Whether it is part of a longer row of digits, parted like it.
    pub(super) inside: bool,
    /// Which of its characters are letters, the first in the lowest bit.
    letters: u64,
}

impl Row {
    pub(super) fn clear(&mut self) {
        self.compact.clear();
        self.lengths.clear();
        (self.digits, self.blanks, self.letters) = (false, false, 0);
    }

    /// Goes on with a group; `false` where it does not belong to the row.
    pub(super) fn extend(&mut self, text: &str, group: &Group) -> bool {
        let at = self.compact.len();
        let follows = self.lengths.is_empty() || group.joint != Joint::Apart;
        if !follows || at + group.range.len() > LENGTH || self.lengths.len() == GROUPS {
            return false;
        }
        if self.lengths.is_empty() {
            self.range = group.range.clone();
        } else {
            self.blanks |= group.joint == Joint::Blank;
        }
        for (nth, c) in text[group.range.clone()].chars().enumerate() {
            self.compact.push(c.to_ascii_uppercase());
            self.letters |= u64::from(c.is_ascii_alphabetic()) << (at + nth);
        }
        self.range.end = group.range.end;
        self.lengths.push(group.range.len());
        self.digits |= group.digits;
        true
    }

    /// Looks at the groups on both sides: `joint` is how the row hangs on the one before.
    pub(super) fn look_around(&mut self, before: Option<&Group>, joint: Joint, after: Option<&Group>) {
        let joints = [
            before.filter(|group| group.digits).map_or(Joint::Apart, |_| joint),
            after.filter(|group| group.digits).map_or(Joint::Apart, |group| group.joint),
        ];
        self.bound = joints.contains(&Joint::Tight);
        self.inside = self.bound || (self.blanks && joints.contains(&Joint::Blank));
    }

    /// An amount of money, a share, a decimal, or a date and what stands beside it.
    pub(super) fn is_quantity(&self, scene: &Scene<'_>) -> bool {
        let before = scene.char_before(self.range.start);
        let after = scene.after(self.range.end, 4);
        let mut following = after.chars();
        let cut = matches!(following.next(), Some(',' | '.'))
            && following.next().is_some_and(|c| c.is_ascii_digit());
        let point = scene.text.get(self.range.clone()).is_some_and(|written| written.contains('.'));
        let decimal = cut || (point && matches!(self.lengths.as_slice(), [_, 1 | 2]) && self.is_bare());
        before.is_some_and(|c| "$€£¥+".contains(c))
            || decimal
            || after.trim_start().starts_with(['$', '€', '£', '¥', '%'])
            || self.begins_with_date()
    }

    fn begins_with_date(&self) -> bool {
        let year = match self.lengths.as_slice() {
            [4, 2, 2, ..] => self.compact.get(..4),
            [1 | 2, 1 | 2, 4] => self.compact.get(self.compact.len() - 4..),
            _ => None,
        };
        year.and_then(|year| year.parse::<u32>().ok()).is_some_and(|year| (1900..2100).contains(&year))
    }

    /// Whether it is digits only.
    pub(super) fn is_bare(&self) -> bool {
        self.letters == 0
    }
}

/// The forms of some kinds of number, each kind by its place in the list.
pub(super) struct Forms {
    by_length: Vec<Vec<(Form, usize)>>,
}

impl Forms {
    /// Takes the forms for which `takes` says so, by kind and length.
    pub(super) fn new(kinds: &[&NumberKind], takes: fn(&NumberKind, usize) -> bool) -> Self {
        let mut by_length: Vec<Vec<(Form, usize)>> = vec![Vec::new(); LENGTH + 1];
        for (nth, kind) in kinds.iter().enumerate() {
            for (length, form) in kind.shapes.iter().flat_map(|shape| Form::all_of(shape)) {
                if let Some(forms) = by_length.get_mut(length).filter(|_| takes(kind, length)) {
                    forms.push((form, nth));
                }
            }
        }
        Self { by_length }
    }

    /// The kinds that have a form that the row has; one comes more often when it has several.
    pub(super) fn takers(&self, row: &Row) -> impl Iterator<Item = usize> + use<'_> {
        let letters = row.letters;
        let forms = self.by_length.get(row.compact.len()).map_or(&[][..], Vec::as_slice);
        forms.iter().filter(move |(form, _)| form.fits(letters)).map(|(_, nth)| *nth)
    }
}

/// Where a number has letters and where it has digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// The places that are not free.
    cared: u64,
    letters: u64,
}

impl Form {
    fn fits(self, letters: u64) -> bool {
        letters & self.cared == self.letters
    }

    /// Every form of a shape, with its length: `9` is a digit, `A` a letter, `X` either; `{3}` and `{3,5}` repeat what
    /// is before them, as in regular expressions.
    pub(super) fn all_of(shape: &str) -> Vec<(usize, Self)> {
        let mut forms = vec![String::new()];
        let mut rest = shape;
        while let Some(class) = rest.chars().next() {
            rest = &rest[class.len_utf8()..];
            let mut times = 1..=1;
            if let Some((count, after)) = rest.strip_prefix('{').and_then(|open| open.split_once('}')) {
                let (least, most) = count.split_once(',').unwrap_or((count, count));
                let number =
                    |count: &str| count.parse().expect("shapes are constants, and a test reads all of them");
                times = number(least)..=number(most);
                rest = after;
            }
            forms = forms
                .iter()
                .flat_map(|form| {
                    times.clone().map(move |count| form.clone() + &class.to_string().repeat(count))
                })
                .collect();
        }
        let places = |form: &str, class: char| {
            form.chars()
                .enumerate()
                .filter(|(_, c)| *c == class)
                .fold(0, |places, (nth, _)| places | 1 << nth)
        };
        forms
            .iter()
            .map(|form| {
                let letters = places(form, 'A');
                (form.len(), Self { cared: letters | places(form, '9'), letters })
            })
            .collect()
    }

    /// Whether a number of its length has letters and digits where the form has them.
    pub(super) fn is_of(self, compact: &str) -> bool {
        let letter = |(nth, byte): (usize, u8)| if byte.is_ascii_alphabetic() { 1 << nth } else { 0 };
        let letters =
            compact.bytes().enumerate().take(LENGTH).map(letter).fold(0, |all, place: u64| all | place);
        self.fits(letters)
    }
}

#[cfg(test)]
impl Form {
    /// Whether a letter stands at a place.
    pub(super) fn is_letter(self, place: usize) -> bool {
        self.letters >> place & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joints(text: &str) -> Vec<(&str, Joint)> {
        groups(text).into_iter().map(|group| (&text[group.range], group.joint)).collect()
    }

    #[test]
    fn a_word_parts_what_stands_around_it() {
        use Joint::{Apart, Blank, Tight};
        assert_eq!(joints("unter 5550 1937 zu"), [("5550", Apart), ("1937", Blank)]);
        assert_eq!(
            joints("AB 12 34 word 56-C"),
            [("AB", Apart), ("12", Blank), ("34", Blank), ("56", Apart), ("C", Tight)]
        );
        assert_eq!(
            joints("it is 12 - 34, no. 5+6"),
            [("12", Apart), ("34", Blank), ("5", Apart), ("6", Tight)]
        );
        assert_eq!(joints("9f86-abcd-12"), [("9f86", Apart), ("abcd", Tight), ("12", Tight)]);
        assert_eq!(joints("12    34"), [("12", Apart), ("34", Apart)]);
    }

    #[test]
    fn letters_beside_a_number_belong_to_it_where_they_are_no_words() {
        let parts =
            |text: &str| joints(text).into_iter().map(|(part, _)| part.to_owned()).collect::<Vec<_>>();
        assert_eq!(parts("A B C D E 12 F G H J K"), ["B", "C", "D", "E", "12", "F", "G", "H", "J"]);
        assert_eq!(parts("abcd-12 or 34-wxyz"), ["abcd", "12", "34", "wxyz"]);
        assert_eq!(parts("I 12, NO 34, A 56, a 78"), ["12", "34", "A", "56", "78"]);
    }

    #[test]
    fn a_row_ends_where_it_is_too_long_for_a_number() {
        for (length, fits) in [(14, true), (15, false), (20, false)] {
            let text = format!("{} {}", "1".repeat(20), "2".repeat(length));
            let mut row = Row::default();
            let taken: Vec<bool> = groups(&text).iter().map(|group| row.extend(&text, group)).collect();
            assert_eq!(taken, [true, fits], "{length}");
        }
    }

    #[test]
    fn a_form_is_of_numbers_with_letters_in_its_places() {
        let [(_, form)] = Form::all_of("A9XA")[..] else { panic!("one form") };
        for (number, is_of) in [
            ("A1BC", true),
            ("A12C", true),
            ("11BC", false),
            ("AABC", false),
            ("A1B2", false),
            ("1111", false),
        ] {
            assert_eq!(form.is_of(number), is_of, "{number}");
        }
    }

    #[test]
    fn a_shape_stands_for_all_its_forms() {
        let lengths = |shape| Form::all_of(shape).iter().map(|(length, _)| *length).collect::<Vec<_>>();
        assert_eq!(lengths("9{6,8}"), [6, 7, 8]);
        assert_eq!(lengths("A{1,2}9{3}X"), [5, 6]);
        let fits = |shape, number: &str| {
            let mut row = Row::default();
            assert!(groups(number).iter().all(|group| row.extend(number, group)));
            Form::all_of(shape)
                .iter()
                .any(|(length, form)| *length == row.compact.len() && form.fits(row.letters))
        };
        assert!(fits("AA9{6}A", "AB 12 34 56 C") && fits("AA9{6}X", "ab1234567"));
        assert!(!fits("AA9{6}A", "ab1234567") && !fits("9{9}", "ab1234567") && !fits("A{9}", "ab1234567"));
    }

    #[test]
    fn amounts_decimals_and_dates_are_quantities() {
        let quantity = |text: &str| {
            let mut row = Row::default();
            for group in groups(text) {
                row.extend(text, &group);
            }
            row.is_quantity(&Scene::of(text))
        };
        for text in [
            "$123456",
            "123456 €",
            "123456%",
            "123456,7",
            "123456.78",
            "2024-11-05",
            "05.11.2024",
            "5/11/2024",
            "+123456",
        ] {
            assert!(quantity(text), "{text}");
        }
        for text in ["123456", "123456.", "20-00-00", "2024-115", "12 11 3024", "123456, and"] {
            assert!(!quantity(text), "{text}");
        }
    }
}
