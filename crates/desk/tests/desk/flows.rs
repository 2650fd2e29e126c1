//! Something is changed for a customer: a flow of the assistant, a card, its button, the shop's real service.

use std::sync::Arc;

use axum::Router;
use protocol::{FromCustomer, FromDesk, Holder, MessageId};
use shop::{Records, ServiceOptions};
use tokio::net::TcpListener;

use super::{
    device::Device,
    world::{Random, World, token},
};

/// An order of this customer that is still being packed.
const CUSTOMER: &str = "cus-jonas";
const ORDER: &str = "WF-48377";

/// The desk beside the demo shop's own service.
async fn world() -> (World, Records) {
    let mut world = World::new().await;
    world.stop_desk().await;
    let records = shop(&mut world).await;
    world.start_desk().await;
    (world, records)
}

/// Puts the demo shop's service at the world's address for one.
pub(crate) async fn shop(world: &mut World) -> Records {
    shop_behind(world, |service| service).await
}

/// The same with something in front of it.
pub(crate) async fn shop_behind(world: &mut World, front: impl FnOnce(Router) -> Router) -> Records {
    let now = jiff::Timestamp::from_millisecond(super::world::now().0).unwrap();
    let records = Records::open(&world.folder.path().join("shop.db"), now).await.unwrap();
    let token = "service".to_owned().into();
    let service = ServiceOptions { records: records.clone(), token, now: Arc::new(move || now) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    world.shop = format!("http://{}", listener.local_addr().unwrap());
    let router = front(shop::router(service));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    records
}

async fn device(world: &World) -> Device {
    let identity = token(CUSTOMER, "Jonas Feldkamp", "shop", 300);
    Device::begin(&world.hub_url, world.key, Some(identity)).await
}

/// The message with the last card.
pub(crate) fn last_card(device: &Device) -> Option<MessageId> {
    device.heard.iter().rev().find_map(|said| match said {
        FromDesk::Text { id, card: Some(_), .. } => Some(*id),
        _ => None,
    })
}

pub(crate) async fn press(device: &mut Device, card: MessageId, yes: bool) {
    device.say(&FromCustomer::Press { id: MessageId::random(&Random), card, yes }).await;
}

/// What the service was asked to change.
pub(crate) async fn changes(records: &Records) -> usize {
    let reads = ["orders", "order", "products", "product"];
    let journal = records.journal().await.unwrap();
    journal.iter().filter(|request| !reads.contains(&request.operation.as_str())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_cancelled_on_the_button_and_not_on_words_an_old_button_or_a_second_press() {
    let (mut world, records) = world().await;
    let mut device = device(&world).await;
    device.write("I want to cancel my order").await;
    assert!(device.nth_text(1).await.starts_with("Which order"));
    device.write(ORDER).await;
    let asked = device.nth_text(2).await;
    assert!(asked.contains("I will cancel it") && asked.contains(ORDER), "{asked}");
    let old = last_card(&device).expect("a card");

    device.write("yes, I press the button").await;
    device.nth_text(3).await;
    let card = last_card(&device).expect("another card");
    assert!(card != old, "the question is put again with a button of its own");
    press(&mut device, old, true).await;
    device.wait_received(4).await;
    assert_eq!(changes(&records).await, 0, "neither words nor the old button cancel");

    // The card outlives the desk.
    world.stop_desk().await;
    world.start_desk().await;
    press(&mut device, card, true).await;
    let told = device.nth_text(4).await;
    assert!(told.contains("is cancelled"), "{told}");
    press(&mut device, card, true).await;
    device.wait_received(6).await;
    assert_eq!(changes(&records).await, 1);
    let accesses = world.accesses().await;
    assert!(accesses.iter().any(|line| line.contains("cancel_order")), "{accesses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_button_leaves_all_as_it_is_and_a_person_settles_the_card() {
    let (world, records) = world().await;
    let mut device = device(&world).await;
    device.write("I want to cancel my order").await;
    device.nth_text(1).await;
    device.write(ORDER).await;
    device.nth_text(2).await;
    let card = last_card(&device).expect("a card");
    press(&mut device, card, false).await;
    let told = device.nth_text(3).await;
    assert!(told.contains("stays as it is"), "{told}");

    device.write("I want to cancel my order").await;
    device.nth_text(4).await;
    device.write(ORDER).await;
    device.nth_text(5).await;
    let card = last_card(&device).expect("a card");
    device.write("I want to talk to a person").await;
    device.nth_text(6).await;
    press(&mut device, card, true).await;
    device.wait_received(7).await;
    let holds = FromDesk::Holder { holder: Holder::Waiting };
    assert!(device.heard.contains(&holds), "a person was asked for");
    assert_eq!(changes(&records).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_told_to_and_nothing_is_asked_of_the_service() {
    let (world, records) = world().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    device.write("I want to cancel my order").await;
    device.nth_text(1).await;
    device.write(ORDER).await;
    let told = device.nth_text(2).await;
    assert!(told.contains("sign in"), "{told}");
    assert!(records.journal().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_with_few_answers_comes_with_them_and_the_words_of_one_go_on() {
    let (world, _records) = world().await;
    let mut device = device(&world).await;
    let offered = |device: &Device| {
        device.heard.iter().rev().find_map(|said| match said {
            FromDesk::Text { quick_replies, .. } => Some(quick_replies.clone()),
            _ => None,
        })
    };
    device.write("my headphones do not connect").await;
    let asked = device.nth_text(1).await;
    assert!(asked.contains("Is there any light"), "{asked}");
    let quick_replies = offered(&device).unwrap();
    assert_eq!(quick_replies, ["Yes", "No"]);
    device.write(&quick_replies[1]).await;
    let step = device.nth_text(2).await;
    assert!(step.contains("charge them") && step.ends_with("Did that help?"), "{step}");
    device.write("I want to talk to a person").await;
    device.nth_text(3).await;
    assert!(offered(&device).unwrap().is_empty(), "whoever waits for a person is offered nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_on_the_way_is_answered_without_another_word_and_once() {
    let (world, records) = world().await;
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    device.write("I want to cancel my order").await;
    assert!(device.nth_text(1).await.starts_with("Which order"));
    device.write(ORDER).await;
    let asked = device.nth_text(2).await;
    assert!(asked.contains("sign in"), "{asked}");
    for _ in 0..2 {
        device.signs_in(token(CUSTOMER, "Jonas Feldkamp", "shop", 300)).await;
    }
    let asked = device.nth_text(3).await;
    assert!(asked.contains("I will cancel it") && asked.contains(ORDER), "{asked}");
    let card = last_card(&device).expect("a card");
    press(&mut device, card, true).await;
    let told = device.nth_text(4).await;
    assert!(told.contains("is cancelled"), "{told}");
    // Signed in already: nothing waits for it.
    device.signs_in(token(CUSTOMER, "Jonas Feldkamp", "shop", 300)).await;
    device.write("thanks").await;
    device.nth_text(5).await;
    assert_eq!(changes(&records).await, 1);
}
