//! Internet addresses, version 4 and 6 (RFC 4291 forms). A version number of four parts is none.

use std::net::{Ipv4Addr, Ipv6Addr};

use regex::Regex;

use super::{Candidate, Recogniser, Scene, is_word_char, pattern};
use crate::Entity;

pub(crate) struct IpAddresses {
    four: Regex,
    six: Regex,
    version: Regex,
}

impl IpAddresses {
    pub(crate) fn new() -> Self {
        Self {
            four: pattern(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"),
            six: pattern(r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:\.[0-9]{1,3}){0,3}"),
            version: pattern(
                r"(?i)(?:\bv|version|release|firmware|build|driver|software|update|app|android|ios|windows|chapter|section|§)\s*(?:is|to|from|number|nr|no|:)?\s*\.?$",
            ),
        }
    }
}

impl Recogniser for IpAddresses {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !scene.marks().digits {
            return;
        }
        let mut add = |start: usize, end: usize, score: u8| {
            found.push(Candidate { range: start..end, entity: Entity::IpAddress, score, recogniser: "ip" });
        };
        let four = scene.figures().rows(scene.text, 1, |byte| *byte == b'.').any(|row| row.runs.len() >= 4);
        for hit in four.then(|| self.four.find_iter(scene.text)).into_iter().flatten() {
            let part = scene
                .char_before(hit.start())
                .is_some_and(|c| is_word_char(c) || matches!(c, '.' | '-' | '_'))
                || is_joined(scene.after(hit.end(), 8));
            let says_so =
                hit.as_str().parse::<Ipv4Addr>().is_ok_and(|a| !a.is_loopback() && !a.is_unspecified());
            if says_so && !part && !self.version.is_match(scene.before(hit.start(), 24)) {
                add(hit.start(), hit.end(), 87);
            }
        }
        let six = scene.marks().digits && has_two_colons(scene.text);
        for hit in six.then(|| self.six.find_iter(scene.text)).into_iter().flatten() {
            let written = hit.as_str().trim_end_matches('.');
            let written = if written.ends_with("::") { written } else { written.trim_end_matches(':') };
            let end = hit.start() + written.len();
            let part = scene.char_before(hit.start()).is_some_and(|c| is_word_char(c) || c == ':')
                || scene.char_after(end).is_some_and(is_word_char);
            let says_so = written.parse::<Ipv6Addr>().is_ok_and(|a| !a.is_loopback() && !a.is_unspecified());
            if says_so && !part && written.chars().any(|c| c.is_ascii_digit()) {
                add(hit.start(), end, 89);
            }
        }
    }
}

/// Whether two colons stand as close to each other as in an address.
fn has_two_colons(text: &str) -> bool {
    let mut last = None;
    text.match_indices(':').any(|(at, _)| last.replace(at).is_some_and(|last| at - last <= 5))
}

/// Whether the number goes on, as in `1.2.3.4.5` or `1.2.3.4-beta`; a point that ends the sentence does not.
fn is_joined(after: &str) -> bool {
    let mut rest = after.chars();
    match rest.next() {
        Some('.' | '-') => rest.next().is_some_and(is_word_char),
        Some(c) => is_word_char(c) || c == '_',
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn addresses(text: &str) -> Vec<String> {
        found_by(&IpAddresses::new(), text)
    }

    #[test]
    fn addresses_of_both_versions_are_found() {
        for (text, address) in [
            ("my ip is 203.0.113.7.", "203.0.113.7"),
            ("(198.51.100.23:8080)", "198.51.100.23"),
            ("2001:db8::8a2e:370:7334 is mine", "2001:db8::8a2e:370:7334"),
            ("from 2001:0db8:85a3:0000:0000:8a2e:0370:7334: slow", "2001:0db8:85a3:0000:0000:8a2e:0370:7334"),
            ("::ffff:203.0.113.7", "::ffff:203.0.113.7"),
            ("fe80::1", "fe80::1"),
        ] {
            assert!(addresses(text).contains(&address.to_owned()), "{text}: {:?}", addresses(text));
        }
    }

    #[test]
    fn versions_times_and_code_are_no_addresses() {
        for text in [
            "version 10.0.19.38",
            "firmware: 1.2.3.4",
            "v2.10.4.1",
            "1.2.3.4.5",
            "256.1.1.1",
            "12:30:45",
            "std::fec",
            "at 10:15",
            "127.0.0.1",
            "::",
            "00:1A:2B:3C:4D:5E",
            "1.2.3.4-beta",
            "aa::bb",
            "x203.0.113.7",
            "-203.0.113.7",
            "203.0.113.7x",
            "203.0.113.7_x",
            "x2001:db8::1",
            "2001:db8::1x",
            "it is ::1 here",
        ] {
            assert_eq!(addresses(text), Vec::<String>::new(), "{text}");
        }
    }
}
