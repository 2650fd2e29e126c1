//! What an operator can choose. Values are checked where the configuration is read.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use axum::http::{HeaderName, HeaderValue};
use protocol::DeskKey;

/// How this hub behaves.
#[derive(Clone, Debug)]
pub struct HubOptions {
    /// The desks that this hub serves; no other may open a session.
    pub desks: Vec<DeskKey>,
    /// Web origins whose pages may call the API (CORS, Fetch standard section 3.2), such as
    /// `https://chat.example.org`. Pages of other origins get no answer that their scripts could read.
    pub origins: Vec<HeaderValue>,
    /// A reverse proxy whose word about the client's address counts; without one only the socket's does.
    pub proxy: Option<TrustedProxy>,
    /// How long each kind of row lives.
    pub lifetimes: Lifetimes,
    /// Bounds on rows, rates and sockets.
    pub limits: Limits,
    /// How long the hub waits for others.
    pub timeouts: Timeouts,
}

/// A reverse proxy in front of the hub.
#[derive(Clone, Debug)]
pub struct TrustedProxy {
    /// From where it connects. Requests from elsewhere are taken at their socket's address.
    pub addresses: Vec<IpAddr>,
    /// The header in which it appends the client's address, such as `x-forwarded-for`. The last one counts.
    pub header: HeaderName,
}

/// How long each kind of row lives, in seconds. Rounded up to the hour when stored.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// A channel, after the last post to it.
    pub channel: u32,
    /// An envelope.
    pub envelope: u32,
    /// A chunk of an attachment.
    pub attachment: u32,
    /// A key package that nobody claimed.
    pub key_package: u32,
}

/// How often something may happen: a steady rate, and how much of it at once.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// The steady rate.
    pub per_minute: NonZeroU32,
    /// How many at once after a pause.
    pub burst: NonZeroU32,
}

/// Bounds. A network is a /24 of IPv4 or a /48 of IPv6.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Envelopes stored for one channel.
    pub channel_envelopes: u64,
    /// Octets of the envelopes stored for one channel.
    pub channel_octets: u64,
    /// Chunks stored for one channel's attachments.
    pub attachment_chunks: u64,
    /// Octets of one channel's attachments.
    pub attachment_octets: u64,
    /// Key packages for one use that a desk may keep here.
    pub key_packages: u64,
    /// Below this many, the desk is told to hand in more.
    pub key_packages_low: u64,
    /// Posts by devices to one channel.
    pub posts: Rate,
    /// Requests of one network, of any kind.
    pub requests: Rate,
    /// Channels opened by one network.
    pub channels: Rate,
    /// Key packages claimed by one network.
    pub claims: Rate,
    /// Of these, packages for one use; past it one network gets the package of last resort, so that it cannot
    /// empty the pool for everyone.
    pub one_time_claims: Rate,
    /// Attempts of one network with capabilities that open nothing.
    pub denials: Rate,
    /// Connections to the hub that are not (yet) WebSockets.
    pub connections: usize,
    /// Such connections of one network.
    pub network_connections: usize,
    /// WebSockets and waiting long-polls.
    pub sockets: usize,
    /// WebSockets and waiting long-polls of one network.
    pub network_sockets: usize,
    /// Writes that wait for the disk.
    pub queue: usize,
    /// Their octets.
    pub queue_octets: usize,
    /// Channels whose standing is kept in memory; about 250 octets each.
    pub cached_channels: usize,
    /// Envelopes on their way to a desk that it has not acknowledged; more are sent once it has.
    pub desk_window: usize,
}

/// How long the hub waits for others.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// For a request's headers, and for the next request on an idle connection.
    pub headers: Duration,
    /// For the whole of a request's body.
    pub body: Duration,
    /// For the first frame on a WebSocket.
    pub first_frame: Duration,
    /// Between two pings.
    pub ping: Duration,
    /// For any sign of life on a WebSocket.
    pub silence: Duration,
    /// For a peer to take a frame.
    pub send: Duration,
    /// For room in the queue of writes.
    pub queue: Duration,
    /// For what is under way when the hub stops.
    pub drain: Duration,
    /// Between two sweeps of what has outlived its time.
    pub sweep: Duration,
}

impl HubOptions {
    /// The defaults, for these desks.
    #[must_use]
    pub fn new(desks: Vec<DeskKey>) -> Self {
        Self {
            desks,
            origins: Vec::new(),
            proxy: None,
            lifetimes: Lifetimes::default(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
        }
    }
}

impl Rate {
    /// A rate; a zero counts as one.
    #[must_use]
    pub fn new(per_minute: u32, burst: u32) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { per_minute: at_least_one(per_minute), burst: at_least_one(burst) }
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        const DAY: u32 = 86_400;
        Self { channel: 30 * DAY, envelope: 7 * DAY, attachment: 7 * DAY, key_package: 30 * DAY }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            channel_envelopes: 10_000,
            channel_octets: 32 << 20,
            attachment_chunks: 512,
            attachment_octets: 64 << 20,
            key_packages: 1_000,
            key_packages_low: 20,
            posts: Rate::new(300, 120),
            requests: Rate::new(3_000, 600),
            channels: Rate::new(10, 60),
            claims: Rate::new(10, 60),
            one_time_claims: Rate::new(1, 20),
            denials: Rate::new(20, 60),
            connections: 8_192,
            network_connections: 512,
            sockets: 16_384,
            network_sockets: 512,
            queue: 4_096,
            queue_octets: 32 << 20,
            cached_channels: 32_768,
            desk_window: 1_024,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(15),
            body: Duration::from_secs(20),
            first_frame: Duration::from_secs(10),
            ping: Duration::from_secs(30),
            silence: Duration::from_secs(75),
            send: Duration::from_secs(20),
            queue: Duration::from_secs(5),
            drain: Duration::from_secs(10),
            sweep: Duration::from_secs(60),
        }
    }
}
