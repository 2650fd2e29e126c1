//! What a member refuses of others that keep no rule.

use e2ee::{
    CreateError, Identity, JoinError, KeyPackageError, MAX_MEMBERS, Member, OpenError, Refusal, SUITE, Sender,
};
use openmls::prelude::{Ciphersuite, Lifetime, PURE_PLAINTEXT_WIRE_FORMAT_POLICY};

use crate::{
    rogue::{Rogue, Settings, key_package},
    world::{CHANNEL, desk_identity, message, now, pinned},
};

fn other() -> Identity {
    Identity::from_secret(&[77; 32])
}

/// The commit is refused for this reason, and the member goes on as if it had never come.
fn refused(desk: &mut Member, commit: &[u8], why: Refusal) {
    let before = (desk.epoch(), desk.members(), desk.state().to_vec());
    assert_eq!(desk.open(commit, now()).err(), Some(OpenError::Refused(why)));
    assert_eq!((desk.epoch(), desk.members()), (before.0, before.1));
}

#[test]
fn a_rogue_that_keeps_the_rules_is_a_device_like_any() {
    let (mut rogue, desk) = Rogue::with_desk(Settings::default());
    let mut desk = desk.unwrap();
    let body = rogue.message(&protocol::pad(b"hello").unwrap());
    assert_eq!(message(&mut desk, &body), (Sender::Device, b"hello".to_vec()));
}

#[test]
fn nobody_adds_a_second_desk() {
    let (mut rogue, desk) = Rogue::with_desk(Settings::default());
    let mut desk = desk.unwrap();
    // OpenMLS itself refuses a second leaf with the same key; at a device, the other pinned key is a desk's too.
    let pinned = [desk_identity().public(), other().public()];
    let tablet = e2ee::device_key_package(now()).unwrap();
    let (commit, welcome) = rogue.add(&[rogue.read(&tablet.public)]);
    assert!(desk.open(&commit, now()).is_ok());
    let mut tablet = Member::join_as_device(&welcome, &tablet.private, &pinned, now()).unwrap();
    let (second, _) = key_package(&other(), &other(), SUITE, Lifetime::new(3600));
    let (commit, _) = rogue.add(&[second]);
    refused(&mut tablet, &commit, Refusal::Desk);
}

#[test]
fn nobody_removes_the_desk() {
    let (mut rogue, _) = Rogue::with_desk(Settings::default());
    let tablet = e2ee::device_key_package(now()).unwrap();
    let (_, welcome) = rogue.add(&[rogue.read(&tablet.public)]);
    let mut tablet = Member::join_as_device(&welcome, &tablet.private, &pinned(), now()).unwrap();
    let commit = rogue.remove(1);
    refused(&mut tablet, &commit, Refusal::Desk);
}

#[test]
fn the_desk_brings_nobody_in_and_puts_nobody_out() {
    let silent = || key_package(&other(), &other(), SUITE, Lifetime::new(3600)).0;
    let (mut rogue, mut device) = Rogue::as_desk();
    let (commit, _) = rogue.add(&[silent()]);
    refused(&mut device, &commit, Refusal::ByDesk);
    let (mut rogue, mut device) = Rogue::as_desk();
    let commit = rogue.remove(0);
    refused(&mut device, &commit, Refusal::ByDesk);
}

#[test]
fn a_member_keeps_its_key() {
    let (mut rogue, desk) = Rogue::with_desk(Settings::default());
    let commit = rogue.change_key(&other(), &other());
    refused(&mut desk.unwrap(), &commit, Refusal::KeyChange);
}

#[test]
fn who_is_added_names_its_own_key_and_has_a_bounded_life_time() {
    let good = Lifetime::new(3600);
    let (wrong_name, _) = key_package(&other(), &desk_identity(), SUITE, good);
    let (too_long, _) = key_package(&other(), &other(), SUITE, Lifetime::init(0, u64::MAX));
    let long = Refusal::KeyPackage(KeyPackageError::LifeTimeTooLong);
    for (package, why) in [(wrong_name, Refusal::KeyChange), (too_long, long)] {
        let (mut rogue, desk) = Rogue::with_desk(Settings::default());
        let (commit, _) = rogue.add(&[package]);
        refused(&mut desk.unwrap(), &commit, why);
    }
}

