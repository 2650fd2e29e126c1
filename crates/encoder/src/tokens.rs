//! Text to word pieces: BERT's uncased normaliser and WordPiece (Devlin et al. 2019; Wu et al. 2016, section 4.1), as
//! Hugging Face's `BertNormalizer`, `BertPreTokenizer` and `WordPiece` do it, with the way back to the text as given.

use core::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::vocabulary::{Position, Vocabulary};

/// A longer word is unknown as a whole, in characters.
const LONGEST_WORD: usize = 100;

/// A piece of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    start: u32,
    end: u32,
    /// Its number in the vocabulary.
    pub number: u32,
    /// The number of its word in the text; a mark of punctuation is a word.
    pub word: u32,
}

impl Piece {
    /// Where it stands, in bytes of the text as given.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The pieces of a text, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    pieces: Vec<Piece>,
}

impl Tokens {
    /// The pieces; none of an empty text.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

/// The numbers of the marks that a model expects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks {
    pub(crate) unknown: u32,
    pub(crate) begin: u32,
    pub(crate) end: u32,
}

/// Cuts a text; linear in its length, whatever it holds. What lies beyond 4 GiB is left out.
pub(crate) fn tokens(text: &str, vocabulary: &Vocabulary, marks: Marks) -> Tokens {
    let mut cutter = Cutter { vocabulary, marks, word: Word::default(), words: 0, pieces: Vec::new() };
    for (start, character) in text.char_indices() {
        let Ok(end) = u32::try_from(start + character.len_utf8()) else { break };
        let place = Place { start: start as u32, end };
        if is_removed(character) {
            continue;
        }
        if character.is_whitespace() {
            cutter.finish_word();
        } else if character.is_ascii() {
            cutter.character(character.to_ascii_lowercase(), place);
        } else if is_ideograph(character) {
            cutter.finish_word();
            cutter.normalise(character, place);
            cutter.finish_word();
        } else {
            cutter.normalise(character, place);
        }
    }
    cutter.finish_word();
    Tokens { pieces: cutter.pieces }
}

#[derive(Clone, Copy)]
struct Place {
    start: u32,
    end: u32,
}

/// A word that grows: its normalised text, and where each octet's character stood.
#[derive(Default)]
struct Word {
    text: String,
    places: Vec<Place>,
    characters: usize,
    /// Of the whole word, also of what was not kept.
    place: Option<Place>,
}

struct Cutter<'a> {
    vocabulary: &'a Vocabulary,
    marks: Marks,
    word: Word,
    words: u32,
    pieces: Vec<Piece>,
}

impl Cutter<'_> {
    /// Without accents and in lower case. Each character is decomposed by itself: marks that it does not hold follow
    /// as characters of their own and fall away in the same manner.
    fn normalise(&mut self, character: char, place: Place) {
        for part in core::iter::once(character).nfd() {
            if part.general_category() != GeneralCategory::NonspacingMark {
                part.to_lowercase().for_each(|lower| self.character(lower, place));
            }
        }
    }

    fn character(&mut self, character: char, place: Place) {
        if is_punctuation(character) {
            self.finish_word();
            self.add(character, place);
            self.finish_word();
        } else {
            self.add(character, place);
        }
    }

    fn add(&mut self, character: char, place: Place) {
        let word = &mut self.word;
        word.characters += 1;
        word.place =
            Some(Place { start: word.place.map_or(place.start, |place| place.start), end: place.end });
        // A word that is too long is unknown whatever it holds, so the rest of it is not kept.
        if word.characters <= LONGEST_WORD {
            word.text.push(character);
            word.places.resize(word.text.len(), place);
        }
    }

    fn finish_word(&mut self) {
        let Some(place) = self.word.place.take() else { return };
        let before = self.pieces.len();
        if !self.cut_word() {
            self.pieces.truncate(before);
            let Place { start, end } = place;
            self.pieces.push(Piece { start, end, number: self.marks.unknown, word: self.words });
        }
        self.words += 1;
        self.word.text.clear();
        self.word.places.clear();
        self.word.characters = 0;
    }

    /// False when the word cannot be cut into pieces that are known.
    fn cut_word(&mut self) -> bool {
        if self.word.characters > LONGEST_WORD {
            return false;
        }
        let mut at = 0;
        while at < self.word.text.len() {
            let position = if at == 0 { Position::First } else { Position::Later };
            let Some((number, length)) = self.vocabulary.longest_match(&self.word.text[at..], position)
            else {
                return false;
            };
            let (start, end) = (self.word.places[at].start, self.word.places[at + length - 1].end);
            self.pieces.push(Piece { start, end, number, word: self.words });
            at += length;
        }
        true
    }
}

