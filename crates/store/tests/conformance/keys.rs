//! Sealing, erasure, and the change of epochs.

use std::fs;

use store::{StoreError, desk::DeskStore, desk::Step, keys::Rotation};

use super::world::{WEEK, World, begin, channel, on_both, step};

async fn run(desk: &DeskStore, statement: &'static str) {
    let mut transaction = desk.database().begin().await.unwrap();
    sqlx::query(statement).execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

#[test]
fn a_sealed_value_opens_at_its_own_place_alone() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        for number in [1, 2] {
            begin(&desk, channel(number)).await;
            desk.apply(channel(number), &step(2, "one")).await.unwrap();
            desk.apply(channel(number), &Step { vault: Some(b"vault"), ..step(3, "two") }).await.unwrap();
        }
        let refused = |result: Result<(), StoreError>, expected: &str| {
            assert!(
                matches!(&result, Err(StoreError::Corrupt(column)) if *column == expected),
                "{expected}: {result:?}"
            );
        };
        let read = async || desk.messages(channel(1), 0, 10).await.map(drop);
        let load = async || desk.conversation(channel(1)).await.map(drop);
        run(&desk, "CREATE TABLE kept AS SELECT channel, position, text FROM message").await;
        let restore = "UPDATE message SET text = (SELECT text FROM kept
                       WHERE kept.channel = message.channel AND kept.position = message.position)";

        // To another row of the same conversation.
        run(&desk, "UPDATE message SET text = (SELECT text FROM kept WHERE kept.channel = message.channel AND kept.position = 1)").await;
        refused(read().await, "message.text");
        run(&desk, restore).await;
        read().await.unwrap();
        // To another person's row of the same number.
        run(&desk, "UPDATE message SET text = (SELECT text FROM kept WHERE kept.channel <> message.channel AND kept.position = message.position)").await;
        refused(read().await, "message.text");
        run(&desk, restore).await;
        // To another column of the same row.
        run(&desk, "UPDATE conversation SET vault = group_state").await;
        refused(load().await, "conversation.vault");
        run(&desk, "UPDATE conversation SET vault = NULL").await;
        load().await.unwrap();
        // Another person's wrapped key in the place of this one's.
        run(&desk, "CREATE TABLE wrapped AS SELECT subject, wrapped FROM subject_key").await;
        run(&desk, "UPDATE subject_key SET wrapped = (SELECT wrapped FROM wrapped WHERE wrapped.subject <> subject_key.subject)").await;
        refused(load().await, "subject_key.wrapped");
        run(&desk, "UPDATE subject_key SET wrapped = (SELECT wrapped FROM wrapped WHERE wrapped.subject = subject_key.subject)").await;
        load().await.unwrap();
        // Another person's whole conversation under this one's key.
        run(&desk, "CREATE TABLE subjects AS SELECT channel, subject FROM conversation").await;
        run(&desk, "UPDATE conversation SET subject = (SELECT subject FROM subjects WHERE subjects.channel <> conversation.channel)").await;
        refused(load().await, "conversation.group_state");
        // A secret of the business under another name.
        desk.set_secret("one", b"1").await.unwrap();
        run(&desk, "UPDATE secret SET name = 'two'").await;
        refused(desk.secret("two").await.map(drop), "secret.sealed");
    });
}

#[test]
fn a_changed_octet_does_not_open() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        let sealed = desk.keys().seal("table.column", b"row", b"value");
        assert_eq!(desk.keys().open_sealed("table.column", b"row", &sealed).unwrap().as_slice(), b"value");
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(desk.keys().open_sealed("table.column", b"row", &changed).is_err(), "octet {place}");
            assert!(desk.keys().open_sealed("table.column", b"row", &sealed[..place]).is_err());
        }
        assert!(desk.keys().open_sealed("table.other", b"row", &sealed).is_err());
        assert_ne!(sealed, desk.keys().seal("table.column", b"row", b"value"), "each time another nonce");
    });
}

#[test]
fn a_blind_index_finds_equal_values_in_one_column_of_one_business() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        let index = desk.keys().blind_index("staff.email", "a@example.org");
        assert_eq!(world.desk().await.keys().blind_index("staff.email", "a@example.org"), index);
        assert_ne!(desk.keys().blind_index("staff.email", "b@example.org"), index);
        assert_ne!(desk.keys().blind_index("staff.other", "a@example.org"), index);
    });
}

