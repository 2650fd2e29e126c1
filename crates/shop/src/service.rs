//! The service over HTTP, as content/demo/openapi.yaml describes it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request as HttpRequest, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::changes::{Change, Keyed};
use crate::money::cents;
use crate::problem::Problem;
use crate::records::{Order, Product, Records, RecordsError, Return, order_number};
use crate::rows::Request;
use crate::{Now, day};

/// Largest body of a request, in octets.
const LARGEST_BODY: usize = 16 * 1024;
/// Longest idempotency key, in octets.
const LONGEST_KEY: usize = 128;

/// What the service needs.
pub struct ServiceOptions {
    /// Its records.
    pub records: Records,
    /// The bearer token that callers must give.
    pub token: Zeroizing<String>,
    /// The time.
    pub now: Now,
}

/// The service's routes; the journal is at `/api/journal`.
pub fn router(options: ServiceOptions) -> Router {
    let service = Arc::new(options);
    Router::new()
        .route("/api/products", get(products))
        .route("/api/products/{sku}", get(product))
        .route("/api/customers/{customer}/orders", get(orders))
        .route("/api/customers/{customer}/orders/{order}", get(order))
        .route("/api/customers/{customer}/orders/{order}/address", put(change_address))
        .route("/api/customers/{customer}/orders/{order}/cancellation", post(cancel_order))
        .route("/api/customers/{customer}/orders/{order}/returns", post(register_return))
        .route("/api/customers/{customer}/orders/{order}/refunds", post(refund))
        .route("/api/customers/{customer}/returns", get(returns))
        .route("/api/customers/{customer}/returns/{return}", get(returned))
        .route("/api/journal", get(journal))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&service), authorised))
        .with_state(service)
}

type Service = State<Arc<ServiceOptions>>;

async fn authorised(State(service): Service, request: HttpRequest, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = given.and_then(|value| value.strip_prefix("Bearer "));
    if !token.is_some_and(|token| bool::from(token.as_bytes().ct_eq(service.token.as_bytes()))) {
        return ([(header::WWW_AUTHENTICATE, "Bearer")], Problem::Unauthorised).into_response();
    }
    next.run(request).await
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    name: String,
}

#[derive(Serialize)]
struct Products {
    products: Vec<Product>,
}

#[derive(Serialize)]
struct Orders {
    orders: Vec<Order>,
}

#[derive(Serialize)]
struct Returns {
    returns: Vec<Return>,
}

#[derive(Serialize)]
struct Requests {
    requests: Vec<Request>,
}

async fn products(State(service): Service, Query(wanted): Query<Wanted>) -> Response {
    match service.records.products(&wanted.name).await {
        Ok(products) => Json(Products { products }).into_response(),
        Err(error) => fault(&error),
    }
}

async fn product(State(service): Service, Path(sku): Path<String>) -> Response {
    match service.records.product(&sku).await {
        Ok(Some(product)) => Json(product).into_response(),
        Ok(None) => Problem::None.into_response(),
        Err(error) => fault(&error),
    }
}

async fn orders(State(service): Service, Path(customer): Path<String>) -> Response {
    let found = async {
        if service.records.customer(&customer).await?.is_none() {
            return Ok(None);
        }
        service.records.orders(&customer).await.map(|orders| Some(Orders { orders }))
    };
    let found = found.await;
    service.told("orders", customer, None, found).await
}

async fn order(State(service): Service, Path((customer, order)): Path<(String, String)>) -> Response {
    let found = service.records.order(&customer, &order).await;
    service.told("order", customer, Some(order), found).await
}

async fn returns(State(service): Service, Path(customer): Path<String>) -> Response {
    let found = async {
        if service.records.customer(&customer).await?.is_none() {
            return Ok(None);
        }
        service.records.returns(&customer).await.map(|returns| Some(Returns { returns }))
    };
    let found = found.await;
    service.told("returns", customer, None, found).await
}

