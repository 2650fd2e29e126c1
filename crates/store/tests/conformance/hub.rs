//! The hub's store: places given once, rights kept, key packages used once, everything gone at its time.

use protocol::{
    AttachmentId, Author, CapabilityHash, ChannelId, Delivery, DeskKey, Envelope, EnvelopeId, Timestamp,
};
use store::{
    Engine, Location, StorageKey, StoreError,
    hub::{
        AttachmentUse, Batch, Channel, Chunk, Head, HeadChange, HubStore, KeyPackageCount, NewEnvelope,
        NewKeyPackage, Swept,
    },
};

use super::world::{World, channel, envelope, on_both};

const DESK: DeskKey = DeskKey::from_octets([9; 32]);
const LATER: Timestamp = Timestamp(1_000);

async fn hub(world: &World) -> HubStore {
    let location = match world.engine {
        Engine::Sqlite => Location::File {
            path: world.folder.join("hub.db"),
            key: StorageKey::from_octets([1; 32]),
            max_bytes: None,
        },
        Engine::Postgres => world.location(),
    };
    HubStore::open(&location).await.unwrap()
}

fn head(seq: u64) -> Head {
    Head { seq, epoch: 1, device_seq: seq, acknowledged: 0, envelopes: seq, octets: 10, expires_at: LATER }
}

fn open(id: ChannelId) -> Channel {
    let hash = |number| CapabilityHash::from_octets([number; 32]);
    Channel { channel: id, desk: DESK, write: hash(1), read: hash(2), head: head(0) }
}

/// Opens channels and posts to them, the first envelope of each at place 1.
async fn post(hub: &HubStore, posts: &[(ChannelId, Author, Envelope)]) -> Result<(), StoreError> {
    let mut batch = hub.begin().await?;
    let mut channels: Vec<Channel> = Vec::new();
    let mut rows = Vec::new();
    for (id, author, envelope) in posts {
        if channels.iter().all(|one| one.channel != *id) {
            channels.push(open(*id));
        }
        let one = channels.iter_mut().find(|one| one.channel == *id).unwrap();
        one.head.seq += 1;
        one.head.envelopes += 1;
        if *author == Author::Device {
            one.head.device_seq = one.head.seq;
        }
        rows.push(row(*id, one.head.seq, *author, envelope, LATER));
    }
    batch.insert_channels(&channels).await?;
    batch.insert_envelopes(&rows).await?;
    batch.commit().await
}

fn row(
    channel: ChannelId,
    seq: u64,
    author: Author,
    envelope: &Envelope,
    expires_at: Timestamp,
) -> NewEnvelope<'_> {
    NewEnvelope { channel, seq, author, envelope, expires_at }
}

async fn committed<T>(hub: &HubStore, work: impl AsyncFnOnce(&mut Batch) -> T) -> T {
    let mut batch = hub.begin().await.unwrap();
    let done = work(&mut batch).await;
    batch.commit().await.unwrap();
    done
}

#[test]
fn a_channel_and_its_envelopes_read_back_as_they_were_written() {
    on_both(async |world| {
        let hub = hub(world).await;
        hub.ready().await.unwrap();
        assert_eq!(hub.channel(channel(1)).await.unwrap(), None);
        // Enough rows for statements of every size.
        let posts: Vec<_> =
            (0..171_u8).map(|number| (channel(1), Author::Device, envelope(&[number]))).collect();
        post(&hub, &posts).await.unwrap();
        let stored = hub.channel(channel(1)).await.unwrap().unwrap();
        assert_eq!((stored.desk, stored.head.seq), (DESK, 171));
        assert!(stored.write == CapabilityHash::from_octets([1; 32]));
        assert!(stored.read == CapabilityHash::from_octets([2; 32]));
        let page = hub.envelopes(channel(1), 120, 20).await.unwrap();
        let expected = posts.iter().zip(1..).skip(120).take(20).map(|((_, author, envelope), seq)| {
            Delivery { seq, author: *author, envelope: envelope.clone() }
        });
        assert!(page.into_iter().eq(expected));
        let ids: Vec<ChannelId> = (0..171).map(channel).collect();
        let found = committed(&hub, async |batch| batch.channels(&ids).await.unwrap()).await;
        assert_eq!(found, [stored]);
    });
}

