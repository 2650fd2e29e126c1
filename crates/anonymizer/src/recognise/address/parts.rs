//! What stands for an address by itself: a post office box, a corner of two streets, a postcode after its word.

use std::ops::Range;

use crate::recognise::date::{ahead, behind};
use crate::recognise::marks::Sign;
use crate::recognise::read::Reader;

/// "P.O. Box 149", "Postfach 12 34 56", "PSC 0413, Box 8144".
pub(super) fn post_box(reader: &Reader<'_, '_>, word: &Range<usize>) -> Option<Range<usize>> {
    let text = reader.text;
    let kind = &text[word.clone()];
    let before = behind(text, word.start, 20);
    let start = match kind {
        "box" => {
            let post = ["p.o. ", "po ", "p.o ", "p. o. ", "post office ", "postal ", "p o ", "gpo "]
                .into_iter()
                .find(|post| before.ends_with(post));
            match post {
                Some(post) => word.start - post.len(),
                None => {
                    let military =
                        ["psc ", "unit ", "cmr "].into_iter().find_map(|unit| before.rfind(unit))?;
                    let between = &before[military..];
                    let fits =
                        between.chars().filter(char::is_ascii_digit).count() >= 2 && between.len() <= 14;
                    fits.then(|| word.start - before.len() + military)?
                }
            }
        }
        "bp" | "pf"
            if !reader.is_upper(word)
                || !(before.is_empty() || before.trim_end_matches(' ').ends_with([',', '\n', ':'])) =>
        {
            return None;
        }
        _ => word.start,
    };
    let mut at = word.end;
    for _ in 0..2 {
        let next = reader.word_from(at, &[' ', ':', '.'])?;
        if next.digits {
            let mut end = next.range.end;
            while let Some(more) = reader
                .word_from(end, &[' '])
                .filter(|more| more.digits && more.range.len() <= 3 && kind == "postfach")
            {
                end = more.range.end;
            }
            return Some(start..end);
        }
        if !["postale", "postal", "de", "correos", "nr", "number", "no"].contains(&&text[next.range.clone()])
        {
            return None;
        }
        at = next.range.end;
    }
    None
}

/// "the corner of Pine Street and 5th Avenue".
pub(super) fn corner_of(reader: &Reader<'_, '_>, start: usize, at: usize) -> Option<Range<usize>> {
    let mut end = at;
    let mut two = false;
    for _ in 0..12 {
        let Some(word) = reader.word_from(end, &[' ', '.']) else { break };
        let written = &reader.text[word.range.clone()];
        let street = reader.sign(&word).is_some_and(|sign| sign.is(Sign::STREET_LAST));
        if word.digits || street || reader.is_capital(&word) {
            end = word.range.end;
        } else if written == "and" && end > at && !two {
            two = true;
            end = word.range.end;
        } else {
            break;
        }
    }
    (two && !reader.text[..end].ends_with(" and")).then_some(start..end)
}

/// "ZIP: 3520", "my postcode is AB1 2CD".
pub(super) fn postcode_after(reader: &Reader<'_, '_>, mut at: usize) -> Option<Range<usize>> {
    let postal = reader.text[..at].ends_with("postal");
    for nth in 0..4 {
        let word = reader.word_from(at, &[' ', ':', '=', '#', '.'])?;
        let written = &reader.text[word.range.clone()];
        if reader.text[at..word.range.start].contains(". ") {
            return None;
        }
        let shaped = written.bytes().any(|byte| byte.is_ascii_digit());
        if shaped && written.len() <= 8 {
            if postal && nth == 0 {
                return None;
            }
            let mut end = word.range.end;
            let tail = ahead(reader.text, end, 6);
            if tail.starts_with('-') && tail[1..].bytes().take_while(u8::is_ascii_digit).count() >= 3 {
                end += 1 + tail[1..].bytes().take_while(u8::is_ascii_digit).count();
            } else if tail.starts_with(' ') {
                let next = reader.word_from(end, &[' '])?;
                let part = &reader.text[next.range.clone()];
                let second = (part.len() == 3 && part.bytes().any(|byte| byte.is_ascii_digit()))
                    || (written.len() == 4 && part.len() == 2 && reader.is_upper(&next.range))
                    || (written.len() == 3
                        && part.len() == 2
                        && part.bytes().all(|byte| byte.is_ascii_digit()));
                if second {
                    end = next.range.end;
                }
            }
            return Some(word.range.start..end);
        }
        if !["code", "is", "ist", "es", "est", "e", "my", "the", "number", "lautet", "codigo", "postale"]
            .contains(&written)
        {
            return None;
        }
        at = word.range.end;
    }
    None
}
