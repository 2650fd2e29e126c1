//! Numbers that need no word beside them: parcels by the check digits of their carrier, and codes that begin with the
//! abbreviation of what they belong to ("INV-2024-118"). A code that begins with other letters may be a model.

use regex::Regex;

use crate::Entity;
use crate::recognise::{Candidate, Scene, pattern};

pub(super) struct Shapes {
    parcel: Regex,
    code: Regex,
}

/// Digits that a text has at least in which one of these is.
const DIGITS: usize = 4;
/// What a code begins with, and what it is then.
const PREFIXES: &[(&str, Entity)] = &[
    ("ord", Entity::Order),
    ("order", Entity::Order),
    ("po", Entity::Order),
    ("so", Entity::Order),
    ("rma", Entity::Order),
    ("ret", Entity::Order),
    ("bkg", Entity::Order),
    ("res", Entity::Order),
    ("bst", Entity::Order),
    ("auf", Entity::Order),
    ("ped", Entity::Order),
    ("cmd", Entity::Order),
    ("cust", Entity::CustomerNumber),
    ("kd", Entity::CustomerNumber),
    ("kdnr", Entity::CustomerNumber),
    ("cli", Entity::CustomerNumber),
    ("acc", Entity::CustomerNumber),
    ("acct", Entity::CustomerNumber),
];

impl Shapes {
    pub(super) fn new() -> Self {
        Self {
            parcel: pattern(concat!(
                r"\b(?:1[zZ] ?(?:[0-9A-Za-z] ?){15}[0-9]|[A-Z]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3} ?[A-Z]{2}",
                r"|[0-9]{3}-[0-9]{7}-[0-9]{7}|00[0-9]{18}|9[2-5][0-9]{20}|(?:JJD|JVGL|TBA)[0-9]{12,20})\b",
            )),
            code: pattern(
                r"\b([A-Za-z]{2,8})[-_/]((?:[A-Z0-9]{1,6}[-_/]){0,3}[0-9]{2,12}(?:[-_/][A-Z0-9]{1,4})?)\b",
            ),
        }
    }

    pub(super) fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let digits = scene.text.bytes().filter(u8::is_ascii_digit).count();
        if digits < DIGITS {
            return;
        }
        if digits >= 9 {
            for hit in self.parcel.find_iter(scene.text).filter(|hit| scene.is_word(&hit.range())) {
                if let Some((entity, recogniser)) = read(hit.as_str()) {
                    found.push(Candidate { range: hit.range(), entity, score: 93, recogniser });
                }
            }
        }
        if !may_have_code(scene.text.as_bytes()) {
            return;
        }
        for captures in self.code.captures_iter(scene.text) {
            let (Some(whole), Some(prefix), Some(rest)) = (captures.get(0), captures.get(1), captures.get(2))
            else {
                continue;
            };
            let entity = entity_of(prefix.as_str(), rest.as_str());
            let bound = scene.char_before(whole.start()).is_some_and(|c| "-_/.@".contains(c))
                || scene.char_after(whole.end()).is_some_and(|c| "-_/@".contains(c));
            if let Some(entity) = entity.filter(|_| !bound && scene.is_word(&whole.range())) {
                found.push(Candidate { range: whole.range(), entity, score: 70, recogniser: "reference" });
            }
        }
    }
}

/// Whether a sign stands between a letter and what a code may go on with.
fn may_have_code(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|three| {
        matches!(three, [before, b'-' | b'_' | b'/', b'A'..=b'Z' | b'0'..=b'9'] if before.is_ascii_alphabetic())
    })
}

/// Which carrier or shop has numbers like this one.
fn read(written: &str) -> Option<(Entity, &'static str)> {
    let compact: Vec<u8> =
        written.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect();
    match compact.as_slice() {
        [b'1', b'Z', ..] => passes_ups(&compact).then_some((Entity::Reference, "ups")),
        [b'0', b'0', ..] | [b'9', ..] if !written.contains('-') => {
            passes_gs1(&compact).then_some((Entity::Reference, "parcel"))
        }
        [b'J' | b'T', _, third, ..] if third.is_ascii_alphabetic() => Some((Entity::Reference, "parcel")),
        [first, ..] if first.is_ascii_alphabetic() => {
            passes_s10(&compact).then_some((Entity::Reference, "parcel"))
        }
        _ => written.contains('-').then_some((Entity::Order, "reference")),
    }
}

/// What a code is by the abbreviation that it begins with. Any other may be a model of a product.
fn entity_of(prefix: &str, rest: &str) -> Option<Entity> {
    let folded = prefix.to_ascii_lowercase();
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let year = rest.len() == 4 && (rest.starts_with("19") || rest.starts_with("20"));
    if year || digits < 4 {
        return None;
    }
    let capitals = prefix.len() <= 4 && prefix.bytes().all(|byte| byte.is_ascii_uppercase());
    let long = capitals && digits >= LONG && !PUBLIC.contains(&folded.as_str());
    listed(&folded).or_else(|| long.then_some(Entity::Reference))
}

