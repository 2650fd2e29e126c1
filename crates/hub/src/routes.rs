//! The API: one endpoint a file, and what is around all of them.

mod attachments;
mod channel_socket;
mod claim_key_package;
mod close_channel;
mod desk_socket;
mod health;
mod open_channel;
mod post_envelope;
mod read_envelopes;

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
pub(crate) use channel_socket::envelope_id;
use protocol::{DeskCommand, DeskEvent, DeviceCommand, DeviceEvent, Entropy, Problem};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
};
use utoipa::{
    OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{hub::Hub, refusal::Refusal, request};

/// How long a browser remembers that an origin may call.
const PREFLIGHT: Duration = Duration::from_secs(600);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sotto hub",
        description = "Carries sealed envelopes between customers' devices and desks. It cannot open them.\n\n\
            Errors are problem details (RFC 9457) with a stable `code`. Envelope ids make posts repeatable: \
            the same envelope again is the same place, another one under the same id is `envelope-mismatch`.\n\n\
            A WebSocket ends with one of these codes: 1001 the hub stops, 1003 a frame was not text, 1009 a frame \
            was too large, 4400 too many frames that are not as described, 4401 proof or capability wrong, 4404 no \
            such channel, 4408 nothing came in time, 4409 a newer session of the desk, 4429 too much waits to be \
            read, 4503 the storage cannot be read.",
    ),
    components(schemas(DeviceCommand, DeviceEvent, DeskCommand, DeskEvent, Problem)),
    modifiers(&Capabilities)
)]
struct Description;

/// The two bearer rights to a channel.
struct Capabilities;

impl utoipa::Modify for Capabilities {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        for name in ["read", "write"] {
            components.add_security_scheme(name, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        }
    }
}

fn described() -> OpenApiRouter<Hub> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(open_channel::open_channel))
        .routes(routes!(close_channel::close_channel))
        .routes(routes!(post_envelope::post_envelope, read_envelopes::read_envelopes))
        .routes(routes!(channel_socket::channel_socket))
        .routes(routes!(claim_key_package::claim_key_package))
        .routes(routes!(desk_socket::desk_socket))
        .routes(routes!(attachments::put_chunk, attachments::get_chunk))
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::metrics))
}

/// The description as JSON, with a line feed at its end.
pub(crate) fn description() -> String {
    let (_, description) = described().split_for_parts();
    // The description is made of constants; a test looks at all of it.
    description.to_pretty_json().unwrap_or_default() + "\n"
}

/// The routes with everything around them, from the inside out: who calls and how often, cross-origin
/// requests, headers on every answer, panics as problems.
pub(crate) fn router(hub: Hub) -> Router {
    let (routes, _) = described().split_for_parts();
    let entropy = std::sync::Arc::clone(&hub.parts.entropy);
    let cross_origin = cross_origin(&hub.parts.options.origins);
    routes
        .route("/openapi.json", get(openapi))
        .fallback(async || Refusal::NotFound)
        .method_not_allowed_fallback(async || Refusal::MethodNotAllowed)
        .layer(middleware::from_fn_with_state(hub.clone(), request::identify))
        .layer(cross_origin)
        .layer(middleware::from_fn(security_headers))
        .layer(CatchPanicLayer::custom(move |_| panicked(&*entropy)))
        .with_state(hub)
}

async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], description()).into_response()
}

/// The panic itself was reported where it happened.
fn panicked(entropy: &dyn Entropy) -> Response {
    Refusal::panicked(entropy).into_response()
}

fn cross_origin(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER])
        .max_age(PREFLIGHT)
}

/// Nothing here is a page: whatever a browser is made to load from here, it runs and shows nothing of it.
const SECURITY_HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    // Counts only where the answer came over TLS (RFC 6797 section 8.1); elsewhere browsers pass over it.
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
];

async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
