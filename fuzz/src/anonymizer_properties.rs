//! The anonymizer's properties. Each takes any bytes, and panics where one does not hold.

use std::sync::OnceLock;

use anonymizer::{
    Anonymizer, Entity, Options, Plaintext, Policy, TokenVault, Treatment, categories, tokens_in,
};

use super::replay::Property;

/// The name of each target, as its folder of inputs is called, and its property.
pub const TARGETS: [(&str, Property); 7] = [
    ("normalise", normalise),
    ("tokens", tokens),
    ("policy", policy),
    ("vault", vault),
    ("restore", restore),
    ("restore_json", restore_json),
    ("round_trip", round_trip),
];

/// Whatever hides in a text, what is found in it is a part of it, and parts stand in order.
pub fn normalise(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut end = 0;
    for span in strict().detect(&Plaintext::new(text.to_string()), &known()) {
        assert!(text.get(span.range.clone()).is_some_and(|found| !found.is_empty()));
        assert!(span.range.start >= end, "spans overlap");
        end = span.range.end;
    }
    for sentence in categories(&text) {
        assert!(text.get(sentence.range).is_some_and(|found| !found.is_empty()));
    }
}

/// What is read as a token is written like one, and a text that comes back settles at once.
pub fn tokens(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    for token in tokens_in(&text) {
        assert_eq!(text.get(token.range), Some(token.text.as_str()));
    }
    let mut vault = known();
    let once = strict().readmit(&text, &mut vault);
    let twice = strict().readmit(once.as_str(), &mut vault);
    assert_eq!(once.as_str(), twice.as_str());
}

/// A policy is refused with lines that are in the file, or it masks.
pub fn policy(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match Policy::parse(&text) {
        Ok(policy) => assert_eq!(policy.treatment(Entity::Text), Treatment::Token),
        Err(error) => {
            let lines = 1 + text.bytes().filter(|byte| *byte == b'\n').count();
            assert!(!error.faults.is_empty());
            assert!(
                error
                    .faults
                    .iter()
                    .all(|fault| (1..=lines).contains(&fault.line) && !fault.message.is_empty())
            );
        }
    }
}

/// A vault is refused, or reads again what it writes.
pub fn vault(input: &[u8]) {
    let Ok(vault) = TokenVault::from_bytes(input) else { return };
    let again = TokenVault::from_bytes(&vault.to_bytes()).expect("what was written is read");
    assert_eq!(vault.tokens(), again.tokens());
    for token in vault.tokens() {
        assert_eq!(vault.restore(&token).text, again.restore(&token).text);
    }
    // Searching for the values of a made-up vault is part of reading it.
    let _ = vault.guard().check(input);
}

/// Every way of cutting a stream gives the same text.
pub fn restore(input: &[u8]) {
    let (cuts, text) = cuts_and_text(input);
    let vault = known();
    let whole = vault.restore(&text);
    let mut restorer = vault.restorer();
    let mut out = String::new();
    for piece in pieces(&text, cuts) {
        out.push_str(restorer.push(piece).reveal());
    }
    let last = restorer.finish();
    out.push_str(last.text.reveal());
    assert_eq!(out, whole.text.reveal());
    assert_eq!(last.unknown, whole.unknown);
}

/// The same inside JSON, which stays JSON.
pub fn restore_json(input: &[u8]) {
    let (cuts, text) = cuts_and_text(input);
    let vault = known();
    let whole = vault.restore_json(&text);
    let mut restorer = vault.json_restorer();
    let mut out = String::new();
    for piece in pieces(&text, cuts) {
        out.push_str(restorer.push(piece).reveal());
    }
    let last = restorer.finish();
    out.push_str(last.text.reveal());
    assert_eq!(out, whole.text.reveal());
    assert_eq!(last.unknown, whole.unknown);
    if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
        assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok(), "no JSON any more: {out}");
    }
}

/// Masking comes back, leaves no value, and changes nothing a second time; with tokens and with surrogates.
pub fn round_trip(input: &[u8]) {
    let text = String::from_utf8_lossy(input).into_owned();
    for anonymizer in [strict(), surrogates()] {
        let mut vault = known();
        let masked = anonymizer.mask(&Plaintext::new(text.clone()), &mut vault).expect("nothing is blocked");
        assert_eq!(vault.restore(masked.as_str()).text.reveal(), text, "{}", masked.as_str());
        assert_eq!(vault.guard().check(masked.as_str().as_bytes()), Ok(()), "{}", masked.as_str());
        // A copy has met nothing, so it looks again.
        let again = anonymizer.readmit(masked.as_str(), &mut vault.clone());
        assert_eq!(again.as_str(), masked.as_str());
    }
}

/// The first byte says how many of the next say where to cut.
fn cuts_and_text(input: &[u8]) -> (&[u8], String) {
    let count = input.first().map_or(0, |count| usize::from(*count) % 16);
    let rest = input.get(1..).unwrap_or_default();
    let (cuts, text) = rest.split_at(count.min(rest.len()));
    (cuts, String::from_utf8_lossy(text).into_owned())
}

/// The text in pieces of so many characters, and the rest.
fn pieces<'a>(text: &'a str, cuts: &[u8]) -> Vec<&'a str> {
    let mut rest = text;
    let mut pieces = Vec::new();
    for cut in cuts {
        let at = rest.char_indices().map(|(at, _)| at).nth(usize::from(*cut)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

fn known() -> TokenVault {
    let mut vault = TokenVault::keyed([7; 32]);
    vault.know(Entity::Person, "Sarah \"S\\\" Connor");
    vault.know(Entity::Email, "sarah@example.com");
    vault.know(Entity::Order, "10432");
    vault.know(Entity::BirthDate, "12.05.1984");
    vault
}

fn strict() -> &'static Anonymizer {
    static SHARED: OnceLock<Anonymizer> = OnceLock::new();
    SHARED.get_or_init(|| Anonymizer::with_policy(Policy::strict(), Options::default()))
}

fn surrogates() -> &'static Anonymizer {
    static SHARED: OnceLock<Anonymizer> = OnceLock::new();
    SHARED.get_or_init(|| {
        let kinds = ["person", "email", "phone", "order", "card", "iban", "birth-date", "date", "age", "url"];
        let lines: String = kinds.iter().map(|kind| format!("{kind} = \"surrogate\"\n")).collect();
        let policy = Policy::parse(&format!("[treatments]\n{lines}")).expect("the policy is right");
        Anonymizer::with_policy(policy, Options::default())
    })
}
