//! What goes wrong: bad envelopes, crashes, full disks. Nothing is lost, nothing doubled, order kept.

use protocol::{
    BUCKETS, ChannelId, Entropy, Envelope, EnvelopeId, EnvelopeKind, FromCustomer, FromDesk, NoticeCode,
};

use super::{
    device::{Device, octets, texts},
    world::{Random, World},
};

fn envelope(body: Vec<u8>) -> Envelope {
    Envelope {
        id: EnvelopeId::from_octets(octets()),
        kind: EnvelopeKind::Message,
        epoch: 1,
        body: body.into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_envelopes_are_left_and_the_next_message_is_answered() {
    let world = World::new().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    let good = device.write("How do I return something?").await;
    device.nth_text(1).await;
    let sealed = device.say(&FromCustomer::Typing).await;

    let mut random = vec![0; BUCKETS[1]];
    Random.fill(&mut random);
    device.post(&envelope(random)).await;
    // Truncated, changed, and repeated under a new id.
    device.post(&envelope(sealed.body.0[..sealed.body.0.len() / 2].to_vec())).await;
    let mut changed = sealed.body.0.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    device.post(&envelope(changed)).await;
    device.post(&envelope(sealed.body.0.clone())).await;
    // A second welcome and a commit that is none.
    device.post(&Envelope { kind: EnvelopeKind::Welcome, ..envelope(sealed.body.0.clone()) }).await;

    let after = device.write("How can I pay?").await;
    device.nth_text(2).await;
    assert_eq!(device.received, [good, after]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_from_a_newer_version_is_said_and_the_next_message_is_answered() {
    let world = World::new().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    let sealed = device.member.seal(br#"{"kind":"hologram","beam":3}"#).unwrap();
    device.post(&Envelope { epoch: sealed.epoch, ..envelope(sealed.body) }).await;
    let newer = FromDesk::Notice { code: NoticeCode::NewerVersion };
    device.hear_until(|heard| heard.contains(&newer)).await;
    device.write("How can I pay?").await;
    device.nth_text(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_sent_out_of_order_are_all_read() {
    let world = World::new().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    let mut sealed = Vec::new();
    for text in ["How do I return something?", "How can I pay?"] {
        let id = protocol::MessageId::from_octets(octets());
        let payload = FromCustomer::Text { id, text: protocol::MessageText::new(text.into()) };
        let made = device.member.seal(&serde_json::to_vec(&payload).unwrap()).unwrap();
        sealed.push(Envelope { epoch: made.epoch, ..envelope(made.body) });
    }
    for envelope in sealed.iter().rev() {
        device.post(envelope).await;
    }
    device.nth_text(2).await;
    assert_eq!(device.received.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_without_a_welcome_for_this_desk_does_no_harm() {
    let world = World::new().await;
    let client = reqwest::Client::new();
    let capability = protocol::Capability::random(&Random);
    let create = protocol::CreateChannel {
        channel: ChannelId::from_octets(octets()),
        desk: world.key,
        write: capability.hash(),
        read: capability.hash(),
        welcome: Envelope { kind: EnvelopeKind::Welcome, ..envelope(vec![1; 300]) },
    };
    let url = format!("{}/v1/channels", world.hub_url);
    client.post(url).json(&create).send().await.unwrap().error_for_status().unwrap();
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    device.write("How can I pay?").await;
    device.nth_text(1).await;
    assert_eq!(world.desk().conversations.list().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_when_hub_and_desk_stop_and_start() {
    let mut world = World::new().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    let mut asked = Vec::new();
    asked.push(device.write("How do I return something?").await);
    device.nth_text(1).await;

    world.stop_desk().await;
    asked.push(device.write("How can I pay?").await);
    world.stop_hub().await;
    world.start_desk_without_hub().await;
    world.restart_hub().await;
    asked.push(device.write("How long does delivery take?").await);
    device.nth_text(3).await;

    world.stop_hub().await;
    world.restart_hub().await;
    asked.push(device.write("Do you have a warranty?").await);
    device.nth_text(4).await;
    device.hear_until(|heard| heard.len() >= 4).await;
    assert_eq!(device.received, asked);
    assert_eq!(texts(&device.heard).len(), 4, "{:?}", device.heard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_stored_but_not_answered_is_answered_after_a_start() {
    let mut world = World::new().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    // Stops as soon as the desk has said that it stored the message, most often before the answer.
    device.write("How do I return something?").await;
    device.wait_received(1).await;
    world.stop_desk().await;
    world.start_desk().await;
    device.nth_text(1).await;
    device.write("How can I pay?").await;
    device.nth_text(2).await;
    assert_eq!(texts(&device.heard).len(), 2, "{:?}", device.heard);
}
