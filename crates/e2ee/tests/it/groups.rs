use e2ee::{
    CommitError, MAX_MEMBERS, Member, OpenError, Opened, Refusal, SealError, Sender, device_key_package,
};

use crate::world::{accept, agree, desk_key_package, join_device, message, now, pair, talk};

#[test]
fn either_end_can_renew_its_keys() {
    let (mut device, mut desk) = pair();
    let pending = device.update().unwrap();
    assert_eq!(pending.epoch, 1);
    assert!(pending.welcome.is_none());
    accept(&pending, &mut device, &mut [&mut desk]);
    let pending = desk.update().unwrap();
    accept(&pending, &mut desk, &mut [&mut device]);
    assert_eq!(device.epoch(), 3);
    agree(&device, &desk);
    talk(&mut device, &mut desk);
}

#[test]
fn an_added_device_reads_what_comes_after_and_not_what_was_before() {
    let (mut device, mut desk) = pair();
    let before = desk.seal(b"before").unwrap();
    let mut tablet = join_device(&mut device, &mut [&mut desk]);
    agree(&device, &tablet);
    agree(&device, &desk);
    let after = desk.seal(b"after").unwrap();
    assert_eq!(message(&mut tablet, &after.body), (Sender::Desk, b"after".to_vec()));
    assert!(tablet.open(&before.body, now()).is_err());
    let reply = tablet.seal(b"from the tablet").unwrap();
    for member in [&mut device, &mut desk] {
        assert_eq!(message(member, &reply.body), (Sender::Device, b"from the tablet".to_vec()));
    }
}

#[test]
fn who_comes_and_goes_is_reported_and_changes_the_safety_number() {
    let (mut device, mut desk) = pair();
    let number = desk.safety_number();
    let package = device_key_package(now()).unwrap();
    let pending = device.add(&package.public, now()).unwrap();
    let Ok(Opened::Commit { by, added, removed }) = desk.open(&pending.commit, now()) else {
        panic!("no commit")
    };
    device.confirm().unwrap();
    assert_eq!((by.sender, added.len(), removed.len()), (Sender::Device, 1, 0));
    assert!(desk.members().iter().any(|member| member.key == added[0]));
    assert_ne!(desk.safety_number(), number);

    let leaf = desk.members().iter().find(|member| member.key == added[0]).unwrap().leaf;
    let pending = device.remove(leaf).unwrap();
    let Ok(Opened::Commit { removed, .. }) = desk.open(&pending.commit, now()) else { panic!("no commit") };
    device.confirm().unwrap();
    assert_eq!(removed[0].key, added[0]);
    assert_eq!(desk.safety_number(), number);
    agree(&device, &desk);
}

#[test]
fn a_removed_device_reads_and_writes_no_more() {
    let (mut device, mut desk) = pair();
    let mut tablet = join_device(&mut device, &mut [&mut desk]);
    let late = tablet.seal(b"late").unwrap();
    let pending = device.remove(tablet.own_leaf()).unwrap();
    accept(&pending, &mut device, &mut [&mut desk]);
    let secret = device.seal(b"without you").unwrap();
    assert_eq!(tablet.open(&secret.body, now()).err(), Some(OpenError::Ahead), "before it knows");

    let Ok(Opened::Commit { removed, .. }) = tablet.open(&pending.commit, now()) else { panic!("no commit") };
    assert_eq!(removed[0].leaf, tablet.own_leaf());
    assert!(!tablet.is_active());
    assert_eq!(tablet.open(&secret.body, now()).err(), Some(OpenError::Removed));
    assert_eq!(tablet.seal(b"x").err(), Some(SealError::Removed));
    assert_eq!(tablet.update().err(), Some(CommitError::Removed));
    assert_eq!(
        desk.open(&late.body, now()).err(),
        Some(OpenError::NoMember),
        "keys of a past epoch do not help"
    );
    assert_eq!(message(&mut desk, &secret.body).1, b"without you");
}