fn listed(folded: &str) -> Option<Entity> {
    let known = PREFIXES.iter().find(|(known, _)| *known == folded).map(|(_, entity)| *entity);
    known.or_else(|| OTHER_PREFIXES.contains(&folded).then_some(Entity::Reference))
}

/// What a code is that runs on from its abbreviation: "INC0012345". Two letters may begin a model.
pub(super) fn run_together(word: &str) -> Option<Entity> {
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    let (prefix, digits) = word.split_at_checked(letters)?;
    let whole = (5..=14).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    ((3..=8).contains(&letters) && whole).then(|| listed(&prefix.to_ascii_lowercase()))?
}

/// A code of so many digits is no model, whatever it begins with.
const LONG: usize = 7;
/// What has many digits and belongs to nobody.
#[rustfmt::skip]
const PUBLIC: &[&str] = &[
    "cve", "cwe", "kb", "iso", "din", "en", "iec", "rfc", "isbn", "issn", "ean", "upc", "gtin", "utc", "gmt", "sha",
    "sku", "art", "pn", "mpn", "oem", "asin", "pzn", "tel", "fax", "mob", "ip", "ver", "rev", "fw", "bgbl", "ecli",
];

/// Beginnings of what is neither an order's nor a customer's number.
#[rustfmt::skip]
const OTHER_PREFIXES: &[&str] = &[
    "inv", "tck", "tkt", "tick", "ticket", "case", "ref", "sr", "inc", "clm", "claim", "pol", "rg", "re", "ab",
    "an", "ls", "gs", "fac", "fv", "ft", "contr", "sup", "support", "cs", "tr", "txn", "trx", "req", "ritm", "chg",
    "prb", "doc", "sch", "vs", "vn", "vt", "rech", "dos", "exp", "inci", "sin", "pra", "fatt", "zaak", "help",
    "crm",
];

/// The check digit of a UPS tracking number ("1Z" and sixteen more, the last the check digit): a letter counts as the
/// remainder of its place in the alphabet, every second character twice.
fn passes_ups(compact: &[u8]) -> bool {
    let Some((body, [check])) = compact.get(2..).and_then(|rest| rest.split_at_checked(15)) else {
        return false;
    };
    let value = |byte: &u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => (u32::from(*byte) - 63) % 10,
    };
    let sum: u32 =
        body.iter().enumerate().map(|(nth, byte)| value(byte) * if nth % 2 == 1 { 2 } else { 1 }).sum();
    u32::from(check.wrapping_sub(b'0')) == (10 - sum % 10) % 10
}

/// The check digit of a parcel of the Universal Postal Union (S10: two letters, eight digits, the check digit, the
/// country), modulo 11.
fn passes_s10(compact: &[u8]) -> bool {
    let Some((digits, [check])) = compact.get(2..11).and_then(|number| number.split_at_checked(8)) else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .zip([8, 6, 4, 2, 3, 5, 9, 7])
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    let right = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        other => other,
    };
    u32::from(check.wrapping_sub(b'0')) == right
}

/// The check digit of GS1, as serial shipping containers (SSCC) and parcels of the US mail have it: every second digit
/// from the last but one counts three times, modulo 10.
fn passes_gs1(compact: &[u8]) -> bool {
    let sum: u32 = compact
        .iter()
        .rev()
        .enumerate()
        .map(|(nth, digit)| u32::from(digit.wrapping_sub(b'0')) * if nth % 2 == 1 { 3 } else { 1 })
        .sum();
    compact.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_carriers_are_read() {
        assert!(passes_ups(b"1Z999AA10123456784") && !passes_ups(b"1Z999AA10123456785"));
        assert!(passes_s10(b"RR473124829AR") && !passes_s10(b"RR473124828AR"));
        assert!(passes_s10(b"RB123456785GB"));
        assert!(passes_gs1(b"00340434161094042557") && !passes_gs1(b"00340434161094042558"));
        assert!(passes_gs1(b"9400100000000000000000") || !passes_gs1(b"9400100000000000000001"));
    }

    #[test]
    fn a_code_counts_by_its_beginning() {
        for code in ["INV-2024-118", "RMA-88213", "TCK/2024/001", "case-1234", "QX-20118-774"] {
            let (prefix, rest) = code.split_once(['-', '/']).expect("each has two parts");
            assert!(entity_of(prefix, rest).is_some(), "{code}");
        }
        for code in [
            "XJ-900",
            "CVE-2024-12345",
            "RE-2024",
            "ISO-27001",
            "WH-1000",
            "KB-5005565",
            "UTF-16",
            "MB-182634",
            "KB-50055671",
        ] {
            let (prefix, rest) = code.split_once('-').expect("each has two parts");
            assert_eq!(entity_of(prefix, rest), None, "{code}");
        }
    }
}
