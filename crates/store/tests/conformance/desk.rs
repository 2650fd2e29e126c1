//! Conversations, steps, the outbox, secrets.

use protocol::{StaffId, Timestamp};
use store::{
    StoreError,
    desk::{ConsentRecord, DeskStore, NewConversation, NewKeyPackage, Phase, Step, StoredSpeaker},
};
use zeroize::Zeroizing;

use super::world::{World, begin, channel, envelope, on_both, said, step};

#[test]
fn a_conversation_reads_back_as_it_was_stored() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        let key_package = |reference: u8, last_resort| NewKeyPackage {
            reference: vec![reference; 32],
            private: Zeroizing::new(vec![reference; 99]),
            last_resort,
            expires_at: Timestamp(i64::MAX),
        };
        desk.add_key_packages(&[key_package(1, false), key_package(2, true)]).await.unwrap();
        assert_eq!(desk.key_package(&[1; 32]).await.unwrap().unwrap().as_slice(), [1; 99]);
        for (number, used) in [(1, [1; 32]), (2, [2; 32])] {
            let new = NewConversation {
                channel: channel(number),
                seq: 4,
                group_state: b"joined",
                used_key_package: Some(&used),
                phase: Phase::Assistant,
            };
            assert!(desk.open_conversation(&new).await.unwrap());
            assert!(!desk.open_conversation(&new).await.unwrap(), "the second time it is there already");
        }
        assert!(desk.key_package(&[1; 32]).await.unwrap().is_none(), "a one-time package is used up");
        assert!(desk.key_package(&[2; 32]).await.unwrap().is_some(), "the one of last resort stays");

        let agent = StaffId::from_octets([9; 16]);
        let all = Step {
            processed: Some(5),
            group_state: Some(b"ratcheted"),
            vault: Some(b"vault"),
            phase: Some(Phase::Agent(agent)),
            language: Some("de".to_owned()),
            identity: Some(b"{\"sub\":\"7\"}"),
            answered: Some(1),
            unanswered: Some(2),
            memory: Some(b"{}"),
            messages: vec![said(StoredSpeaker::Customer, "hello [PERSON_1]")],
            outbox: Vec::new(),
            consent: Some(ConsentRecord {
                notice: "3".into(),
                assistant: true,
                improve: false,
                at: Timestamp(6),
            }),
        };
        desk.apply(channel(1), &all).await.unwrap();

        for desk in [desk, world.desk().await] {
            let stored = desk.conversation(channel(1)).await.unwrap().unwrap();
            assert_eq!(Some(stored.subject), desk.subject(channel(1)).await.unwrap());
            assert_eq!(stored.phase, Phase::Agent(agent));
            assert_eq!(stored.language, "de");
            assert!(stored.assistant_allowed);
            assert_eq!(
                (stored.unanswered, stored.processed, stored.answered, stored.last_position),
                (2, 5, 1, 1)
            );
            assert_eq!(stored.group_state.as_slice(), b"ratcheted");
            assert_eq!(stored.vault.unwrap().as_slice(), b"vault");
            assert_eq!(stored.memory.unwrap().as_slice(), b"{}");
            assert_eq!(stored.identity.unwrap().as_slice(), b"{\"sub\":\"7\"}");
            assert_eq!(stored.opened_at, Timestamp(1_800_000_000_000));
            let untouched = desk.conversation(channel(2)).await.unwrap().unwrap();
            assert_eq!((untouched.language.as_str(), untouched.assistant_allowed), ("en", false));
            assert!(untouched.vault.is_none() && untouched.identity.is_none() && untouched.memory.is_none());
            assert!(desk.conversation(channel(3)).await.unwrap().is_none());
        }
    });
}

