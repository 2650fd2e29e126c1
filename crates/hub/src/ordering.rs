//! Whether an envelope may be stored, and at which place. Pure: the writer carries out what it says.

use protocol::{Author, Envelope, EnvelopeKind, MAX_BODY, PAST_EPOCHS, Timestamp};
use store::hub::Head;

use crate::{
    options::{Lifetimes, Limits},
    refusal::Refusal,
};

/// The largest epoch and place: what a JSON number carries exactly everywhere (RFC 8259 section 6).
const MAX_NUMBER: u64 = (1 << 53) - 1;
const HOUR: i64 = 3_600_000;

/// Refuses an envelope that no channel would take, before it costs anything.
pub(crate) fn check(envelope: &Envelope) -> Result<(), Refusal> {
    if envelope.body.0.is_empty() {
        return Err(Refusal::Malformed("The envelope's body is empty."));
    }
    if envelope.body.0.len() > MAX_BODY {
        return Err(Refusal::TooLarge("The envelope's body is larger than 73728 octets."));
    }
    if envelope.epoch >= MAX_NUMBER {
        return Err(Refusal::Malformed("The envelope's epoch is out of range."));
    }
    Ok(())
}

/// When a row made now ends: rounded up to the hour, so that it does not tell when it was made.
pub(crate) fn expiry(now: Timestamp, lifetime: u32) -> Timestamp {
    let end = now.plus_seconds(i64::from(lifetime)).0;
    Timestamp(end.div_euclid(HOUR).saturating_add(1).saturating_mul(HOUR))
}

/// The standing of a channel that its welcome has just opened.
pub(crate) fn first_head(welcome: &Envelope, lifetimes: &Lifetimes, now: Timestamp) -> Head {
    Head {
        seq: 1,
        epoch: welcome.epoch,
        device_seq: 1,
        acknowledged: 0,
        envelopes: 1,
        octets: welcome.body.0.len() as u64,
        expires_at: expiry(now, lifetimes.channel),
    }
}

