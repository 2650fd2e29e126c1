//! From which network a request comes, without knowing from where: a keyed hash of the address's prefix.
//!
//! The key is random, lives in memory alone and is replaced every day, so what is counted today cannot be
//! matched with yesterday's counts nor, later, with an address.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderMap;
use protocol::{Clock, Entropy};
use ring::hmac;

use crate::options::TrustedProxy;

/// A network (/24 of IPv4, /48 of IPv6) for one day. It never shows.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct NetworkTag(u64);

impl NetworkTag {
    /// One for all, where networks are too many to count each.
    pub(crate) const SHARED: Self = Self(0);
}

impl fmt::Debug for NetworkTag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NetworkTag(***)")
    }
}

/// What a handler may know of the peer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Network {
    pub(crate) tag: NetworkTag,
    pub(crate) place: Place,
}

/// Whether the peer is on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    Here,
    #[default]
    Elsewhere,
}

/// Turns addresses into tags.
pub(crate) struct Networks {
    proxy: Option<TrustedProxy>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    key: Mutex<(i64, hmac::Key)>,
}

const DAY: i64 = 86_400;

impl Networks {
    pub(crate) fn new(proxy: Option<TrustedProxy>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let key = Mutex::new((day(&*clock), random_key(&*entropy)));
        Self { proxy, clock, entropy, key }
    }

    /// The network of whoever sent the request.
    pub(crate) fn of_request(&self, peer: IpAddr, headers: &HeaderMap) -> Network {
        let client = self.client(peer.to_canonical(), headers);
        let place = if client.is_loopback() { Place::Here } else { Place::Elsewhere };
        Network { tag: self.tag(client), place }
    }

    /// The network of a connection, before a request has said more; none for the trusted proxy, whose
    /// connections are everyone's.
    pub(crate) fn of_connection(&self, peer: IpAddr) -> Option<NetworkTag> {
        let peer = peer.to_canonical();
        let trusted = self.proxy.as_ref().is_some_and(|proxy| proxy.addresses.contains(&peer));
        (!trusted).then(|| self.tag(peer))
    }

    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let Some(proxy) = &self.proxy else { return peer };
        if !proxy.addresses.contains(&peer) {
            return peer;
        }
        // The proxy appends; what stands before came from the client and may be anything.
        let last = headers.get_all(&proxy.header).iter().next_back();
        let last = last.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        last.map_or(peer, |client: IpAddr| client.to_canonical())
    }

    fn tag(&self, address: IpAddr) -> NetworkTag {
        let today = day(&*self.clock);
        // A key is replaced whole, so a panic elsewhere has left nothing half done.
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if key.0 != today {
            *key = (today, random_key(&*self.entropy));
        }
        let digest = hmac::sign(&key.1, &prefix(address));
        let first = digest.as_ref().first_chunk().copied().unwrap_or_default();
        NetworkTag(u64::from_be_bytes(first).max(1))
    }
}

fn prefix(address: IpAddr) -> [u8; 7] {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = Ipv4Addr::octets(&address);
            [4, a, b, c, 0, 0, 0]
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, e, f, ..] = address.octets();
            [6, a, b, c, d, e, f]
        }
    }
}

fn day(clock: &dyn Clock) -> i64 {
    clock.now().seconds().div_euclid(DAY)
}

fn random_key(entropy: &dyn Entropy) -> hmac::Key {
    let mut octets = zeroize::Zeroizing::new([0; 32]);
    entropy.fill(octets.as_mut_slice());
    hmac::Key::new(hmac::HMAC_SHA256, octets.as_slice())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

    use axum::http::HeaderValue;
    use protocol::Timestamp;

    use super::*;

    struct Today(AtomicI64);
    impl Clock for Today {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::Relaxed))
        }
    }
    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn networks(proxy: Option<TrustedProxy>) -> (Networks, Arc<Today>) {
        let clock = Arc::new(Today(AtomicI64::new(0)));
        (Networks::new(proxy, clock.clone(), Arc::new(Counting(AtomicU8::new(1)))), clock)
    }

    fn tag(networks: &Networks, address: &str) -> NetworkTag {
        networks.of_request(address.parse().unwrap(), &HeaderMap::new()).tag
    }

    #[test]
    fn a_network_is_a_prefix_for_a_day_and_never_shows() {
        let (networks, clock) = networks(None);
        let monday = tag(&networks, "192.0.2.1");
        assert_eq!(monday, tag(&networks, "192.0.2.200"));
        assert_eq!(monday, tag(&networks, "::ffff:192.0.2.9"));
        assert_ne!(monday, tag(&networks, "192.0.3.1"));
        assert_eq!(tag(&networks, "2001:db8:1:2::1"), tag(&networks, "2001:db8:1:ffff::9"));
        assert_ne!(tag(&networks, "2001:db8:1::1"), tag(&networks, "2001:db8:2::1"));
        clock.0.store(DAY * 1000, Ordering::Relaxed);
        assert_ne!(monday, tag(&networks, "192.0.2.1"));
        assert_eq!(format!("{monday:?}"), "NetworkTag(***)");
    }

    #[test]
    fn only_the_trusted_proxy_is_believed_and_only_its_own_word() {
        let proxy = TrustedProxy {
            addresses: vec!["10.0.0.1".parse().unwrap()],
            header: "x-forwarded-for".parse().unwrap(),
        };
        let (networks, _) = networks(Some(proxy));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7, 198.51.100.1"));
        let from = |peer: &str| networks.of_request(peer.parse().unwrap(), &headers).tag;
        assert_eq!(from("10.0.0.1"), tag(&networks, "198.51.100.1"));
        assert_eq!(from("10.0.0.2"), tag(&networks, "10.0.0.2"));
        assert!(networks.of_connection("10.0.0.1".parse().unwrap()).is_none());
    }
}
