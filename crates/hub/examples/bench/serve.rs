//! The hub with a real store, its rates out of the way.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use hub::{Hub, HubOptions, Rate};
use protocol::{Clock, DeskKey, Entropy, Timestamp};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{Ed25519KeyPair, KeyPair},
};
use store::{Location, StorageKey, hub::HubStore};
use tokio::net::TcpListener;

pub(crate) struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp(i64::try_from(since.as_millis()).unwrap())
    }
}

impl Entropy for System {
    fn fill(&self, bytes: &mut [u8]) {
        SystemRandom::new().fill(bytes).unwrap();
    }
}

pub(crate) fn desk_pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

pub(crate) fn desk_key() -> DeskKey {
    DeskKey::try_from(desk_pair().public_key().as_ref()).unwrap()
}

pub(crate) async fn open(folder: &Path) -> HubStore {
    std::fs::create_dir_all(folder).unwrap();
    let key = StorageKey::from_octets([3; 32]);
    HubStore::open(&Location::File { path: folder.join("hub.db"), key, max_bytes: None }).await.unwrap()
}

pub(crate) async fn serve(folder: PathBuf) {
    let store = open(&folder).await;
    let mut options = HubOptions::new(vec![desk_key()]);
    let any = Rate::new(u32::MAX, u32::MAX);
    let limits = &mut options.limits;
    (limits.posts, limits.requests, limits.channels, limits.denials) = (any, any, any, any);
    (limits.network_sockets, limits.network_connections) = (20_000, 20_000);
    (limits.sockets, limits.connections) = (20_000, 20_000);
    limits.channel_envelopes = u64::MAX;
    limits.channel_octets = u64::MAX;
    let hub = Hub::new(options, store, Arc::new(System), Arc::new(System));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    hub.serve(listener, None).await.unwrap();
}
