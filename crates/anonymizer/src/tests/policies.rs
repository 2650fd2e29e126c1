//! What holds for every text under every policy, those that come with the program and others.

use proptest::prelude::*;

use super::kinds::values;
use super::{anonymizer, cases, restored, text};
use crate::generalise::marks_in;
use crate::policy::can_be;
use crate::{Anonymizer, Entity, Plaintext, Policy, TokenVault, Treatment};

/// A policy as a business may write it. Every kind of treatment is as likely as another, but for `block`: one kind in
/// some of them has it, or else no message would be masked.
fn written_policy() -> impl Strategy<Value = String> {
    let built_in = (0..Policy::BUILT_IN.len()).prop_map(|nth| Policy::BUILT_IN[nth].1.to_owned());
    let choices = prop::collection::vec(any::<prop::sample::Index>(), Entity::ALL.len());
    let blocked = prop_oneof![4 => Just(None), 1 => any::<prop::sample::Index>().prop_map(Some)];
    let steps = (
        prop::sample::select(&["month", "year"][..]),
        prop::sample::select(&["decade", "over-89"][..]),
        prop::sample::select(&["area", "zip3"][..]),
    );
    let rest = prop::sample::select(&["token", "redact"][..]);
    let any = (choices, blocked, steps, rest, prop::sample::select(&[0, 0, 50, 80][..]));
    let any = any.prop_map(|(choices, blocked, (dates, ages, addresses), rest, score)| {
        let mut kinds = Vec::new();
        for (entity, choice) in Entity::ALL.into_iter().filter(|e| *e != Entity::Text).zip(choices) {
            let can: Vec<&str> = Treatment::ALL
                .into_iter()
                .filter(|(_, treatment)| can_be(entity, *treatment) && *treatment != Treatment::Block)
                .map(|(word, _)| word)
                .collect();
            kinds.push((entity.name(), *choice.get(&can)));
        }
        if let Some(blocked) = blocked {
            let nth = blocked.index(kinds.len());
            kinds[nth].1 = "block";
        }
        let kinds: String = kinds.iter().map(|(kind, word)| format!("{kind} = \"{word}\"\n")).collect();
        format!(
            "minimum_score = {score}\n[treatments]\n{kinds}rest = \"{rest}\"\n[generalise]\ndates = \"{dates}\"\n\
             ages = \"{ages}\"\naddresses = \"{addresses}\"\n"
        )
    });
    let surrogates = Just(super::treatments::surrogates_for_all());
    prop_oneof![2 => built_in, 1 => surrogates, 4 => any]
}

fn under(policy: &str) -> Anonymizer {
    anonymizer().under(Policy::parse(policy).expect("the policy is right"))
}

fn vault() -> TokenVault {
    let mut vault = TokenVault::keyed([42; 32]);
    vault.know(Entity::Person, "Sarah Connor");
    vault.know(Entity::Email, "sarah@example.com");
    vault
}

