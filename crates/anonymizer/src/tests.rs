//! The crate through its public door: what is masked, what stays, and what holds for every text.

use proptest::prelude::*;

use crate::{Anonymizer, Entity, Options, Plaintext, Speaker, TokenVault, VaultError, tokens_in};

mod kinds;
mod policies;
mod treatments;

fn anonymizer() -> &'static Anonymizer {
    static SHARED: std::sync::OnceLock<Anonymizer> = std::sync::OnceLock::new();
    SHARED.get_or_init(|| {
        Anonymizer::new(Options {
            public: vec!["shop.example".to_owned(), "help@shop.example".to_owned()],
            ..Options::default()
        })
    })
}

fn sarah() -> TokenVault {
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "Sarah Connor");
    vault.know(Entity::Email, "sarah@example.com");
    vault
}

fn mask(text: &str, vault: &mut TokenVault) -> String {
    let masked = anonymizer().mask(&Plaintext::new(text.to_owned()), vault).expect("nothing is blocked");
    masked.as_str().to_owned()
}

fn restored(text: &str, vault: &TokenVault) -> String {
    vault.restore(text).text.reveal().to_owned()
}

#[test]
fn a_message_full_of_values_becomes_tokens_and_comes_back() {
    let mut vault = sarah();
    let text = "Hi, Sarah here. My card 4111 1111 1111 1111 was charged twice for order #KP-10432, \
                write to sarah@example.com or call +49 171 5551234. IBAN DE89 3704 0044 0532 0130 00.";
    let masked = mask(text, &mut vault);
    insta::assert_snapshot!(masked, @"Hi, [PERSON_1.2] here. My card [CARD_1] was charged twice for order #[ORDER_1], write to [EMAIL_1] or call [PHONE_1]. IBAN [IBAN_1].");
    assert_eq!(restored(&masked, &vault), text);
}

#[test]
fn the_known_customer_is_found_in_every_form() {
    for (text, masked) in [
        ("Ms Connor called", "Ms [PERSON_1.2] called"),
        ("SARAH CONNOR", "[PERSON_1.2]"),
        ("it is sarah's order", "it is [PERSON_1.2]'s order"),
        ("Connor, Sarah", "[PERSON_1.2]"),
        ("S. Connor", "[PERSON_1.2]"),
        ("S.C.", "[PERSON_1.2]"),
        ("Sаrаh wrote that, not me", "[PERSON_1.2] wrote that, not me"),
        ("Sarah J. Connor", "[PERSON_1.2]"),
        ("sarahconnor99", "[PERSON_1.2]99"),
        ("the lamp is sarahful", "the lamp is sarahful"),
    ] {
        let mut vault = sarah();
        assert_eq!(mask(text, &mut vault), masked, "{text}");
        assert_eq!(restored(masked, &vault), text);
    }
}

#[test]
fn a_customer_named_like_a_common_word_does_not_lose_the_word() {
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "May Price");
    assert_eq!(mask("the price may change in May", &mut vault), "the price may change in May");
    assert_eq!(
        mask("I am May, and Ms Price is my mother", &mut vault),
        "I am [PERSON_1.2], and Ms [PERSON_1.3] is my mother"
    );
    assert!(vault.guard().check(b"our price may change").is_ok());
    assert!(vault.guard().check(b"dear may price").is_err());
}

#[test]
fn a_short_form_is_a_whole_word_and_a_part_that_is_a_word_needs_its_capital() {
    for (known, text) in [
        ("Constance Lamy", "je constate avec raison"),
        ("Hugo Ab", "Herr Huber kann ab 16 Uhr kommen"),
        ("Bella Hotel", "is the hotel open"),
    ] {
        let mut vault = TokenVault::new();
        vault.know(Entity::Person, known);
        assert_eq!(mask(text, &mut vault), text.replace("Huber", "[PERSON_2]"));
    }
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "Facundo Lamy");
    assert_eq!(mask("ok, facu", &mut vault), "ok, [PERSON_1.2]");
}

