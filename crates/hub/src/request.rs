//! What happens to every request before its handler, and how a handler gets its parts.

use std::net::SocketAddr;

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Query, Request, State},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use protocol::{Capability, ProblemCode};
use serde::de::DeserializeOwned;

use crate::{hub::Hub, networks::Network, refusal::Refusal};

/// How much of a body that is too large is read all the same: a client that gets the answer only after it has
/// sent everything would otherwise see a broken connection instead of it.
const DRAINED: usize = 4 << 20;

/// Replaces the peer's address by its network's tag, counts the request, and counts refusals.
pub(crate) async fn identify(State(hub): State<Hub>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions_mut().remove::<ConnectInfo<SocketAddr>>();
    let network = peer.map_or_else(Network::default, |ConnectInfo(peer)| {
        hub.parts.networks.of_request(peer.ip(), request.headers())
    });
    request.extensions_mut().insert(network);
    let response = match hub.parts.limiters.requests.check(&network.tag) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    if let Some(code) = response.extensions().get::<ProblemCode>() {
        hub.parts.metrics.refused(*code);
    }
    response
}

impl FromRequestParts<Hub> for Network {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, _: &Hub) -> Result<Self, Refusal> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

/// The path's variable parts.
pub(crate) struct PathOf<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Hub> for PathOf<T> {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, Refusal> {
        let Path(value) = Path::from_request_parts(parts, hub).await.map_err(|_| {
            Refusal::Malformed("The address names something in another form than the API describes.")
        })?;
        Ok(Self(value))
    }
}

/// The query.
pub(crate) struct QueryOf<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Hub> for QueryOf<T> {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> Result<Self, Refusal> {
        let Query(value) = Query::from_request_parts(parts, hub)
            .await
            .map_err(|_| Refusal::Malformed("The query is not what the API describes."))?;
        Ok(Self(value))
    }
}

/// The capability of an `Authorization: Bearer` header (RFC 6750 section 2.1).
pub(crate) struct Bearer(pub(crate) Capability);

impl FromRequestParts<Hub> for Bearer {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, _: &Hub) -> Result<Self, Refusal> {
        let missing = Refusal::Unauthorized("Send the channel's capability as a bearer token.");
        let header = parts.headers.get(axum::http::header::AUTHORIZATION).ok_or(missing)?;
        let text = header.to_str().unwrap_or_default();
        let token = match text.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => "",
        };
        token.parse().map(Self).map_err(|_| Refusal::Unauthorized("The bearer token is not a capability."))
    }
}

/// A JSON body of at most `MAX` octets.
pub(crate) struct JsonOf<T, const MAX: usize>(pub(crate) T);

impl<T: DeserializeOwned, const MAX: usize> FromRequest<Hub> for JsonOf<T, MAX> {
    type Rejection = Refusal;
    async fn from_request(request: Request, hub: &Hub) -> Result<Self, Refusal> {
        let body = read(request.into_body(), MAX, hub).await?;
        serde_json::from_slice(&body).map(Self).map_err(|_| Refusal::Malformed(NOT_AS_DESCRIBED))
    }
}

/// For JSON that did not parse, over HTTP and in frames alike.
pub(crate) const NOT_AS_DESCRIBED: &str =
    "The content is not what the API describes, or is of a kind that this version does not know.";

/// A body of octets, at most `MAX` of them.
pub(crate) struct OctetsOf<const MAX: usize>(pub(crate) Bytes);

impl<const MAX: usize> FromRequest<Hub> for OctetsOf<MAX> {
    type Rejection = Refusal;
    async fn from_request(request: Request, hub: &Hub) -> Result<Self, Refusal> {
        Ok(Self(read(request.into_body(), MAX, hub).await?.into()))
    }
}

async fn read(body: Body, max: usize, hub: &Hub) -> Result<Vec<u8>, Refusal> {
    tokio::time::timeout(hub.parts.options.timeouts.body, collect(body, max))
        .await
        .map_err(|_| Refusal::TooSlow)?
}

async fn collect(body: Body, max: usize) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut octets = Vec::new();
    let mut total = 0_usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::Malformed("The body broke off."))?;
        total = total.saturating_add(chunk.len());
        if total > DRAINED {
            break;
        }
        if total > max {
            octets = Vec::new();
        } else {
            octets.extend_from_slice(&chunk);
        }
    }
    if total > max { Err(Refusal::TooLarge("The body is larger than the API allows.")) } else { Ok(octets) }
}
