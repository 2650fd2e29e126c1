//! Serves a folder of built web files from inside the program: the widget's own origin and the console.
//!
//! A file `x` with a `x.br` beside it goes out as that to whoever accepts Brotli (RFC 7932). Names under `assets/`
//! hold a hash of their content and are cached for good; everything else is asked for anew and answered by its ETag.

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use data_encoding::HEXLOWER;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How one folder is served.
struct Site {
    find: fn(&str) -> Option<EmbeddedFile>,
    /// What a path without a file gets.
    otherwise: Otherwise,
    /// Sent with every answer.
    headers: HeaderMap,
    /// Names of the built part, for the message when it is not there.
    part: &'static str,
    built: bool,
}

/// What a path without a file gets.
enum Otherwise {
    /// 404.
    NotFound,
    /// A page that finds its way by itself.
    Page(&'static str),
}

#[derive(RustEmbed)]
#[folder = "../../web/console/dist"]
#[allow_missing = true]
struct ConsoleFiles;

#[derive(RustEmbed)]
#[folder = "../../web/widget/dist"]
#[allow_missing = true]
struct WidgetFiles;

/// The staff console. The desk adds its headers.
pub(crate) fn console() -> Router {
    router(Site {
        find: ConsoleFiles::get,
        otherwise: Otherwise::Page("index.html"),
        headers: HeaderMap::new(),
        part: "web/console",
        built: ConsoleFiles::iter().next().is_some(),
    })
}

/// The chat's own origin, for one hub and the origins of the pages that may show the chat.
pub(crate) fn widget(hub: &str, pages: &[String]) -> Router {
    router(Site {
        find: WidgetFiles::get,
        otherwise: Otherwise::NotFound,
        headers: WidgetFiles::get(WIDGET_HEADERS)
            .map(|file| widget_headers(&file.data, hub, pages))
            .unwrap_or_default(),
        part: "web/widget",
        built: WidgetFiles::get(WIDGET_HEADERS).is_some(),
    })
}

/// The headers that the widget's build asks for; nobody downloads this file.
const WIDGET_HEADERS: &str = "headers.json";

#[derive(Deserialize)]
struct BuiltHeaders {
    everywhere: BTreeMap<String, String>,
}

// A file that does not read leaves the strictest policy, so that a broken build shows as one.
fn widget_headers(file: &[u8], hub: &str, pages: &[String]) -> HeaderMap {
    let strictest =
        || BTreeMap::from([("content-security-policy".to_owned(), "default-src 'none'".to_owned())]);
    let everywhere =
        serde_json::from_slice::<BuiltHeaders>(file).map_or_else(|_| strictest(), |file| file.everywhere);
    let hub = hub.trim_end_matches('/');
    let socket = hub.replacen("http", "ws", 1);
    let mut headers = HeaderMap::new();
    for (name, value) in everywhere {
        let value =
            value.replace("{hub}", hub).replace("{hub-socket}", &socket).replace("{pages}", &pages.join(" "));
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers
}

fn router(site: Site) -> Router {
    let site = std::sync::Arc::new(site);
    Router::new().fallback(async move |request: Request<Body>| site.answer(&request))
}

impl Site {
    fn answer(&self, request: &Request<Body>) -> Response<Body> {
        let mut response = self.response(request);
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        if request.method() == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        response
    }

    fn response(&self, request: &Request<Body>) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "This address is for reading only.");
        }
        if !self.built {
            let text = format!(
                "{} was not built into this program. Run `cargo xtask up`, which builds it, or build it with npm and \
                 compile the program again.",
                self.part
            );
            return plain(StatusCode::SERVICE_UNAVAILABLE, &text);
        }
        let path = request.uri().path().trim_start_matches('/');
        let path = if path.is_empty() { "index.html" } else { path };
        let hidden = path == WIDGET_HEADERS || path.ends_with(".br") || path.ends_with(".map");
        if !hidden && let Some(file) = (self.find)(path) {
            return self.file(path, file, request.headers());
        }
        match self.otherwise {
            // A missing script must not come as a page.
            Otherwise::Page(page) if !path.starts_with("assets/") && !hidden => match (self.find)(page) {
                Some(file) => self.file(page, file, request.headers()),
                None => plain(StatusCode::NOT_FOUND, "There is nothing at this address."),
            },
            Otherwise::Page(_) | Otherwise::NotFound => {
                plain(StatusCode::NOT_FOUND, "There is nothing at this address.")
            }
        }
    }

    fn file(&self, path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response<Body> {
        let compressed = accepts_brotli(asked).then(|| (self.find)(&format!("{path}.br"))).flatten();
        let encoded = compressed.is_some();
        let file = compressed.unwrap_or(file);
        let etag = format!("\"{}\"", HEXLOWER.encode(&file.metadata.sha256_hash()[..16]));
        let known = asked.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let fresh = known
            .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag));
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        let cache =
            if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(etag) = HeaderValue::try_from(etag) {
            headers.insert(ETAG, etag);
        }
        if fresh {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(file.data.len()));
        if encoded {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        *response.body_mut() = Body::from(file.data);
        response
    }
}

/// Whether Brotli is named, and not with a weight of zero (RFC 9110 section 12.5.3).
fn accepts_brotli(asked: &HeaderMap) -> bool {
    let mut named = asked
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(','));
    named.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse::<f32>() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{text}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests;
