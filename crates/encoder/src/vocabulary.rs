//! The word pieces of a model, found by their text.

use core::ops::Range;

/// Where the hash begins; also that of the empty text.
const FNV_OFFSET: u32 = 0x811c_9dc5;

/// All pieces in one text, and an open-addressing table over them (FNV-1a, linear probing).
#[derive(Debug)]
pub(crate) struct Vocabulary {
    text: String,
    /// Where each piece begins in `text`, and where the last one ends.
    starts: Vec<u32>,
    /// A piece's number plus one, or zero; a power of two long, at most half full.
    table: Vec<u32>,
    /// Octets of the longest piece without its mark.
    longest: usize,
}

/// Whether a piece begins a word. Those that go on with one are written with [`CONTINUED`] in front.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    First,
    Later,
}

const CONTINUED: &str = "##";

impl Vocabulary {
    /// The pieces in the order of their numbers; of two that are written alike the first counts.
    pub(crate) fn new(pieces: &[String]) -> Self {
        let mut vocabulary = Self {
            text: String::with_capacity(pieces.iter().map(String::len).sum()),
            starts: Vec::with_capacity(pieces.len() + 1),
            table: vec![0; (2 * pieces.len()).next_power_of_two().max(2)],
            longest: 0,
        };
        vocabulary.starts.push(0);
        for (number, piece) in pieces.iter().enumerate() {
            vocabulary.text.push_str(piece);
            vocabulary.starts.push(vocabulary.text.len() as u32);
            let bare = piece.strip_prefix(CONTINUED).unwrap_or(piece);
            vocabulary.longest = vocabulary.longest.max(bare.len());
            let hash = piece.bytes().fold(FNV_OFFSET, hash_octet);
            if let Err(slot) = vocabulary.look_up(hash, "", piece) {
                vocabulary.table[slot] = number as u32 + 1;
            }
        }
        vocabulary
    }

    /// The number of a piece that is written exactly so.
    pub(crate) fn number(&self, piece: &str) -> Option<u32> {
        self.look_up(piece.bytes().fold(FNV_OFFSET, hash_octet), "", piece).ok()
    }

    /// The longest piece with which `rest` of a word begins: its number and its length.
    pub(crate) fn longest_match(&self, rest: &str, position: Position) -> Option<(u32, usize)> {
        let mark = if position == Position::First { "" } else { CONTINUED };
        let mut hash = mark.bytes().fold(FNV_OFFSET, hash_octet);
        let mut found = None;
        // Each shorter beginning is tried on the way, so the hash is computed once.
        for (at, octet) in rest.bytes().enumerate().take(self.longest) {
            hash = hash_octet(hash, octet);
            let end = at + 1;
            if rest.is_char_boundary(end)
                && let Ok(number) = self.look_up(hash, mark, &rest[..end])
            {
                found = Some((number, end));
            }
        }
        found
    }

    /// Octets that it holds.
    pub(crate) fn size(&self) -> usize {
        self.text.capacity() + size_of_val(&*self.starts) + size_of_val(&*self.table)
    }

    fn range(&self, number: usize) -> Range<usize> {
        self.starts[number] as usize..self.starts[number + 1] as usize
    }

    /// The piece's number, or the free slot where it would stand.
    fn look_up(&self, hash: u32, mark: &str, bare: &str) -> Result<u32, usize> {
        let mask = self.table.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let Some(number) = self.table[slot].checked_sub(1) else { return Err(slot) };
            let piece = &self.text[self.range(number as usize)];
            if piece.strip_prefix(mark) == Some(bare) {
                return Ok(number);
            }
            slot = (slot + 1) & mask;
        }
    }
}

fn hash_octet(hash: u32, octet: u8) -> u32 {
    (hash ^ u32::from(octet)).wrapping_mul(0x0100_0193)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_piece_is_found_for_its_position() {
        let pieces = ["[UNK]", "sto", "store", "##re", "##s", "ä"].map(str::to_owned);
        let vocabulary = Vocabulary::new(&pieces);
        assert_eq!(vocabulary.longest_match("stores", Position::First), Some((2, 5)));
        assert_eq!(vocabulary.longest_match("re", Position::Later), Some((3, 2)));
        assert_eq!(vocabulary.longest_match("re", Position::First), None);
        assert_eq!(vocabulary.longest_match("äs", Position::First), Some((5, 2)));
        assert_eq!(vocabulary.longest_match("", Position::First), None);
        assert_eq!(vocabulary.number("##s"), Some(4));
        assert_eq!(vocabulary.number("x"), None);
        assert_eq!(Vocabulary::new(&[]).longest_match("a", Position::First), None);
    }
}
