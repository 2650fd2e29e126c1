//! Foreign bytes at each door: never a panic, never a change.

use std::sync::OnceLock;

use e2ee::{Member, OpenError, Opened, welcome_references};
use proptest::prelude::*;
use protocol::MAX_BODY;

use crate::world::{CHANNEL, agree, desk_identity, desk_key_package, message, now, pair, pinned, talk};

/// Genuine bytes, from which wrong ones are made.
struct Genuine {
    key_package: Vec<u8>,
    private: Vec<u8>,
    welcome: Vec<u8>,
    desk: Vec<u8>,
    message: Vec<u8>,
    commit: Vec<u8>,
}

fn genuine() -> &'static Genuine {
    static GENUINE: OnceLock<Genuine> = OnceLock::new();
    GENUINE.get_or_init(|| {
        let package = desk_key_package();
        let (mut device, invitation) = Member::create(CHANNEL, &package.public, &pinned(), now()).unwrap();
        let mut desk = Member::join(&invitation.body, &package.private, &desk_identity(), now()).unwrap();
        talk(&mut device, &mut desk);
        let desk_state = desk.state().to_vec();
        Genuine {
            key_package: package.public,
            private: package.private.to_vec(),
            welcome: invitation.body,
            message: device.seal(b"genuine").unwrap().body,
            commit: device.update().unwrap().commit,
            desk: desk_state,
        }
    })
}

fn desk() -> Member {
    Member::load_desk(&genuine().desk, &desk_identity()).unwrap()
}

/// Some octets changed, the end cut off, something added.
fn damaged(genuine: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 1..4);
    let tail = proptest::collection::vec(any::<u8>(), 0..4);
    (changes, any::<prop::sample::Index>(), 0..4_u8, tail).prop_map(move |(changes, cut, kind, tail)| {
        let mut octets = genuine.to_vec();
        match kind {
            0 => octets.truncate(cut.index(genuine.len())),
            1 => octets.extend([tail, vec![0]].concat()),
            _ => changes.iter().for_each(|(at, change)| octets[at.index(genuine.len())] ^= change),
        }
        if octets == genuine {
            octets.push(0);
        }
        octets
    })
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..600)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_damaged_message_is_never_opened_and_leaves_the_genuine_one_readable(
        body in damaged(&genuine().message)
    ) {
        let mut desk = desk();
        prop_assert!(desk.open(&body, now()).is_err());
        prop_assert_eq!(message(&mut desk, &genuine().message).1, b"genuine");
    }

    #[test]
    fn a_damaged_commit_is_never_applied_and_leaves_the_genuine_one_good(body in damaged(&genuine().commit)) {
        let mut desk = desk();
        prop_assert!(desk.open(&body, now()).is_err());
        let applied = matches!(desk.open(&genuine().commit, now()), Ok(Opened::Commit { .. }));
        prop_assert!(applied);
    }

    #[test]
    fn a_damaged_welcome_is_never_joined(welcome in damaged(&genuine().welcome)) {
        let _ = welcome_references(&welcome);
        // The group secrets are for one key package and the group info is signed; all of it counts.
        prop_assert!(Member::join(&welcome, &genuine().private, &desk_identity(), now()).is_err());
    }

    #[test]
    fn a_damaged_key_package_is_never_used(package in damaged(&genuine().key_package)) {
        prop_assert!(Member::create(CHANNEL, &package, &pinned(), now()).is_err());
    }

    #[test]
    fn a_damaged_private_part_never_panics(private in damaged(&genuine().private)) {
        let _ = Member::join(&genuine().welcome, &private, &desk_identity(), now());
        let _ = Member::join_as_device(&genuine().welcome, &private, &pinned(), now());
    }

    #[test]
    fn noise_is_refused_at_every_door(noise in noise()) {
        prop_assert!(desk().open(&noise, now()).is_err());
        prop_assert!(Member::create(CHANNEL, &noise, &pinned(), now()).is_err());
        prop_assert!(Member::join(&noise, &genuine().private, &desk_identity(), now()).is_err());
        prop_assert!(Member::load(&noise).is_err());
        prop_assert!(welcome_references(&noise).is_err());
    }
}

#[test]
fn a_body_of_another_kind_or_size_is_refused_by_name() {
    let mut desk = desk();
    let genuine = genuine();
    assert_eq!(desk.open(&vec![0; MAX_BODY + 1], now()).err(), Some(OpenError::TooLarge));
    assert_eq!(desk.open(&genuine.welcome, now()).err(), Some(OpenError::Garbage));
    assert_eq!(desk.open(&genuine.key_package, now()).err(), Some(OpenError::Garbage));
    assert_eq!(desk.open(b"", now()).err(), Some(OpenError::Garbage));
}

#[test]
fn a_message_of_another_channel_or_a_later_epoch_is_refused_by_name() {
    let package = desk_key_package();
    let elsewhere = protocol::ChannelId::from_octets([10; 16]);
    let (mut other, _) = Member::create(elsewhere, &package.public, &pinned(), now()).unwrap();
    let (mut device, mut desk) = pair();
    let body = other.seal(b"x").unwrap().body;
    assert_eq!(desk.open(&body, now()).err(), Some(OpenError::OtherChannel));

    let pending = device.update().unwrap();
    device.confirm().unwrap();
    let early = device.seal(b"early").unwrap().body;
    assert_eq!(desk.open(&early, now()).err(), Some(OpenError::Ahead));
    assert!(desk.open(&pending.commit, now()).is_ok());
    assert_eq!(message(&mut desk, &early).1, b"early");
    assert_eq!(desk.open(&pending.commit, now()).err(), Some(OpenError::StaleCommit));
    agree(&device, &desk);
}
