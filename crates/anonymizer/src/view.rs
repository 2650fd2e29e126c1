//! A text as the recognisers read it, with a map back to the text as written.
//!
//! [`View::normal`] is for patterns: NFKC, invisible characters removed, all digits ASCII, dashes and quotes
//! plain, look-alike letters Latin inside a word that has Latin letters. [`View::folded`] is for looking known
//! values up: lower case, no accents, look-alikes Latin everywhere.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical, is_combining_mark};

/// A changed text; where nothing changed, no copy and no map.
pub(crate) struct View<'a> {
    text: Cow<'a, str>,
    /// For each byte: the first byte that it came from, and the first after it.
    map: Option<Vec<(u32, u32)>>,
}

impl<'a> View<'a> {
    pub(crate) fn normal(original: &'a str) -> Self {
        if original.is_ascii() {
            return Self { text: Cow::Borrowed(original), map: None };
        }
        Self::normal_latin(original).unwrap_or_else(|| Self::normal_mixed(original))
    }

    /// The fast way, for a text without letters that look Latin and are not: ASCII goes through as it is.
    fn normal_latin(original: &str) -> Option<Self> {
        let bytes = original.as_bytes();
        let mut built = Built::with_capacity(original.len());
        let mut at = 0;
        while at < bytes.len() {
            let ascii = bytes.iter().skip(at).take_while(|byte| byte.is_ascii()).count();
            // A mark after the last one would belong to it.
            let own = if at + ascii < bytes.len() { ascii.saturating_sub(1) } else { ascii };
            built.push_ascii(&original[at..at + own], at);
            at += own;
            let Some((range, cluster)) = clusters(&original[at..]).next() else { break };
            if let Some(c) = single(cluster).filter(|c| is_plain_latin(*c)) {
                built.push(c, at..at + range.end);
                at += range.end;
                continue;
            }
            for c in cluster.nfkc().filter(|c| !is_invisible(*c)) {
                if matches!(c, '\u{370}'..='\u{52f}') {
                    return None;
                }
                built.push(plain(c), at..at + range.end);
            }
            at += range.end;
        }
        Some(built.finish())
    }

    fn normal_mixed(original: &str) -> Self {
        let mut pieces = Vec::with_capacity(original.len());
        for (range, cluster) in clusters(original) {
            for c in cluster.nfkc().filter(|c| !is_invisible(*c)) {
                pieces.push((plain(c), range.clone()));
            }
        }
        latinise_mixed_words(&mut pieces);
        let mut built = Built::with_capacity(original.len());
        for (c, range) in pieces {
            built.push(c, range);
        }
        built.finish()
    }

    /// Positions in the result map to positions in `normal`.
    pub(crate) fn folded(normal: &'a str) -> Self {
        if normal.is_ascii() {
            return Self { text: Cow::Owned(normal.to_ascii_lowercase()), map: None };
        }
        let mut built = Built::with_capacity(normal.len());
        for (at, c) in normal.char_indices() {
            match u8::try_from(c) {
                Ok(byte) if byte.is_ascii() => built.push_one(byte.to_ascii_lowercase(), at),
                _ => fold(c, |folded| built.push(folded, at..at + c.len_utf8())),
            }
        }
        built.finish()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where a range of the view came from. The range may be empty only where the text is.
    pub(crate) fn origin(&self, range: Range<usize>) -> Range<usize> {
        let Some(map) = &self.map else { return range };
        match (map.get(range.start), map.get(range.end.saturating_sub(1))) {
            (Some(first), Some(last)) => first.0 as usize..last.1 as usize,
            _ => 0..0,
        }
    }
}

/// A view in the making.
struct Built {
    text: String,
    map: Vec<(u32, u32)>,
}

impl Built {
    fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), map: Vec::with_capacity(bytes) }
    }

    fn push_one(&mut self, ascii: u8, at: usize) {
        self.text.push(char::from(ascii));
        self.map.push((offset(at), offset(at + 1)));
    }

    fn push_ascii(&mut self, written: &str, at: usize) {
        self.text.push_str(written);
        self.map.extend((at..at + written.len()).map(|at| (offset(at), offset(at + 1))));
    }

    fn push(&mut self, c: char, range: Range<usize>) {
        self.text.push(c);
        self.map.resize(self.text.len(), (offset(range.start), offset(range.end)));
    }

    fn finish<'a>(self) -> View<'a> {
        View { text: Cow::Owned(self.text), map: Some(self.map) }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Lower case, no accents, look-alikes Latin. Used on values and on texts alike.
pub(crate) fn fold_value(value: &str) -> String {
    let normal = View::normal(value);
    View::folded(normal.text()).text().to_owned()
}

/// A character and the marks that follow it.
fn clusters(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.next()?;
        let mut end = start + first.len_utf8();
        while let Some((at, mark)) = rest.next_if(|(_, c)| canonical_combining_class(*c) != 0) {
            end = at + mark.len_utf8();
        }
        Some((start..end, &text[start..end]))
    })
}

