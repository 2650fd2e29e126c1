use axum::{Json, extract::State, http::StatusCode};
use protocol::{CreateChannel, Created, EnvelopeKind, Problem};

use crate::{
    hub::Hub,
    networks::Network,
    ordering,
    refusal::Refusal,
    request::JsonOf,
    socket::DEVICE_FRAME,
    writer::{Novelty, Open, Work},
};

/// Opens a channel with its welcome. Repeatable: the same request again gives the same answer.
#[utoipa::path(
    post,
    path = "/v1/channels",
    request_body = CreateChannel,
    responses(
        (status = 201, description = "The channel is open and the welcome stored", body = Created),
        (status = 200, description = "This very channel was opened before", body = Created),
        (status = 400, description = "`malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no-desk`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`channel-exists`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`storage-busy`, `unavailable`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`storage-full`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn open_channel(
    State(hub): State<Hub>,
    network: Network,
    JsonOf(request): JsonOf<CreateChannel, DEVICE_FRAME>,
) -> Result<(StatusCode, Json<Created>), Refusal> {
    hub.desk(request.desk)?;
    ordering::check(&request.welcome)?;
    if request.welcome.kind != EnvelopeKind::Welcome {
        return Err(Refusal::Malformed("A channel opens with a welcome."));
    }
    hub.parts.limiters.channels.check(&network.tag)?;
    let (created, novelty) = hub.parts.writer.ask(|pending| Work::Open(Open { request, pending })).await?;
    let status = match novelty {
        Novelty::New => StatusCode::CREATED,
        Novelty::Known => StatusCode::OK,
    };
    Ok((status, Json(created)))
}
