//! A text cut into words, numbers and marks, in one pass.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// A piece of text between blanks and other kinds of character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
    pub(crate) gap: Gap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Letters,
    Digits,
    /// Letters and digits, such as "4th".
    Mixed,
    /// The same mark, once or repeated.
    Mark,
}

/// What stands before a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    None,
    Blank,
    Line,
}

/// The words of a text in order. They do not overlap, and only blanks are left out.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { chars: text.char_indices().peekable(), length: text.len() }
}

pub(crate) struct Words<'a> {
    chars: Peekable<CharIndices<'a>>,
    length: usize,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let mut gap = Gap::None;
        while let Some((_, blank)) = self.chars.next_if(|(_, c)| c.is_whitespace()) {
            gap = if blank == '\n' || gap == Gap::Line { Gap::Line } else { Gap::Blank };
        }
        let (start, first) = self.chars.next()?;
        let mut kind = kind_of(first);
        if kind == Kind::Mark {
            while self.chars.next_if(|(_, c)| *c == first).is_some() {}
        } else {
            while let Some((_, c)) = self.chars.next_if(|(_, c)| kind_of(*c) != Kind::Mark) {
                if kind_of(c) != kind {
                    kind = Kind::Mixed;
                }
            }
        }
        let end = self.chars.peek().map_or(self.length, |(at, _)| *at);
        Some(Word { range: start..end, kind, gap })
    }
}

fn kind_of(c: char) -> Kind {
    if c.is_ascii() {
        if c.is_ascii_alphabetic() {
            Kind::Letters
        } else if c.is_ascii_digit() {
            Kind::Digits
        } else {
            Kind::Mark
        }
    } else if c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c) {
        Kind::Letters
    } else if c.is_numeric() {
        Kind::Digits
    } else {
        Kind::Mark
    }
}

/// The fewest words after which a sentence's end is a place to cut, and the most in one piece.
const SHORT: usize = 48;
const LONG: usize = 160;

/// Fills `piece` with the next words that are tagged together; false at the end. A long text is cut where a
/// sentence or a line ends, so that memory stays small and cost linear.
pub(crate) fn next_piece(text: &str, words: &mut Peekable<Words<'_>>, piece: &mut Vec<Word>) -> bool {
    piece.clear();
    while let Some(word) = words.next() {
        let ends_sentence = word.kind == Kind::Mark
            && matches!(text.as_bytes().get(word.range.start), Some(b'.' | b'!' | b'?'));
        piece.push(word);
        let next = words.peek().map(|next| next.gap);
        let can_cut = next == Some(Gap::Line) || (ends_sentence && next == Some(Gap::Blank));
        if piece.len() >= LONG || (piece.len() >= SHORT && can_cut) {
            break;
        }
    }
    !piece.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        words(text).map(|word| &text[word.range]).collect()
    }

    #[test]
    fn words_numbers_and_marks_stand_apart() {
        assert_eq!(
            texts("Anna-Lena's 4th, no. 12!!"),
            ["Anna", "-", "Lena", "'", "s", "4th", ",", "no", ".", "12", "!!"]
        );
        assert_eq!(texts("Łódź\u{a0}und Zoe\u{308}"), ["Łódź", "und", "Zoe\u{308}"]);
        assert_eq!(texts(" \n"), Vec::<&str>::new());
    }

    #[test]
    fn a_gap_says_whether_a_line_ended() {
        let gaps: Vec<_> = words("a b \n c.").map(|word| word.gap).collect();
        assert_eq!(gaps, [Gap::None, Gap::Blank, Gap::Line, Gap::None]);
    }

    #[test]
    fn a_long_text_is_cut_and_nothing_is_lost() {
        let text = "one two three. ".repeat(300);
        let mut rest = words(&text).peekable();
        let (mut piece, mut all) = (Vec::new(), Vec::new());
        while next_piece(&text, &mut rest, &mut piece) {
            assert!(piece.len() <= LONG);
            all.append(&mut piece);
        }
        assert_eq!(all, words(&text).collect::<Vec<_>>());
    }

    proptest::proptest! {
        #[test]
        fn words_cover_all_but_blanks(text in "\\PC{0,60}") {
            let mut end = 0;
            for word in words(&text) {
                proptest::prop_assert!(text[end..word.range.start].chars().all(char::is_whitespace));
                proptest::prop_assert!(word.range.start < word.range.end);
                end = word.range.end;
            }
            proptest::prop_assert!(text[end..].chars().all(char::is_whitespace));
        }
    }
}
