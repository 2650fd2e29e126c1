use e2ee::{Identity, LoadError, Member, OpenError, Opened};

use crate::world::{accept, agree, desk_identity, join_device, message, now, pair, talk};

fn again(device: &Member, desk: &Member) -> (Member, Member) {
    (Member::load(&device.state()).unwrap(), Member::load_desk(&desk.state(), &desk_identity()).unwrap())
}

#[test]
fn a_conversation_goes_on_from_its_states_at_every_step() {
    let (device, desk) = pair();
    let (mut device, mut desk) = again(&device, &desk);
    talk(&mut device, &mut desk);
    let (mut device, desk) = again(&device, &desk);
    let pending = device.update().unwrap();
    let (mut device, mut desk) = again(&device, &desk);
    assert!(device.is_pending(), "a commit may be pending across a restart");
    accept(&pending, &mut device, &mut [&mut desk]);
    let (mut device, mut desk) = again(&device, &desk);
    agree(&device, &desk);
    let late = device.seal(b"late").unwrap();
    let pending = desk.update().unwrap();
    accept(&pending, &mut desk, &mut [&mut device]);
    let (mut device, mut desk) = again(&device, &desk);
    assert_eq!(message(&mut desk, &late.body).1, b"late");
    let tablet = join_device(&mut device, &mut [&mut desk]);
    let tablet = Member::load(&tablet.state()).unwrap();
    let (mut device, mut desk) = again(&device, &desk);
    agree(&tablet, &desk);
    talk(&mut device, &mut desk);
}

#[test]
fn the_state_reads_back_to_the_octet() {
    let (device, desk) = pair();
    let (device_again, desk_again) = again(&device, &desk);
    assert_eq!(device.state(), device_again.state());
    assert_eq!(desk.state(), desk_again.state());
}

#[test]
fn a_member_that_was_set_back_is_noticed_by_who_receives() {
    let (mut device, mut desk) = pair();
    let old = device.state();
    let first = device.seal(b"first").unwrap();
    message(&mut desk, &first.body);
    let mut stale = Member::load(&old).unwrap();
    let second = stale.seal(b"same key, other words").unwrap();
    assert_eq!(desk.open(&second.body, now()).err(), Some(OpenError::Replay));
}

#[test]
fn a_message_that_was_opened_before_a_restart_is_still_a_replay() {
    let (mut device, mut desk) = pair();
    let sealed = device.seal(b"once").unwrap();
    message(&mut desk, &sealed.body);
    let (mut device, mut desk) = again(&device, &desk);
    assert_eq!(desk.open(&sealed.body, now()).err(), Some(OpenError::Replay));
    assert!(matches!(device.open(&sealed.body, now()), Ok(Opened::Own)));
}

#[test]
fn a_damaged_state_is_refused_and_never_half_loaded() {
    let (device, desk) = pair();
    let state = device.state();
    for position in (0..state.len()).step_by(7).chain(0..80).chain(state.len() - 40..state.len()) {
        let mut damaged = state.to_vec();
        damaged[position] ^= 1;
        let error = Member::load(&damaged).expect_err("damage must be noticed");
        assert!(matches!(error, LoadError::Corrupt | LoadError::Newer), "{position}: {error:?}");
    }
    for length in (0..state.len()).step_by(11) {
        assert_eq!(Member::load(&state[..length]).err(), Some(LoadError::Corrupt));
    }
    let mut longer = state.to_vec();
    longer.push(0);
    assert_eq!(Member::load(&longer).err(), Some(LoadError::Corrupt));
    assert_eq!(Member::load(b"").err(), Some(LoadError::Corrupt));
    drop(desk);
}

#[test]
fn a_state_is_loaded_only_by_its_own_end_and_identity() {
    let (device, desk) = pair();
    assert_eq!(Member::load(&desk.state()).err(), Some(LoadError::OtherEnd));
    assert_eq!(Member::load_desk(&device.state(), &desk_identity()).err(), Some(LoadError::OtherEnd));
    let stranger = Identity::from_secret(&[66; 32]);
    assert_eq!(Member::load_desk(&desk.state(), &stranger).err(), Some(LoadError::OtherIdentity));
}

#[test]
fn the_state_of_a_newer_version_says_so() {
    let (device, _desk) = pair();
    let mut state = device.state();
    let version = b"sotto e2ee state\0".len();
    state[version] = 2;
    assert_eq!(Member::load(&state).err(), Some(LoadError::Newer));
}

#[test]
fn the_desks_state_holds_no_identity_key() {
    let (device, mut desk) = pair();
    let pending = desk.update().unwrap();
    let secret = desk_identity().secret();
    let holds = |state: &[u8], secret: &[u8]| {
        let json: Vec<String> = secret.iter().map(u8::to_string).collect();
        let json = json.join(",");
        state.windows(32).any(|window| window == secret)
            || state.windows(json.len()).any(|window| window == json.as_bytes())
    };
    assert!(!holds(&desk.state(), secret.as_slice()));
    desk.confirm().unwrap();
    assert!(!holds(&desk.state(), secret.as_slice()));
    assert!(holds(&desk.state(), desk_identity().public().octets()), "the test can find a key");
    drop((device, pending));
}