#[test]
fn a_commit_cannot_fill_the_group_beyond_its_bound() {
    let (mut rogue, desk) = Rogue::with_desk(Settings::default());
    let packages: Vec<_> = (0..MAX_MEMBERS as u8)
        .map(|number| {
            let identity = Identity::from_secret(&[number + 100; 32]);
            key_package(&identity, &identity, SUITE, Lifetime::new(3600)).0
        })
        .collect();
    let (commit, _) = rogue.add(&packages);
    refused(&mut desk.unwrap(), &commit, Refusal::TooManyMembers);
}

#[test]
fn a_group_of_other_settings_is_not_joined() {
    let join = |settings| Rogue::with_desk(settings).1.err();
    let short = Settings { id: vec![1; 15], ..Settings::default() };
    assert_eq!(join(short), Some(JoinError::Refused(Refusal::Settings)));
    let required = Settings { required: true, ..Settings::default() };
    assert_eq!(join(required), Some(JoinError::Refused(Refusal::Settings)));
}

#[test]
fn a_group_with_too_many_members_is_not_joined() {
    let package = crate::world::desk_key_package();
    let mut rogue = Rogue::alone(Settings::default());
    let mut packages: Vec<_> = (0..MAX_MEMBERS as u8)
        .map(|number| {
            let identity = Identity::from_secret(&[number + 100; 32]);
            key_package(&identity, &identity, SUITE, Lifetime::new(3600)).0
        })
        .collect();
    packages.push(rogue.read(&package.public));
    let (_, welcome) = rogue.add(&packages);
    let joined = Member::join(&welcome, &package.private, &desk_identity(), now());
    assert_eq!(joined.err(), Some(JoinError::Refused(Refusal::TooManyMembers)));
}

#[test]
fn a_group_with_a_member_under_anothers_name_is_not_joined() {
    let package = crate::world::desk_key_package();
    let mut rogue = Rogue::alone(Settings::default());
    let (liar, _) = key_package(&other(), &desk_identity(), SUITE, Lifetime::new(3600));
    let (_, welcome) = rogue.add(&[liar, rogue.read(&package.public)]);
    let joined = Member::join(&welcome, &package.private, &desk_identity(), now());
    assert_eq!(joined.err(), Some(JoinError::Refused(Refusal::KeyChange)));
}

#[test]
fn a_key_package_of_another_suite_or_an_infinite_one_is_refused() {
    let desk = desk_identity();
    let classical = Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
    let (_, of_another_suite) = key_package(&desk, &desk, classical, Lifetime::new(3600));
    let (_, infinite) = key_package(&desk, &desk, SUITE, Lifetime::init(0, u64::MAX));
    let (_, misnamed) = key_package(&desk, &other(), SUITE, Lifetime::new(3600));
    for (package, why) in [
        (of_another_suite, KeyPackageError::OtherSuite),
        (infinite, KeyPackageError::LifeTimeTooLong),
        (misnamed, KeyPackageError::Garbage),
    ] {
        let created = Member::create(CHANNEL, &package, &pinned(), now());
        assert_eq!(created.err(), Some(CreateError::KeyPackage(why)));
    }
}

#[test]
fn what_is_not_encrypted_or_only_proposed_is_garbage() {
    let (mut rogue, desk) = Rogue::with_desk(Settings::default());
    let mut desk = desk.unwrap();
    let proposal = rogue.proposal();
    assert_eq!(desk.open(&proposal, now()).err(), Some(OpenError::Garbage));

    let plain = Settings { wire: PURE_PLAINTEXT_WIRE_FORMAT_POLICY, ..Settings::default() };
    let (mut rogue, desk) = Rogue::with_desk(plain);
    let (tablet, _) = key_package(&other(), &other(), SUITE, Lifetime::new(3600));
    let (commit, _) = rogue.add(&[tablet]);
    assert_eq!(desk.unwrap().open(&commit, now()).err(), Some(OpenError::Garbage));
}

#[test]
fn a_message_without_our_padding_is_garbage_and_harms_nothing() {
    let (mut rogue, desk) = Rogue::with_desk(Settings::default());
    let mut desk = desk.unwrap();
    for body in [b"bare".as_slice(), &[0xff; 256]] {
        let body = rogue.message(body);
        assert_eq!(desk.open(&body, now()).err(), Some(OpenError::Garbage));
    }
    let body = rogue.message(&protocol::pad(b"hello").unwrap());
    assert_eq!(message(&mut desk, &body), (Sender::Device, b"hello".to_vec()));
}
