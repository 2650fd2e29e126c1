//! What every page of the shop is sent with. The policy shows what embedding the chat asks of a page: the chat's origin
//! in `script-src` and `frame-src`, and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};

/// Adds the headers for pages that embed the chat from `widget`.
pub(super) fn add(headers: &mut HeaderMap, widget: &str) {
    let policy = format!(
        "default-src 'none'; script-src {widget}; frame-src {widget}; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