#[test]
fn a_place_and_an_id_are_given_once_and_a_batch_is_all_or_nothing() {
    on_both(async |world| {
        let hub = hub(world).await;
        let first = envelope(b"first");
        post(&hub, &[(channel(1), Author::Device, first.clone())]).await.unwrap();
        let again = post(&hub, &[(channel(1), Author::Device, envelope(b"again"))]).await;
        assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");

        let twice = async |seq, envelope| {
            let mut batch = hub.begin().await?;
            batch.insert_channels(&[open(channel(2))]).await?;
            batch.insert_envelopes(&[row(channel(1), seq, Author::Desk, envelope, LATER)]).await?;
            batch.commit().await
        };
        let other = envelope(b"other");
        for (seq, envelope) in [(1, &other), (2, &first)] {
            let done = twice(seq, envelope).await;
            assert!(matches!(done, Err(StoreError::Conflict)), "{done:?}");
        }
        assert_eq!(hub.channel(channel(2)).await.unwrap(), None);
        assert_eq!(hub.envelopes(channel(1), 0, 10).await.unwrap().len(), 1);
        // The same id is another envelope's in another channel.
        post(&hub, &[(channel(3), Author::Device, first.clone())]).await.unwrap();
        let ids =
            [(channel(1), first.id), (channel(1), EnvelopeId::from_octets([0; 16])), (channel(3), first.id)];
        let mut found = committed(&hub, async |batch| batch.envelopes_by_id(&ids).await.unwrap()).await;
        found.sort_by_key(|one| one.channel);
        assert_eq!(found.iter().map(|one| one.channel).collect::<Vec<_>>(), [channel(1), channel(3)]);
        assert!(found.iter().all(|one| one.delivery.envelope == first));
    });
}

#[test]
fn a_channel_moves_on_only_from_where_it_was_believed_to_be() {
    on_both(async |world| {
        let hub = hub(world).await;
        post(&hub, &[(channel(1), Author::Device, envelope(b"one"))]).await.unwrap();
        post(&hub, &[(channel(2), Author::Device, envelope(b"two"))]).await.unwrap();
        let change = |id, from, seq| HeadChange { channel: channel(id), from, head: head(seq) };
        committed(&hub, async |batch| {
            batch.update_heads(&[change(1, 1, 5), change(2, 1, 6)]).await.unwrap();
        })
        .await;
        for changes in [[change(1, 5, 7), change(2, 1, 7)], [change(1, 5, 7), change(3, 1, 7)]] {
            let mut batch = hub.begin().await.unwrap();
            let done = batch.update_heads(&changes).await;
            assert!(matches!(done, Err(StoreError::Conflict)), "{done:?}");
            batch.abandon().await;
        }
        assert_eq!(hub.channel(channel(1)).await.unwrap().unwrap().head, head(5));
        assert_eq!(hub.channel(channel(2)).await.unwrap().unwrap().head, head(6));
    });
}

#[test]
fn what_a_desk_has_not_acknowledged_is_found_page_by_page_in_order() {
    on_both(async |world| {
        let hub = hub(world).await;
        let mut posts = Vec::new();
        for number in [3, 1, 2] {
            for author in [Author::Device, Author::Desk, Author::Device] {
                posts.push((channel(number), author, envelope(&[number])));
            }
        }
        post(&hub, &posts).await.unwrap();
        // One of the channels is done with, of another the beginning.
        committed(&hub, async |batch| {
            let acknowledged = |id, acknowledged| HeadChange {
                channel: channel(id),
                from: 3,
                head: Head { acknowledged, ..head(3) },
            };
            batch.update_heads(&[acknowledged(1, 1), acknowledged(2, 3)]).await.unwrap();
        })
        .await;
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = hub.unacknowledged(DESK, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.channel, last.delivery.seq));
            seen.extend(page.iter().map(|one| (one.channel, one.delivery.seq)));
        }
        assert_eq!(seen, [(channel(1), 3), (channel(3), 1), (channel(3), 3)]);
        let other = DeskKey::from_octets([8; 32]);
        assert!(hub.unacknowledged(other, None, 10).await.unwrap().is_empty());
    });
}

#[test]
fn a_key_package_is_given_out_once_and_the_last_resort_stays() {
    on_both(async |world| {
        let hub = hub(world).await;
        let new = |body: &'static [u8], expires_at| NewKeyPackage { body, expires_at };
        let count = async || hub.count_key_packages(DESK, Timestamp(0)).await.unwrap();
        committed(&hub, async |batch| {
            assert!(batch.add_key_package(DESK, new(b"second", Timestamp(900))).await.unwrap());
            assert!(batch.add_key_package(DESK, new(b"first", Timestamp(500))).await.unwrap());
            assert!(!batch.add_key_package(DESK, new(b"first", Timestamp(700))).await.unwrap());
            batch.set_last_resort(DESK, new(b"old", LATER)).await.unwrap();
            batch.set_last_resort(DESK, new(b"last", LATER)).await.unwrap();
            let count = batch.count_key_packages(DESK, Timestamp(0)).await.unwrap();
            assert_eq!(count, KeyPackageCount { one_time: 2, last_resort: true });
        })
        .await;
        let take = async |now| {
            committed(&hub, async |batch| batch.take_key_package(DESK, Timestamp(now)).await.unwrap()).await
        };
        assert_eq!(take(0).await.unwrap(), b"first");
        assert_eq!(count().await, KeyPackageCount { one_time: 1, last_resort: true });
        assert_eq!(take(900).await, None, "its time is over");
        assert_eq!(take(0).await.unwrap(), b"second");
        assert_eq!(take(0).await, None);
        for _ in 0..2 {
            let last =
                committed(&hub, async |batch| batch.last_resort(DESK, Timestamp(0)).await.unwrap()).await;
            assert_eq!(last.unwrap(), b"last");
        }
        assert_eq!(count().await, KeyPackageCount { one_time: 0, last_resort: true });
    });
}

