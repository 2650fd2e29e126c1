use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use data_encoding::BASE64URL_NOPAD;
use protocol::{Clock, Entropy, Timestamp};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::Value;
use tower::ServiceExt;

use super::*;

struct Noon;
impl Clock for Noon {
    // 2026-11-22T12:00:00Z
    fn now(&self) -> Timestamp {
        Timestamp(1_795_348_800_000)
    }
}

struct Later(i64);
impl Clock for Later {
    fn now(&self) -> Timestamp {
        Noon.now().plus_seconds(self.0)
    }
}

struct Sevens;
impl Entropy for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

const SEED: [u8; 32] = [42; 32];

async fn demo(clock: impl Clock) -> Demo {
    let clock: Arc<dyn Clock> = Arc::new(clock);
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(&folder.path().join("shop.db"), now(Arc::clone(&clock))()).await.unwrap();
    let file = "+++\nid = \"returns\"\ntitle = \"How <do> I?\"\nurl = \"/help/returns\"\nlanguage = \"en\"\n+++\n\n## First\n\nSend it & wait.\n";
    let knowledge = assistant::Knowledge::from_files([("returns.md".to_owned(), file.to_owned())]).unwrap();
    let mut demo = Demo::new(DemoOptions {
        shop_origin: "http://127.0.0.1:7442".into(),
        widget_origin: "http://127.0.0.1:7443".into(),
        other_origins: vec!["http://localhost:7442".into()],
        hub: "http://127.0.0.1:7440/".into(),
        desk_keys: "KEY-A KEY-B".into(),
        identity_seed: Zeroizing::new(SEED),
        service_token: Zeroizing::new("service-token".into()),
        records,
        articles: knowledge.articles().to_vec(),
        clock,
        entropy: Arc::new(Sevens),
    })
    .unwrap();
    // The folder goes when the site does.
    demo.shop = demo.shop.layer(axum::Extension(Arc::new(folder)));
    demo
}

