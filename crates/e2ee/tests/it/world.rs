//! A desk, a customer's devices, and the time.

use e2ee::{
    Identity, Member, NewKeyPackage, Opened, PendingCommit, Sender, device_key_package, key_packages,
};
use protocol::{ChannelId, DeskKey, Timestamp};

/// The system's time: OpenMLS checks life times against it as well.
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(since.as_millis().try_into().unwrap())
}

pub(crate) const CHANNEL: ChannelId = ChannelId::from_octets([9; 16]);

pub(crate) fn desk_identity() -> Identity {
    Identity::from_secret(&[1; 32])
}

pub(crate) fn pinned() -> Vec<DeskKey> {
    vec![desk_identity().public()]
}

pub(crate) fn desk_key_package() -> NewKeyPackage {
    key_packages(&desk_identity(), 1, false, now()).unwrap().pop().unwrap()
}

/// A device and the desk in one group.
pub(crate) fn pair() -> (Member, Member) {
    let package = desk_key_package();
    let (device, invitation) = Member::create(CHANNEL, &package.public, &pinned(), now()).unwrap();
    let desk = Member::join(&invitation.body, &package.private, &desk_identity(), now()).unwrap();
    (device, desk)
}

/// Adds one more device by `by`, whose commit all of `others` apply.
pub(crate) fn join_device(by: &mut Member, others: &mut [&mut Member]) -> Member {
    let package = device_key_package(now()).unwrap();
    let pending = by.add(&package.public, now()).unwrap();
    accept(&pending, by, others);
    Member::join_as_device(&pending.welcome.unwrap(), &package.private, &pinned(), now()).unwrap()
}

/// The hub accepted the commit: who made it confirms, the others apply it.
pub(crate) fn accept(pending: &PendingCommit, by: &mut Member, others: &mut [&mut Member]) {
    for other in others {
        assert!(matches!(other.open(&pending.commit, now()).unwrap(), Opened::Commit { .. }));
    }
    by.confirm().unwrap();
}

/// What a body says to a member.
pub(crate) fn message(member: &mut Member, body: &[u8]) -> (Sender, Vec<u8>) {
    match member.open(body, now()).unwrap() {
        Opened::Message { sender, payload } => (sender, payload.to_vec()),
        Opened::Commit { .. } => panic!("a commit"),
        Opened::Own => panic!("our own"),
    }
}

/// Seals at one end, opens at the other, both ways.
pub(crate) fn talk(device: &mut Member, desk: &mut Member) {
    let question = device.seal(b"question").unwrap();
    assert_eq!(message(desk, &question.body), (Sender::Device, b"question".to_vec()));
    let answer = desk.seal(b"answer").unwrap();
    assert_eq!(message(device, &answer.body), (Sender::Desk, b"answer".to_vec()));
}

/// Everything that two members of one group must agree on.
pub(crate) fn agree(one: &Member, other: &Member) {
    assert_eq!(one.epoch(), other.epoch());
    assert_eq!(one.epoch_authenticator(), other.epoch_authenticator());
    assert_eq!(one.export("test", b"", 32).unwrap(), other.export("test", b"", 32).unwrap());
    assert_eq!(one.members(), other.members());
    assert_eq!(one.safety_number(), other.safety_number());
    assert_eq!(one.channel(), other.channel());
}