#[test]
fn tokens_are_stable_over_the_conversation_and_storage() {
    let mut vault = TokenVault::new();
    assert_eq!(mask("a@b.org and c@d.org", &mut vault), "[EMAIL_1] and [EMAIL_2]");
    let mut vault = TokenVault::from_bytes(&vault.to_bytes()).expect("what was written is read");
    assert_eq!(mask("e@f.org, C@D.org, a@b.org", &mut vault), "[EMAIL_3], [EMAIL_2.2], [EMAIL_1]");
    assert_eq!(vault.tokens(), ["[EMAIL_1]", "[EMAIL_2]", "[EMAIL_2.2]", "[EMAIL_3]"]);
}

#[test]
fn what_a_customer_types_like_a_token_is_never_restored_to_a_value() {
    let mut vault = sarah();
    let text = "print [PERSON_1], PERSON_1, [email 1] and \\[EMAIL\\_1\\]";
    let masked = mask(text, &mut vault);
    assert!(tokens_in(&masked).iter().all(|token| token.entity == Entity::Text), "{masked}");
    assert_eq!(restored(&masked, &vault), text);
}

#[test]
fn a_name_learnt_later_is_found_in_the_history_as_it_is_sent_again() {
    let mut vault = TokenVault::new();
    let first = mask("as agreed Miller will write", &mut vault);
    assert_eq!(first, "as agreed Miller will write");
    mask("My name is Tom Miller", &mut vault);
    let again = anonymizer().readmit(&first, &mut vault);
    assert!(!again.as_str().contains("Miller"), "{again}");
    assert!(vault.guard().check(again.as_str().as_bytes()).is_ok());
}

#[test]
fn readmitting_settles_at_once() {
    for (written, settled) in [
        ("[PERSON_9]_1!", "the person _1!"),
        ("PERSON_1sarahconnor", "[PERSON_1][PERSON_1.2]"),
        ("my card is 4111 1111 1111 1111((000000", "my card is [CARD_1](([CARD_2]"),
    ] {
        let mut vault = sarah();
        let once = anonymizer().readmit(written, &mut vault);
        assert_eq!(once.as_str(), settled);
        assert_eq!(anonymizer().readmit(once.as_str(), &mut vault.clone()).as_str(), settled);
    }
}

#[test]
fn readmitted_text_keeps_issued_tokens_and_loses_the_others() {
    let mut vault = sarah();
    let again =
        anonymizer().readmit("Dear **person_1**, [PERSON_1.9], [PHONE_7], sarah@example.com", &mut vault);
    assert_eq!(again.as_str(), "Dear **[PERSON_1]**, [PERSON_1], the phone number, [EMAIL_1]");
}

#[test]
fn a_number_split_over_two_messages_is_masked_in_both() {
    let mut vault = TokenVault::new();
    assert_eq!(mask("my card is 4111 1111", &mut vault), "my card is [CARD_1]");
    assert_eq!(mask("1111 1111", &mut vault), "[CARD_2]");

    let mut vault = TokenVault::new();
    let bare = mask("4111 1111", &mut vault);
    assert_eq!(mask("1111 1111 is the rest", &mut vault), "[CARD_2] is the rest");
    assert_eq!(anonymizer().readmit(&bare, &mut vault).as_str(), "[CARD_1]");
}

#[test]
fn an_answer_to_a_question_is_what_was_asked_for() {
    let mut vault = TokenVault::new();
    vault.expect(Entity::Order);
    assert_eq!(mask("10432", &mut vault), "[ORDER_1]");
    assert_eq!(mask("10433 screws", &mut vault), "10433 screws");

    let said = anonymizer().readmit("I can look. What is your order number?", &mut vault);
    anonymizer().hear(&said, &mut vault);
    assert_eq!(mask("it's 10434", &mut vault), "it's [ORDER_2]");
    assert_eq!(mask("I have 10435 of them", &mut vault), "I have 10435 of them");
    assert_eq!(mask("a screw is missing", &mut vault), "a screw is missing");
    assert_eq!(mask("10435", &mut vault), "10435", "the question was answered");

    let said = anonymizer().readmit("What is your order number?", &mut vault);
    anonymizer().hear(&said, &mut vault);
    assert_eq!(mask("one moment", &mut vault), "one moment");
    assert_eq!(mask("10436", &mut vault), "[ORDER_3]", "the question stays until it is answered");
}

