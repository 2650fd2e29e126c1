//! A tool that needs a one-time code: the mail over a real SMTP conversation, the code in the chat, the call.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
};
use desk::{Agent, Desk, MailSecurity, StartError};
use protocol::{FromCustomer, FromDesk, Holder, MessageId};
use shop::Records;
use store::desk::StaffId;
use tokio::sync::mpsc;

use super::{
    device::Device,
    flows::{changes, last_card, press, shop, shop_behind},
    relay::{Relay, Taking},
    world::{World, desk_store, token_with},
};

const ORDER: &str = "WF-48377";
const ADDRESS: &str = "cus-jonas@example.com";
const MINUTE: i64 = 60 * 1000;

/// The demo shop, where a cancellation needs a code.
async fn world(relay: &Relay, security: MailSecurity) -> (World, Records) {
    let mut world = World::new().await;
    world.stop_desk().await;
    let records = shop(&mut world).await;
    world.mail = Some(relay.options(security));
    world.edits = vec![CODE];
    world.start_desk().await;
    (world, records)
}

const CODE: (&str, &str) = (
    "[tool.cancel_order]\neffect = \"write\"\nidentity = \"signed\"",
    "[tool.cancel_order]\neffect = \"write\"\nidentity = \"code\"",
);

async fn device(world: &World, email: Option<&str>) -> Device {
    let identity = token_with("cus-jonas", "Jonas Feldkamp", email);
    Device::begin(&world.hub_url, world.key, Some(identity)).await
}

/// Goes as far as the button, and presses it. Two texts are said before.
async fn confirm(device: &mut Device) {
    device.write("I want to cancel my order").await;
    device.nth_text(1).await;
    device.write(ORDER).await;
    device.nth_text(2).await;
    let card = last_card(device).expect("a card");
    press(device, card, true).await;
}

/// The same, and gives the answer to the press.
async fn ask(device: &mut Device) -> String {
    confirm(device).await;
    device.nth_text(3).await
}

/// The same, where nothing comes of it but that a person is asked.
async fn ask_in_vain(device: &mut Device) {
    confirm(device).await;
    let waits = FromDesk::Holder { holder: Holder::Waiting };
    device.hear_until(|heard| heard.contains(&waits)).await;
}

