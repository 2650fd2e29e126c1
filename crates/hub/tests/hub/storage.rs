use protocol::{EnvelopeKind, ProblemCode};
use reqwest::StatusCode;

use crate::support::{DAY, Server, location, message, problem, sized};
use hub::Rate;

#[tokio::test]
async fn a_full_disk_refuses_new_envelopes_and_what_is_there_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path(), Some(1 << 20));
    let server = Server::on(&location, |options| options.limits.posts = Rate::new(10_000, 10_000)).await;
    let device = server.device().await;
    let mut stored = 1;
    let refused = loop {
        let response = device.post(&sized(EnvelopeKind::Message, 1, 30_000)).await;
        if response.status() != StatusCode::CREATED {
            break problem(response).await;
        }
        stored += 1;
        assert!(stored < 100, "the limit does not hold");
    };
    assert_eq!((refused.code, refused.status), (ProblemCode::StorageFull, 507));
    let places: Vec<_> = device.all().await.iter().map(|one| one.seq).collect();
    assert_eq!(places, (1..=stored).collect::<Vec<_>>());
    assert_eq!(server.http.get(server.url("/readyz")).send().await.unwrap().status(), 204);
    // Once there is room again, posting goes on where it was.
    let request = server.http.delete(device.url(""));
    assert_eq!(device.bearer(request, &device.write).send().await.unwrap().status(), 204);
    let next = server.device().await;
    assert_eq!(next.posted(&sized(EnvelopeKind::Message, 1, 30_000)).await, 2);
}

#[tokio::test]
async fn what_another_writer_changed_is_read_afresh_and_no_place_is_given_twice() {
    let server = Server::start().await;
    let device = server.device().await;
    device.posted(&message()).await;
    // A second hub on the same store, with a cache of its own.
    let second = Server::on(&location(server.folder(), None), |_| {}).await;
    let mut other = crate::support::Device::new(&second);
    (other.channel, other.read, other.write) = (device.channel, device.read.clone(), device.write.clone());
    assert_eq!(other.posted(&message()).await, 3);
    assert_eq!(device.posted(&message()).await, 4);
    assert_eq!(other.posted(&message()).await, 5);
    assert_eq!(device.all().await.len(), 5);
}

#[tokio::test]
async fn rows_end_at_their_time_and_not_before() {
    let server = Server::start().await;
    let (quiet, busy) = (server.device().await, server.device().await);
    server.clock.advance(6 * DAY);
    server.hub.sweep().await.unwrap();
    assert_eq!(quiet.all().await.len(), 1);
    busy.posted(&message()).await;
    server.clock.advance(2 * DAY);
    server.hub.sweep().await.unwrap();
    assert_eq!(quiet.all().await.len(), 0);
    assert_eq!(busy.all().await.iter().map(|one| one.seq).collect::<Vec<_>>(), [2]);
    let mut desk = server.ready_desk().await;
    assert_eq!(desk.desk_delivered().await.1.seq, 2);
    let mut socket = quiet.socket(&server, 1).await;
    server.clock.advance(23 * DAY);
    server.hub.sweep().await.unwrap();
    assert_eq!(socket.closed().await, 4404);
    // Six days younger by its last post.
    assert_eq!(busy.posted(&message()).await, 3);
}