#[test]
fn a_tools_answer_stays_json_and_leaves_the_conversation_alone() {
    let mut vault = sarah();
    mask("my card is 4111 1111, order 10432", &mut vault);
    mask("and the phone ends with 0171", &mut vault);
    let answer = r#"{"order":10432,"total":12.5,"to":"S. Connor","lines":[{"sku":"A-10","note":"call +49 171 5551234"}],"paid":true}"#;
    let masked = anonymizer().mask_record(&Plaintext::new(answer.to_owned()), &mut vault);
    let read: serde_json::Value = serde_json::from_str(masked.as_str()).expect("it is JSON still");
    assert_eq!(read["order"], "[ORDER_1]");
    assert_eq!(read["total"], 12.5);
    assert_eq!(read["to"], "[PERSON_1.2]");
    assert_eq!(read["lines"][0]["note"], "call [PHONE_1]");
    assert_eq!(read["lines"][0]["sku"], "A-10");
    assert_eq!(mask("5551234", &mut vault), "[PHONE_3]", "the number of the last message still goes on");
    assert_eq!(
        anonymizer().mask_record(&Plaintext::new("no JSON, connor".to_owned()), &mut vault).as_str(),
        "no JSON, [PERSON_1.3]"
    );
}

#[test]
fn the_business_own_addresses_are_no_secret() {
    let mut vault = TokenVault::new();
    let text = "see https://www.shop.example/returns or help@shop.example";
    assert_eq!(mask(text, &mut vault), text);
    assert_eq!(mask("https://shop.example.evil.com", &mut vault), "[URL_1]");
}

#[test]
fn ordinary_support_talk_is_left_alone() {
    for text in [
        "The total was 1,299.00 EUR, I paid 3 x 433.",
        "Can you call me at 5?",
        "It broke after 30 days in May 2024.",
        "Version 10.0.19045 of the app crashes.",
        "I ordered 2 lamps on 05.11.2024 at 12:30.",
        "It's 20-30 cm too long.",
        "Order total 1299, shipping 4.99",
        "Room 101, 2nd floor",
        "My password is not working",
        "50% off 2 for 1",
        "The model XJ-900 at 220-240 V, 50/60 Hz",
        "between 9:00 and 17:30, Mon-Fri",
        "ISBN 978-3-16-148410-0",
        "e.g. the lamp, i.e. the big one",
        "Size 42.5 / EU 43 / US 9.5",
        "I want to return it within 14 days.",
        "The code is not accepted",
        "Ich habe 3 Stück für 59,90 € bestellt.",
        "Is it IP67 or IP68?",
        "Thanks\nBest regards",
        "2 x 1000 ml bottles, 12 345 678 views",
        "10.000 Stück",
        "It weighs 1234567 g",
        "1/2 or 3/4 inch?",
    ] {
        assert_eq!(mask(text, &mut TokenVault::new()), text);
    }
}

#[test]
fn the_guard_finds_a_value_whatever_stands_between_its_parts() {
    let mut vault = sarah();
    mask("card 4111 1111 1111 1111, order 10432, my password is hunter2", &mut vault);
    let guard = vault.guard();
    for body in [
        r#"{"content":"4111111111111111"}"#,
        "4111-1111-1111-1111",
        "4111\\n1111\\u00201111 1111",
        "sarah CONNOR",
        "S\\u0061rah Connor",
        "C\\u006fnnor",
        r#"{"a":"{\"b\":\"S\\u0061rah Connor\"}"}"#,
        "SARAH@example.com",
        "order 10432",
        "HUNTER2",
        "Connors",
        "４１１１１１１１１１１１１１１１",
    ] {
        assert!(guard.check(body.as_bytes()).is_err(), "{body}");
    }
    for body in ["[PERSON_1] 411 1111", "order 104321", "the Sahara", "{\"max_tokens\":512}"] {
        assert_eq!(guard.check(body.as_bytes()), Ok(()), "{body}");
    }
}

#[test]
fn what_the_baseline_accounts_for_is_no_leak() {
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "Nora Prompt");
    let guard = vault.guard();
    let baseline = b"follow the prompt: \xef\xbf\xbc";
    assert_eq!(guard.check_against(b"follow the prompt: hello", baseline), Ok(()));
    let leak =
        guard.check_against(b"follow the prompt: I am Prompt", baseline).expect_err("it is there twice");
    assert_eq!(leak.entity, Entity::Person);
    assert!(!leak.to_string().contains("Prompt"));
}

