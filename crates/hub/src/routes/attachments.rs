use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{AttachmentId, ChannelId, Problem};
use store::hub::Chunk;

use crate::{
    hub::Hub,
    networks::Network,
    refusal::Refusal,
    request::{Bearer, OctetsOf, PathOf},
    rights::Right,
    writer::{Novelty, PutChunk, Work},
};

/// The largest chunk, in octets.
const MAX_CHUNK: usize = 256 << 10;
/// The highest index of a chunk; quotas are far below.
const MAX_INDEX: u32 = 9_999;

type ChunkPath = PathOf<(ChannelId, AttachmentId, u32)>;

/// Stores one chunk of an encrypted attachment. Chunks are written once; the same one again changes nothing.
#[utoipa::path(
    put,
    path = "/v1/channels/{channel}/attachments/{attachment}/chunks/{index}",
    params(
        ("channel" = ChannelId, Path, description = "Where"),
        ("attachment" = AttachmentId, Path, description = "Of what; chosen by the sender, at random"),
        ("index" = u32, Path, description = "Which chunk, from 0 to 9999"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "At most 262144 octets"),
    security(("write" = [])),
    responses(
        (status = 201, description = "Stored"),
        (status = 200, description = "The same content was stored before"),
        (status = 400, description = "`malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-channel`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`envelope-mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`, `quota-exceeded`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`storage-busy`, `unavailable`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`storage-full`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put_chunk(
    State(hub): State<Hub>,
    network: Network,
    PathOf((channel, attachment, position)): ChunkPath,
    Bearer(capability): Bearer,
    OctetsOf(body): OctetsOf<MAX_CHUNK>,
) -> Result<StatusCode, Refusal> {
    hub.authorise(network, channel, &capability, Right::Write).await?;
    hub.parts.limiters.posts.check(&channel)?;
    if body.is_empty() || position > MAX_INDEX {
        return Err(Refusal::Malformed("A chunk has content and an index from 0 to 9999."));
    }
    let chunk = Chunk { channel, attachment, position };
    let novelty = hub.parts.writer.ask(|pending| Work::PutChunk(PutChunk { chunk, body, pending })).await?;
    Ok(match novelty {
        Novelty::New => StatusCode::CREATED,
        Novelty::Known => StatusCode::OK,
    })
}

/// One chunk of an encrypted attachment.
#[utoipa::path(
    get,
    path = "/v1/channels/{channel}/attachments/{attachment}/chunks/{index}",
    params(
        ("channel" = ChannelId, Path, description = "Where"),
        ("attachment" = AttachmentId, Path, description = "Of what"),
        ("index" = u32, Path, description = "Which chunk, from 0"),
    ),
    security(("read" = [])),
    responses(
        (status = 200, description = "Its content", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-channel`, `not-found`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`storage-busy`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_chunk(
    State(hub): State<Hub>,
    network: Network,
    PathOf((channel, attachment, position)): ChunkPath,
    Bearer(capability): Bearer,
) -> Result<Response, Refusal> {
    hub.authorise(network, channel, &capability, Right::Read).await?;
    let chunk = Chunk { channel, attachment, position };
    let found =
        hub.parts.store.chunk(chunk, hub.parts.clock.now()).await.map_err(|error| hub.refuse(&error))?;
    let body = found.ok_or(Refusal::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}
