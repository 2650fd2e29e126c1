use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;

use crate::{
    hub::Hub,
    networks::{Network, Place},
    refusal::Refusal,
};

/// The process answers.
#[utoipa::path(get, path = "/healthz", responses((status = 204, description = "It does")))]
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The hub can do its work: it is not stopping, the writer is there, the store answers.
#[utoipa::path(
    get,
    path = "/readyz",
    responses(
        (status = 204, description = "It can"),
        (status = 503, description = "`unavailable`, `storage-busy`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn readyz(State(hub): State<Hub>) -> Result<StatusCode, Refusal> {
    if hub.parts.stopping.is_cancelled() || !hub.parts.writer.is_alive() {
        return Err(Refusal::Unavailable);
    }
    hub.parts.store.ready().await.map_err(|error| hub.refuse(&error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Counts for an operator, to this machine only.
#[utoipa::path(
    get,
    path = "/metrics",
    responses(
        (status = 200, description = "OpenMetrics 1.0", body = String, content_type = "application/openmetrics-text"),
        (status = 404, description = "Asked from elsewhere", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn metrics(State(hub): State<Hub>, network: Network) -> Result<Response, Refusal> {
    match network.place {
        Place::Elsewhere => Err(Refusal::NotFound),
        Place::Here => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            Ok(([(header::CONTENT_TYPE, kind)], hub.parts.metrics.text()).into_response())
        }
    }
}