#[test]
fn a_step_is_stored_whole_or_not_at_all() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        // The last table a step writes to is away: everything before it must be undone.
        let mut transaction = desk.database().begin().await.unwrap();
        sqlx::query("ALTER TABLE consent RENAME TO away").execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        let consent =
            ConsentRecord { notice: String::new(), assistant: true, improve: true, at: Timestamp(1) };
        let broken = Step { consent: Some(consent), phase: Some(Phase::Waiting), ..step(2, "lost") };
        assert!(matches!(desk.apply(channel(1), &broken).await, Err(StoreError::Other(_))));
        let stored = desk.conversation(channel(1)).await.unwrap().unwrap();
        assert_eq!((stored.processed, stored.last_position, stored.phase), (1, 0, Phase::Assistant));
        assert!(desk.messages(channel(1), 0, 10).await.unwrap().is_empty());
        assert!(desk.outbox().await.unwrap().is_empty());

        let mut transaction = desk.database().begin().await.unwrap();
        sqlx::query("ALTER TABLE away RENAME TO consent").execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        desk.apply(channel(1), &broken).await.unwrap();
        assert_eq!(desk.messages(channel(1), 0, 10).await.unwrap().len(), 1);
    });
}

#[test]
fn a_place_is_dealt_with_once() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        desk.apply(channel(1), &step(2, "first")).await.unwrap();
        desk.apply(channel(1), &step(2, "again")).await.unwrap();
        desk.apply(channel(1), &step(1, "older")).await.unwrap();
        let texts: Vec<_> =
            desk.messages(channel(1), 0, 10).await.unwrap().into_iter().map(|message| message.text).collect();
        assert_eq!(texts, ["first"]);
        assert_eq!(desk.outbox().await.unwrap().len(), 1);
        assert!(matches!(desk.apply(channel(9), &step(2, "no such")).await, Err(StoreError::Conflict)));
    });
}

#[test]
fn messages_have_places_without_gaps_and_each_id_once() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        let repeated = said(StoredSpeaker::Customer, "once");
        let mut answer = said(StoredSpeaker::Assistant, "answer");
        answer.extra = Some("[{\"title\":\"Returns\"}]".to_owned());
        let messages = vec![repeated.clone(), repeated.clone(), answer.clone()];
        desk.apply(channel(1), &Step { messages, ..Step::default() }).await.unwrap();
        let messages = vec![repeated, said(StoredSpeaker::Note, "note"), said(StoredSpeaker::Agent, "agent")];
        desk.apply(channel(1), &Step { messages, ..Step::default() }).await.unwrap();
        let stored = desk.messages(channel(1), 0, 10).await.unwrap();
        let places: Vec<_> = stored.iter().map(|message| (message.position, message.text.as_str())).collect();
        assert_eq!(places, [(1, "once"), (2, "answer"), (3, "note"), (4, "agent")]);
        assert_eq!(stored[1].extra, answer.extra);
        assert_eq!(stored[1].id, answer.id);
        assert_eq!(stored[2].speaker, StoredSpeaker::Note);
        assert_eq!(desk.messages(channel(1), 1, 2).await.unwrap().len(), 2);
        assert_eq!(desk.last_position(channel(1)).await.unwrap(), 4);
        assert_eq!(desk.last_position(channel(7)).await.unwrap(), 0);
    });
}

#[test]
fn the_outbox_keeps_the_order_of_each_channel() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        for number in [1, 2] {
            begin(&desk, channel(number)).await;
        }
        let bodies = async |desk: &DeskStore, number: u8| -> Vec<Vec<u8>> {
            let outbox = desk.outbox().await.unwrap();
            outbox
                .into_iter()
                .filter(|(of, _)| *of == channel(number))
                .map(|(_, envelope)| envelope.body.0)
                .collect()
        };
        for round in 0..3u8 {
            for number in [2, 1] {
                let outbox = vec![envelope(&[number, round, 0]), envelope(&[number, round, 1])];
                desk.apply(channel(number), &Step { outbox, ..Step::default() }).await.unwrap();
            }
        }
        let expected: Vec<_> = (0..3u8).flat_map(|round| [vec![1, round, 0], vec![1, round, 1]]).collect();
        assert_eq!(bodies(&desk, 1).await, expected);
        let outbox = desk.outbox().await.unwrap().into_iter();
        let mut sent: Vec<_> =
            outbox.map(|(of, envelope)| (of, envelope.id)).filter(|(of, _)| *of == channel(1)).collect();
        sent.truncate(4);
        for _ in 0..2 {
            desk.sent(&sent).await.unwrap();
        }
        assert_eq!(bodies(&desk, 1).await, expected[4..]);
        let outbox = vec![envelope(b"newest")];
        desk.apply(channel(1), &Step { outbox, ..Step::default() }).await.unwrap();
        assert_eq!(bodies(&desk, 1).await.last().unwrap(), b"newest");
        assert_eq!(bodies(&desk, 2).await.len(), 6);
    });
}

