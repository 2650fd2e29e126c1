//! Nothing of a person or a key is readable from outside.

use std::{
    fs, io,
    sync::{Arc, Mutex},
};

use protocol::{StaffId, Timestamp};
use sqlx::Row;
use store::{
    Engine, Location, StorageKey, StoreError,
    desk::{DeskStore, Enrolled, NewMessage, NewStaff, Step, StoredSpeaker},
};

use super::world::{World, begin, channel, on, on_both, said};

const CANARY: &str = "canary-in-a-coal-mine";

async fn write_canaries(desk: &DeskStore) {
    begin(desk, channel(1)).await;
    let canary = CANARY.as_bytes();
    desk.set_secret("identity", canary).await.unwrap();
    let message = NewMessage { extra: Some(CANARY.to_owned()), ..said(StoredSpeaker::Customer, CANARY) };
    let step = Step {
        group_state: Some(canary),
        vault: Some(canary),
        identity: Some(canary),
        messages: vec![message],
        ..Step::default()
    };
    desk.apply(channel(1), &step).await.unwrap();
    let later = Timestamp(i64::MAX);
    desk.create_enrolment(&[1; 32], canary, later).await.unwrap();
    desk.create_enrolment(&[2; 32], canary, later).await.unwrap();
    let id = StaffId::from_octets([7; 16]);
    let staff = NewStaff { id, email: CANARY, name: CANARY, password_hash: CANARY, totp_step: 1 };
    assert_eq!(desk.enrol(&[1; 32], &staff).await.unwrap(), Enrolled::Done);
    desk.count_attempt(CANARY, Timestamp(0)).await.unwrap();
}

fn contains(octets: &[u8], needle: &[u8]) -> bool {
    octets.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn nothing_is_readable_in_the_file_or_its_log() {
    on(Engine::Sqlite, async |world: &World| {
        let desk = world.desk().await;
        write_canaries(&desk).await;
        let mut files = 0;
        for entry in fs::read_dir(&world.folder).unwrap() {
            let path = entry.unwrap().path();
            let octets = fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.starts_with("desk.db") && !name.ends_with("-shm") {
                files += 1;
                for readable in [b"SQLite format 3".as_slice(), b"CREATE TABLE", b"assistant", b"identity"] {
                    assert!(!contains(&octets, readable), "{name}: {}", String::from_utf8_lossy(readable));
                }
            }
            assert!(!contains(&octets, CANARY.as_bytes()), "{name}");
        }
        assert_eq!(files, 2, "the database and its write-ahead log");
    });
}

#[test]
fn nothing_of_a_person_is_readable_in_any_column() {
    on_both(async |world: &World| {
        let desk = world.desk().await;
        write_canaries(&desk).await;
        for table in store::inventory::inventory(desk.database().schema()).into_keys() {
            let query = match world.engine {
                Engine::Sqlite => format!("SELECT * FROM {table}"),
                // As text, since a column's octets come as hexadecimal digits then.
                Engine::Postgres => format!("SELECT CAST({table} AS TEXT) FROM {table}"),
            };
            let rows =
                sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(desk.database().readers()).await.unwrap();
            for row in rows {
                for column in 0..row.len() {
                    let octets = row.try_get::<Vec<u8>, _>(column);
                    let octets = octets.or_else(|_| row.try_get::<String, _>(column).map(String::into_bytes));
                    let octets = octets.unwrap_or_default();
                    let hex = data_encoding::HEXLOWER.encode(CANARY.as_bytes());
                    assert!(!contains(&octets, CANARY.as_bytes()), "{table}, column {column}");
                    assert!(!contains(&octets, hex.as_bytes()), "{table}, column {column}");
                }
            }
        }
    });
}

#[test]
fn a_wrong_or_missing_key_does_not_open_the_file() {
    on(Engine::Sqlite, async |world: &World| {
        let desk = world.desk().await;
        begin(&desk, channel(1)).await;
        desk.close().await;
        let key = StorageKey::from_octets([5; 32]);
        let location = Location::File { path: world.file(), key, max_bytes: None };
        let refused = world.try_desk(&location, world.root_key()).await;
        assert!(matches!(refused, Err(StoreError::WrongKey)));
        assert!(world.desk().await.conversation(channel(1)).await.unwrap().is_some());
    });
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn no_key_and_no_value_reaches_the_log_at_any_level() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    on(Engine::Sqlite, async |world: &World| {
        let key = [0xa7; 32];
        let location =
            Location::File { path: world.file(), key: StorageKey::from_octets(key), max_bytes: None };
        let desk = world.try_desk(&location, world.root_key()).await.unwrap();
        write_canaries(&desk).await;
        assert!(format!("{location:?} {:?} {:?}", world.root_key(), desk.keys()).contains("***"));
        tracing::info!("the end of the log");
        let text = String::from_utf8_lossy(&log.0.lock().unwrap()).to_lowercase();
        assert!(text.contains("the end of the log"));
        assert!(!text.contains(&"a7".repeat(32)), "the key");
        assert!(!text.contains(CANARY), "a value");
    });
}
