//! A store with many envelopes, written past the hub.

use std::path::PathBuf;

use protocol::{
    Author, Bytes, CapabilityHash, ChannelId, Clock, Entropy, Envelope, EnvelopeId, EnvelopeKind,
};
use store::hub::{Channel, Head, NewEnvelope};

use crate::{
    client::BODY,
    serve::{System, desk_key, open},
};

/// Envelopes in each channel.
const EACH: u64 = 100;

pub(crate) async fn fill(folder: PathBuf, count: u64) {
    let store = open(&folder).await;
    let expires_at = System.now().plus_seconds(7 * 86_400);
    let mut body = vec![0; BODY];
    System.fill(&mut body);
    for _ in 0..count / EACH / 10 {
        let mut batch = store.begin().await.unwrap();
        for _ in 0..10 {
            let channel = ChannelId::random(&System);
            let head = Head {
                seq: EACH,
                epoch: 1,
                device_seq: EACH,
                // One unread envelope in each channel is what a desk that was away finds.
                acknowledged: EACH - 1,
                envelopes: EACH,
                octets: EACH * BODY as u64,
                expires_at,
            };
            let hash = CapabilityHash::from_octets([1; 32]);
            let channels = [Channel { channel, desk: desk_key(), write: hash.clone(), read: hash, head }];
            batch.insert_channels(&channels).await.unwrap();
            let envelopes: Vec<_> = (0..EACH)
                .map(|_| Envelope {
                    id: EnvelopeId::random(&System),
                    kind: EnvelopeKind::Message,
                    epoch: 1,
                    body: Bytes(body.clone()),
                })
                .collect();
            let rows: Vec<_> = envelopes
                .iter()
                .zip(1..)
                .map(|(envelope, seq)| NewEnvelope {
                    channel,
                    seq,
                    author: Author::Device,
                    envelope,
                    expires_at,
                })
                .collect();
            batch.insert_envelopes(&rows).await.unwrap();
        }
        batch.commit().await.unwrap();
    }
    println!("{{\"filled\":{count}}}");
    // No clean end: the log of the last writes is left to be recovered, as after a crash.
    std::process::abort();
}
