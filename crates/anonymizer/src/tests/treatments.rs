//! What becomes of values under each treatment.

use proptest::prelude::*;

use super::{cases, restored, text};
use crate::{Anonymizer, Entity, Options, Plaintext, Policy, TokenVault, VaultError};

const KEY: [u8; 32] = [42; 32];

fn under(policy: &str) -> Anonymizer {
    let policy = Policy::parse(policy).expect("the policy is right");
    Anonymizer::with_policy(policy, Options::default())
}

/// A surrogate for every kind that can have one.
fn surrogates() -> &'static Anonymizer {
    static SHARED: std::sync::OnceLock<Anonymizer> = std::sync::OnceLock::new();
    SHARED.get_or_init(|| under(&surrogates_for_all()))
}

pub(super) fn surrogates_for_all() -> String {
    let kinds: Vec<String> = Entity::ALL
        .into_iter()
        .filter(|e| !matches!(e, Entity::Text | Entity::Secret | Entity::Crypto | Entity::CardSecurity))
        .map(|entity| format!("{} = \"surrogate\"", entity.name()))
        .collect();
    format!("[treatments]\n{}", kinds.join("\n"))
}

/// One kind each way.
fn mixed() -> &'static Anonymizer {
    static SHARED: std::sync::OnceLock<Anonymizer> = std::sync::OnceLock::new();
    SHARED.get_or_init(|| {
        under("[treatments]\nperson = \"surrogate\"\nemail = \"token\"\ncard = \"redact\"\nbirth-date = \"generalise\"\nage = \"generalise\"\nphone = \"surrogate\"\norder = \"redact\"\n[deny]\nage = [\"34\"]\n[generalise]\ndates = \"month\"")
    })
}

fn keyed() -> TokenVault {
    let mut vault = TokenVault::keyed(KEY);
    vault.know(Entity::Person, "Sarah Connor");
    vault.know(Entity::Email, "sarah@example.com");
    vault
}

fn mask(anonymizer: &Anonymizer, text: &str, vault: &mut TokenVault) -> String {
    let masked = anonymizer.mask(&Plaintext::new(text.to_owned()), vault).expect("nothing is blocked");
    masked.as_str().to_owned()
}

#[test]
fn surrogates_read_like_values_and_become_the_values_again() {
    let mut vault = keyed();
    let text = "Hi, Sarah here. My card 4539 1488 0343 6467 was charged twice for order KP-10432, write to \
                sarah@example.com or call +49 171 5551234. Ms Connor, password: hunter22";
    let masked = mask(surrogates(), text, &mut vault);
    insta::assert_snapshot!(masked);
    assert_eq!(restored(&masked, &vault), text);
    assert!(vault.guard().check(masked.as_bytes()).is_ok());
    let stored = TokenVault::from_bytes(&vault.to_bytes()).expect("what was written is read");
    assert_eq!(restored(&masked, &stored), text);
    assert_eq!(mask(surrogates(), text, &mut vault), masked, "the same values have the same surrogates");
    assert_eq!(mask(surrogates(), text, &mut keyed()), masked, "and under the same key again");
    assert_ne!(mask(surrogates(), text, &mut TokenVault::keyed([1; 32])), masked);
}

#[test]
fn a_vault_without_a_key_issues_tokens_in_place_of_surrogates() {
    let mut vault = TokenVault::new();
    assert_eq!(mask(surrogates(), "write to a@b.org", &mut vault), "write to [EMAIL_1]");
}

#[test]
fn a_surrogate_that_a_customer_types_is_not_restored_to_a_value() {
    let mut vault = keyed();
    let surrogate = mask(surrogates(), "sarah@example.com", &mut vault);
    let text = format!("my friend has {surrogate}, really");
    let masked = mask(surrogates(), &text, &mut vault);
    assert!(!masked.contains(&surrogate), "{masked}");
    assert_eq!(restored(&masked, &vault), text);
}

#[test]
fn a_real_value_equal_to_a_surrogate_is_masked_and_the_surrogate_still_passes_the_guard() {
    let mut vault = keyed();
    let surrogate = mask(surrogates(), "I am Sarah Connor", &mut vault).replace("I am ", "");
    vault.know(Entity::Person, &surrogate);
    assert!(vault.guard().check(surrogate.as_bytes()).is_ok());
    let text = format!("{surrogate} and sarah connor");
    let masked = mask(surrogates(), &text, &mut vault);
    assert_eq!(restored(&masked, &vault), text, "{masked}");
    assert!(vault.guard().check(b"SARAH CONNOR").is_err());
}

#[test]
fn a_surrogate_is_restored_from_a_stream_cut_anywhere() {
    let mut vault = keyed();
    let text = "Sarah Connor, Sarah and sarah@example.com.";
    let masked = mask(surrogates(), text, &mut vault);
    for cut in (0..masked.len()).filter(|cut| masked.is_char_boundary(*cut)) {
        let mut restorer = vault.restorer();
        let mut out = restorer.push(&masked[..cut]).reveal().to_owned();
        out.push_str(restorer.push(&masked[cut..]).reveal());
        out.push_str(restorer.finish().text.reveal());
        assert_eq!(out, text, "{cut}");
    }
}

