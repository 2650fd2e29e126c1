//! E-mail addresses (RFC 5321 as people use it, internationalised names too), also "name (at) example dot com".

use regex::Regex;

use super::hints::Hints;
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

/// Longest local part and longest domain (RFC 5321, section 4.5.3.1).
const LOCAL: usize = 64;
const DOMAIN: usize = 255;

/// How far before a spelled address the rest of its local part is looked for, in bytes.
const LOCAL_IN_WORDS: usize = 120;

/// What an address in words has in it, unless its sign is in brackets: a word for a point, or a host.
pub(super) const IN_WORDS: &[&str] = &[
    " dot ", " punkt ", " punto ", " ponto ", " point ", " punt ", "mail", "yahoo", "outlook", "gmx", "web",
    "icloud", "proton", "aol", "live", "msn",
];
/// How many of these are words for a point.
const DOTS: usize = 6;
const BRACKETS: &[u8; 4] = b"([{<";

pub(crate) struct Emails {
    spelled: Regex,
    /// "tomasz dot " before "wilk at example dot net".
    parts_before: Regex,
}

impl Emails {
    pub(crate) fn new() -> Self {
        // Outside of what ignores case: folding every character there is takes longer than all the rest.
        let local = r"(?-i:[0-9A-Za-z\x{80}-\x{10FFFF}][0-9A-Za-z\x{80}-\x{10FFFF}._%+-]*)";
        let at = r"(?:\s{0,2}[\[({<]\s?(?:at|@|ät|arroba|chiocciola|arobase|apenstaartje)\s?[\])}>]\s{0,2})";
        let dot = r"(?:\s{0,2}[\[({<]\s?(?:dot|punkt|punto|ponto|point|punt|\.)\s?[\])}>]\s{0,2}|\s(?:dot|punkt|punto|ponto|point|punt)\s|\.)";
        let top =
            r"(?:com|org|net|edu|gov|info|io|de|at|ch|uk|fr|es|it|nl|pl|eu|us|ca|au|se|dk|no|fi|be|br|in)";
        let mail =
            r"(?:gmail|googlemail|yahoo|hotmail|outlook|gmx|web|icloud|proton|protonmail|aol|live|msn)";
        let label = r"(?-i:[0-9A-Za-z\x{80}-\x{10FFFF}-]+)";
        let signs = r"dot|punkt|punto|ponto|point|punt|underscore|unterstrich|underline|tiret(?: du bas)?|bindestrich|minus|dash|gui[oó]n(?: bajo)?|trattino(?: basso)?|streepje";
        Self {
            parts_before: pattern(&format!(
                r"(?i)(?:(?-i:[0-9A-Za-z\x{{80}}-\x{{10FFFF}}]+)\s(?:{signs})\s){{1,4}}$"
            )),
            spelled: pattern(&format!(
                r"(?i){local}(?:{at}{label}(?:{dot}{label}){{1,4}}|\s(?:at|ät|arroba|chiocciola|arobase|apenstaartje)\s{label}(?:\s(?:dot|punkt|punto|ponto|point|punt)\s{label}){{0,2}}\s(?:dot|punkt|punto|ponto|point|punt)\s{top}\b|\s(?:at\s|@\s?){mail}\s?{dot}\s?{top}\b)"
            )),
        }
    }
}

impl Recogniser for Emails {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let text = scene.text;
        let mut free = 0;
        for (at, _) in text.match_indices('@') {
            if let Some((start, end)) = around(&text[free..], at - free) {
                found.push(candidate(free + start, free + end, 95));
                free += end;
            }
        }
        let brackets = BRACKETS.iter().any(|bracket| scene.marks().has_sign(*bracket));
        if (brackets || scene.hints_at(Hints::SPELLED_EMAIL)) && may_be_spelled(scene.folded.text()) {
            found.extend(self.spelled.find_iter(text).map(|hit| {
                let start = self
                    .parts_before
                    .find(scene.before(hit.start(), LOCAL_IN_WORDS))
                    .map_or(0, |parts| parts.len());
                candidate(hit.start() - start, hit.end(), 82)
            }));
        }
    }
}