#[test]
fn a_removed_device_can_be_added_again() {
    let (mut device, mut desk) = pair();
    let tablet = join_device(&mut device, &mut [&mut desk]);
    let pending = device.remove(tablet.own_leaf()).unwrap();
    accept(&pending, &mut device, &mut [&mut desk]);
    let tablet = join_device(&mut device, &mut [&mut desk]);
    agree(&tablet, &desk);
    talk(&mut device, &mut desk);
}

#[test]
fn of_two_commits_one_wins_and_the_other_is_made_again() {
    let (mut device, mut desk) = pair();
    for desk_wins in [true, false] {
        let from_device = device.update().unwrap();
        let from_desk = desk.update().unwrap();
        let (winner, loser, won, lost) = if desk_wins {
            (&mut desk, &mut device, from_desk, from_device)
        } else {
            (&mut device, &mut desk, from_device, from_desk)
        };
        winner.confirm().unwrap();
        loser.abandon().unwrap();
        assert!(matches!(loser.open(&won.commit, now()), Ok(Opened::Commit { .. })));
        assert_eq!(winner.open(&lost.commit, now()).err(), Some(OpenError::StaleCommit));
        agree(winner, loser);
        let again = loser.update().unwrap();
        accept(&again, loser, &mut [winner]);
        agree(&device, &desk);
        talk(&mut device, &mut desk);
    }
}

#[test]
fn a_foreign_commit_ends_our_pending_one() {
    let (mut device, mut desk) = pair();
    device.update().unwrap();
    let won = desk.update().unwrap();
    accept(&won, &mut desk, &mut [&mut device]);
    assert!(!device.is_pending());
    agree(&device, &desk);
}

#[test]
fn our_own_commit_delivered_back_is_known_before_and_after_it_is_confirmed() {
    let (mut device, _desk) = pair();
    let pending = device.update().unwrap();
    assert!(matches!(device.open(&pending.commit, now()), Ok(Opened::Own)));
    assert!(device.is_pending());
    device.confirm().unwrap();
    let mut device = Member::load(&device.state()).unwrap();
    assert!(matches!(device.open(&pending.commit, now()), Ok(Opened::Own)));
}

#[test]
fn one_commit_at_a_time() {
    let (mut device, _desk) = pair();
    device.update().unwrap();
    assert_eq!(device.update().err(), Some(CommitError::Pending));
}

#[test]
fn the_desk_neither_adds_nor_removes() {
    let (_device, mut desk) = pair();
    let package = device_key_package(now()).unwrap();
    assert_eq!(desk.add(&package.public, now()).err(), Some(CommitError::Refused(Refusal::ByDesk)));
    assert_eq!(desk.remove(0).err(), Some(CommitError::Refused(Refusal::ByDesk)));
}

#[test]
fn a_device_can_remove_neither_the_desk_nor_itself_nor_nobody_and_adds_no_second_desk() {
    let (mut device, desk) = pair();
    assert_eq!(device.remove(desk.own_leaf()).err(), Some(CommitError::Refused(Refusal::Desk)));
    assert_eq!(device.remove(device.own_leaf()).err(), Some(CommitError::NoSuchMember));
    assert_eq!(device.remove(77).err(), Some(CommitError::NoSuchMember));
    let second = desk_key_package();
    assert_eq!(device.add(&second.public, now()).err(), Some(CommitError::Refused(Refusal::Desk)));
}

#[test]
fn a_group_has_a_bounded_number_of_members() {
    let (mut device, mut desk) = pair();
    for _ in 2..MAX_MEMBERS {
        // Devices that nobody reads with: only their number counts.
        join_device(&mut device, &mut [&mut desk]);
    }
    let package = device_key_package(now()).unwrap();
    assert_eq!(device.add(&package.public, now()).err(), Some(CommitError::Refused(Refusal::TooManyMembers)));
    talk(&mut device, &mut desk);
}
