//! The order service: what a business's back office looks like to the desk. Every request names one customer and is
//! answered for that customer alone; the journal shows who was asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use protocol::{Clock, Timestamp};
use serde::Serialize;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::orders::{Customer, OrderView, Records};

/// What the service needs.
pub(super) struct OrderService {
    pub(super) records: Arc<Records>,
    pub(super) token: Zeroizing<String>,
    pub(super) journal: Journal,
    pub(super) clock: Arc<dyn Clock>,
}

/// The latest requests, oldest first; the oldest go when it is full.
#[derive(Default)]
pub(super) struct Journal(Mutex<VecDeque<Entry>>);

/// One request for a customer's data.
#[derive(Clone, Debug, Serialize)]
struct Entry {
    at: Timestamp,
    customer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    status: u16,
}

const JOURNAL: usize = 1000;

#[derive(Serialize)]
struct Orders {
    orders: Vec<OrderView>,
}

#[derive(Serialize)]
struct Requests {
    requests: Vec<Entry>,
}

/// The service's routes.
pub(super) fn router(service: OrderService) -> Router {
    Router::new()
        .route("/api/customers/{customer}/orders", get(list))
        .route("/api/customers/{customer}/orders/{order}", get(one))
        .route("/api/journal", get(journal))
        .with_state(Arc::new(service))
}

async fn list(
    State(service): State<Arc<OrderService>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !service.allows(&headers) {
        return refused();
    }
    let orders = |customer: &Customer| {
        let now = service.clock.now();
        Orders { orders: customer.orders.iter().map(|order| order.view(now)).collect() }
    };
    service.answer(&id, None, service.records.customer(&id).map(orders))
}

async fn one(
    State(service): State<Arc<OrderService>>,
    Path((id, number)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !service.allows(&headers) {
        return refused();
    }
    // Another customer's order looks the same as none.
    let order = service.records.customer(&id).and_then(|customer| customer.order(&number));
    service.answer(&id, Some(number), order.map(|order| order.view(service.clock.now())))
}

async fn journal(State(service): State<Arc<OrderService>>, headers: HeaderMap) -> Response {
    if !service.allows(&headers) {
        return refused();
    }
    let requests = service.journal.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
    Json(Requests { requests }).into_response()
}

impl OrderService {
    fn allows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        given
            .and_then(|value| value.strip_prefix("Bearer "))
            .is_some_and(|token| token.as_bytes().ct_eq(self.token.as_bytes()).into())
    }

    fn answer(&self, customer: &str, order: Option<String>, found: Option<impl Serialize>) -> Response {
        let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        let entry =
            Entry { at: self.clock.now(), customer: customer.to_owned(), order, status: status.as_u16() };
        let mut journal = self.journal.0.lock().unwrap_or_else(PoisonError::into_inner);
        if journal.len() == JOURNAL {
            journal.pop_front();
        }
        journal.push_back(entry);
        drop(journal);
        match found {
            Some(found) => Json(found).into_response(),
            None => status.into_response(),
        }
    }
}

fn refused() -> Response {
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response()
}
