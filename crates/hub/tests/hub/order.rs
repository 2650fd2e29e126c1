use futures_util::future::join_all;
use protocol::{Created, EnvelopeKind, Posted, ProblemCode};
use reqwest::StatusCode;

use crate::support::{Device, Server, envelope, message, problem};

#[tokio::test]
async fn envelopes_get_places_in_order_and_are_read_back_as_they_were() {
    let server = Server::start().await;
    let device = server.device().await;
    let mut sent = vec![device.welcome.clone()];
    for place in 2..=40 {
        let next = message();
        assert_eq!(device.posted(&next).await, place);
        sent.push(next);
    }
    let all = device.all().await;
    assert_eq!(all.iter().map(|one| one.seq).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
    assert!(all.into_iter().map(|one| one.envelope).eq(sent));
}

#[tokio::test]
async fn posts_at_once_get_places_without_gaps_each_its_own() {
    let server = Server::start().await;
    let (one, two) = (server.device().await, server.device().await);
    let envelopes: Vec<_> = (0..50).map(|_| message()).collect();
    let posts = envelopes.iter().flat_map(|next| [one.posted(next), two.posted(next)]);
    let mut places = join_all(posts).await;
    places.sort_unstable();
    assert_eq!(places, (2..=51).flat_map(|place| [place, place]).collect::<Vec<_>>());
}

#[tokio::test]
async fn of_two_commits_in_one_epoch_one_wins_and_the_other_is_told_the_epoch() {
    let server = Server::start().await;
    let device = server.device().await;
    let commits = [envelope(EnvelopeKind::Commit, 1), envelope(EnvelopeKind::Commit, 1)];
    let mut responses = join_all(commits.iter().map(|commit| device.post(commit))).await;
    responses.sort_by_key(|response| response.status());
    let lost = problem(responses.pop().unwrap()).await;
    assert_eq!((lost.code, lost.status, lost.epoch), (ProblemCode::StaleEpoch, 409, Some(2)));
    assert_eq!(responses.pop().unwrap().status(), StatusCode::CREATED);
    let page: protocol::Deliveries = device.get("").await.json().await.unwrap();
    assert_eq!((page.epoch, page.envelopes.len()), (2, 2));
}

#[tokio::test]
async fn a_message_may_be_late_by_some_epochs_and_never_from_the_future() {
    let server = Server::start().await;
    let device = server.device().await;
    for epoch in 1..=6 {
        device.posted(&envelope(EnvelopeKind::Commit, epoch)).await;
    }
    for epoch in [3, 7] {
        device.posted(&envelope(EnvelopeKind::Message, epoch)).await;
    }
    for epoch in [2, 8] {
        let refused = problem(device.post(&envelope(EnvelopeKind::Message, epoch)).await).await;
        assert_eq!((refused.code, refused.epoch), (ProblemCode::StaleEpoch, Some(7)));
    }
}

#[tokio::test]
async fn the_same_envelope_again_is_the_same_place_and_another_one_under_its_id_is_refused() {
    let server = Server::start().await;
    let device = server.device().await;
    let commit = envelope(EnvelopeKind::Commit, 1);
    let place = device.posted(&commit).await;
    device.posted(&envelope(EnvelopeKind::Commit, 2)).await;
    // The channel has moved on by two epochs since.
    let again = device.post(&commit).await;
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(again.json::<Posted>().await.unwrap(), Posted { id: commit.id, seq: place });
    let mut other = message();
    other.id = commit.id;
    other.epoch = 3;
    let refused = problem(device.post(&other).await).await;
    assert_eq!((refused.code, refused.status), (ProblemCode::EnvelopeMismatch, 409));
    assert_eq!(device.all().await.len(), 3);
}

#[tokio::test]
async fn the_same_envelope_many_times_at_once_is_stored_once() {
    let server = Server::start().await;
    let device = server.device().await;
    let next = message();
    let responses = join_all((0..30).map(|_| device.post(&next))).await;
    let new = responses.iter().filter(|response| response.status() == StatusCode::CREATED).count();
    let known = responses.iter().filter(|response| response.status() == StatusCode::OK).count();
    assert_eq!((new, known), (1, 29));
    assert_eq!(device.all().await.len(), 2);
}

#[tokio::test]
async fn opening_a_channel_is_repeatable_and_its_id_is_taken_for_anyone_else() {
    let server = Server::start().await;
    let device = Device::new(&server);
    let responses = join_all((0..5).map(|_| device.create())).await;
    let new = responses.iter().filter(|response| response.status() == StatusCode::CREATED).count();
    assert_eq!(new, 1);
    for response in responses {
        assert_eq!(response.json::<Created>().await.unwrap().seq, 1);
    }
    let mut thief = Device::new(&server);
    thief.channel = device.channel;
    let refused = problem(thief.create().await).await;
    assert_eq!((refused.code, refused.status), (ProblemCode::ChannelExists, 409));
    assert_eq!(device.all().await.len(), 1);
}
