use std::time::Duration;

use axum::{Json, extract::State};
use protocol::{ChannelId, Deliveries, Delivery, Problem};
use serde::Deserialize;
use store::hub::Channel;

use crate::{
    hub::Hub,
    metrics::End,
    networks::Network,
    refusal::Refusal,
    request::{Bearer, PathOf, QueryOf},
    rights::Right,
};

/// Envelopes in one answer: with the largest bodies some megabytes.
const LIMIT: u32 = 32;
/// The longest wait, in seconds: shorter than proxies usually give up after.
const LONGEST_WAIT: u64 = 25;

#[derive(Deserialize)]
pub(crate) struct Parameters {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait: u64,
}

/// The channel's envelopes above a place, in order. With `wait` the answer comes as soon as there is one.
#[utoipa::path(
    get,
    path = "/v1/channels/{channel}/envelopes",
    params(
        ("channel" = ChannelId, Path, description = "Which"),
        ("after" = Option<u64>, Query, description = "The highest place dealt with; 0, the default, for all"),
        ("wait" = Option<u64>, Query, description = "Seconds to wait when there is none, at most 25; 0 by default"),
    ),
    security(("read" = [])),
    responses(
        (status = 200, description = "A bounded number of envelopes; ask again after the last of them", body = Deliveries),
        (status = 400, description = "`malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-channel`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`storage-busy`, `unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn read_envelopes(
    State(hub): State<Hub>,
    network: Network,
    PathOf(channel): PathOf<ChannelId>,
    Bearer(capability): Bearer,
    QueryOf(Parameters { after, wait }): QueryOf<Parameters>,
) -> Result<Json<Deliveries>, Refusal> {
    let known = hub.authorise(network, channel, &capability, Right::Read).await?;
    let envelopes = if wait == 0 {
        hub.read(channel, after).await?
    } else {
        hub.wait_for(&known, network, after, Duration::from_secs(wait.min(LONGEST_WAIT))).await?
    };
    hub.parts.metrics.delivered(End::Poll, envelopes.len());
    let epoch = hub.look_up(channel).await?.unwrap_or(known).head.epoch;
    Ok(Json(Deliveries { envelopes, epoch }))
}

impl Hub {
    async fn read(&self, channel: ChannelId, after: u64) -> Result<Vec<Delivery>, Refusal> {
        self.parts.store.envelopes(channel, after, LIMIT).await.map_err(|error| self.refuse(&error))
    }

    /// Listens first and reads then, so that nothing falls in between.
    async fn wait_for(
        &self,
        channel: &Channel,
        network: Network,
        after: u64,
        wait: Duration,
    ) -> Result<Vec<Delivery>, Refusal> {
        let Some(_held) = self.parts.sockets.take(Some(network.tag)) else {
            return Err(Refusal::RateLimited(5));
        };
        let channel = channel.channel;
        let subscription = self.parts.fanout.channel(channel);
        let found = self.read(channel, after).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        let _waiting = self.parts.metrics.socket(End::Poll);
        let something = async {
            tokio::select! {
                () = self.parts.stopping.cancelled() => {}
                () = subscription.mailbox().changed() => {}
            }
        };
        let _ = tokio::time::timeout(wait, something).await;
        if subscription.mailbox().take(0).ended.is_some() {
            return Err(Refusal::NoChannel);
        }
        self.read(channel, after).await
    }
}
