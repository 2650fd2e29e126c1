//! The MLS delivery service (RFC 9750 section 5): it keeps sealed envelopes in order and hands them on.
//!
//! Purpose: the only part that the internet reaches. Devices open channels, post and read envelopes with
//! bearer capabilities; a desk dials in, proves its key, and gets what devices posted; key packages and
//! encrypted attachments wait here for whoever needs them.
//! Boundary: everything it holds is ciphertext, hashes of capabilities and random ids. It imports `protocol`
//! and `store` and can link nothing that opens an envelope. Time and randomness are passed in.
//! Invariants: what was answered is on the disk; an envelope has one place in its channel for good; a commit
//! is stored only in the channel's present epoch; no queue, cache, socket or table grows without a bound; no
//! network address is stored or logged.
//!
//! The way of an envelope: [`routes`] check who posts it, [`writer`] gives it a place and makes it durable
//! together with whatever else waits, [`fanout`] hands it to the sockets of the other end.

mod cache;
mod capacity;
mod checkpointer;
mod desk_session;
mod fanout;
mod hub;
mod limiter;
mod mailbox;
mod metrics;
mod networks;
mod options;
mod ordering;
mod refusal;
mod request;
mod rights;
mod routes;
mod serve;
mod socket;
mod sweeper;
mod tls;
mod writer;

pub use hub::Hub;
pub use options::{HubOptions, Lifetimes, Limits, Rate, Timeouts, TrustedProxy};
pub use tls::{TlsError, tls_config};
