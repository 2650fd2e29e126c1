//! What may be done with an order, and that nothing is done twice.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::service::Service;

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn an_order_has_products_names_and_prices_and_another_customers_looks_like_none() {
    let service = Service::start().await;
    let (status, order) = service.get("/api/customers/cus-marta/orders/wf48213").await;
    assert_eq!(status, StatusCode::OK);
    let items = json!([
        { "sku": "wren-one", "name": "Wren One hearing aids (pair)", "count": "1", "price": "1190.00" },
        { "sku": "wax-guards", "name": "Wax guards", "count": "3", "price": "6.90" },
    ]);
    let expected = json!({
        "number": "WF-48213", "placed": "2026-11-19", "status": "shipped", "carrier": "DHL",
        "expected": "2026-11-24", "total": "1210.70", "items": items,
    });
    assert_eq!(order, expected);
    let none = service.get("/api/customers/cus-marta/orders/WF-00000").await;
    assert_eq!(none.0, StatusCode::NOT_FOUND);
    for path in ["cus-marta/orders/WF-48377", "nobody/orders/WF-48213", "cus-marta/orders/XX-48213"] {
        assert_eq!(service.get(&format!("/api/customers/{path}")).await, none, "{path}");
    }
}

#[tokio::test]
async fn an_address_changes_and_an_order_is_cancelled_only_while_it_is_packed() {
    let service = Service::start().await;
    let address = json!({ "address": "Neue Straße 1, 10115 Berlin" });
    let (status, order) = service.change("cus-jonas", "WF-48377", "address", "a", address.clone()).await;
    assert_eq!((status, &order["status"]), (200, &json!("packing")));
    let sent = service.change("cus-marta", "WF-48213", "address", "a", address.clone()).await;
    assert_eq!(code(&sent), (422, "already-sent"));
    let (status, order) = service.change("cus-jonas", "WF-48377", "cancellation", "b", json!({})).await;
    assert_eq!((status, &order["status"]), (200, &json!("cancelled")));
    let closed = service.change("cus-jonas", "WF-48377", "address", "c", address).await;
    assert_eq!(code(&closed), (422, "closed"));
    let rows = service.records.rows().await.unwrap();
    assert!(rows.iter().any(|row| row.text.contains("WF-48377") && row.text.contains("Neue Straße 1")));
}

#[tokio::test]
async fn a_return_is_registered_once_for_what_was_delivered_within_its_days() {
    let service = Service::start().await;
    let reason = json!({ "reason": "fit" });
    let (status, body) = service.change("cus-jonas", "WF-47844", "returns", "a", reason.clone()).await;
    assert_eq!(status, 201);
    let expected = json!({
        "number": "RT-00001", "order": "WF-47844", "reason": "fit", "status": "registered",
        "registered": "2026-11-22",
    });
    assert_eq!(body, expected);
    let again = service.change("cus-jonas", "WF-47844", "returns", "b", reason.clone()).await;
    assert_eq!(code(&again), (422, "already-returned"));
    let late = service.change("cus-jonas", "WF-46215", "returns", "c", reason.clone()).await;
    assert_eq!(code(&late), (422, "too-late"));
    let early = service.change("cus-jonas", "WF-48377", "returns", "d", reason).await;
    assert_eq!(code(&early), (422, "not-delivered"));
    assert_eq!(service.get("/api/customers/cus-jonas/returns/RT-00001").await.1, body);
    let others = service.get("/api/customers/cus-marta/returns/RT-00001").await;
    assert_eq!(others.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn refunds_of_one_order_stay_together_under_the_limit_and_what_was_paid() {
    let service = Service::start().await;
    let refund = |amount: &str| json!({ "amount": amount, "reason": "broken" });
    let first = service.change("cus-jonas", "WF-47844", "refunds", "a", refund("30.00")).await;
    assert_eq!((first.0, &first.1["amount"]), (201, &json!("30.00")));
    let over = service.change("cus-jonas", "WF-47844", "refunds", "b", refund("20.01")).await;
    assert_eq!(code(&over), (422, "over-limit"));
    let rest = service.change("cus-jonas", "WF-47844", "refunds", "c", refund("20")).await;
    assert_eq!(rest.0, 201);
    let total = service.change("cus-jonas", "WF-46215", "refunds", "d", refund("29.01")).await;
    assert_eq!(code(&total), (422, "over-total"));
    for wrong in ["0", "-1", "1e1", "1.005", ""] {
        let answer = service.change("cus-jonas", "WF-46215", "refunds", "e", refund(wrong)).await;
        assert_eq!(code(&answer), (400, "invalid"), "{wrong}");
    }
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_again_and_another_request_under_it_is_refused() {
    let service = Service::start().await;
    let refund = |amount: &str| json!({ "amount": amount, "reason": "broken" });
    let first = service.change("cus-jonas", "WF-47844", "refunds", "\"k\"", refund("10.00")).await;
    let rows = service.records.rows().await.unwrap();
    assert_eq!(service.change("cus-jonas", "WF-47844", "refunds", "\"k\"", refund("10.00")).await, first);
    for (order, amount) in [("WF-47844", "11.00"), ("WF-46215", "10.00")] {
        let other = service.change("cus-jonas", order, "refunds", "\"k\"", refund(amount)).await;
        assert_eq!(code(&other), (409, "key-reused"));
    }
    assert_eq!(service.records.rows().await.unwrap(), rows);
    let refused = service.change("cus-jonas", "WF-48377", "refunds", "r", refund("1.00")).await;
    assert_eq!(service.change("cus-jonas", "WF-48377", "refunds", "r", refund("1.00")).await, refused);
    let path = "/api/customers/cus-jonas/orders/WF-47844/refunds";
    let (status, _, body) = service.send("POST", path, None, Some(&refund("1.00"))).await;
    assert_eq!((status, &body["code"]), (StatusCode::BAD_REQUEST, &json!("key-missing")));
}

#[tokio::test]
async fn what_was_changed_lasts_and_each_request_is_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let records = shop::Records::open(&path, "2026-11-22T12:00:00Z".parse().unwrap()).await.unwrap();
    let rows = records.rows().await.unwrap();
    records.close().await;
    let later = shop::Records::open(&path, "2026-12-24T12:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(later.rows().await.unwrap(), rows);

    let service = Service::start().await;
    service.change("cus-jonas", "wf48377", "cancellation", "k", json!({})).await;
    service.get("/api/customers/nobody/orders").await;
    // A list of structs, so the order of the fields is theirs.
    let journal = serde_json::to_string(&service.records.journal().await.unwrap()).unwrap();
    insta::assert_snapshot!(journal, @r#"[{"at":1795348800000,"operation":"cancel_order","customer":"cus-jonas","order":"wf48377","status":200},{"at":1795348800000,"operation":"orders","customer":"nobody","status":404}]"#);
}