/// What the normaliser drops: NUL, the replacement character, and everything of the category "other" but for white
/// space.
fn is_removed(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{fffd}' => true,
        _ if character.is_ascii() => character.is_ascii_control(),
        _ => character.general_category_group() == GeneralCategoryGroup::Other,
    }
}

fn is_punctuation(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_punctuation();
    }
    character.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// The blocks that BERT sets apart: each character is a word.
fn is_ideograph(character: char) -> bool {
    matches!(u32::from(character),
        0x4e00..=0x9fff | 0x3400..=0x4dbf | 0x2_0000..=0x2_a6df | 0x2_a700..=0x2_b73f
        | 0x2_b740..=0x2_b81f | 0x2_b920..=0x2_ceaf | 0xf900..=0xfaff | 0x2_f800..=0x2_fa1f)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MARKS: Marks = Marks { unknown: 0, begin: 1, end: 2 };

    fn vocabulary() -> Vocabulary {
        let pieces = [
            "[UNK]", "[CLS]", "[SEP]", "my", "name", "is", "jo", "##se", "##rg", "##ensen", "'", "s", "中",
            "ss", ".", "##a", "a",
        ];
        Vocabulary::new(&pieces.map(str::to_owned))
    }

    fn cut(text: &str) -> Vec<(&str, u32, u32)> {
        let tokens = tokens(text, &vocabulary(), MARKS);
        tokens.pieces().iter().map(|piece| (&text[piece.range()], piece.number, piece.word)).collect()
    }

    #[test]
    fn pieces_know_their_place_in_the_text_as_given() {
        assert_eq!(
            cut("My  NAME is\tJosé's."),
            [
                ("My", 3, 0),
                ("NAME", 4, 1),
                ("is", 5, 2),
                ("Jo", 6, 3),
                ("sé", 7, 3),
                ("'", 10, 4),
                ("s", 11, 5),
                (".", 14, 6)
            ]
        );
    }

    #[test]
    fn an_accent_of_its_own_a_control_character_and_ideographs_are_handled_as_in_training() {
        assert_eq!(cut("Jose\u{301}"), [("Jo", 6, 0), ("se", 7, 0)]);
        assert_eq!(cut("m\u{200b}y\u{0}"), [("m\u{200b}y", 3, 0)]);
        assert_eq!(cut("my中name"), [("my", 3, 0), ("中", 12, 1), ("name", 4, 2)]);
        assert_eq!(cut("my\u{a0}name…"), [("my", 3, 0), ("name", 4, 1), ("…", 0, 2)]);
        assert_eq!(cut(""), []);
        assert_eq!(cut(" \u{301}"), []);
    }

    #[test]
    fn a_word_that_is_unknown_or_too_long_is_one_piece() {
        assert_eq!(cut("myq is"), [("myq", 0, 0), ("is", 5, 1)]);
        let hundred = "a".repeat(100);
        assert_eq!(cut(&hundred).len(), 100);
        let more = "a".repeat(101);
        assert_eq!(cut(&more), [(more.as_str(), 0, 0)]);
    }

    #[test]
    fn a_word_of_a_megabyte_is_one_piece_and_is_not_kept() {
        let long = "a".repeat(1 << 20);
        assert_eq!(cut(&long), [(long.as_str(), 0, 0)]);
    }

    proptest! {
        #[test]
        fn every_piece_is_a_part_of_the_text_in_order(text in "\\PC{0,60}") {
            let tokens = tokens(&text, &vocabulary(), MARKS);
            let mut last = (0, 0);
            for piece in tokens.pieces() {
                prop_assert!(text.get(piece.range()).is_some_and(|part| !part.is_empty()));
                prop_assert!(piece.range().start >= last.0 && piece.word >= last.1);
                last = (piece.range().start, piece.word);
            }
        }
    }
}
