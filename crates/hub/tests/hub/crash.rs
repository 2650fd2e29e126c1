//! Kills a hub that runs in a process of its own. The process is this very test program, told by an environment
//! variable to serve instead of to test.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use hub::Rate;
use protocol::{DeviceEvent, Envelope, EnvelopeId};
use reqwest::StatusCode;

use crate::support::{Device, Server, location, message, post_frame};

const FOLDER: &str = "SOTTO_TEST_HUB_FOLDER";
const PORT_FILE: &str = "port";

/// Serves when it runs in the child process; in an ordinary run of the tests it has nothing to do.
#[tokio::test]
async fn serve_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let server = Server::on(&location(folder, None), |options| {
        options.limits.posts = Rate::new(1_000_000, 100_000);
    })
    .await;
    std::fs::write(folder.join("port.new"), server.address.to_string()).unwrap();
    std::fs::rename(folder.join("port.new"), folder.join(PORT_FILE)).unwrap();
    std::future::pending().await
}

struct Process(Child);

impl Process {
    async fn start(folder: &Path) -> (Self, SocketAddr) {
        let port_file = folder.join(PORT_FILE);
        let _ = std::fs::remove_file(&port_file);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["crash::serve_until_killed", "--exact", "--nocapture"]);
        let process = Self(command.env(FOLDER, folder).stdout(Stdio::null()).spawn().unwrap());
        loop {
            if let Ok(address) = std::fs::read_to_string(&port_file) {
                return (process, address.parse().unwrap());
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL: nothing of the process runs after it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn killed_at_any_moment_the_hub_loses_nothing_it_answered_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // A server of the same kind gives the devices their helpers; only its address changes.
    let mut known: HashMap<EnvelopeId, u64> = HashMap::new();
    let mut sent: Vec<Envelope> = Vec::new();
    let (process, address) = Process::start(folder.path()).await;
    let mut remote = Remote::new(address).await;
    let device = remote.device().await;
    drop(process);
    for round in 0..4 {
        let (process, address) = Process::start(folder.path()).await;
        remote.moved(address);
        let device = remote.as_seen_by(&device);
        let mut socket = device.socket(&remote.server, device_cursor(&known)).await;
        let posts: Vec<_> = (0..60).map(|_| message()).collect();
        for post in &posts[..30] {
            socket.send(&post_frame(post)).await;
        }
        sent.extend_from_slice(&posts[..30]);
        let mut answers = 0;
        while answers < 5 + 5 * round {
            if let DeviceEvent::Posted(posted) = socket.event().await {
                assert_eq!(known.insert(posted.id, posted.seq), None);
                answers += 1;
            }
        }
        drop(process);
    }
    let (_process, address) = Process::start(folder.path()).await;
    remote.moved(address);
    let device = remote.as_seen_by(&device);
    let all = device.all().await;
    assert_eq!(all.iter().map(|one| one.seq).collect::<Vec<_>>(), (1..=all.len() as u64).collect::<Vec<_>>());
    let places: HashMap<_, _> = all.iter().map(|one| (one.envelope.id, one.seq)).collect();
    assert_eq!(places.len(), all.len(), "an envelope was doubled");
    for (id, seq) in &known {
        assert_eq!(places.get(id), Some(seq), "an answered envelope was lost or moved");
    }
    // Posting everything again stores what was lost before it was answered, and nothing twice.
    for envelope in &sent {
        let status = device.post(envelope).await.status();
        let expected = if places.contains_key(&envelope.id) { StatusCode::OK } else { StatusCode::CREATED };
        assert_eq!(status, expected);
    }
    assert_eq!(device.all().await.len(), sent.len() + 1);
}

fn device_cursor(known: &HashMap<EnvelopeId, u64>) -> u64 {
    known.values().copied().max().unwrap_or(1)
}

/// The hub in the other process, as the helpers want it: a server whose address is the other's.
struct Remote {
    server: Server,
}

impl Remote {
    async fn new(address: SocketAddr) -> Self {
        let mut server = Server::start().await;
        server.address = address;
        Self { server }
    }

    fn moved(&mut self, address: SocketAddr) {
        self.server.address = address;
    }

    async fn device(&self) -> Device {
        self.server.device().await
    }

    /// The same device, talking to where the hub is now.
    fn as_seen_by(&self, device: &Device) -> Device {
        let mut moved = Device::new(&self.server);
        moved.channel = device.channel;
        moved.read = device.read.clone();
        moved.write = device.write.clone();
        moved.welcome = device.welcome.clone();
        moved
    }
}