async fn returned(State(service): Service, Path((customer, number)): Path<(String, String)>) -> Response {
    let found = service.records.returned(&customer, &number).await;
    let order = found.as_ref().ok().and_then(|found| found.as_ref().map(|found| found.order.clone()));
    service.told("return", customer, order, found).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAddress {
    address: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewReturn {
    reason: Reason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRefund {
    amount: String,
    reason: Reason,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reason {
    Fit,
    Broken,
    Unwanted,
    Late,
    Other,
}

impl Reason {
    fn code(self) -> String {
        match self {
            Self::Fit => "fit",
            Self::Broken => "broken",
            Self::Unwanted => "unwanted",
            Self::Late => "late",
            Self::Other => "other",
        }
        .to_owned()
    }
}

async fn change_address(
    State(service): Service,
    Path(of): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let change = serde_json::from_slice::<NewAddress>(&body).ok().and_then(|new| {
        let length = new.address.chars().count();
        ((8..=200).contains(&length) && !new.address.chars().any(char::is_control))
            .then_some(Change::Address(new.address))
    });
    service.changed("change_address", of, change, &uri, &headers, &body).await
}

async fn cancel_order(
    State(service): Service,
    Path(of): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let change = matches!(body.as_ref(), b"" | b"{}").then_some(Change::Cancel);
    service.changed("cancel_order", of, change, &uri, &headers, &body).await
}

async fn register_return(
    State(service): Service,
    Path(of): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let change = serde_json::from_slice::<NewReturn>(&body).ok();
    let change = change.map(|new| Change::Return { reason: new.reason.code() });
    service.changed("register_return", of, change, &uri, &headers, &body).await
}

async fn refund(
    State(service): Service,
    Path(of): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let change = serde_json::from_slice::<NewRefund>(&body).ok().and_then(|new| {
        let cents = cents(&new.amount).filter(|cents| *cents > 0)?;
        Some(Change::Refund { cents, reason: new.reason.code() })
    });
    service.changed("refund", of, change, &uri, &headers, &body).await
}

async fn journal(State(service): Service) -> Response {
    match service.records.journal().await {
        Ok(requests) => Json(Requests { requests }).into_response(),
        Err(error) => fault(&error),
    }
}

impl ServiceOptions {
    fn request(
        &self,
        operation: &str,
        customer: String,
        order: Option<String>,
        status: StatusCode,
    ) -> Request {
        let at = (self.now)().as_millisecond();
        Request { at, operation: operation.to_owned(), customer, order, status: status.as_u16() }
    }

    /// Answers a request that reads, after it is in the journal.
    async fn told(
        &self,
        operation: &str,
        customer: String,
        order: Option<String>,
        found: Result<Option<impl Serialize>, RecordsError>,
    ) -> Response {
        let found = match found {
            Ok(found) => found,
            Err(error) => return fault(&error),
        };
        let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        match self.records.note(&self.request(operation, customer, order, status)).await {
            Ok(()) => {
                found.map_or_else(|| Problem::None.into_response(), |found| Json(found).into_response())
            }
            Err(error) => fault(&error),
        }
    }

    /// Carries out a request that changes; `None` when its body is wrong.
    async fn changed(
        &self,
        operation: &str,
        (customer, order): (String, String),
        change: Option<Change>,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Response {
        let refused = match (key(headers), change) {
            (Some(key), Some(change)) => {
                let fingerprint = Sha256::new().chain_update(uri.path()).chain_update([0]).chain_update(body);
                let keyed = Keyed {
                    order: order_number(&order),
                    request: self.request(operation, customer, Some(order), StatusCode::OK),
                    key,
                    fingerprint: fingerprint.finalize().into(),
                    change,
                    today: day((self.now)()),
                };
                return match self.records.change(keyed).await {
                    Ok(answer) => json_answer(answer.status, answer.body),
                    Err(error) => fault(&error),
                };
            }
            (None, _) => Problem::KeyMissing,
            (Some(_), None) => Problem::Invalid,
        };
        match self.records.note(&self.request(operation, customer, Some(order), refused.status())).await {
            Ok(()) => refused.into_response(),
            Err(error) => fault(&error),
        }
    }
}

fn json_answer(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The key: a structured header's string (RFC 9651), or the bare word that many clients send.
fn key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("idempotency-key")?.to_str().ok()?.trim();
    let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let fits = (1..=LONGEST_KEY).contains(&bare.len()) && !bare.contains(['"', '\\']);
    fits.then(|| bare.to_owned())
}

fn fault(error: &RecordsError) -> Response {
    tracing::error!(%error, "the order service failed");
    Problem::Fault.into_response()
}