#[test]
fn conversations_that_wait_for_the_assistant_are_found() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        for number in 1..=4 {
            begin(&desk, channel(number)).await;
        }
        for number in [1, 2, 3] {
            desk.apply(channel(number), &step(2, "a question")).await.unwrap();
        }
        desk.apply(channel(2), &Step { answered: Some(1), ..Step::default() }).await.unwrap();
        desk.apply(channel(3), &Step { phase: Some(Phase::Waiting), ..Step::default() }).await.unwrap();
        assert_eq!(desk.unanswered().await.unwrap(), [channel(1)]);
        let messages = vec![said(StoredSpeaker::Assistant, "an answer")];
        desk.apply(channel(2), &Step { messages, ..Step::default() }).await.unwrap();
        assert_eq!(desk.unanswered().await.unwrap(), [channel(1)]);
        desk.apply(channel(2), &step(3, "one more")).await.unwrap();
        assert_eq!(desk.unanswered().await.unwrap().len(), 2);
    });
}

#[test]
fn the_list_begins_with_what_changed_last() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        for number in 1..=3 {
            begin(&desk, channel(number)).await;
            world.clock.advance(1);
        }
        desk.apply(channel(1), &step(2, "hello")).await.unwrap();
        let list = desk.summaries(2).await.unwrap();
        assert_eq!(list.iter().map(|summary| summary.channel).collect::<Vec<_>>(), [channel(1), channel(3)]);
        assert_eq!((list[0].last_position, list[0].phase), (1, Phase::Assistant));
        assert_eq!(list[0].last_at.0 - list[0].opened_at.0, 3000);
    });
}

#[test]
fn consents_are_added_and_never_changed() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        let first = ConsentRecord { notice: "2".into(), assistant: true, improve: true, at: Timestamp(5) };
        let second =
            ConsentRecord { notice: String::new(), assistant: false, improve: false, at: Timestamp(6) };
        for consent in [&first, &second] {
            let consent = Some(consent.clone());
            desk.apply(channel(1), &Step { consent, ..Step::default() }).await.unwrap();
        }
        assert_eq!(desk.consents(channel(1)).await.unwrap(), [first, second]);
        assert!(!desk.conversation(channel(1)).await.unwrap().unwrap().assistant_allowed);
    });
}

#[test]
fn two_writers_at_once_lose_and_double_nothing() {
    on_both(async |world: &World| {
        let (one, other) = (world.desk().await, world.desk().await);
        begin(&one, channel(1)).await;
        let write = async |desk: &DeskStore, name: &str| {
            for number in 0..20 {
                let text = format!("{name} {number}");
                let messages = vec![said(StoredSpeaker::Customer, &text)];
                let outbox = vec![envelope(text.as_bytes())];
                desk.apply(channel(1), &Step { messages, outbox, ..Step::default() }).await.unwrap();
            }
        };
        tokio::join!(write(&one, "a"), write(&one, "b"), write(&other, "c"), write(&other, "d"));
        let messages = one.messages(channel(1), 0, 100).await.unwrap();
        assert_eq!(
            messages.iter().map(|message| message.position).collect::<Vec<_>>(),
            (1..=80).collect::<Vec<_>>()
        );
        let outbox = other.outbox().await.unwrap();
        assert_eq!(outbox.len(), 80);
        for (message, (_, envelope)) in messages.iter().zip(&outbox) {
            assert_eq!(message.text.as_bytes(), envelope.body.0, "both orders are the same");
        }
    });
}

#[test]
fn a_secret_is_kept_by_name() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        assert!(desk.secret("identity").await.unwrap().is_none());
        desk.set_secret("identity", b"first").await.unwrap();
        desk.set_secret("other", b"other").await.unwrap();
        desk.set_secret("identity", b"second").await.unwrap();
        let again = world.desk().await;
        assert_eq!(again.secret("identity").await.unwrap().unwrap().as_slice(), b"second");
        assert_eq!(again.secret("other").await.unwrap().unwrap().as_slice(), b"other");
    });
}