#[test]
fn unknown_tokens_become_nouns_and_are_counted() {
    let vault = sarah();
    let answer = vault.restore("Dear [PERSON_1], [ORDER_9] for [person_2] and PERSON_3");
    assert_eq!(answer.text.reveal(), "Dear Sarah Connor, the order for the person and PERSON_3");
    assert_eq!(answer.unknown, 2);
}

#[test]
fn damaged_and_foreign_vaults_are_refused() {
    let bytes = sarah().to_bytes();
    assert_eq!(TokenVault::from_bytes(&[]).err(), Some(VaultError::Damaged));
    assert_eq!(TokenVault::from_bytes(&bytes[..bytes.len() - 1]).err(), Some(VaultError::Damaged));
    assert_eq!(TokenVault::from_bytes(&[9, 1, 2]).err(), Some(VaultError::UnknownFormat(9)));
}

#[test]
fn debug_of_what_holds_values_shows_nothing() {
    let vault = sarah();
    let shown =
        format!("{vault:?} {:?} {:?} {:?}", vault.guard(), vault.restorer(), vault.restore("[PERSON_1]"));
    insta::assert_snapshot!(shown, @"TokenVault(***) LeakGuard(***) StreamRestorer(***) Restored { text: Plaintext(***), unknown: 0 }");
}

#[test]
fn what_is_reported_is_what_was_replaced_also_where_a_new_value_is_repeated() {
    let mut vault = TokenVault::new();
    let text = "Lippe writes: my name is Tom Lippe, call +49 171 5551234";
    let (masked, spans) =
        anonymizer().mask_and_report(&Plaintext::new(text.to_owned()), Speaker::Customer, &mut vault);
    let reported: Vec<_> = spans.iter().map(|span| (&text[span.range.clone()], span.reported())).collect();
    assert_eq!(
        reported,
        [("Lippe", "PERSON"), ("Tom Lippe", "PERSON"), ("+49 171 5551234", "PHONE_NUMBER")],
        "{masked:?}"
    );
}

#[test]
fn what_is_found_and_kept_is_reported_beside_what_was_replaced() {
    let text = "My name is Tom Lippe and I ordered on 3 March 2024";
    let (masked, spans) = anonymizer().mask_and_report(
        &Plaintext::new(text.to_owned()),
        Speaker::Customer,
        &mut TokenVault::new(),
    );
    let masked = masked.expect("nothing is blocked");
    assert_eq!(masked.as_str(), "My name is [PERSON_1] and I ordered on 3 March 2024");
    let reported: Vec<_> = spans.iter().map(|span| (&text[span.range.clone()], span.reported())).collect();
    assert_eq!(reported, [("Tom Lippe", "PERSON"), ("3 March 2024", "DATE_TIME")]);
}

#[test]
fn the_agents_question_is_answered_and_breaks_no_number_off() {
    let ask = |text: &str, vault: &mut TokenVault| {
        let (masked, _) =
            anonymizer().mask_and_report(&Plaintext::new(text.to_owned()), Speaker::Agent, vault);
        assert!(masked.is_ok());
    };
    let mut vault = TokenVault::new();
    ask("What is your order number?", &mut vault);
    assert_eq!(mask("10432", &mut vault), "[ORDER_1]");

    let mut vault = TokenVault::new();
    mask("my card is 4111 1111", &mut vault);
    ask("Please go on.", &mut vault);
    assert_eq!(mask("1111 1111", &mut vault), "[CARD_2]");
}

/// So many cases for each property, unless PROPTEST_CASES says how many.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let given = ProptestConfig::default();
    let unset = ProptestConfig::with_cases(256).cases == given.cases;
    ProptestConfig { cases: if unset { cases } else { given.cases }, ..given }
}

