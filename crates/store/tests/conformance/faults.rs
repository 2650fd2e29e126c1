//! A crash, a lock, a full disk: an error that says so, and nothing lost.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    process::Stdio,
};

use store::{Engine, StoreError, desk::DeskStore};

use super::world::{World, begin, channel, in_child, on, on_both, step};

#[test]
fn a_kill_in_the_middle_leaves_whole_steps() {
    let this = "conformance::faults::a_kill_in_the_middle_leaves_whole_steps";
    let child = in_child(async |world: &World| {
        let desk = world.desk().await;
        let first = desk.conversation(channel(1)).await.unwrap().unwrap().processed + 1;
        for place in first.. {
            desk.apply(channel(1), &step(place, "words")).await.unwrap();
            fs::write(world.folder.join("acknowledged.new"), place.to_string()).unwrap();
            fs::rename(world.folder.join("acknowledged.new"), world.folder.join("acknowledged")).unwrap();
        }
    });
    if child {
        return;
    }
    on_both(async |world: &World| {
        begin(&world.desk().await, channel(1)).await;
        let acknowledged = || {
            let text = fs::read_to_string(world.folder.join("acknowledged")).unwrap_or_default();
            text.parse::<u64>().unwrap_or(0)
        };
        for enough in [20, 40, 60] {
            let mut running = world.child(this).spawn().unwrap();
            while acknowledged() < enough {
                assert!(running.try_wait().unwrap().is_none(), "the child ended by itself");
                tokio::task::yield_now().await;
            }
            running.kill().unwrap();
            running.wait().unwrap();
            let desk = world.desk().await;
            let stored = desk.conversation(channel(1)).await.unwrap().unwrap();
            assert!(stored.processed >= acknowledged(), "an acknowledged step is there");
            let steps = stored.processed - 1;
            assert_eq!(stored.last_position as u64, steps, "each step brought one message");
            assert_eq!(desk.messages(channel(1), 0, 10_000).await.unwrap().len() as u64, steps);
            assert_eq!(desk.outbox().await.unwrap().len() as u64, steps);
            desk.close().await;
        }
    });
}

#[test]
fn a_lock_of_another_process_is_busy_and_passes() {
    let this = "conformance::faults::a_lock_of_another_process_is_busy_and_passes";
    let child = in_child(async |world: &World| {
        let desk = world.desk().await;
        let mut transaction = desk.database().begin().await.unwrap();
        sqlx::query("UPDATE conversation SET unanswered = 7").execute(&mut *transaction).await.unwrap();
        eprintln!("locked");
        // Until the parent lets go.
        let _ = std::io::stdin().read(&mut [0]);
        transaction.rollback().await.unwrap();
    });
    if child {
        return;
    }
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        let mut running = world.child(this).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(running.stderr.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap() == "locked"));
        assert!(matches!(desk.apply(channel(1), &step(2, "words")).await, Err(StoreError::Busy)));
        assert_eq!(desk.conversation(channel(1)).await.unwrap().unwrap().unanswered, 0, "reading goes on");
        running.stdin.take().unwrap().write_all(b"\n").unwrap();
        assert!(running.wait().unwrap().success());
        desk.apply(channel(1), &step(2, "words")).await.unwrap();
    });
}

#[test]
fn a_full_disk_is_said_and_writing_goes_on_once_there_is_space() {
    on(Engine::Sqlite, async |world: &World| {
        let limited = world.limited(400 * 1024);
        let desk = limited.desk().await;
        begin(&desk, channel(1)).await;
        begin(&desk, channel(2)).await;
        let long = "x".repeat(8 * 1024);
        let mut stored = 0;
        let fill = async |desk: &DeskStore, from: u64| {
            for place in from.. {
                if let Err(error) = desk.apply(channel(1), &step(place, &long)).await {
                    return (place - 1, error);
                }
            }
            unreachable!("the disk has an end")
        };
        for _ in 0..3 {
            let (last, error) = fill(&desk, stored + 2).await;
            assert!(matches!(error, StoreError::Full), "{error:?}");
            stored = last - 1;
        }
        assert!(stored > 5);
        let whole = desk.messages(channel(1), 0, 1000).await.unwrap();
        assert_eq!(whole.len() as u64, stored);
        assert_eq!(desk.outbox().await.unwrap().len() as u64, stored);
        // What the hub has confirmed makes room again.
        let outbox = desk.outbox().await.unwrap().into_iter();
        let sent: Vec<_> = outbox.map(|(channel, envelope)| (channel, envelope.id)).collect();
        desk.sent(&sent).await.unwrap();
        desk.apply(channel(2), &step(2, &long)).await.unwrap();
        desk.close().await;
        let again = limited.desk().await;
        assert_eq!(again.messages(channel(1), 0, 1000).await.unwrap().len() as u64, stored);
        assert_eq!(again.messages(channel(2), 0, 1000).await.unwrap().len(), 1);
    });
}
