//! A desk whose assistant has a language model: `@copilotkit/aimock`, which keeps a journal of all that it was sent.

use llm::{Api, TokenLimits};
use protocol::FromDesk;
use serde_json::Value;

use super::{
    aimock::Aimock,
    device::{Device, texts},
    world::{ModelAt, World, token},
};

async fn double() -> Aimock {
    Aimock::start(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/aimock.mjs")).await
}

fn at(double: &Aimock, api: Api, limits: TokenLimits) -> ModelAt {
    ModelAt { api, url: double.url.join("/v1").unwrap().to_string(), limits }
}

async fn world(model: ModelAt) -> World {
    let mut world = World::new().await;
    world.stop_desk().await;
    world.model = Some(model);
    world.start_desk().await;
    world
}

/// Everything personal that the customer's device and page say in these tests, the names also alone.
const PERSONAL: [&str; 12] = [
    "Sarah Connor",
    "Sarah",
    "Connor",
    "sarah.connor@example.com",
    "c-1@example.com",
    "+49 151 23456789",
    "0151 23456789",
    "WF-10432",
    "10432",
    "DE89 3704 0044 0532 0130 00",
    "Lindenstraße 12",
    "14.03.1984",
];

/// Letters and digits alone, in one case: what "S. CONNOR" and "DE89-3704" have in common with how they were typed.
fn plain(text: &str) -> String {
    text.to_lowercase().replace('ß', "ss").chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The personal values somewhere in a journal: bodies, headers, paths.
fn found(journal: &[Value]) -> Vec<&'static str> {
    fn leaves(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) => into.push(plain(text)),
            Value::Array(values) => values.iter().for_each(|value| leaves(value, into)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| {
                into.push(plain(name));
                leaves(value, into);
            }),
            Value::Number(number) => into.push(number.to_string()),
            Value::Null | Value::Bool(_) => {}
        }
    }
    let mut all = Vec::new();
    for entry in journal {
        ["body", "headers", "path"].iter().for_each(|part| leaves(&entry[*part], &mut all));
    }
    PERSONAL.into_iter().filter(|value| all.iter().any(|leaf| leaf.contains(&plain(value)))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_talks_with_a_model_and_no_personal_value_is_in_the_providers_journal() {
    for api in [Api::OpenAi, Api::Anthropic] {
        let double = double().await;
        let world = world(at(&double, api, TokenLimits::NONE)).await;
        let identity = token("c-1", "Sarah Connor", "shop", 300);
        let mut device = Device::begin(&world.hub_url, world.key, Some(identity)).await;

        device.write("I am Sarah Connor (sarah.connor@example.com). How long does a refund take?").await;
        let phrased = device.nth_text(1).await;
        assert_eq!(phrased, "We refund you within 5 working days after your return reaches us.");

        // Not an example of a flow, and near no article: the model chooses, the flow asks, nothing happens.
        device
            .write("CONNOR here, +49 151 2345-6789, Sarah.Connor@Example.com. My order number WF-10432: it must not come after all")
            .await;
        let asked = device.nth_text(2).await;
        assert!(!asked.contains("cancelled"), "{asked}");
        device.write("stop").await;
        device.nth_text(3).await;

        // The provider fails: the article answers, and the customer is told of no fault.
        device
            .write("My IBAN is de89370400440532013000, I live at Lindenstraße 12, 10969 Berlin, born 14.03.1984. How can I pay?")
            .await;
        device.nth_text(4).await;
        assert!(
            !device.heard.iter().any(|said| matches!(said, FromDesk::Notice { .. })),
            "{:?}",
            device.heard
        );

        let journal = double.journal().await;
        let statuses: Vec<&Value> = journal.iter().map(|entry| &entry["response"]["status"]).collect();
        assert!(journal.len() >= 4 && statuses.contains(&&Value::from(500)), "{statuses:?}");
        assert_eq!(found(&journal), Vec::<&str>::new(), "{api:?}");
        let all = serde_json::to_string(&journal).unwrap();
        for token in ["[PERSON_1]", "[EMAIL_", "[PHONE_1]", "[IBAN_1]"] {
            assert!(all.contains(token), "{token} should have been sent: {all}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_of_the_journal_finds_a_planted_value_in_every_writing() {
    let double = double().await;
    for (value, written) in [
        ("Sarah Connor", "sarahconnor"),
        ("Connor", "Dear Ms. CONNOR!"),
        ("DE89 3704 0044 0532 0130 00", "de89-3704-0044-0532-0130-00"),
        ("+49 151 23456789", "+49(151)234 567 89"),
        ("14.03.1984", "14 03 1984"),
        ("Lindenstraße 12", "LINDENSTRASSE 12"),
    ] {
        let body = serde_json::json!({
            "model": "double", "stream": true, "messages": [{ "role": "user", "content": format!("hi {written} there") }],
        });
        let url = format!("{}/v1/chat/completions", double.url);
        let sent = reqwest::Client::new().post(url).json(&body).send().await.unwrap();
        sent.error_for_status().unwrap().bytes().await.unwrap();
        let journal = double.journal().await;
        assert!(found(&journal[journal.len() - 1..]).contains(&value), "{written}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_day_has_cost_is_known_after_a_start_and_then_the_articles_answer() {
    let double = double().await;
    // The first request fits, and its 940 tokens leave no room for a second one.
    let limits = TokenLimits { conversation: u64::MAX, day: 3_800 };
    let mut world = world(at(&double, Api::Anthropic, limits)).await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    let mut asked = 0;
    for number in 1..=6 {
        device.write("How long does a refund take?").await;
        device.nth_text(number).await;
        asked = double.journal().await.len();
        if asked < number {
            break;
        }
    }
    assert!((1..6).contains(&asked), "{asked} requests");
    world.stop_desk().await;
    world.start_desk().await;
    let told = texts(&device.heard).len();
    device.write("How long does a refund take?").await;
    let answer = device.nth_text(told + 1).await;
    assert!(answer.starts_with("We refund you within 5 working days"), "{answer}");
    assert_eq!(double.journal().await.len(), asked, "the day is used up after a start too");
}
