use axum::{extract::State, http::StatusCode};
use protocol::{ChannelId, Problem};

use crate::{
    hub::Hub,
    networks::Network,
    refusal::Refusal,
    request::{Bearer, PathOf},
    rights::Right,
    writer::{Close, Poster, Work},
};

/// Ends a channel: everything in it is deleted, and its listeners are told.
#[utoipa::path(
    delete,
    path = "/v1/channels/{channel}",
    params(("channel" = ChannelId, Path, description = "Which")),
    security(("write" = [])),
    responses(
        (status = 204, description = "Nothing of it is left"),
        (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-channel`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`storage-busy`, `unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn close_channel(
    State(hub): State<Hub>,
    network: Network,
    PathOf(channel): PathOf<ChannelId>,
    Bearer(capability): Bearer,
) -> Result<StatusCode, Refusal> {
    hub.authorise(network, channel, &capability, Right::Write).await?;
    hub.parts.writer.ask(|pending| Work::Close(Close { channel, by: Poster::Device, pending })).await?;
    Ok(StatusCode::NO_CONTENT)
}
