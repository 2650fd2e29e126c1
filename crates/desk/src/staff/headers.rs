//! Headers that every answer carries.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// What the console's pages may do: run its own scripts and styles, ask its own desk, nothing else. Svelte builds
/// its templates through the one Trusted Types policy that is named.
pub(super) const PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                                connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                                require-trusted-types-for 'script'; trusted-types svelte-trusted-html";
const API: &str = "default-src 'none'; frame-ancestors 'none'";

const COMMON: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// For answers of the API.
pub(super) async fn api(request: Request, next: Next) -> Response {
    of_api(next.run(request).await)
}

/// Never kept, never shown as a page.
pub(super) fn of_api(mut response: Response) -> Response {
    let headers = response.headers_mut();
    common(headers);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(API));
    response
}

/// For the console's files.
pub(super) async fn files(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    common(headers);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGES));
    response
}

fn common(headers: &mut HeaderMap) {
    for (name, value) in COMMON {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
