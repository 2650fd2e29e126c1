//! Hardware addresses of network devices (IEEE 802, EUI-48): six pairs of hexadecimal digits with colons or dashes, or
//! three fours with dots.

use std::ops::Range;

use super::{Candidate, Recogniser, Scene};
use crate::Entity;

pub(crate) struct MacAddresses;

/// Signs between separators, and the length of the whole.
const PAIRS: (usize, usize) = (2, 17);
const FOURS: (usize, usize) = (4, 14);

impl Recogniser for MacAddresses {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let bytes = scene.text.as_bytes();
        if !may_have_one(bytes) {
            return;
        }
        let mut free = 0;
        for (at, separator) in bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b':' | b'-' | b'.'))
        {
            let (group, length) = if *separator == b'.' { FOURS } else { PAIRS };
            let Some(start) = at.checked_sub(group).filter(|start| *start >= free) else { continue };
            let Some(written) = bytes.get(start..start + length) else { continue };
            let range = start..start + length;
            if has_form(written, group, *separator) && scene.is_word(&range) && !goes_on(scene, &range) {
                free = range.end;
                found.push(Candidate { range, entity: Entity::MacAddress, score: 92, recogniser: "mac" });
            }
        }
    }
}

/// Whether separators stand as far apart as in an address. Without a way out, the loops look at many bytes at once.
fn may_have_one(bytes: &[u8]) -> bool {
    let apart = |length: usize, separates: fn(u8) -> bool| {
        let pairs = bytes.iter().zip(bytes.iter().skip(length + 1));
        pairs.fold(false, |any, (first, next)| any | ((first == next) & separates(*first)))
    };
    apart(PAIRS.0, |byte| (byte == b':') | (byte == b'-')) || apart(FOURS.0, |byte| byte == b'.')
}

fn has_form(written: &[u8], group: usize, separator: u8) -> bool {
    let form = written.iter().enumerate().all(|(nth, byte)| {
        if nth % (group + 1) == group { *byte == separator } else { byte.is_ascii_hexdigit() }
    });
    // Digits and dashes alone may be a date and a time, digits and dots an amount.
    form && (separator == b':' || written.iter().any(u8::is_ascii_alphabetic))
}

/// Part of a longer row: a fingerprint, an address of version 6.
fn goes_on(scene: &Scene<'_>, range: &Range<usize>) -> bool {
    let mut after = scene.after(range.end, 2).chars();
    let more =
        matches!(after.next(), Some(':' | '-' | '.')) && after.next().is_some_and(|c| c.is_ascii_hexdigit());
    more || scene.char_before(range.start).is_some_and(|c| ":-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn addresses(text: &str) -> Vec<String> {
        found_by(&MacAddresses, text)
    }

    #[test]
    fn addresses_are_found_in_every_way_of_writing() {
        for address in ["00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e", "00:11:22:33:44:55"] {
            assert_eq!(addresses(&format!("the router ({address}), is off.")), [address]);
            assert_eq!(addresses(&format!("{address}: off")), [address]);
            assert_eq!(addresses(&format!("{address} a")), [address]);
        }
    }

    #[test]
    fn other_rows_are_none() {
        for text in [
            "00:1A:2B:3C:4D",
            "SHA1 00:1A:2B:3C:4D:5E:6F:70:81",
            "00:1A-2B:3C:4D:5E",
            "12-11-10-09-08-07",
            "1234.5678.9012",
            "x00:1A:2B:3C:4D:5E",
            "at 10:30:45, 11:00:12 and 12:00",
        ] {
            assert_eq!(addresses(text), Vec::<String>::new(), "{text}");
        }
    }
}
