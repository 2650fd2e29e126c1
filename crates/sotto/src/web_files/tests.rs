use super::*;
use rust_embed::Metadata;
use std::borrow::Cow;
use tower::ServiceExt;

fn find(path: &str) -> Option<EmbeddedFile> {
    let data: &[u8] = match path {
        "index.html" => b"<p>page",
        "index.html.br" => b"brotli page",
        "assets/app-1a2b.js" => b"script",
        "headers.json" => b"{}",
        _ => return None,
    };
    let mut hash = [0; 32];
    hash[0] = data.len().try_into().unwrap();
    Some(EmbeddedFile { data: Cow::Borrowed(data), metadata: Metadata::__rust_embed_new(hash, None, None) })
}

fn site(otherwise: Otherwise) -> Router {
    let headers = HeaderMap::from_iter([(HeaderName::from_static("x-test"), HeaderValue::from_static("1"))]);
    router(Site { find, otherwise, headers, part: "web/test", built: true })
}

async fn get(site: Router, path: &str, asked: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path);
    for (name, value) in asked {
        request = request.header(*name, *value);
    }
    let (parts, body) = site.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_compressed_file_goes_to_those_who_accept_it() {
    for (accepted, body, encoding) in [
        ("gzip, br;q=0.9", "brotli page", Some("br")),
        ("gzip", "<p>page", None),
        ("br;q=0", "<p>page", None),
    ] {
        let (status, headers, got) =
            get(site(Otherwise::NotFound), "/", &[("accept-encoding", accepted)]).await;
        assert_eq!((status, got.as_str()), (StatusCode::OK, body), "{accepted}");
        assert_eq!(
            headers.get("content-encoding").map(|value| value.to_str().unwrap()),
            encoding,
            "{accepted}"
        );
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["vary"], "accept-encoding");
        assert_eq!(headers["x-test"], "1");
    }
}

#[tokio::test]
async fn hashed_names_are_cached_for_good_and_others_asked_for_anew() {
    let (_, headers, _) = get(site(Otherwise::NotFound), "/assets/app-1a2b.js", &[]).await;
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    let (_, headers, _) = get(site(Otherwise::NotFound), "/index.html", &[]).await;
    assert_eq!(headers["cache-control"], "no-cache");
    let etag = headers["etag"].to_str().unwrap();
    let (status, _, body) = get(site(Otherwise::NotFound), "/index.html", &[("if-none-match", etag)]).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn what_is_not_there_is_a_page_only_where_pages_are_meant() {
    for (otherwise, path, expected) in [
        (Otherwise::NotFound, "/conversations/1", StatusCode::NOT_FOUND),
        (Otherwise::Page("index.html"), "/conversations/1", StatusCode::OK),
        (Otherwise::Page("index.html"), "/assets/gone.js", StatusCode::NOT_FOUND),
        (Otherwise::Page("index.html"), "/index.html.br", StatusCode::NOT_FOUND),
        (Otherwise::NotFound, "/headers.json", StatusCode::NOT_FOUND),
        (Otherwise::NotFound, "/../Cargo.toml", StatusCode::NOT_FOUND),
        (Otherwise::NotFound, "/%2e%2e/Cargo.toml", StatusCode::NOT_FOUND),
    ] {
        let (status, headers, _) = get(site(otherwise), path, &[]).await;
        assert_eq!(status, expected, "{path}");
        assert_eq!(headers["x-test"], "1", "{path}");
    }
}

#[tokio::test]
async fn a_part_that_was_not_built_says_so() {
    let site = router(Site {
        find: |_| None,
        otherwise: Otherwise::NotFound,
        headers: HeaderMap::new(),
        part: "web/test",
        built: false,
    });
    let (status, _, body) = get(site, "/sotto.js", &[]).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.starts_with("web/test was not built into this program. Run `cargo xtask up`"), "{body}");
}

#[test]
fn the_widgets_policy_names_its_hub_and_its_pages_only() {
    let built = br#"{"everywhere":{"content-security-policy":"connect-src {hub} {hub-socket}; frame-ancestors {pages}"}}"#;
    let headers = widget_headers(
        built,
        "https://hub.example/",
        &["https://a.example".into(), "https://b.example".into()],
    );
    assert_eq!(
        headers["content-security-policy"],
        "connect-src https://hub.example wss://hub.example; frame-ancestors https://a.example https://b.example"
    );
    assert_eq!(
        widget_headers(b"broken", "https://hub.example", &[])["content-security-policy"],
        "default-src 'none'"
    );
}
