use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Entity, TokenVault};

const HARD: &str = "Sarah \"S\\n\" Connor\n\u{1}é😀/";

fn vault() -> TokenVault {
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, HARD);
    vault.know(Entity::Order, "10432");
    vault
}

fn restored(json: &str) -> String {
    vault().restore_json(json).text.reveal().to_owned()
}

fn parsed(json: &str) -> Value {
    let text = restored(json);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_value_is_escaped_for_the_string_that_it_is_put_into() {
    assert_eq!(parsed(r#"{"to":"Dear [PERSON_1]!"}"#), json!({ "to": format!("Dear {HARD}!") }));
    assert_eq!(parsed(r#"{"[PERSON_1]":1}"#), json!({ HARD: 1 }), "also in the name of a field");
    assert_eq!(parsed(r#"["[PERSON_1][ORDER_1]"]"#), json!([format!("{HARD}10432")]));
}

#[test]
fn a_token_outside_of_a_string_becomes_one() {
    assert_eq!(parsed(r#"{"order":[ORDER_1],"to":PERSON_1}"#), json!({ "order": "10432", "to": HARD }));
    assert_eq!(parsed(r#"{"order":[ORDER_7]}"#), json!({ "order": "the order" }));
}

#[test]
fn tokens_are_read_through_the_escapes_of_the_string() {
    for text in [
        r#"["\u005bORDER\u005f1\u005D"]"#,
        r#"["[ORDER\\_1]"]"#,
        r#"["[ORDER\_1]"]"#,
        r#"["\\[order\\_1\\]"]"#,
        r#"["［ORDER＿1］"]"#,
        r#"["[ORDER\u00a01]"]"#,
    ] {
        assert_eq!(parsed(text), json!(["10432"]), "{text}");
    }
    assert_eq!(parsed(r#"["\ud83d\ude00[ORDER_1]\ud83d\ude00"]"#), json!(["😀10432😀"]));
}

#[test]
fn an_escape_before_a_token_joins_it_only_where_it_is_a_letter() {
    for (json, expected) in [
        (r#""\u0041ORDER_1""#, r#""\u0041ORDER_1""#),
        (r#""\ud835\udc00ORDER_1""#, r#""\ud835\udc00ORDER_1""#),
        (r#""\ud83d\ude00ORDER_1""#, r#""\ud83d\ude0010432""#),
        (r#""\udc00ORDER_1""#, r#""\udc0010432""#),
        (r#""\ud835ORDER_1""#, r#""\ud83510432""#),
        (r#""\ud835\nORDER_1""#, r#""\ud835\n10432""#),
        (r#""\ud835\u005bORDER_1]""#, r#""\ud83510432""#),
        (r#""\ud835\u0041ORDER_1""#, r#""\ud835\u0041ORDER_1""#),
        (r#""\ud835\udc0zORDER_1""#, r#""\ud835\udc0zORDER_1""#),
        (r#""\u00 ORDER_1""#, r#""\u00 10432""#),
        (r#""\u004éORDER_1""#, r#""\u004éORDER_1""#),
        (r#""\u004[ORDER_1]""#, r#""\u00410432""#),
    ] {
        assert_eq!(restored(json), expected, "{json}");
        for (cut, _) in json.char_indices() {
            let (vault, mut out) = (vault(), String::new());
            let mut restorer = vault.json_restorer();
            out.push_str(restorer.push(&json[..cut]).reveal());
            out.push_str(restorer.push(&json[cut..]).reveal());
            out.push_str(restorer.finish().text.reveal());
            assert_eq!(out, expected, "{json} cut at {cut}");
        }
    }
}

#[test]
fn what_is_no_token_stays_to_the_byte() {
    for text in [
        r#"{"a":"caf\u00e9 \/ \ud83d\ude00 \"q\" \\ \n","b":[1,-2.5e3,true,null]}"#,
        r#"["\ud83d","\ud83dx","\u12","\uZZZZ","\x"]"#,
        r#"["\ud83d\u0041 \ud83d\ud83d\ude00"]"#,
        r#"{"cut":"off \u00"#,
        "no JSON \\ at all [PERSON",
    ] {
        assert_eq!(restored(text), text);
    }
}

#[test]
fn a_token_does_not_reach_over_the_end_of_a_string() {
    assert_eq!(restored(r#"["[ORDER_","1]"]"#), r#"["[ORDER_","1]"]"#);
    assert_eq!(restored(r#"["x"ORDER_1]"#), r#"["x""10432"]"#);
}

#[test]
fn unknown_tokens_become_nouns_and_are_counted() {
    let restored = vault().restore_json(r#"{"to":"[PERSON_9]","order":"[ORDER_8] of [ORDER_1]"}"#);
    assert_eq!(restored.text.reveal(), r#"{"to":"the person","order":"the order of 10432"}"#);
    assert_eq!(restored.unknown, 2);
}

fn json_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        2 => "[a-z\\[\\]{}:,\"\\\\_u0-9]{0,8}",
        1 => "\\PC{0,4}",
        1 => Just("[PERSON_1]".to_owned()),
        1 => Just("\"[ORDER_1]\"".to_owned()),
        1 => Just("\\u005bORDER_1]".to_owned()),
        1 => Just("\\ud83d\\ude00".to_owned()),
        1 => Just("[ORDER\\\\_1]".to_owned()),
        1 => Just("[PHONE_3]".to_owned()),
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        2 => "\\PC{0,8}",
        1 => Just("Dear [PERSON_1], about [ORDER_1]".to_owned()),
        1 => Just("person\\_1 \"[ORDER-1]\"\n\\".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text.clone().prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 16, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(text.clone(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// What the JSON says with its values back: each of its strings restored by itself.
fn by_string(value: &Value, vault: &TokenVault) -> Value {
    let restore = |text: &str| vault.restore(text).text.reveal().to_owned();
    match value {
        Value::String(text) => Value::from(restore(text)),
        Value::Array(values) => values.iter().map(|value| by_string(value, vault)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (restore(name), by_string(value, vault))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

proptest! {
    #![proptest_config(crate::tests::cases(300))]

    #[test]
    fn every_cut_of_a_stream_gives_the_same_json(text in json_text(), cuts in prop::collection::vec(0..6_usize, 0..20)) {
        let vault = vault();
        let whole = vault.restore_json(&text);
        let mut restorer = vault.json_restorer();
        let mut out = String::new();
        let mut rest = text.as_str();
        for cut in cuts {
            let at = rest.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(rest.len());
            out.push_str(restorer.push(&rest[..at]).reveal());
            rest = &rest[at..];
        }
        out.push_str(restorer.push(rest).reveal());
        let last = restorer.finish();
        out.push_str(last.text.reveal());
        prop_assert_eq!(out.as_str(), whole.text.reveal());
        prop_assert_eq!(last.unknown, whole.unknown);
    }

    #[test]
    fn json_stays_json_and_says_what_its_strings_say_restored(value in value()) {
        let vault = vault();
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap_or_default()] {
            let restored = vault.restore_json(&text);
            let read: Value = serde_json::from_str(restored.text.reveal()).expect("it is JSON still");
            prop_assert_eq!(&read, &by_string(&value, &vault), "{}", restored.text.reveal());
        }
    }
}