/// Whether there is a sign of an address in words: the search for one is slow.
fn may_be_spelled(folded: &str) -> bool {
    let (dots, hosts) = IN_WORDS.split_at(DOTS);
    dots.iter().any(|word| folded.contains(word))
        || (folded.contains(" at ")
            || folded.contains(" @ ")
            || folded.contains("@ ")
            || folded.contains(" @"))
            && hosts.iter().any(|host| folded.contains(host))
        || (folded.bytes().any(|byte| BRACKETS.contains(&byte))
            && ["at", "@", "arroba", "chiocciola", "arobase"].iter().any(|at| folded.contains(at)))
}

fn candidate(start: usize, end: usize, score: u8) -> Candidate {
    Candidate { range: start..end, entity: Entity::Email, score, recogniser: "email" }
}

/// The address around an `@`.
fn around(text: &str, at: usize) -> Option<(usize, usize)> {
    let is_local = |c: &char| c.is_alphanumeric() || "._%+-'&/=!#$*?^`{|}~".contains(*c);
    let length: usize = text[..at].chars().rev().take_while(is_local).take(LOCAL).map(char::len_utf8).sum();
    let local = text[at - length..at].trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_domain = |c: &char| c.is_alphanumeric() || *c == '-' || *c == '.';
    let length: usize = text[at + 1..].chars().take_while(is_domain).take(DOMAIN).map(char::len_utf8).sum();
    let mut domain = text[at + 1..at + 1 + length].trim_end_matches(['.', '-']);
    // "x@y.com.Then" is an address and the next sentence.
    if let Some((name, last)) = domain.rsplit_once('.')
        && name.contains('.')
        && last.starts_with(char::is_uppercase)
        && !name.contains(char::is_uppercase)
    {
        domain = name;
    }
    let top = domain.rsplit('.').next().filter(|top| top.len() < domain.len())?;
    let is_top =
        top.starts_with("xn--") || (top.chars().count() >= 2 && top.chars().all(char::is_alphabetic));
    let good = !local.is_empty() && is_top && !domain.starts_with(['.', '-']) && !domain.contains("..");
    good.then_some((at - local.len(), at + 1 + domain.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn emails(text: &str) -> Vec<String> {
        found_by(&Emails::new(), text)
    }

    #[test]
    fn addresses_are_found_as_people_write_them() {
        for (text, address) in [
            ("write to sarah.connor@example.com.", "sarah.connor@example.com"),
            ("<o'neil+shop@mail.example.co.uk>,", "o'neil+shop@mail.example.co.uk"),
            ("müller@bücher.example", "müller@bücher.example"),
            ("it is 'x@y.org'", "x@y.org"),
            ("a@b.com.Then I waited", "a@b.com"),
            ("ivan@xn--e1afmkfd.xn--p1ai", "ivan@xn--e1afmkfd.xn--p1ai"),
            ("sarah (at) example (dot) com", "sarah (at) example (dot) com"),
            ("sarah[at]example.org", "sarah[at]example.org"),
            ("sarah at example dot com", "sarah at example dot com"),
            ("it's sarah.c at gmail.com", "sarah.c at gmail.com"),
            ("es maria arroba ejemplo punto es", "maria arroba ejemplo punto es"),
            ("luca chiocciola esempio punto it", "luca chiocciola esempio punto it"),
            ("marie arobase exemple point fr", "marie arobase exemple point fr"),
            ("it's olga dot wright at example dot net", "olga dot wright at example dot net"),
            (
                "le mail: inès tiret du bas roux arobase exemple point fr",
                "inès tiret du bas roux arobase exemple point fr",
            ),
        ] {
            assert_eq!(emails(text), [address], "{text}");
        }
    }

    #[test]
    fn two_addresses_side_by_side_are_two() {
        assert_eq!(emails("a@b.com,c@d.com"), ["a@b.com", "c@d.com"]);
    }

    #[test]
    fn other_uses_of_at_are_no_address() {
        for text in
            ["@sarah", "5 @ 3 EUR", "a@b", "look at example.com", "meet me at noon", "x@.com", "a@b..com"]
        {
            assert_eq!(emails(text), Vec::<String>::new(), "{text}");
        }
    }
}
