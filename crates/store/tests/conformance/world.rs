//! A store of its own for each test, on either engine.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use protocol::{Bytes, ChannelId, Clock, Entropy, Envelope, EnvelopeId, EnvelopeKind, MessageId, Timestamp};
use store::{
    Engine, Location, StoreError,
    desk::{DeskStore, NewConversation, NewMessage, Phase, Step, StoredSpeaker},
    keys::RootKey,
};
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::postgres::Server;

pub(crate) const WEEK: i64 = 7 * 24 * 60 * 60;

/// A clock that the test moves.
pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        random(bytes);
    }
}

pub(crate) fn random(bytes: &mut [u8]) {
    File::open("/dev/urandom").unwrap().read_exact(bytes).unwrap();
}

/// Where a test's stores and keys are.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) folder: PathBuf,
    max_bytes: Option<u64>,
    url: Option<String>,
    _folder: Option<TempDir>,
    _server: Option<Arc<Server>>,
}

/// What a child process is told, to find the same store.
const FOLDER: &str = "SOTTO_STORE_TEST_FOLDER";
const URL: &str = "SOTTO_STORE_TEST_URL";

/// Runs the test once on each engine.
pub(crate) fn on_both(test: impl AsyncFn(&World)) {
    on(Engine::Sqlite, &test);
    on(Engine::Postgres, &test);
}

pub(crate) fn on(engine: Engine, test: impl AsyncFn(&World)) {
    println!("on {engine:?}");
    runtime().block_on(async {
        let world = World::new(engine).await;
        test(&world).await;
    });
}

/// Runs `work` when this process is a child made by [`World::child`]; gives whether it was.
pub(crate) fn in_child(work: impl AsyncFn(&World)) -> bool {
    let Some(folder) = std::env::var_os(FOLDER) else { return false };
    let url = std::env::var(URL).ok();
    let engine = if url.is_some() { Engine::Postgres } else { Engine::Sqlite };
    let world = World { url, ..World::in_folder(engine, PathBuf::from(folder)) };
    runtime().block_on(work(&world));
    true
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

impl World {
    async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = Self::in_folder(engine, folder.path().to_owned());
        let (server, url) = match engine {
            Engine::Sqlite => (None, None),
            Engine::Postgres => {
                let server = Server::get();
                let url = server.database().await;
                (Some(server), Some(url))
            }
        };
        Self { url, _folder: Some(folder), _server: server, ..world }
    }

    fn in_folder(engine: Engine, folder: PathBuf) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000_000)));
        Self { engine, clock, folder, max_bytes: None, url: None, _folder: None, _server: None }
    }

    /// This same test again, in a process of its own, at the same store.
    pub(crate) fn child(&self, test: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([test, "--exact", "--nocapture"]).env(FOLDER, &self.folder).stdout(Stdio::null());
        if let Some(url) = &self.url {
            command.env(URL, url);
        }
        command
    }

    /// The whole file may not grow past this.
    pub(crate) fn limited(&self, max_bytes: u64) -> Self {
        Self { max_bytes: Some(max_bytes), ..Self::in_folder(self.engine, self.folder.clone()) }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("desk.db")
    }

    pub(crate) fn root_key(&self) -> RootKey {
        self.root_key_at(&self.folder.join("root.key"))
    }

    pub(crate) fn root_key_at(&self, path: &Path) -> RootKey {
        RootKey::read_or_create(path, &SystemEntropy).unwrap()
    }

    pub(crate) fn location(&self) -> Location {
        self.location_with(&self.root_key())
    }

    pub(crate) fn location_with(&self, root: &RootKey) -> Location {
        match &self.url {
            Some(url) => Location::Postgres { url: Zeroizing::new(url.clone()) },
            None => Location::File { path: self.file(), key: root.storage_key(), max_bytes: self.max_bytes },
        }
    }

    pub(crate) async fn desk(&self) -> DeskStore {
        self.try_desk(&self.location(), self.root_key()).await.unwrap()
    }

    pub(crate) async fn try_desk(&self, location: &Location, root: RootKey) -> Result<DeskStore, StoreError> {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        DeskStore::open(location, root, clock, Arc::new(SystemEntropy)).await
    }
}

pub(crate) fn channel(number: u8) -> ChannelId {
    ChannelId::from_octets([number; 16])
}

/// Begins a conversation in the channel.
pub(crate) async fn begin(desk: &DeskStore, channel: ChannelId) {
    let new = NewConversation {
        channel,
        seq: 1,
        group_state: b"state after joining",
        used_key_package: None,
        phase: Phase::Assistant,
    };
    assert!(desk.open_conversation(&new).await.unwrap());
}

pub(crate) fn said(speaker: StoredSpeaker, text: &str) -> NewMessage {
    NewMessage {
        id: MessageId::random(&SystemEntropy),
        speaker,
        text: text.to_owned(),
        extra: None,
        at: Timestamp(7),
    }
}

pub(crate) fn envelope(body: &[u8]) -> Envelope {
    Envelope {
        id: EnvelopeId::random(&SystemEntropy),
        kind: EnvelopeKind::Message,
        epoch: 3,
        body: Bytes(body.to_vec()),
    }
}

/// A step with one message of the customer and one envelope.
pub(crate) fn step(processed: u64, text: &str) -> Step<'static> {
    Step {
        processed: Some(processed),
        group_state: Some(b"state after the step"),
        messages: vec![said(StoredSpeaker::Customer, text)],
        outbox: vec![envelope(text.as_bytes())],
        ..Step::default()
    }
}
