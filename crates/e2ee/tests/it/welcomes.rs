use e2ee::{
    CreateError, Identity, JoinError, KEY_PACKAGE_SECONDS, KeyPackageError, Member, device_key_package,
    key_packages, welcome_references,
};
use protocol::{ChannelId, MAX_BODY};

use crate::world::{CHANNEL, agree, desk_identity, desk_key_package, now, pinned, talk};

#[test]
fn a_welcome_names_the_key_package_that_it_is_for() {
    let packages = key_packages(&desk_identity(), 3, false, now()).unwrap();
    let (_, invitation) = Member::create(CHANNEL, &packages[1].public, &pinned(), now()).unwrap();
    assert_eq!(welcome_references(&invitation.body), Ok(vec![packages[1].reference.clone()]));
    assert_eq!(invitation.epoch, 1);
    assert!(invitation.body.len() < MAX_BODY);
    assert!(Member::join(&invitation.body, &packages[1].private, &desk_identity(), now()).is_ok());
    let other = Member::join(&invitation.body, &packages[0].private, &desk_identity(), now());
    assert_eq!(other.err(), Some(JoinError::Garbage));
}

#[test]
fn a_key_package_of_last_resort_serves_many() {
    let package = key_packages(&desk_identity(), 1, true, now()).unwrap().pop().unwrap();
    for number in 0..3 {
        let channel = ChannelId::from_octets([number; 16]);
        let (mut device, invitation) = Member::create(channel, &package.public, &pinned(), now()).unwrap();
        let mut desk = Member::join(&invitation.body, &package.private, &desk_identity(), now()).unwrap();
        agree(&device, &desk);
        talk(&mut device, &mut desk);
        assert_eq!(desk.channel(), channel);
    }
}

#[test]
fn a_desk_that_is_not_pinned_is_refused() {
    let stranger = Identity::from_secret(&[66; 32]);
    let package = key_packages(&stranger, 1, false, now()).unwrap().pop().unwrap();
    let create = |pinned: &[protocol::DeskKey]| Member::create(CHANNEL, &package.public, pinned, now()).err();
    assert_eq!(create(&pinned()), Some(CreateError::KeyPackage(KeyPackageError::Unpinned)));
    assert_eq!(create(&[]), Some(CreateError::KeyPackage(KeyPackageError::Unpinned)));
    assert_eq!(create(&[pinned()[0], stranger.public()]), None, "of two pinned keys either will do");
}

#[test]
fn a_key_package_past_its_time_is_refused_at_both_ends() {
    let package = desk_key_package();
    let later = now().plus_seconds(KEY_PACKAGE_SECONDS);
    assert!(package.expires <= later);
    let created = Member::create(CHANNEL, &package.public, &pinned(), later);
    assert_eq!(created.err(), Some(CreateError::KeyPackage(KeyPackageError::Expired)));
    let (_, invitation) = Member::create(CHANNEL, &package.public, &pinned(), now()).unwrap();
    let joined = Member::join(&invitation.body, &package.private, &desk_identity(), later);
    assert_eq!(joined.err(), Some(JoinError::KeyPackage(KeyPackageError::Expired)));

    let old = key_packages(&desk_identity(), 1, false, now().plus_seconds(-2 * KEY_PACKAGE_SECONDS)).unwrap();
    let created = Member::create(CHANNEL, &old[0].public, &pinned(), now());
    assert_eq!(created.err(), Some(CreateError::KeyPackage(KeyPackageError::Expired)));
}

#[test]
fn a_key_package_from_the_future_is_refused() {
    let package = desk_key_package();
    let created = Member::create(CHANNEL, &package.public, &pinned(), now().plus_seconds(-7200));
    assert_eq!(created.err(), Some(CreateError::KeyPackage(KeyPackageError::NotYetValid)));
}

#[test]
fn a_welcome_opens_for_its_own_desk_only() {
    let package = desk_key_package();
    let (_, invitation) = Member::create(CHANNEL, &package.public, &pinned(), now()).unwrap();
    let stranger = Identity::from_secret(&[66; 32]);
    let joined = Member::join(&invitation.body, &package.private, &stranger, now());
    assert_eq!(joined.err(), Some(JoinError::WrongPrivatePart));
    let joined = Member::join(&invitation.body, b"not a private part", &desk_identity(), now());
    assert_eq!(joined.err(), Some(JoinError::WrongPrivatePart));
}

#[test]
fn another_device_joins_only_a_group_with_a_pinned_desk() {
    let package = desk_key_package();
    let (mut device, _) = Member::create(CHANNEL, &package.public, &pinned(), now()).unwrap();
    let tablet = device_key_package(now()).unwrap();
    let pending = device.add(&tablet.public, now()).unwrap();
    let stranger = [Identity::from_secret(&[66; 32]).public()];
    let welcome = pending.welcome.unwrap();
    let joined = Member::join_as_device(&welcome, &tablet.private, &stranger, now());
    assert_eq!(joined.err(), Some(JoinError::Refused(e2ee::Refusal::Desk)));
    assert!(Member::join_as_device(&welcome, &tablet.private, &pinned(), now()).is_ok());
}
