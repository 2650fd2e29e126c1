//! A person takes over, answers with tokens, gives back.

use desk::{Agent, PhaseError, StaffError, ViewError};
use protocol::{ChannelId, FromCustomer, FromDesk, Holder, MessageId};
use store::desk::{Phase, StaffId, StoredSpeaker};

use super::{
    device::{Device, octets, texts},
    world::{Random, World, token},
};

fn agent(name: &str) -> Agent {
    Agent { id: StaffId::random(&Random), name: name.into() }
}

fn holder(holder: Holder) -> FromDesk {
    FromDesk::Holder { holder }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_sees_tokens_and_the_customer_reads_values() {
    let mut world = World::new().await;
    let conversations = world.desk().conversations.clone();
    let identity = token("c-1", "Ada Lovelace", "shop", 300);
    let mut device = Device::begin(&world.hub_url, world.key, Some(identity)).await;
    device.write("Please call me at +44 20 7946 0958, and I want to talk to a person.").await;
    device.hear_until(|heard| heard.contains(&holder(Holder::Waiting))).await;

    let robin = agent("Robin");
    let view = conversations.view(&robin, device.channel).await.unwrap();
    assert_eq!(view.summary.phase, Phase::Waiting);
    assert_eq!(view.safety_number, device.member.safety_number());
    let shown: String = view.messages.iter().map(|message| message.text.as_str()).collect();
    assert!(!shown.contains("7946"), "{shown}");
    let phone = view.tokens.iter().find(|token| token.contains("PHONE")).unwrap();
    assert!(shown.contains(phone), "{shown}");
    assert!(view.messages.iter().any(|message| message.speaker == StoredSpeaker::Note));

    conversations.take_over(&robin, device.channel).await.unwrap();
    conversations.reply(&robin, device.channel, format!("I call you at {phone}.")).await.unwrap();
    let before = texts(&device.heard).len();
    let said = device.nth_text(before + 1).await;
    assert_eq!(said, "I call you at +44 20 7946 0958.");
    let name = holder(Holder::Agent { name: "Robin".into() });
    assert!(device.heard.contains(&name));

    drop(conversations);
    let accesses = world.accesses().await;
    assert!(accesses.contains(&"view-masked messages".to_owned()), "{accesses:?}");
    assert!(accesses.iter().any(|access| access == "restore PHONE"), "{accesses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_assistant_is_silent_while_a_person_holds_and_speaks_after() {
    let world = World::new().await;
    let conversations = world.desk().conversations.clone();
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    let id = MessageId::from_octets(octets());
    device.say(&FromCustomer::WantPerson { id }).await;
    device.hear_until(|heard| heard.contains(&holder(Holder::Waiting))).await;
    assert_eq!(device.received, [id]);

    let (robin, kim) = (agent("Robin"), agent("Kim"));
    conversations.take_over(&robin, device.channel).await.unwrap();
    let held = StaffError::Phase(PhaseError::HeldByAnother);
    assert_eq!(conversations.take_over(&kim, device.channel).await, Err(held));
    assert_eq!(conversations.reply(&kim, device.channel, "Hi".into()).await, Err(held));
    assert_eq!(conversations.give_back(&kim, device.channel).await, Err(held));

    device.write("How do I return something?").await;
    conversations.reply(&robin, device.channel, "I look into it.".into()).await.unwrap();
    conversations.give_back(&robin, device.channel).await.unwrap();
    device.hear_until(|heard| heard.contains(&holder(Holder::Assistant))).await;
    assert_eq!(texts(&device.heard), ["I look into it."], "the assistant spoke while Robin held it");

    device.write("How can I pay?").await;
    let answer = device.nth_text(2).await;
    assert!(answer.to_lowercase().contains("pay"), "{answer}");

    conversations.take_over(&robin, device.channel).await.unwrap();
    conversations.close(&robin, device.channel).await.unwrap();
    device.hear_until(|heard| heard.contains(&holder(Holder::Closed))).await;
    let not_held = StaffError::Phase(PhaseError::NotHeld);
    assert_eq!(conversations.reply(&robin, device.channel, "Hi".into()).await, Err(not_held));
    device.write("How can I pay?").await;
    device.nth_text(3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_an_agent_types_is_masked_in_the_record() {
    let world = World::new().await;
    let conversations = world.desk().conversations.clone();
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    device.say(&FromCustomer::WantPerson { id: MessageId::from_octets(octets()) }).await;
    device.hear_until(|heard| heard.contains(&holder(Holder::Waiting))).await;
    let robin = agent("Robin");
    conversations.take_over(&robin, device.channel).await.unwrap();
    let typed = "Write to help@example.com please.";
    conversations.reply(&robin, device.channel, typed.into()).await.unwrap();
    assert_eq!(device.nth_text(1).await, typed);
    let view = conversations.view(&robin, device.channel).await.unwrap();
    assert!(view.messages.iter().all(|message| !message.text.contains("help@")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_conversation_is_said_so() {
    let world = World::new().await;
    let conversations = &world.desk().conversations;
    let nowhere = ChannelId::from_octets(octets());
    let robin = agent("Robin");
    assert_eq!(conversations.take_over(&robin, nowhere).await, Err(StaffError::NoConversation));
    assert!(matches!(conversations.view(&robin, nowhere).await, Err(ViewError::NoConversation)));
}