/// Whether the text is what was written, but for parts that became marks.
fn is_written_but_for_marks(text: &str, written: &str) -> bool {
    let mut parts = Vec::new();
    let mut at = 0;
    for mark in marks_in(text) {
        parts.push(&text[at..mark.start]);
        at = mark.end;
    }
    parts.push(&text[at..]);
    let [first, .., last] = parts.as_slice() else { return text == written };
    let Some(rest) = written.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    let mut rest = rest;
    for part in &parts[1..parts.len() - 1] {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

fn cut(mut rest: &str, cuts: &[usize], mut push: impl FnMut(&str)) {
    for cut in cuts {
        let at = rest.char_indices().map(|(at, _)| at).nth(*cut).unwrap_or(rest.len());
        push(&rest[..at]);
        rest = &rest[at..];
    }
    push(rest);
}

fn streamed(text: &str, cuts: &[usize], vault: &TokenVault) -> (String, usize) {
    let (mut restorer, mut out) = (vault.restorer(), String::new());
    cut(text, cuts, |piece| out.push_str(restorer.push(piece).reveal()));
    let last = restorer.finish();
    out.push_str(last.text.reveal());
    (out, last.unknown)
}

fn streamed_json(text: &str, cuts: &[usize], vault: &TokenVault) -> (String, usize) {
    let (mut restorer, mut out) = (vault.json_restorer(), String::new());
    cut(text, cuts, |piece| out.push_str(restorer.push(piece).reveal()));
    let last = restorer.finish();
    out.push_str(last.text.reveal());
    (out, last.unknown)
}

#[test]
fn what_is_kept_only_for_the_question_before_settles_as_what_it_is_without() {
    let kept = "[treatments]\nbank-account = \"keep\"\nbirth-date = \"keep\"\ndate = \"token\"\n";
    let anonymizer = under(kept);
    for (asked, written, expected) in [
        (Entity::BankAccount, "order #10432", "order #[ORDER_1]"),
        (Entity::BankAccount, "it is 485 777 3456", "it is [PHONE_1]"),
        (Entity::BankAccount, "it is 48201734", "it is 48201734"),
        (Entity::BirthDate, "12.05.1984", "[DATE_1]"),
        (Entity::BirthDate, "I was born on 12.05.1984", "I was born on 12.05.1984"),
    ] {
        let mut vault = TokenVault::new();
        vault.expect(asked);
        let masked = anonymizer.mask(&Plaintext::new(written.to_owned()), &mut vault);
        let masked = masked.expect("nothing is blocked");
        assert_eq!(masked.as_str(), expected, "{written}");
        assert_eq!(restored(masked.as_str(), &vault), written);
        // A copy has met nothing, so it looks again.
        let again = anonymizer.readmit(masked.as_str(), &mut vault.clone());
        assert_eq!(again.as_str(), expected);
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn every_policy_masks_what_comes_back_leaves_no_value_and_settles(
        policy in written_policy(),
        texts in prop::collection::vec(prop_oneof![text(), values()], 1..4),
        cuts in prop::collection::vec(0..7_usize, 0..20),
    ) {
        let anonymizer = under(&policy);
        let coarse = policy.contains("redact") || policy.contains("generalise");
        let mut vault = vault();
        for written in texts {
            let masked = match anonymizer.mask(&Plaintext::new(written.clone()), &mut vault) {
                Ok(masked) => masked,
                Err(blocked) => {
                    prop_assert_eq!(&restored(blocked.hidden.as_str(), &vault), &written);
                    blocked.hidden
                }
            };
            let masked = masked.as_str();
            let back = vault.restore(masked);
            prop_assert_eq!(back.unknown, 0, "{}", masked);
            if coarse {
                prop_assert!(is_written_but_for_marks(back.text.reveal(), &written), "{:?} from {}", back.text.reveal(), masked);
            } else {
                prop_assert_eq!(back.text.reveal(), &written, "{}", masked);
            }
            let body = serde_json::json!({ "content": masked }).to_string();
            prop_assert_eq!(vault.guard().check(masked.as_bytes()), Ok(()), "{}", masked);
            prop_assert_eq!(vault.guard().check(body.as_bytes()), Ok(()), "{}", masked);
            // A copy has met nothing, so it looks again.
            let again = anonymizer.readmit(masked, &mut vault.clone());
            prop_assert_eq!(again.as_str(), masked);
            if !coarse && !policy.contains("block") {
                let mut copy = vault.clone();
                let again = anonymizer.admit(&Plaintext::new(masked.to_owned()), &mut copy);
                prop_assert_eq!(restored(again.as_str(), &copy), back.text.reveal(), "{}", again.as_str());
            }
            let whole = (back.text.reveal().to_owned(), back.unknown);
            prop_assert_eq!(streamed(masked, &cuts, &vault), whole);
            let whole = vault.restore_json(&body);
            prop_assert_eq!(streamed_json(&body, &cuts, &vault), (whole.text.reveal().to_owned(), whole.unknown));
            let read: serde_json::Value = serde_json::from_str(whole.text.reveal()).expect("it is JSON still");
            prop_assert_eq!(read["content"].as_str(), Some(back.text.reveal()));
            let stored = TokenVault::from_bytes(&vault.to_bytes()).expect("what was written is read");
            prop_assert_eq!(restored(masked, &stored), back.text.reveal());
        }
    }
}