#[test]
fn a_chunk_is_written_once_and_counted() {
    on_both(async |world| {
        let hub = hub(world).await;
        let attachment = AttachmentId::from_octets([4; 16]);
        let chunk = |position| Chunk { channel: channel(1), attachment, position };
        committed(&hub, async |batch| {
            batch.insert_chunk(chunk(0), &[7; 300], LATER).await.unwrap();
            batch.insert_chunk(chunk(1), &[8; 100], LATER).await.unwrap();
            let used = batch.attachment_use(channel(1)).await.unwrap();
            assert_eq!(used, AttachmentUse { chunks: 2, octets: 400 });
            assert_eq!(batch.chunk(chunk(1)).await.unwrap().unwrap(), [8; 100]);
            assert_eq!(batch.chunk(chunk(2)).await.unwrap(), None);
        })
        .await;
        let mut batch = hub.begin().await.unwrap();
        let twice = batch.insert_chunk(chunk(0), b"other", LATER).await;
        assert!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");
        batch.abandon().await;
        assert_eq!(hub.chunk(chunk(0), Timestamp(0)).await.unwrap().unwrap(), [7; 300]);
        assert_eq!(hub.chunk(chunk(0), LATER).await.unwrap(), None);
    });
}

#[test]
fn a_sweep_removes_what_is_over_and_lowers_the_counts_of_what_goes_on() {
    on_both(async |world| {
        let hub = hub(world).await;
        let (old, new) = (envelope(b"0123456789"), envelope(b"01234"));
        committed(&hub, async |batch| {
            let ends = Channel { head: Head { expires_at: Timestamp(100), ..head(1) }, ..open(channel(1)) };
            let stays = Channel { head: Head { envelopes: 2, octets: 15, ..head(2) }, ..open(channel(2)) };
            batch.insert_channels(&[ends, stays]).await.unwrap();
            let rows = [
                row(channel(1), 1, Author::Device, &old, LATER),
                row(channel(2), 1, Author::Device, &old, Timestamp(100)),
                row(channel(2), 2, Author::Device, &new, LATER),
            ];
            batch.insert_envelopes(&rows).await.unwrap();
            let attachment = AttachmentId::from_octets([4; 16]);
            for (number, expires_at) in [(1, LATER), (2, Timestamp(100))] {
                let chunk = Chunk { channel: channel(number), attachment, position: 0 };
                batch.insert_chunk(chunk, b"chunk", expires_at).await.unwrap();
            }
            let package = NewKeyPackage { body: b"package", expires_at: Timestamp(100) };
            batch.add_key_package(DESK, package).await.unwrap();
        })
        .await;
        let sweep =
            async |now| committed(&hub, async |batch| batch.sweep(Timestamp(now), 10).await.unwrap()).await;
        assert!(sweep(99).await.is_empty());
        let expected = Swept {
            ended: vec![channel(1)],
            thinned: vec![channel(2)],
            envelopes: 1,
            chunks: 1,
            key_packages: 1,
        };
        assert_eq!(sweep(100).await, expected);
        assert!(sweep(100).await.is_empty());
        assert_eq!(hub.channel(channel(1)).await.unwrap(), None);
        assert!(hub.envelopes(channel(1), 0, 10).await.unwrap().is_empty());
        let stays = hub.channel(channel(2)).await.unwrap().unwrap().head;
        assert_eq!((stays.seq, stays.envelopes, stays.octets), (2, 1, 5));
        let left = hub.envelopes(channel(2), 0, 10).await.unwrap();
        assert_eq!(left.iter().map(|one| one.seq).collect::<Vec<_>>(), [2]);
    });
}

#[test]
fn a_batch_sweeps_no_more_than_it_is_told() {
    on_both(async |world| {
        let hub = hub(world).await;
        let posts: Vec<_> = (1..=5).map(|number| (channel(number), Author::Device, envelope(b"x"))).collect();
        post(&hub, &posts).await.unwrap();
        let mut rounds = Vec::new();
        loop {
            let swept = committed(&hub, async |batch| batch.sweep(LATER, 2).await.unwrap()).await;
            if swept.is_empty() {
                break;
            }
            rounds.push(swept.ended.len());
        }
        assert_eq!(rounds, [2, 2, 1]);
    });
}

#[test]
fn deleting_a_channel_leaves_nothing_of_it_and_everything_of_the_others() {
    on_both(async |world| {
        let hub = hub(world).await;
        let posts = [1, 2].map(|number| (channel(number), Author::Device, envelope(b"x")));
        post(&hub, &posts).await.unwrap();
        committed(&hub, async |batch| {
            batch.delete_channels(&[channel(1), channel(7)]).await.unwrap();
        })
        .await;
        assert_eq!(hub.channel(channel(1)).await.unwrap(), None);
        assert!(hub.envelopes(channel(1), 0, 10).await.unwrap().is_empty());
        assert_eq!(hub.envelopes(channel(2), 0, 10).await.unwrap().len(), 1);
    });
}
