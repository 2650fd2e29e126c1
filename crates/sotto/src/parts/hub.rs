//! `sotto hub`.

use std::sync::Arc;

use anyhow::{Context, Result};
use hub::{Hub, HubOptions, Lifetimes, Limits, Rate, TrustedProxy};
use store::hub::HubStore;
use tokio::net::TcpListener;

use super::{confine, location, storage_key, storage_port, tls_paths};
use crate::ambient::{SystemClock, SystemEntropy};
use crate::cli::Supervised;
use crate::config::HubConfig;
use crate::data::{DataFolder, Part};
use crate::runtime;
use crate::sandbox::Allowed;
use crate::supervised::{self, Ready};

const SECONDS_OF_DAY: u32 = 86_400;
/// Port 53, for a name server that is asked over TCP.
const NAME_SERVICE: u16 = 53;

/// Runs the hub until it is told to stop.
pub(crate) fn run(data: &DataFolder, config: &HubConfig, supervised: Supervised) -> Result<()> {
    let folder = data.part(Part::Hub)?;
    let _lock = DataFolder::lock(&folder)?;
    let database = storage_port(&config.storage);
    confine(&Allowed {
        own: vec![folder.clone()],
        read: tls_paths(config.tls.as_ref()),
        listen: vec![config.listen.port()],
        connect: database.into_iter().flat_map(|port| [port, NAME_SERVICE]).collect(),
    })?;
    let tls = config.tls.as_ref().map(|files| hub::tls_config(&files.certificate, &files.key)).transpose();
    let tls = tls.context("hub.tls_certificate and hub.tls_key")?;
    let location =
        location(&config.storage, &folder, Some(config.max_mib), || storage_key(&folder, &SystemEntropy))?;
    runtime()?.block_on(async {
        let stop = supervised::stop_token(supervised)?;
        let store = HubStore::open(&location).await.context("open the hub's store")?;
        let listener =
            TcpListener::bind(config.listen).await.with_context(|| format!("listen at {}", config.listen))?;
        let hub = Hub::new(options(config), store, Arc::new(SystemClock), Arc::new(SystemEntropy));
        tracing::info!(address = %config.listen, desks = config.desks.len(), "the hub is ready");
        supervised::announce(supervised, &Ready::default())?;
        let served = tokio::select! {
            served = hub.serve(listener, tls) => served.context("serve the hub"),
            () = stop.cancelled() => Ok(()),
        };
        hub.shutdown().await;
        served
    })
}

fn options(config: &HubConfig) -> HubOptions {
    let defaults = Limits::default();
    let rate = |per_minute, rate: Rate| Rate::new(per_minute, per_minute.max(rate.burst.get()));
    HubOptions {
        origins: config.allowed_origins.clone(),
        proxy: (!config.proxy_addresses.is_empty()).then(|| TrustedProxy {
            addresses: config.proxy_addresses.clone(),
            header: config.proxy_header.clone(),
        }),
        lifetimes: Lifetimes {
            channel: config.channel_days * SECONDS_OF_DAY,
            envelope: config.envelope_days * SECONDS_OF_DAY,
            attachment: config.attachment_days * SECONDS_OF_DAY,
            key_package: config.key_package_days * SECONDS_OF_DAY,
        },
        limits: Limits {
            requests: rate(config.requests_per_minute, defaults.requests),
            channels: rate(config.channels_per_minute, defaults.channels),
            claims: rate(config.claims_per_minute, defaults.claims),
            posts: rate(config.posts_per_minute, defaults.posts),
            sockets: config.sockets as usize,
            network_sockets: config.network_sockets as usize,
            connections: config.connections as usize,
            network_connections: config.network_connections as usize,
            ..defaults
        },
        ..HubOptions::new(config.desks.clone())
    }
}