#[test]
fn coarser_values_and_marks_stay_when_the_rest_is_restored() {
    let mut vault = keyed();
    let text = "Sarah Connor, born 12.05.1984, I am 34, card 4111 1111 1111 1111, sarah@example.com";
    let masked = mask(mixed(), text, &mut vault);
    assert!(masked.contains("born [1984-05], I am [30-39], card [REDACTED], [EMAIL_1]"), "{masked}");
    assert_eq!(
        restored(&masked, &vault),
        "Sarah Connor, born [1984-05], I am [30-39], card [REDACTED], sarah@example.com"
    );
    assert_eq!(
        restored("[CARD_1] [BIRTH_DATE_1]", &vault),
        "the card the date of birth",
        "no way back by guessing"
    );
    assert!(!vault.tokens().iter().any(|token| token.starts_with("[CARD")));
    assert!(vault.guard().check(b"4111-1111-1111-1111").is_err(), "the guard knows it all the same");
    assert_eq!(mask(mixed(), "4111111111111111 again", &mut vault), "[REDACTED] again");
}

#[test]
fn a_blocked_message_is_hidden_whole_and_its_values_are_guarded() {
    let anonymizer = under("[treatments]\ncard = \"block\"");
    let mut vault = TokenVault::new();
    let message = "I am Tom Miller, my card is 4111 1111 1111 1111";
    let blocked = anonymizer
        .mask(&Plaintext::new(message.to_owned()), &mut vault)
        .expect_err("a card blocks the message");
    assert_eq!(blocked.entity, Entity::Card);
    assert_eq!(blocked.hidden.as_str(), "[TEXT_1]");
    assert!(!format!("{blocked:?} {blocked}").contains("4111"));
    assert_eq!(restored("[TEXT_1]", &vault), message);
    assert!(vault.guard().check(b"4111111111111111").is_err() && vault.guard().check(b"tom miller").is_err());
    let record =
        anonymizer.mask_record(&Plaintext::new("{\"card\":\"4111 1111 1111 1111\"}".to_owned()), &mut vault);
    assert_eq!(record.as_str(), "{\"card\":\"[REDACTED]\"}", "a record loses the value and goes on");
}

#[test]
fn what_a_policy_keeps_is_masked_still_where_the_record_holds_it() {
    let anonymizer = under("[treatments]\nplace = \"keep\"\n[deny]\nplace = [\"Leeds\", \"York\"]");
    let mut vault = TokenVault::new();
    vault.know(Entity::Place, "York");
    assert_eq!(mask(&anonymizer, "from Leeds to York", &mut vault), "from Leeds to [PLACE_1]");
}

#[test]
fn a_vault_of_the_format_before_is_read() {
    let old = br#"_{"entries":[{"entity":"email","id":1,"canonical":"a@b.org","spellings":["a@b.org"]}],"turn":{"tail":"","tail_entity":null,"expected":[]}}"#;
    let mut bytes = old.to_vec();
    bytes[0] = 2;
    let vault = TokenVault::from_bytes(&bytes).expect("format 2 is read");
    assert_eq!(restored("[EMAIL_1]", &vault), "a@b.org");
    bytes[0] = 3;
    assert_eq!(
        TokenVault::from_bytes(&bytes).err(),
        Some(VaultError::Damaged),
        "each spelling has its stand-in"
    );
}

/// The text with what does not come back in its place, as restoring gives it.
fn round_trip(anonymizer: &Anonymizer, first: &str, second: &str) -> (String, String, TokenVault) {
    let mut vault = keyed();
    mask(anonymizer, first, &mut vault);
    let masked = mask(anonymizer, second, &mut vault);
    let back = restored(&masked, &vault);
    (masked, back, vault)
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn restoring_surrogates_gives_the_text(first in text(), second in text()) {
        let (masked, back, vault) = round_trip(surrogates(), &first, &second);
        prop_assert_eq!(back, second, "{}", masked);
        prop_assert_eq!(vault.guard().check(masked.as_bytes()), Ok(()), "{}", masked);
        let again = surrogates().readmit(&masked, &mut vault.clone());
        prop_assert_eq!(again.as_str(), &masked);
        let lower = masked.to_lowercase();
        for value in ["connor", "4111 1111 1111 1111", "5551234", "370400440532013000", "hunter22"] {
            if vault.guard().check(value.as_bytes()).is_err() {
                prop_assert!(!lower.contains(value), "{value} in {masked}");
            }
        }
    }

    #[test]
    fn every_mix_of_treatments_restores_what_may_come_back(first in text(), second in text()) {
        let (masked, back, vault) = round_trip(mixed(), &first, &second);
        prop_assert_eq!(vault.guard().check(masked.as_bytes()), Ok(()), "{}", masked);
        let again = mixed().readmit(&masked, &mut vault.clone());
        prop_assert_eq!(again.as_str(), &masked);
        let marked = masked.contains("[REDACTED]") || masked.contains("[30-39]");
        if !marked {
            prop_assert_eq!(back, second, "{}", masked);
        }
    }
}
