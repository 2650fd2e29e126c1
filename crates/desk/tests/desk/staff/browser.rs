//! As much of a browser as the staff API notices: cookies, `Host`, `Origin`, the page's own header.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, header},
};
use serde_json::Value;
use tower::ServiceExt;

pub(super) struct Browser {
    site: Router,
    origin: String,
    /// `name=value`, as the site set it.
    pub(super) cookie: Option<String>,
    /// Who causes the requests, as the page says.
    pub(super) cause: &'static str,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// Null when it is not JSON.
    pub(super) body: Value,
}

impl Browser {
    pub(super) fn new(site: Router, origin: &str) -> Self {
        Self { site, origin: origin.to_owned(), cookie: None, cause: "person" }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request("GET", path, None)).await
    }

    pub(super) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(self.request("POST", path, Some(body))).await
    }

    pub(super) async fn delete(&mut self, path: &str) -> Answer {
        self.send(self.request("DELETE", path, None)).await
    }

    /// A request as this site's own page makes it.
    pub(super) fn request(&self, method: &str, path: &str, body: Option<Value>) -> Request<Body> {
        let host = self.origin.split_once("://").unwrap().1;
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
            .header("sec-fetch-site", "same-origin")
            .header("x-sotto-console", self.cause);
        if method != "GET" {
            request = request.header(header::ORIGIN, &self.origin);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        match body {
            Some(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        }
        .unwrap()
    }

    /// The open answer, for a stream.
    pub(super) async fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.site.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let octets = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        if let Some(cookie) = parts.headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&octets).unwrap_or_default(),
        }
    }
}