#[test]
fn erasing_takes_the_rows_and_the_key_and_nothing_else() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        for number in [1, 2] {
            begin(&desk, channel(number)).await;
            desk.apply(channel(number), &step(2, "words")).await.unwrap();
        }
        assert!(desk.delete_conversation(channel(1)).await.unwrap());
        assert!(!desk.delete_conversation(channel(1)).await.unwrap());
        assert!(desk.conversation(channel(1)).await.unwrap().is_none());
        assert!(desk.subject(channel(1)).await.unwrap().is_none());
        assert!(desk.messages(channel(1), 0, 10).await.unwrap().is_empty());
        for table in ["SELECT 1 FROM subject_key", "SELECT 1 FROM message", "SELECT 1 FROM outbox"] {
            let rows = sqlx::query(table).fetch_all(desk.database().readers()).await.unwrap();
            assert_eq!(rows.len(), 1, "{table}");
        }
        assert_eq!(desk.messages(channel(2), 0, 10).await.unwrap()[0].text, "words");
        assert!(desk.conversation(channel(2)).await.unwrap().is_some());
    });
}

fn epoch_files(world: &World) -> Vec<String> {
    let names =
        fs::read_dir(&world.folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("root.key.epoch-")).collect();
    names.sort();
    names
}

#[test]
fn an_erased_person_is_lost_to_old_backups_once_the_epoch_is_over() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        for number in [1, 2] {
            begin(&desk, channel(number)).await;
            desk.apply(channel(number), &step(2, "words")).await.unwrap();
        }
        // The backup, in tables of its own.
        run(&desk, "CREATE TABLE old_key AS SELECT * FROM subject_key").await;
        run(&desk, "CREATE TABLE old_conversation AS SELECT * FROM conversation").await;
        desk.delete_conversation(channel(1)).await.unwrap();
        let restore = async || {
            run(&desk, "INSERT INTO subject_key SELECT * FROM old_key WHERE NOT EXISTS (SELECT 1 FROM subject_key WHERE subject_key.subject = old_key.subject)").await;
            run(&desk, "INSERT INTO conversation SELECT * FROM old_conversation WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE conversation.channel = old_conversation.channel)").await;
        };
        restore().await;
        assert!(
            desk.conversation(channel(1)).await.is_ok(),
            "within the epoch a backup still brings it back"
        );
        desk.delete_conversation(channel(1)).await.unwrap();

        let before = epoch_files(world);
        world.clock.advance(WEEK);
        assert_eq!(desk.rotate_epoch().await.unwrap(), Rotation { rewrapped: 1, destroyed: 1 });
        let after = epoch_files(world);
        assert_eq!((before.len(), after.len()), (1, 1));
        assert_ne!(before, after);
        restore().await;
        for desk in [&desk, &world.desk().await] {
            assert!(matches!(desk.conversation(channel(1)).await, Err(StoreError::KeyDestroyed)));
            assert_eq!(desk.messages(channel(2), 0, 10).await.unwrap()[0].text, "words", "survivors stay");
        }
    });
}

#[test]
fn changing_the_epoch_twice_or_halfway_loses_nothing() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        assert_eq!(desk.rotate_epoch().await.unwrap(), Rotation::default(), "nothing to do within the week");
        world.clock.advance(WEEK);
        // A new person in a new week has the new key; the old one keeps working beside it.
        begin(&desk, channel(2)).await;
        assert_eq!(epoch_files(world).len(), 2);
        assert!(desk.conversation(channel(1)).await.unwrap().is_some());
        // As after a stop between re-wrapping and destroying: the old file is there, nothing refers to it.
        let old = world.folder.join(&epoch_files(world)[0]);
        let kept = fs::read(&old).unwrap();
        assert_eq!(desk.rotate_epoch().await.unwrap(), Rotation { rewrapped: 1, destroyed: 1 });
        fs::write(&old, kept).unwrap();
        assert_eq!(desk.rotate_epoch().await.unwrap(), Rotation { rewrapped: 0, destroyed: 1 });
        for number in [1, 2] {
            assert!(world.desk().await.conversation(channel(number)).await.unwrap().is_some());
        }
    });
}

#[test]
fn another_root_key_is_refused() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        desk.close().await;
        let other = world.root_key_at(&world.folder.join("other.key"));
        let refused = world.try_desk(&world.location(), other.clone()).await;
        assert!(matches!(refused, Err(StoreError::WrongKey)), "the tenant key does not open");
        assert!(world.desk().await.conversation(channel(1)).await.unwrap().is_some());
    });
}
