//! One service for a test, and requests to it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use shop::{Now, Records, ServiceOptions};
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) struct Service {
    pub(crate) records: Records,
    router: Router,
    _folder: TempDir,
}

/// 22 November 2026, noon.
fn noon() -> jiff::Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

impl Service {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now: Now = Arc::new(noon);
        let records = Records::open(&folder.path().join("shop.db"), noon()).await.unwrap();
        let token = "service-token".to_owned().into();
        let router = shop::router(ServiceOptions { records: records.clone(), token, now });
        Self { records, router, _folder: folder }
    }

    /// Sends a request; `key` is the value of Idempotency-Key.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> (StatusCode, String, Value) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request =
            Request::builder().method(method).uri(path).header(header::AUTHORIZATION, "Bearer service-token");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let (parts, body) =
            self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let kind = parts.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        (parts.status, kind.unwrap_or_default(), body)
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        let (status, _, body) = self.send("GET", path, None, None).await;
        (status, body)
    }

    /// Sends a change for a customer's order and gives the status and the code of a refusal.
    pub(crate) async fn change(
        &self,
        customer: &str,
        order: &str,
        what: &str,
        key: &str,
        body: Value,
    ) -> (u16, Value) {
        let method = if what == "address" { "PUT" } else { "POST" };
        let path = format!("/api/customers/{customer}/orders/{order}/{what}");
        let (status, _, body) = self.send(method, &path, Some(key), Some(&body)).await;
        (status.as_u16(), body)
    }
}
