//! Looks words up. A word is compared as three numbers of eight bytes each, which are read from the text in one step:
//! copying and comparing byte by byte costs more than all the rest of a look at a word.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

use super::{LONGEST, Sign, words};
use crate::recognise::spoken;

pub(super) static WORDS: LazyLock<Table> = LazyLock::new(|| {
    let spoken = spoken::words().map(|words| (Sign::SPOKEN, words));
    Table::of(words::WORDS.iter().copied().chain(spoken))
});
pub(super) static SPEECH: LazyLock<Table> = LazyLock::new(|| Table::of(words::SPEECH.iter().copied()));

/// What words mean.
pub(super) struct Table {
    words: HashMap<Packed, Sign, BuildHasherDefault<Quick>>,
}

/// The bytes of a word of at most [`LONGEST`] bytes, and how many they are.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Packed([u64; LONGEST / 8], u64);

impl Table {
    fn of(listed: impl Iterator<Item = (Sign, &'static str)>) -> Self {
        let mut table = HashMap::default();
        for (sign, words) in listed {
            for word in words.split_ascii_whitespace() {
                if let Some(word) = Packed::of(word.as_bytes(), 0..word.len()) {
                    let known = table.entry(word).or_insert(Sign(0));
                    *known = known.or(sign);
                }
            }
        }
        Self { words: table }
    }

    /// What the word in this place of a text means.
    pub(super) fn get(&self, text: &[u8], word: Range<usize>) -> Option<Sign> {
        self.words.get(&Packed::of(text, word)?).copied()
    }
}

impl Packed {
    fn of(text: &[u8], word: Range<usize>) -> Option<Self> {
        if word.len() > LONGEST {
            return None;
        }
        let mut packed = Self([0; LONGEST / 8], word.len() as u64);
        for (slot, at) in packed.0.iter_mut().zip(word.clone().step_by(8)) {
            let eight = text.get(at..).unwrap_or_default();
            let read = match eight.first_chunk() {
                Some(bytes) => u64::from_le_bytes(*bytes),
                // The last bytes of the text.
                None => eight.iter().rev().fold(0, |read, byte| read << 8 | u64::from(*byte)),
            };
            let own = word.end - at;
            *slot = if own < 8 { read & ((1 << (8 * own)) - 1) } else { read };
        }
        Some(packed)
    }
}

impl Hash for Packed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [first, second, third] = self.0;
        // Most words end with the first number: the products do not wait for each other.
        let rest = second.wrapping_mul(0xff51_afd7_ed55_8ccd) ^ third.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        state.write_u64(first ^ rest ^ self.1);
    }
}

/// Spreads one number over all bits. The tables are ours, so nobody can crowd them.
#[derive(Default)]
pub(super) struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        let spread = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread ^ (spread >> 32);
    }
}