/// The channel's standing after the envelope, or why it is not taken. A commit counts only in the present
/// epoch and begins the next (RFC 9420 section 14: the first one wins); everything else may be a few epochs
/// late.
pub(crate) fn admit(
    head: &Head,
    author: Author,
    envelope: &Envelope,
    limits: &Limits,
    lifetimes: &Lifetimes,
    now: Timestamp,
) -> Result<Head, Refusal> {
    if head.expires_at <= now {
        return Err(Refusal::NoChannel);
    }
    let oldest = match envelope.kind {
        EnvelopeKind::Commit => head.epoch,
        EnvelopeKind::Message | EnvelopeKind::Welcome => head.epoch.saturating_sub(PAST_EPOCHS),
    };
    if envelope.epoch < oldest || envelope.epoch > head.epoch {
        return Err(Refusal::StaleEpoch(head.epoch));
    }
    let octets = head.octets + envelope.body.0.len() as u64;
    if head.envelopes >= limits.channel_envelopes {
        return Err(Refusal::QuotaExceeded("The channel holds as many envelopes as it may."));
    }
    if octets > limits.channel_octets {
        return Err(Refusal::QuotaExceeded("The channel holds as many octets as it may."));
    }
    let seq = head.seq + 1;
    Ok(Head {
        seq,
        epoch: head.epoch + u64::from(envelope.kind == EnvelopeKind::Commit),
        device_seq: match author {
            Author::Device => seq,
            Author::Desk => head.device_seq,
        },
        acknowledged: head.acknowledged,
        envelopes: head.envelopes + 1,
        octets,
        expires_at: expiry(now, lifetimes.channel),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::{Bytes, EnvelopeId};

    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000_000);

    fn envelope(kind: EnvelopeKind, epoch: u64, octets: usize) -> Envelope {
        Envelope { id: EnvelopeId::from_octets([1; 16]), kind, epoch, body: Bytes(vec![0; octets]) }
    }

    fn head(epoch: u64) -> Head {
        Head { epoch, ..first_head(&envelope(EnvelopeKind::Welcome, 1, 10), &Lifetimes::default(), NOW) }
    }

    fn post(head: &Head, envelope: &Envelope) -> Result<Head, Refusal> {
        admit(head, Author::Device, envelope, &Limits::default(), &Lifetimes::default(), NOW)
    }

    #[test]
    fn a_commit_counts_only_in_the_present_epoch_and_begins_the_next() {
        let after = post(&head(7), &envelope(EnvelopeKind::Commit, 7, 10)).unwrap();
        assert_eq!((after.epoch, after.seq), (8, 2));
        for epoch in [6, 8] {
            let refused = post(&head(7), &envelope(EnvelopeKind::Commit, epoch, 10));
            assert_eq!(refused, Err(Refusal::StaleEpoch(7)));
        }
    }

    #[test]
    fn a_message_may_be_a_few_epochs_late_but_never_early() {
        for epoch in 7 - PAST_EPOCHS..=7 {
            assert!(post(&head(7), &envelope(EnvelopeKind::Message, epoch, 10)).is_ok());
        }
        for epoch in [7 - PAST_EPOCHS - 1, 8] {
            let refused = post(&head(7), &envelope(EnvelopeKind::Message, epoch, 10));
            assert_eq!(refused, Err(Refusal::StaleEpoch(7)));
        }
    }

    #[test]
    fn an_expired_channel_takes_nothing_and_a_full_one_says_which_bound() {
        let message = envelope(EnvelopeKind::Message, 7, 10);
        let expired = Head { expires_at: NOW, ..head(7) };
        assert_eq!(post(&expired, &message), Err(Refusal::NoChannel));
        let many = Head { envelopes: Limits::default().channel_envelopes, ..head(7) };
        assert!(matches!(post(&many, &message), Err(Refusal::QuotaExceeded(_))));
        let large = Head { octets: Limits::default().channel_octets - 9, ..head(7) };
        assert!(matches!(post(&large, &message), Err(Refusal::QuotaExceeded(_))));
    }

    #[test]
    fn a_row_lives_at_least_its_time_and_ends_on_the_hour() {
        let end = expiry(NOW, 60);
        assert!(end > NOW.plus_seconds(60) && end <= NOW.plus_seconds(60 + 3600));
        assert_eq!(end.0 % HOUR, 0);
    }

    proptest! {
        #[test]
        fn any_run_of_posts_leaves_places_without_gaps_and_epochs_that_only_commits_move(
            posts in prop::collection::vec((0..3_u8, 0..4_u64, any::<bool>()), 0..60)
        ) {
            let mut now = head(5);
            for (kind, late, device) in posts {
                let kind = match kind {
                    0 => EnvelopeKind::Commit,
                    1 => EnvelopeKind::Message,
                    _ => EnvelopeKind::Welcome,
                };
                let author = if device { Author::Device } else { Author::Desk };
                let sent = envelope(kind, now.epoch - late, 10);
                let (limits, lifetimes) = (Limits::default(), Lifetimes::default());
                match admit(&now, author, &sent, &limits, &lifetimes, NOW) {
                    Ok(next) => {
                        prop_assert!(kind != EnvelopeKind::Commit || late == 0);
                        prop_assert_eq!(next.seq, now.seq + 1);
                        prop_assert_eq!(next.epoch, now.epoch + u64::from(kind == EnvelopeKind::Commit));
                        prop_assert_eq!(next.device_seq, if device { next.seq } else { now.device_seq });
                        now = next;
                    }
                    Err(refusal) => {
                        prop_assert_eq!(refusal, Refusal::StaleEpoch(now.epoch));
                        prop_assert!(kind == EnvelopeKind::Commit && late > 0);
                    }
                }
            }
        }
    }
}
