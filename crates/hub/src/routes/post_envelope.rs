use axum::{Json, extract::State, http::StatusCode};
use protocol::{ChannelId, Envelope, Posted, Problem};
use tokio::sync::oneshot;

use crate::{
    hub::Hub,
    networks::Network,
    ordering,
    refusal::Refusal,
    request::{Bearer, JsonOf, PathOf},
    rights::Right,
    socket::DEVICE_FRAME,
    writer::{Novelty, Post, PostReply, Poster, Work},
};

/// Posts an envelope. Answered when it is on the disk.
#[utoipa::path(
    post,
    path = "/v1/channels/{channel}/envelopes",
    params(("channel" = ChannelId, Path, description = "Where")),
    request_body = Envelope,
    security(("write" = [])),
    responses(
        (status = 201, description = "Stored", body = Posted),
        (status = 200, description = "The same envelope was stored before", body = Posted),
        (status = 400, description = "`malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-channel`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`stale-epoch`, `envelope-mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`, `quota-exceeded`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`storage-busy`, `unavailable`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`storage-full`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post_envelope(
    State(hub): State<Hub>,
    network: Network,
    PathOf(channel): PathOf<ChannelId>,
    Bearer(capability): Bearer,
    JsonOf(envelope): JsonOf<Envelope, DEVICE_FRAME>,
) -> Result<(StatusCode, Json<Posted>), Refusal> {
    hub.authorise(network, channel, &capability, Right::Write).await?;
    hub.parts.limiters.posts.check(&channel)?;
    ordering::check(&envelope)?;
    let (reply, answer) = oneshot::channel();
    let reply = PostReply::Request(reply);
    let post = Post { channel, poster: Poster::Device, envelope, reply, outcome: None };
    hub.parts.writer.submit(Work::Post(post)).await?;
    let (posted, novelty) = answer.await.unwrap_or(Err(Refusal::Unavailable))?;
    let status = match novelty {
        Novelty::New => StatusCode::CREATED,
        Novelty::Known => StatusCode::OK,
    };
    Ok((status, Json(posted)))
}