async fn send(site: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = site.clone().oneshot(request).await.unwrap().into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

async fn get(site: &Router, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let request =
        headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    send(site, request.body(Body::empty()).unwrap()).await
}

/// Signs in and gives the cookie.
async fn sign_in(site: &Router, customer: &str) -> String {
    let request = Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(format!("customer={customer}")))
        .unwrap();
    let (status, headers, _) = send(site, request).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_page_carries_the_snippet_and_allows_only_the_chats_origin() {
    let (status, headers, html) = get(&demo(Noon).await.shop, "/", &[]).await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_snapshot!(headers["content-security-policy"].to_str().unwrap(), @"default-src 'none'; script-src http://127.0.0.1:7443; frame-src http://127.0.0.1:7443; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'");
    assert!(html.contains(
        "<script src=\"http://127.0.0.1:7443/sotto.js\" data-desk=\"KEY-A KEY-B\" data-hub=\"http://127.0.0.1:7440\" \
         data-identity-url=\"/identity\" async></script>"
    ));
    assert!(!html.contains(" style=") && !html.contains("<style"), "the policy allows no inline style");
    assert_eq!(html.matches("<script").count(), 1);
}

#[tokio::test]
async fn the_identity_is_a_signed_token_of_five_minutes_for_who_is_signed_in() {
    let demo = demo(Noon).await;
    let (status, _, body) = get(&demo.shop, "/identity", &[]).await;
    assert_eq!((status, body.as_str()), (StatusCode::NO_CONTENT, ""));
    let cookie = sign_in(&demo.shop, "cus-marta").await;
    let (status, headers, body) = get(&demo.shop, "/identity", &[("cookie", &cookie)]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["cache-control"], "no-store");
    let token = serde_json::from_str::<Value>(&body).unwrap()["token"].as_str().unwrap().to_owned();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap();
    UnparsedPublicKey::new(&ED25519, key.public_key())
        .verify(signed.as_bytes(), &BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap())
        .unwrap();
    let claims = BASE64URL_NOPAD.decode(signed.split('.').nth(1).unwrap().as_bytes()).unwrap();
    insta::assert_snapshot!(String::from_utf8(claims).unwrap(), @r#"{"iss":"http://127.0.0.1:7442","aud":"sotto","sub":"cus-marta","name":"Marta Okonjo","email":"marta.okonjo@example.com","iat":1795348800,"exp":1795349100,"jti":"BwcHBwcHBwcHBwcHBwcHBw"}"#);
}

#[tokio::test]
async fn a_session_ends_and_an_identity_token_is_no_session() {
    let cookie = sign_in(&demo(Noon).await.shop, "cus-marta").await;
    let (status, _, _) =
        get(&demo(Later(8 * 3600 - 1)).await.shop, "/identity", &[("cookie", &cookie)]).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _, _) = get(&demo(Later(8 * 3600)).await.shop, "/identity", &[("cookie", &cookie)]).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, _, body) = get(&demo(Noon).await.shop, "/identity", &[("cookie", &cookie)]).await;
    let token = serde_json::from_str::<Value>(&body).unwrap()["token"].as_str().unwrap().to_owned();
    let forged = format!("wrenfield_session={token}");
    let (status, _, _) = get(&demo(Noon).await.shop, "/identity", &[("cookie", &forged)]).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn another_sites_form_signs_nobody_in() {
    let request = Request::post("/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from("customer=cus-marta"))
        .unwrap();
    assert_eq!(send(&demo(Noon).await.shop, request).await.0, StatusCode::FORBIDDEN);
}

const SERVICE: (&str, &str) = ("authorization", "Bearer service-token");

#[tokio::test]
async fn the_order_service_answers_for_the_named_customer_only_and_keeps_a_journal() {
    let site = demo(Noon).await.shop;
    for path in
        ["/api/customers/cus-marta/orders", "/api/customers/cus-marta/orders/WF-48213", "/api/journal"]
    {
        assert_eq!(get(&site, path, &[]).await.0, StatusCode::UNAUTHORIZED, "{path}");
        let wrong = ("authorization", "Bearer service-tokem");
        assert_eq!(get(&site, path, &[wrong]).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    let (status, _, body) = get(&site, "/api/customers/cus-marta/orders/wf48213", &[SERVICE]).await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_snapshot!(body, @r#"{"number":"WF-48213","placed":"2026-11-19","status":"shipped","carrier":"DHL","expected":"2026-11-24","total":"1210.70","items":[{"sku":"wren-one","name":"Wren One hearing aids (pair)","count":"1","price":"1190.00"},{"sku":"wax-guards","name":"Wax guards","count":"3","price":"6.90"}]}"#);
    let (_, _, body) = get(&site, "/api/customers/cus-marta/orders", &[SERVICE]).await;
    let orders = serde_json::from_str::<Value>(&body).unwrap();
    let numbers: Vec<_> =
        orders["orders"].as_array().unwrap().iter().map(|order| order["number"].clone()).collect();
    assert_eq!(numbers, ["WF-48213", "WF-47102", "WF-45990"]);
    for path in [
        "/api/customers/cus-marta/orders/WF-48377",
        "/api/customers/cus-marta/orders/XX-48213",
        "/api/customers/nobody/orders",
    ] {
        assert_eq!(get(&site, path, &[SERVICE]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let (_, _, body) = get(&site, "/api/journal", &[SERVICE]).await;
    insta::assert_snapshot!(body, @r#"{"requests":[{"at":1795348800000,"operation":"order","customer":"cus-marta","order":"wf48213","status":200},{"at":1795348800000,"operation":"orders","customer":"cus-marta","status":200},{"at":1795348800000,"operation":"order","customer":"cus-marta","order":"WF-48377","status":404},{"at":1795348800000,"operation":"order","customer":"cus-marta","order":"XX-48213","status":404},{"at":1795348800000,"operation":"orders","customer":"nobody","status":404}]}"#);
}

#[tokio::test]
async fn the_account_shows_ones_own_orders_and_no_others() {
    let site = demo(Noon).await.shop;
    assert_eq!(get(&site, "/account", &[]).await.0, StatusCode::SEE_OTHER);
    let cookie = sign_in(&site, "cus-jonas").await;
    let (_, _, html) = get(&site, "/account", &[("cookie", &cookie)]).await;
    assert!(html.contains("WF-48377") && html.contains("Jonas Feldkamp"));
    assert!(!html.contains("WF-48213") && !html.contains("Marta"));
}

#[tokio::test]
async fn citations_lead_to_pages_and_text_is_escaped() {
    let site = demo(Noon).await.shop;
    let (status, _, html) = get(&site, "/help/returns", &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("<h1>How &lt;do&gt; I?</h1><h2>First</h2><p>Send it &amp; wait.</p>"), "{html}");
    assert_eq!(get(&site, "/de/help/returns", &[]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(&site, "/nowhere", &[]).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_chats_origin_serves_its_files_for_the_shops_pages_or_says_that_they_are_not_built() {
    let (status, headers, body) =
        get(&demo(Noon).await.widget, "/sotto.js", &[("accept-encoding", "br")]).await;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        assert!(body.contains("was not built"));
        return;
    }
    assert_eq!(status, StatusCode::OK);
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self' http://127.0.0.1:7440 ws://127.0.0.1:7440",
        "frame-ancestors http://127.0.0.1:7442 http://localhost:7442",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains('{'), "{policy}");
}