/// A code that is not this one.
fn other(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn stored(world: &mut World, device: &Device) -> String {
    world.stop_desk().await;
    let store = desk_store(world.folder.path(), world.clock.clone()).await;
    let messages = store.messages(device.channel, 0, 100).await.unwrap();
    let memory = store.conversation(device.channel).await.unwrap().unwrap().memory;
    store.close().await;
    let memory = memory.map(|memory| String::from_utf8(memory.to_vec()).unwrap()).unwrap_or_default();
    messages.into_iter().map(|message| message.text + "\n").collect::<String>() + &memory
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_waits_for_the_code_and_goes_on_by_itself_also_after_a_crash() {
    let relay = Relay::with(MailSecurity::StartTls, Taking::Mails).await;
    let (mut world, records) = world(&relay, MailSecurity::StartTls).await;
    let mut device = device(&world, Some(ADDRESS)).await;
    let told = ask(&mut device).await;
    assert!(told.contains("We sent a code to c***@example.com"), "{told}");
    assert_eq!(changes(&records).await, 0);

    let [mail] = relay.mails().try_into().expect("one mail");
    assert_eq!(
        (mail.to.as_slice(), mail.from.as_str()),
        ([ADDRESS.to_owned()].as_slice(), "support@shop.example")
    );
    assert_eq!(mail.account.as_deref(), Some("/desk/secret"));
    assert!(mail.data.contains("Subject: Your code for Wrenfield\r\n"), "{}", mail.data);
    assert!(mail.data.contains("Auto-Submitted: auto-generated\r\n") && mail.data.contains("did not ask"));
    for absent in [ORDER, "48377", "Jonas", "http", "cancel", "href"] {
        assert!(!mail.data.contains(absent), "{absent}");
    }

    let code = mail.code();
    device.write(&format!("{} I think", other(&code))).await;
    assert_eq!(device.nth_text(4).await, "That is not the code. Tries left: 4.");
    // What is awaited outlives the desk, and what was typed is nowhere.
    let kept = stored(&mut world, &device).await;
    assert!(!kept.contains(&code) && !kept.contains("I think"), "{kept}");
    world.start_desk().await;

    device.write(&format!("it says {} {}", &code[..3], &code[3..])).await;
    let told = device.nth_text(5).await;
    assert!(told.contains("is cancelled"), "{told}");
    assert_eq!((changes(&records).await, relay.mails().len()), (1, 1));
    device.write(&code).await;
    device.nth_text(6).await;
    assert_eq!(changes(&records).await, 1, "a code serves once");

    assert!(!stored(&mut world, &device).await.contains("it says"));
    world.start_desk().await;
    let accesses = world.accesses().await;
    for expected in ["send-code EMAIL", "use-code cancel_order", "call-tool cancel_order"] {
        assert!(accesses.iter().any(|line| line.starts_with(expected)), "{expected} in {accesses:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_an_old_one_and_one_of_another_conversation_change_nothing() {
    let relay = Relay::start(Taking::Mails).await;
    let (world, records) = world(&relay, MailSecurity::None).await;
    let mut first = device(&world, Some(ADDRESS)).await;
    ask(&mut first).await;
    let theirs = relay.last_code();
    let mut device = device(&world, Some(ADDRESS)).await;
    ask(&mut device).await;
    let code = relay.last_code();
    // Of a million times that this runs, once both codes are the same.
    let foreign = if theirs == code { other(&code).to_owned() } else { theirs };
    let tries = [foreign.as_str(), other(&code), "111111, 222222; 333333", other(&code)];
    for (at, wrong) in tries.into_iter().enumerate() {
        device.write(wrong).await;
        assert_eq!(device.nth_text(4 + at).await, format!("That is not the code. Tries left: {}.", 4 - at));
    }
    device.write(other(&code)).await;
    assert!(device.nth_text(8).await.contains("worth nothing"));
    device.write(&code).await;
    device.nth_text(9).await;

    // The first conversation's is still good, until its time is over.
    world.clock.advance(10 * MINUTE);
    first.write(&foreign).await;
    assert!(first.nth_text(4).await.contains("no longer valid"));
    assert_eq!(changes(&records).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_codes_an_hour_go_to_an_address_whatever_conversation_asks() {
    let relay = Relay::start(Taking::Mails).await;
    let (world, records) = world(&relay, MailSecurity::None).await;
    let mut device = device(&world, Some(ADDRESS)).await;
    ask(&mut device).await;
    for again in 0..3 {
        // What is no code calls the code off, and the flow asks anew.
        device.write("yes").await;
        device.nth_text(4 + 2 * again).await;
        let card = last_card(&device).expect("a card");
        press(&mut device, card, true).await;
        let told = device.nth_text(5 + 2 * again).await;
        assert_eq!(told.contains("several codes"), again == 2, "{told}");
    }
    assert_eq!(relay.mails().len(), 3);
    // Written otherwise it is the same address.
    let mut other = self::device(&world, Some("Cus-Jonas@example.com")).await;
    assert!(ask(&mut other).await.contains("several codes"));
    let mut other = self::device(&world, Some("jonas@example.org")).await;
    assert!(ask(&mut other).await.contains("j***@example.org"));
    assert_eq!(relay.mails().len(), 4);
    world.clock.advance(60 * MINUTE);
    other.write("yes").await;
    other.nth_text(4).await;
    let card = last_card(&other).expect("a card");
    press(&mut other, card, true).await;
    assert!(other.nth_text(5).await.contains("We sent a code"));
    assert_eq!(changes(&records).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_takes_over_ends_the_code() {
    let relay = Relay::start(Taking::Mails).await;
    let (world, records) = world(&relay, MailSecurity::None).await;
    let mut device = device(&world, Some(ADDRESS)).await;
    ask(&mut device).await;
    let robin = Agent { id: StaffId::random(&super::world::Random), name: "Robin".into() };
    world.desk().conversations.take_over(&robin, device.channel).await.unwrap();
    let received = device.received.len();
    device.write(&relay.last_code()).await;
    device.wait_received(received + 1).await;
    world.desk().conversations.give_back(&robin, device.channel).await.unwrap();
    device.write(&relay.last_code()).await;
    device.nth_text(4).await;
    assert_eq!(changes(&records).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_address_or_a_relay_that_takes_it_a_person_is_asked_and_nothing_happens() {
    let injected = "cus-jonas@example.com\r\nBcc: eve@example.com";
    for (taking, email) in
        [(Taking::Mails, None), (Taking::Mails, Some(injected)), (Taking::Nothing, Some(ADDRESS))]
    {
        let relay = Relay::start(taking).await;
        let (world, records) = world(&relay, MailSecurity::None).await;
        let mut device = device(&world, email).await;
        ask_in_vain(&mut device).await;
        assert_eq!((changes(&records).await, relay.mails().len()), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_is_spoken_to_under_tls_of_a_known_authority_or_not_at_all() {
    let relay = Relay::with(MailSecurity::Tls, Taking::Mails).await;
    let (world, _) = self::world(&relay, MailSecurity::Tls).await;
    let mut device = device(&world, Some(ADDRESS)).await;
    assert!(ask(&mut device).await.contains("We sent a code"));
    assert_eq!(relay.mails().len(), 1);

    // One that offers no STARTTLS, and one whose authority nobody knows.
    let plain = Relay::start(Taking::Mails).await;
    let stranger = Relay::with(MailSecurity::Tls, Taking::Mails).await;
    let mut unknown = stranger.options(MailSecurity::Tls);
    unknown.authority = None;
    for (options, relay) in [(plain.options(MailSecurity::StartTls), &plain), (unknown, &stranger)] {
        let (mut world, _) = self::world(relay, MailSecurity::None).await;
        world.stop_desk().await;
        world.mail = Some(options);
        world.start_desk().await;
        let mut device = self::device(&world, Some(ADDRESS)).await;
        ask_in_vain(&mut device).await;
        assert!(relay.mails().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_with_a_tool_that_needs_codes_and_no_relay_does_not_start() {
    let mut world = World::new().await;
    world.stop_desk().await;
    world.edits = vec![CODE];
    let refused = Desk::start(world.options().await).await.err().expect("it is refused");
    assert!(matches!(&refused, StartError::NoRelay(tool) if tool == "cancel_order"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_ends_between_the_code_and_the_call_makes_it_afterwards_and_once() {
    let relay = Relay::start(Taking::Mails).await;
    let mut world = World::new().await;
    world.stop_desk().await;
    let (arrived, mut first) = mpsc::channel(1);
    // The first cancellation never gets an answer.
    let front = |service: Router| {
        service.layer(middleware::from_fn(move |request: Request, next: Next| {
            let arrived = arrived.clone();
            async move {
                if request.uri().path().ends_with("/cancellation") && arrived.try_send(()).is_ok() {
                    std::future::pending::<()>().await;
                }
                next.run(request).await
            }
        }))
    };
    let records = shop_behind(&mut world, front).await;
    world.mail = Some(relay.options(MailSecurity::None));
    world.edits = vec![CODE];
    world.start_desk().await;
    let mut device = device(&world, Some(ADDRESS)).await;
    ask(&mut device).await;
    device.write(&relay.last_code()).await;
    first.recv().await.expect("the call");
    world.stop_desk().await;
    first.close();
    assert_eq!(changes(&records).await, 0);
    world.start_desk().await;
    assert!(device.nth_text(4).await.contains("is cancelled"));
    assert_eq!((changes(&records).await, relay.mails().len()), (1, 1));
}

/// A press that comes while a code is awaited is of a settled card.
#[tokio::test(flavor = "multi_thread")]
async fn the_button_pressed_again_neither_sends_another_mail_nor_goes_on_without_the_code() {
    let relay = Relay::start(Taking::Mails).await;
    let (world, records) = world(&relay, MailSecurity::None).await;
    let mut device = device(&world, Some(ADDRESS)).await;
    ask(&mut device).await;
    let card = last_card(&device).expect("a card");
    let received = device.received.len();
    device.say(&FromCustomer::Press { id: MessageId::random(&super::world::Random), card, yes: true }).await;
    device.wait_received(received + 1).await;
    assert_eq!((changes(&records).await, relay.mails().len()), (0, 1));
    device.write(&relay.last_code()).await;
    assert!(device.nth_text(4).await.contains("is cancelled"));
    assert_eq!(changes(&records).await, 1);
}
