//! No record, no release: what happens when the access record's disk is full.

use std::fs;

use desk::{Agent, StaffError, ViewError};
use ledger::{Leaf, Ledger};
use protocol::{FromCustomer, FromDesk, Holder, MessageId, NoticeCode};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use store::desk::StaffId;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    device::{Device, octets, texts},
    world::{Random, World, token},
};

/// `SIGXFSZ` of signal(7): without a handler, writing past the limit ends the process.
const PAST_THE_LIMIT: i32 = 25;

/// A desk whose ledger can take `room` octets more. A bound on the size of any file stands for the full disk, and
/// the ledger is made the largest file, so that the stores go on.
async fn nearly_full(world: &mut World, room: u64) {
    world.stop_desk().await;
    let folder = world.folder.path().join("ledger");
    let ledger = Ledger::open(&folder, "test").unwrap();
    let filler = Leaf {
        time: 0,
        actor: "test".into(),
        action: "fill".into(),
        subject: "none".into(),
        purpose: "test".into(),
        fields: vec!["x".repeat(60_000)],
    };
    for _ in 0..200 {
        ledger.append(&filler).unwrap();
    }
    drop(ledger);
    world.start_desk().await;
    let used = fs::metadata(folder.join("journal")).unwrap().len();
    // The handler stays for the rest of the process.
    let _ = signal(SignalKind::from_raw(PAST_THE_LIMIT)).unwrap();
    let limit = Rlimit { current: Some(used + room), maximum: getrlimit(Resource::Fsize).maximum };
    setrlimit(Resource::Fsize, limit).unwrap();
}

fn given_up(heard: &[FromDesk]) -> bool {
    heard.contains(&FromDesk::Notice { code: NoticeCode::Delayed })
        && heard.contains(&FromDesk::Holder { holder: Holder::Waiting })
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_record_no_tool_is_called_and_a_person_is_asked_for() {
    let mut world = World::new().await;
    nearly_full(&mut world, 0).await;
    let identity = token("c-1", "Ada Lovelace", "shop", 300);
    let mut device = Device::begin(&world.hub_url, world.key, Some(identity)).await;
    device.write("Where is my order WF-10432?").await;
    device.hear_until(given_up).await;
    assert!(world.journal.lock().unwrap().is_empty());
    assert_eq!(texts(&device.heard), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_record_an_answer_is_not_restored_and_a_person_is_asked_for() {
    let mut world = World::new().await;
    // The call of the tool is recorded; the answer's release is not.
    nearly_full(&mut world, 300).await;
    let identity = token("c-1", "Ada Lovelace", "shop", 300);
    let mut device = Device::begin(&world.hub_url, world.key, Some(identity)).await;
    device.write("Where is my order WF-10432?").await;
    device.hear_until(given_up).await;
    assert_eq!(*world.journal.lock().unwrap(), ["c-1/WF-10432"]);
    assert_eq!(texts(&device.heard), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_record_an_agent_sees_nothing_and_releases_nothing() {
    let mut world = World::new().await;
    nearly_full(&mut world, 0).await;
    let conversations = world.desk().conversations.clone();
    let mut device = Device::begin(&world.hub_url, world.key, None).await;
    device.write("My phone is +44 20 7946 0958.").await;
    device.say(&FromCustomer::WantPerson { id: MessageId::from_octets(octets()) }).await;
    device.wait_received(2).await;
    let robin = Agent { id: StaffId::random(&Random), name: "Robin".into() };
    let view = conversations.view(&robin, device.channel).await;
    assert!(matches!(view, Err(ViewError::NoRecord(_))));
    conversations.take_over(&robin, device.channel).await.unwrap();
    let reply = conversations.reply(&robin, device.channel, "I call you at [PHONE_1].".into()).await;
    assert_eq!(reply, Err(StaffError::NoRecord));
}
