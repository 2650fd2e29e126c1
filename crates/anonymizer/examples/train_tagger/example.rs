//! A text with the names that are in it, and the ways in which people write the same text otherwise.

use std::ops::Range;

use anonymizer::tagger_training::Label;

use crate::random::Random;

#[derive(Clone, Debug, Default)]
pub(crate) struct Example {
    pub(crate) text: String,
    /// In bytes of the text.
    pub(crate) spans: Vec<(Range<usize>, Label)>,
}

impl Example {
    /// Appends another one.
    pub(crate) fn append(&mut self, between: &str, other: &Self) {
        self.text.push_str(between);
        let by = self.text.len();
        self.text.push_str(&other.text);
        self.spans
            .extend(other.spans.iter().map(|(range, label)| (range.start + by..range.end + by, *label)));
    }

    /// The same text with each character replaced. The function is told whether the character is part of a name.
    pub(crate) fn rewrite(&self, mut each: impl FnMut(bool, char, &mut String)) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let mut moved = vec![0; self.text.len() + 1];
        for (at, c) in self.text.char_indices() {
            moved[at] = text.len();
            let inside = self.spans.iter().any(|(range, _)| range.contains(&at));
            each(inside, c, &mut text);
        }
        moved[self.text.len()] = text.len();
        let spans = self.spans.iter().map(|(range, label)| (moved[range.start]..moved[range.end], *label));
        let spans = spans.filter(|(range, _)| !range.is_empty()).collect();
        Self { text, spans }
    }

    /// As it may have been typed: mostly as it is, often in lower case, at times in capitals, without accents or
    /// points, with slips.
    pub(crate) fn vary(self, random: &mut Random) -> Self {
        let cased = match random.below(100) {
            0..22 => self.rewrite(|_, c, out| out.extend(c.to_lowercase())),
            22..29 => {
                self.rewrite(|inside, c, out| if inside { out.extend(c.to_lowercase()) } else { out.push(c) })
            }
            29..31 => {
                let places = self.spans.clone();
                let mut at = 0;
                self.rewrite(|_, c, out| {
                    let in_place = places.iter().any(|(r, l)| *l == Label::Location && r.contains(&at));
                    at += c.len_utf8();
                    if in_place { out.extend(c.to_uppercase()) } else { out.push(c) }
                })
            }
            31..35 => self.rewrite(|_, c, out| out.extend(c.to_uppercase())),
            _ => self,
        };
        let mut varied = cased;
        if random.percent(6) {
            varied = varied.rewrite(|_, c, out| out.push(without_accent(c)));
        }
        if random.percent(6) {
            varied = varied.rewrite(|inside, c, out| {
                if inside || !",.!?'".contains(c) {
                    out.push(c)
                }
            });
        }
        if random.percent(5) {
            varied = varied.rewrite(|_, c, out| slip(c, random, out));
        }
        varied
    }
}

fn slip(c: char, random: &mut Random, out: &mut String) {
    if !c.is_alphabetic() || !random.percent(4) {
        out.push(c);
    } else if random.percent(50) {
        out.extend([c, c]);
    }
}

fn without_accent(c: char) -> char {
    const PAIRS: &str =
        "áaàaâaäaãaåaéeèeêeëeíiìiîiïióoòoôoöoõoøoúuùuûuüuçcñnšsśsżzźzčcćcřrěeýyłlńnąaęeÁAÉEÍIÓOÚUÖOÜUÄA";
    let mut pairs = PAIRS.chars();
    while let (Some(accented), Some(plain)) = (pairs.next(), pairs.next()) {
        if accented == c {
            return plain;
        }
    }
    c
}
