//! What an agent does with a conversation, from the customer's device to the console and back.

use std::time::Duration;

use futures_util::StreamExt;
use protocol::{FromCustomer, FromDesk, Holder, MessageId};
use serde_json::{Value, json};

use super::{Browser, Office};
use crate::device::{Device, octets};

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_sees_tokens_and_the_customer_reads_values() {
    let office = Office::open().await;
    let (mut mira, _) = office.enrolled("Mira Lang", "mira@example.com").await;
    let (mut jonas, _) = office.enrolled("Jonas Weber", "jonas@example.com").await;
    let mut device = Device::begin(&office.world.hub_url, office.world.key, None).await;
    device.write("My address is sarah.connor@example.com, thanks").await;
    device.say(&FromCustomer::WantPerson { id: MessageId::from_octets(octets()) }).await;
    device
        .hear_until(|heard| {
            heard.iter().any(|said| matches!(said, FromDesk::Holder { holder: Holder::Waiting }))
        })
        .await;

    let list = mira.get("/api/conversations").await;
    let row = &list.body["conversations"][0];
    assert_eq!((row["holder"].as_str(), row["language"].as_str()), (Some("waiting"), Some("en")));
    assert!(row["waiting_since"].is_i64());
    assert!(!list.body.to_string().contains("sarah"), "{}", list.body);
    let path = format!("/api/conversations/{}", device.channel);

    let seen = mira.get(&path).await;
    assert_eq!(seen.status, 200, "{}", seen.body);
    assert_eq!(seen.body["tokens"], json!(["[EMAIL_1]"]));
    assert_eq!(seen.body["messages"][0]["speaker"], "customer");
    assert!(seen.body["messages"][0]["text"].as_str().unwrap().contains("[EMAIL_1]"));
    assert!(notes(&seen.body).contains(&"requested".to_owned()), "{}", seen.body);
    assert_eq!(seen.body["safety_number"].as_str(), Some(device.member.safety_number().as_str()));
    assert!(!seen.body.to_string().contains("sarah.connor"));

    let too_early = mira.post(&format!("{path}/reply"), json!({ "text": "hello" })).await;
    assert_eq!((too_early.status, too_early.body["code"].as_str()), (409, Some("not-holder")));
    assert_eq!(act(&mut mira, &path, "take-over").await, 204);
    device.hear_until(|heard| heard.iter().any(|said| matches!(said, FromDesk::Holder { holder: Holder::Agent { name } } if name == "Mira Lang"))).await;

    assert_eq!(jonas.get(&path).await.body["conversation"]["holder_name"], "Mira Lang");
    for taken in ["take-over", "give-back", "typing"] {
        assert_eq!(act(&mut jonas, &path, taken).await, 409, "{taken}");
    }

    assert_eq!(act(&mut mira, &path, "typing").await, 204);
    assert_eq!(
        mira.post(&format!("{path}/reply"), json!({ "text": "I write to [EMAIL_1]." })).await.status,
        204
    );
    device.hear_until(|heard| heard.iter().any(|said| matches!(said, FromDesk::Text { text, .. } if text.reveal() == "I write to sarah.connor@example.com."))).await;
    let seen = mira.get(&path).await;
    assert_eq!(seen.body["messages"].as_array().unwrap().last().unwrap()["text"], "I write to [EMAIL_1].");
    assert_eq!(seen.body["conversation"]["holder"], "me");

    assert_eq!(act(&mut mira, &path, "give-back").await, 204);
    device
        .hear_until(|heard| {
            heard.iter().any(|said| matches!(said, FromDesk::Holder { holder: Holder::Assistant }))
        })
        .await;
    assert_eq!(act(&mut jonas, &path, "close").await, 204);
    device
        .hear_until(|heard| {
            heard.iter().any(|said| matches!(said, FromDesk::Holder { holder: Holder::Closed }))
        })
        .await;
    assert_eq!(mira.get(&path).await.body["conversation"]["holder"], "closed");

    // The record opens again once everything that could write to it is gone.
    let Office { mut world, site, .. } = office;
    drop((site, mira, jonas));
    let views = world.accesses().await.iter().filter(|access| access.starts_with("view-masked")).count();
    assert_eq!(views, 4, "each look is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_name_the_conversation_and_nothing_else_and_end_with_the_session() {
    let office = Office::open().await;
    let (mut mira, _) = office.enrolled("Mira Lang", "mira@example.com").await;
    let mut request = mira.request("GET", "/api/events", None);
    request.headers_mut().remove("x-sotto-console");
    let response = mira.open(request).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();

    let mut device = Device::begin(&office.world.hub_url, office.world.key, None).await;
    device.write("My address is sarah.connor@example.com").await;
    let change = format!("event: change\ndata: {}\n\n", device.channel);
    let mut heard = String::new();
    while !heard.contains(&change) {
        heard += &next(&mut events).await.expect("the stream goes on");
    }
    let others: Vec<_> = heard.split("\n\n").filter(|event| !change.starts_with(*event)).collect();
    assert!(others.iter().all(|event| event.is_empty() || *event == "retry: 2000\n: beat"), "{others:?}");

    mira.delete("/api/session").await;
    device.write("and another thing").await;
    while let Some(late) = next(&mut events).await {
        // What was on its way when the session ended may still arrive, nothing after it.
        assert!(change == late || late.is_empty(), "{late}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_stops_ends_the_event_streams() {
    let office = Office::open().await;
    let (mira, _) = office.enrolled("Mira Lang", "mira@example.com").await;
    let mut events = mira.open(mira.request("GET", "/api/events", None)).await.into_body().into_data_stream();
    assert!(next(&mut events).await.is_some());
    office.stop.cancel();
    assert_eq!(next(&mut events).await, None);
}

async fn act(browser: &mut Browser, path: &str, act: &str) -> u16 {
    browser.post(&format!("{path}/{act}"), Value::Null).await.status
}

fn notes(view: &Value) -> Vec<String> {
    let messages = view["messages"].as_array().unwrap();
    messages.iter().filter_map(|message| message["hand_off"].as_str()).map(str::to_owned).collect()
}

async fn next(events: &mut axum::body::BodyDataStream) -> Option<String> {
    let piece = tokio::time::timeout(Duration::from_secs(20), events.next())
        .await
        .expect("the stream goes on or ends");
    piece.map(|piece| String::from_utf8(piece.unwrap().to_vec()).unwrap())
}
