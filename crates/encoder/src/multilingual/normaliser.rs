//! What a text looks like to the model: characters replaced as in training (a variant of NFKC), white space as one mark
//! before each word.

use super::file::ReplacementsFile;
use crate::file::ModelError;

/// A space, as it is written in pieces.
pub(super) const SPACE: char = '\u{2581}';

/// No replacement is longer, so a text grows by at most that factor. Unicode's longest has 33 octets.
const LONGEST: usize = 64;

/// Marks of the double array, as darts-clone lays a unit out: the label and whether it is a leaf, whether a key ends
/// here, and how far it is to the children.
const LABEL: u32 = 0x8000_00ff;
const KEY_ENDS: u32 = 0x100;
const VALUE: u32 = 0x7fff_ffff;

#[derive(Debug)]
pub(super) struct Normaliser {
    units: Vec<u32>,
    texts: String,
}

impl Normaliser {
    pub(super) fn check(file: &ReplacementsFile) -> Result<(), ModelError> {
        if file.texts.split('\0').any(|text| text.len() > LONGEST) {
            return Err(ModelError::Inconsistent("a replacement is too long"));
        }
        Ok(())
    }

    pub(super) fn new(file: ReplacementsFile) -> Self {
        Self { units: file.units, texts: file.texts }
    }

    /// The text as words of which each has [`SPACE`] before it; empty when there is nothing but white space.
    pub(super) fn normalise(&self, text: &str) -> String {
        let mut normal = String::with_capacity(text.len() + text.len() / 4 + SPACE.len_utf8());
        normal.push(SPACE);
        let (mut rest, mut after_space) = (text, true);
        while !rest.is_empty() {
            let (taken, becomes) = self.replace_first(rest);
            rest = &rest[taken..];
            let becomes = if after_space { becomes.trim_start_matches(' ') } else { becomes };
            for character in becomes.chars() {
                normal.push(if character == ' ' { SPACE } else { character });
            }
            if let Some(last) = becomes.chars().next_back() {
                after_space = last == ' ';
            }
        }
        normal.truncate(normal.trim_end_matches(SPACE).len());
        normal
    }

    /// How much of the text is replaced at once, at least a character, and by what. Of several keys with which it
    /// begins the longest counts.
    fn replace_first<'a>(&'a self, text: &'a str) -> (usize, &'a str) {
        let mut found = None;
        if let Some(root) = self.units.first() {
            let mut place = children(*root);
            for (at, octet) in text.bytes().enumerate() {
                place ^= u32::from(octet);
                let Some(unit) = self.unit(place) else { break };
                if unit & LABEL != u32::from(octet) {
                    break;
                }
                place ^= children(unit);
                // No key of a model as it should be ends within a character.
                if unit & KEY_ENDS != 0 && text.is_char_boundary(at + 1) {
                    found = self.unit(place).and_then(|leaf| self.text(leaf & VALUE)).map(|to| (at + 1, to));
                }
            }
        }
        found.unwrap_or_else(|| {
            let length = text.chars().next().map_or(0, char::len_utf8);
            (length, &text[..length])
        })
    }

    fn unit(&self, place: u32) -> Option<u32> {
        self.units.get(place as usize).copied()
    }

    fn text(&self, from: u32) -> Option<&str> {
        let rest = self.texts.get(from as usize..)?;
        rest.split_once('\0').map(|(text, _)| text)
    }

    /// Octets that it holds.
    pub(super) fn size(&self) -> usize {
        size_of_val(&*self.units) + self.texts.len()
    }
}

/// How far a node's children are from it.
fn children(unit: u32) -> u32 {
    (unit >> 10) << ((unit & 0x200) >> 6)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// "A" becomes "a", a tab becomes a space, "½" "1/2".
    fn replacements() -> ReplacementsFile {
        let mut units = vec![0_u32; 0x400];
        let mut leaf = |place: usize, label: u32, at: usize, value: u32| {
            units[place] = label | KEY_ENDS | (((place ^ at) as u32) << 10);
            units[at] = 1 << 31 | value;
        };
        leaf(0x41, 0x41, 0x300, 0);
        leaf(0x09, 0x09, 0x301, 2);
        // U+00BD is C2 BD; the children of C2 stand from 0x100.
        leaf(0x100 ^ 0xbd, 0xbd, 0x302, 4);
        units[0xc2] = 0xc2 | ((0xc2 ^ 0x100) << 10);
        ReplacementsFile { units, texts: "a\0 \x001/2\0".to_owned() }
    }

    #[test]
    fn characters_are_replaced_and_white_space_is_one_mark_before_each_word() {
        let normaliser = Normaliser::new(replacements());
        for (text, normal) in [
            ("", ""),
            (" \t ", ""),
            ("A", "▁a"),
            ("  AbA\t\tc ½ ", "▁aba▁c▁1/2"),
            ("é¼\u{0}", "▁é¼\u{0}"),
            ("▁x▁", "▁▁x"),
        ] {
            assert_eq!(normaliser.normalise(text), normal, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_double_array_makes_it_panic(
            mut units in prop::collection::vec(any::<u32>(), 0..600),
            low in any::<bool>(),
            texts in "[a-z\\x00é ]{0,40}",
            text in "\\PC{0,40}",
        ) {
            if low {
                // Most places are then within the array.
                units.iter_mut().for_each(|unit| *unit &= 0x0003_ffff);
            }
            let normal = Normaliser::new(ReplacementsFile { units, texts }).normalise(&text);
            prop_assert!(normal.len() <= text.len() * LONGEST + SPACE.len_utf8());
        }
    }
}