/// Pieces that recognisers, escapes and tokens meet in.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "\\PC{0,6}",
        2 => "[a-zA-Z ,.:\\n]{0,12}",
        2 => "[0-9 .()/+-]{0,14}",
        1 => Just("Sarah Connor".to_owned()),
        1 => Just("connor".to_owned()),
        1 => Just("my card is 4111 1111 1111 1111".to_owned()),
        1 => Just("sarah@example.com".to_owned()),
        1 => Just("DE89 3704 0044 0532 0130 00".to_owned()),
        1 => Just("call +49 171 5551234".to_owned()),
        1 => Just("order #10432".to_owned()),
        1 => Just("password: hunter22".to_owned()),
        1 => Just("https://example.org/sarah".to_owned()),
        1 => Just("my name is Tom Miller".to_owned()),
        1 => Just("PERSON_1".to_owned()),
        1 => Just("[PERSON_1]".to_owned()),
        1 => Just("[card 1".to_owned()),
        1 => "[\\[\\]_.\\\\*]{1,3}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn restoring_a_masked_text_gives_the_text(first in text(), second in text()) {
        let mut vault = sarah();
        let masked = (mask(&first, &mut vault), mask(&second, &mut vault));
        prop_assert_eq!(restored(&masked.0, &vault), first, "{}", masked.0);
        prop_assert_eq!(restored(&masked.1, &vault), second, "{}", masked.1);
        let stored = TokenVault::from_bytes(&vault.to_bytes()).expect("what was written is read");
        prop_assert_eq!(stored.tokens(), vault.tokens());
        prop_assert_eq!(vault.restore(&masked.1).unknown, 0);
    }

    #[test]
    fn nothing_of_the_vault_is_in_a_masked_text(first in text(), second in text()) {
        let mut vault = sarah();
        mask(&first, &mut vault);
        let masked = mask(&second, &mut vault);
        let body = serde_json::json!({ "content": masked }).to_string();
        prop_assert_eq!(vault.guard().check(body.as_bytes()), Ok(()), "{}", masked);
        let lower = masked.to_lowercase();
        for value in ["connor", "4111 1111 1111 1111", "sarah@example.com", "5551234", "370400440532013000", "hunter22"] {
            if restored("[PERSON_1]", &vault) == value || vault.guard().check(value.as_bytes()).is_err() {
                prop_assert!(!lower.contains(value), "{value} in {masked}");
            }
        }
    }

    #[test]
    fn what_was_met_before_becomes_the_same_again(texts in prop::collection::vec(text(), 1..4)) {
        let mut vault = sarah();
        let whole = anonymizer();
        for written in texts.iter().cycle().take(3 * texts.len()) {
            let written = Plaintext::new(written.clone());
            // A copy of the vault has met nothing.
            let mut forgetful = vault.clone();
            let (anew, again) = (
                whole.mask_and_report(&written, Speaker::Customer, &mut forgetful),
                whole.mask_and_report(&written, Speaker::Customer, &mut vault),
            );
            let masked = anew.0.expect("nothing is blocked");
            prop_assert_eq!(&masked, &again.0.expect("nothing is blocked"));
            prop_assert_eq!(anew.1, again.1);
            for _ in 0..2 {
                let mut forgetful = vault.clone();
                let anew = whole.readmit(masked.as_str(), &mut forgetful);
                prop_assert_eq!(anew, whole.readmit(masked.as_str(), &mut vault));
            }
            prop_assert_eq!(forgetful.to_bytes(), vault.to_bytes());
        }
    }

    #[test]
    fn masking_again_changes_nothing(written in text()) {
        let mut vault = sarah();
        let masked = mask(&written, &mut vault);
        // A copy has met nothing, so it looks again.
        let again = anonymizer().readmit(&masked, &mut vault.clone());
        prop_assert_eq!(again.as_str(), &masked);
    }

    #[test]
    fn every_way_of_cutting_a_stream_gives_the_same_text(written in text(), cuts in prop::collection::vec(0..200_usize, 0..12)) {
        let vault = sarah();
        let whole = vault.restore(&written);
        let mut restorer = vault.restorer();
        let mut out = String::new();
        let mut rest = written.as_str();
        for cut in cuts {
            let mut at = cut.min(rest.len()) % 7;
            while !rest.is_char_boundary(at) {
                at -= 1;
            }
            out.push_str(restorer.push(&rest[..at]).reveal());
            rest = &rest[at..];
        }
        out.push_str(restorer.push(rest).reveal());
        let last = restorer.finish();
        out.push_str(last.text.reveal());
        prop_assert_eq!(out.as_str(), whole.text.reveal());
        prop_assert_eq!(last.unknown, whole.unknown);
    }
}
