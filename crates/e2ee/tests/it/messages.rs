use e2ee::{OpenError, Opened, SealError, Sender};
use protocol::{MAX_BODY, MAX_PAYLOAD, PAST_EPOCHS};

use crate::world::{accept, agree, message, now, pair, talk};

#[test]
fn messages_pass_both_ways_and_say_which_end_they_are_from() {
    let (mut device, mut desk) = pair();
    for _ in 0..3 {
        talk(&mut device, &mut desk);
    }
    agree(&device, &desk);
}

#[test]
fn messages_may_overtake_one_another() {
    let (mut device, mut desk) = pair();
    let sent: Vec<_> = (0..16_u8).map(|number| device.seal(&[number]).unwrap()).collect();
    for (number, sealed) in (0..16_u8).zip(&sent).rev() {
        assert_eq!(message(&mut desk, &sealed.body), (Sender::Device, vec![number]));
    }
}

#[test]
fn a_message_that_is_lost_for_good_does_not_hold_up_the_next() {
    let (mut device, mut desk) = pair();
    for _ in 0..500 {
        device.seal(b"lost").unwrap();
    }
    talk(&mut device, &mut desk);
}

#[test]
fn our_own_message_delivered_back_is_no_content() {
    let (mut device, mut desk) = pair();
    let sealed = device.seal(b"mine").unwrap();
    assert!(matches!(device.open(&sealed.body, now()), Ok(Opened::Own)));
    let pending = desk.update().unwrap();
    accept(&pending, &mut desk, &mut [&mut device]);
    assert!(matches!(device.open(&sealed.body, now()), Ok(Opened::Own)), "also from a past epoch");
}

#[test]
fn a_late_message_opens_for_as_many_epochs_as_the_protocol_says_and_no_longer() {
    let (mut device, mut desk) = pair();
    let sealed: Vec<_> = (0..2).map(|_| device.seal(b"late").unwrap()).collect();
    for _ in 0..PAST_EPOCHS {
        let pending = desk.update().unwrap();
        accept(&pending, &mut desk, &mut [&mut device]);
    }
    assert_eq!(message(&mut desk, &sealed[0].body), (Sender::Device, b"late".to_vec()));
    let pending = desk.update().unwrap();
    accept(&pending, &mut desk, &mut [&mut device]);
    assert_eq!(desk.open(&sealed[1].body, now()).err(), Some(OpenError::TooOld));
}

#[test]
fn a_repeated_message_is_refused_as_a_replay() {
    let (mut device, mut desk) = pair();
    let sealed = device.seal(b"once").unwrap();
    message(&mut desk, &sealed.body);
    assert_eq!(desk.open(&sealed.body, now()).err(), Some(OpenError::Replay));
    for _ in 0..40 {
        let next = device.seal(b"next").unwrap();
        message(&mut desk, &next.body);
    }
    assert_eq!(desk.open(&sealed.body, now()).err(), Some(OpenError::Replay), "also when it is long ago");
}

#[test]
fn a_length_tells_no_more_than_its_bucket_and_the_longest_fits_an_envelope() {
    let (mut device, mut desk) = pair();
    let body = |device: &mut e2ee::Member, length: usize| device.seal(&vec![b'x'; length]).unwrap().body;
    assert_eq!(body(&mut device, 0).len(), body(&mut device, 250).len());
    assert_ne!(body(&mut device, 250).len(), body(&mut device, 260).len());
    let longest = body(&mut device, MAX_PAYLOAD);
    assert!(longest.len() <= MAX_BODY);
    assert_eq!(message(&mut desk, &longest).1.len(), MAX_PAYLOAD);
    assert_eq!(device.seal(&vec![b'x'; MAX_PAYLOAD + 1]).err(), Some(SealError::TooLong));
}

#[test]
fn nothing_is_sealed_while_a_commit_is_pending() {
    let (mut device, mut desk) = pair();
    device.update().unwrap();
    assert_eq!(device.seal(b"x").err(), Some(SealError::Pending));
    device.abandon().unwrap();
    talk(&mut device, &mut desk);
}
