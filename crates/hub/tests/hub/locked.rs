//! Another process holds the write lock of the hub's file. It is this very test program, told by environment
//! variables to take the lock instead of to test.

use std::{path::Path, process::Stdio};

use protocol::{DeskEvent, DeviceEvent, Problem, ProblemCode};
use reqwest::{Response, StatusCode};
use serde_json::json;
use store::hub::HubStore;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::support::{Device, Server, desk_key, location, message, post_frame, problem, soon};

const FOLDER: &str = "SOTTO_TEST_LOCK_FOLDER";
const CHANNEL: &str = "SOTTO_TEST_LOCK_CHANNEL";
const LOCKED: &str = "the write lock is taken";

/// Takes the lock when it runs in the child process, deletes a channel without committing it, and holds on until its
/// input ends; in an ordinary run of the tests it has nothing to do.
#[tokio::test]
async fn hold_the_write_lock() {
    let (Some(folder), Ok(channel)) = (std::env::var_os(FOLDER), std::env::var(CHANNEL)) else { return };
    let store = HubStore::open(&location(Path::new(&folder), None)).await.unwrap();
    let mut lock = store.begin().await.unwrap();
    lock.delete_channels(&[channel.parse().unwrap()]).await.unwrap();
    println!("{LOCKED}");
    let _ = std::io::Read::read(&mut std::io::stdin(), &mut [0]);
    lock.abandon().await;
}

/// The process that has the lock; killed when it is dropped.
struct Holder {
    process: Child,
    /// Kept open: a test program that cannot say how it went fails.
    _says: Lines<BufReader<ChildStdout>>,
}

impl Holder {
    async fn start(server: &Server, device: &Device) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["locked::hold_the_write_lock", "--exact", "--nocapture"]);
        command.env(FOLDER, server.folder()).env(CHANNEL, device.channel.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut says = BufReader::new(process.stdout.take().unwrap()).lines();
        while !soon(says.next_line()).await.unwrap().expect("it took no lock").contains(LOCKED) {}
        Self { process, _says: says }
    }

    /// Lets go and ends by itself.
    async fn let_go(mut self) {
        drop(self.process.stdin.take());
        assert!(soon(self.process.wait()).await.unwrap().success());
    }

    /// By SIGKILL, in the middle of its transaction.
    async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }
}

#[tokio::test]
async fn while_another_process_has_the_write_lock_writes_are_told_to_come_again_and_reads_go_on() {
    let server = Server::start().await;
    let device = server.device().await;
    let (mut socket, mut desk) = (device.socket(&server, 1).await, server.ready_desk().await);
    assert_eq!(desk.desk_delivered().await.1.seq, 1);
    let holder = Holder::start(&server, &device).await;

    let [by_request, by_socket, by_desk] = [message(), message(), message()];
    socket.send(&post_frame(&by_socket)).await;
    desk.acknowledge(device.channel, 1).await;
    desk.send(&json!({ "type": "post", "channel": device.channel, "envelope": by_desk })).await;
    let new = Device::new(&server);
    let claim = server.http.post(server.url(&format!("/v1/desks/{}/key-packages/claim", desk_key())));
    let (posted, opened, claimed, read, ready) = tokio::join!(
        device.post(&by_request),
        new.create(),
        claim.send(),
        device.get(""),
        server.http.get(server.url("/readyz")).send(),
    );
    assert_eq!(read.status(), StatusCode::OK);
    assert_eq!(ready.unwrap().status(), StatusCode::NO_CONTENT);
    for refused in [posted, opened, claimed.unwrap()] {
        come_again(refused).await;
    }
    let DeviceEvent::Refused { id, problem } = socket.event().await else { panic!("taken") };
    assert_eq!(id, Some(by_socket.id));
    is_busy(&problem);
    let DeskEvent::Refused { id, problem, .. } = desk.event().await else { panic!("taken") };
    assert_eq!(id, Some(by_desk.id));
    is_busy(&problem);

    // What the other process had not committed is undone, and the same posts are taken.
    holder.kill().await;
    assert_eq!(device.posted(&by_request).await, 2);
    socket.send(&post_frame(&by_socket)).await;
    assert_eq!(socket.delivered().await.envelope, by_request);
    assert_eq!(socket.delivered().await.envelope, by_socket);
    desk.send(&json!({ "type": "post", "channel": device.channel, "envelope": by_desk })).await;
    assert_eq!(socket.delivered().await.envelope, by_desk);
    assert_eq!(new.create().await.status(), StatusCode::CREATED);
    assert_eq!(device.all().await.len(), 4);
    // The acknowledgement was kept: a desk that comes anew begins after it.
    let mut desk = server.ready_desk().await;
    let mut delivered =
        [desk.desk_delivered().await, desk.desk_delivered().await, desk.desk_delivered().await]
            .map(|(channel, delivery)| (channel == device.channel, delivery.seq));
    delivered.sort_unstable();
    assert_eq!(delivered, [(false, 1), (true, 2), (true, 3)]);
}

#[tokio::test]
async fn a_write_that_meets_a_short_lock_of_another_process_waits_for_it() {
    let server = Server::start().await;
    let device = server.device().await;
    let holder = Holder::start(&server, &device).await;
    let next = message();
    let let_go = async {
        // Long enough for the post to come to the lock.
        for _ in 0..50 {
            server.until_metric("sotto_hub_envelopes_accepted_total{author=\"device\"} 1").await;
        }
        holder.let_go().await;
    };
    let (seq, ()) = tokio::join!(device.posted(&next), let_go);
    assert_eq!(seq, 2);
    assert_eq!(device.all().await.len(), 2);
}

async fn come_again(response: Response) {
    is_busy(&problem(response).await);
}

fn is_busy(problem: &Problem) {
    assert_eq!((problem.code, problem.status), (ProblemCode::StorageBusy, 503));
    assert_eq!(problem.retry_after, Some(1));
}