/// The character of a cluster that has no marks.
fn single(cluster: &str) -> Option<char> {
    let mut chars = cluster.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// ASCII, and the letters of Latin-1: they stay as they are.
fn is_plain_latin(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{c0}'..='\u{ff}')
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first digit of each script that people type numbers in; NFKC has dealt with full-width ones.
const ZEROS: [u32; 17] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20,
    0x1040, 0x17e0,
];

fn plain(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        _ if c.is_numeric() => ZEROS
            .iter()
            .find_map(|zero| u32::from(c).checked_sub(*zero).filter(|value| *value < 10))
            .and_then(|value| char::from_digit(value, 10))
            .unwrap_or(c),
        _ => c,
    }
}

/// In a word with Latin letters, a Cyrillic or Greek letter that looks Latin is meant to.
fn latinise_mixed_words(pieces: &mut [(char, Range<usize>)]) {
    for word in pieces.split_mut(|(c, _)| !c.is_alphabetic()) {
        if word.iter().any(|(c, _)| c.is_ascii_alphabetic()) {
            for (c, _) in word {
                *c = latin(*c);
            }
        }
    }
}

/// The Latin letter that this one looks like, where there is one.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'А' | 'Α' => 'A',
        'в' | 'β' => 'b',
        'В' | 'Β' => 'B',
        'с' => 'c',
        'С' => 'C',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'Е' | 'Ε' => 'E',
        'һ' | 'н' => 'h',
        'Н' | 'Η' => 'H',
        'і' | 'ι' => 'i',
        'І' | 'Ι' => 'I',
        'ј' => 'j',
        'Ј' => 'J',
        'к' | 'κ' => 'k',
        'К' | 'Κ' => 'K',
        'м' | 'μ' => 'm',
        'М' | 'Μ' => 'M',
        'η' => 'n',
        'Ν' => 'N',
        'о' | 'ο' => 'o',
        'О' | 'Ο' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ѕ' => 's',
        'Ѕ' => 'S',
        'т' | 'τ' => 't',
        'Т' | 'Τ' => 'T',
        'υ' => 'u',
        'ν' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'Х' | 'Χ' => 'X',
        'у' => 'y',
        'У' | 'Υ' => 'Y',
        'Ζ' => 'Z',
        _ => c,
    }
}

fn fold(c: char, mut emit: impl FnMut(char)) {
    decompose_canonical(c, |part| {
        if is_combining_mark(part) {
            return;
        }
        for lower in part.to_lowercase().filter(|lower| !is_combining_mark(*lower)) {
            match lower {
                'ß' => "ss".chars().for_each(&mut emit),
                'æ' => "ae".chars().for_each(&mut emit),
                'œ' => "oe".chars().for_each(&mut emit),
                'þ' => "th".chars().for_each(&mut emit),
                'ø' => emit('o'),
                'ł' => emit('l'),
                'đ' | 'ð' => emit('d'),
                'ı' => emit('i'),
                _ => emit(latin(lower)),
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        View::normal(text).text().to_owned()
    }

    #[test]
    fn what_hides_a_value_is_undone() {
        assert_eq!(normal("４１１１\u{a0}１１１１"), "4111 1111");
        assert_eq!(normal("sa\u{200b}rah\u{feff}@x.org"), "sarah@x.org");
        assert_eq!(normal("٠١٧١"), "0171");
        assert_eq!(normal("1\u{2011}2\u{2013}3"), "1-2-3");
        assert_eq!(normal("sаrah@exаmple.org"), "sarah@example.org");
        assert_eq!(normal("привет"), "привет", "a Cyrillic word stays Cyrillic");
        assert_eq!(fold_value("Zoë MÜLLER-Strauß"), "zoe muller-strauss");
        assert_eq!(fold_value("Łukasz"), "lukasz");
    }

    #[test]
    fn a_range_of_the_view_leads_back_to_what_was_written() {
        let original = "né\u{301}e ４１\u{200b}１１!";
        let view = View::normal(original);
        let at = view.text().find("4111").expect("the digits are in the view");
        assert_eq!(&original[view.origin(at..at + 4)], "４１\u{200b}１１");
    }

    proptest::proptest! {
        #[test]
        fn the_fast_way_gives_what_the_thorough_one_gives(text in "[a-zé\\u{301}０-９ß€\\u{200b} Ａﬁµ']{0,24}") {
            if let Some(fast) = View::normal_latin(&text) {
                let thorough = View::normal_mixed(&text);
                proptest::prop_assert_eq!(fast.text(), thorough.text());
                proptest::prop_assert_eq!(fast.map, thorough.map);
            }
        }

        #[test]
        fn every_range_of_a_view_maps_to_whole_characters(text in "\\PC{0,40}") {
            let normal = View::normal(&text);
            let folded = View::folded(normal.text());
            for (at, c) in folded.text().char_indices() {
                let origin = normal.origin(folded.origin(at..at + c.len_utf8()));
                proptest::prop_assert!(text.get(origin).is_some_and(|written| !written.is_empty()));
            }
        }
    }
}
