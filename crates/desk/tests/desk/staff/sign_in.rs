//! Enrolment, sign-in, sessions.

use protocol::Clock;
use serde_json::json;

use super::{ADDRESS, Browser, Office, PASSWORD, code};

const EMAIL: &str = "mira@example.com";

#[tokio::test]
async fn a_link_makes_one_account_once_its_code_is_right() {
    let office = Office::open().await;
    let mut browser = office.browser();
    let token = office.invite().await;
    let offer = browser.post("/api/enrolment/offer", json!({ "token": token })).await;
    assert_eq!((offer.status, offer.body["issuer"].as_str()), (200, Some("Wayfarer")));
    let secret = offer.body["secret"].as_str().unwrap().to_owned();
    let now = office.clock.now();
    let form = |password: &str, code: &str, email: &str| json!({ "token": token, "name": "Mira Lang", "email": email, "password": password, "code": code });

    let wrong = browser.post("/api/enrolment", form(PASSWORD, "000000", EMAIL)).await;
    assert_eq!(wrong.body["code"], "wrong-code");
    let weak = browser.post("/api/enrolment", form("password1234", &code(&secret, now), EMAIL)).await;
    assert_eq!(weak.body["code"], "weak-password");
    let no_address = browser.post("/api/enrolment", form(PASSWORD, &code(&secret, now), "mira")).await;
    assert_eq!(no_address.body["code"], "malformed");

    let made = browser.post("/api/enrolment", form(PASSWORD, &code(&secret, now), EMAIL)).await;
    assert_eq!((made.status, made.body["name"].as_str()), (201, Some("Mira Lang")));
    assert_eq!(browser.get("/api/session").await.body, json!({ "name": "Mira Lang", "email": EMAIL }));

    let again =
        office.browser().post("/api/enrolment", form(PASSWORD, &code(&secret, now), "o@example.com")).await;
    assert_eq!((again.status, again.body["code"].as_str()), (404, Some("no-enrolment")));
}

#[tokio::test]
async fn a_link_ends_after_a_day_and_another_token_opens_nothing() {
    let office = Office::open().await;
    let token = office.invite().await;
    office.clock.forward(24 * 3600);
    for token in [token.as_str(), "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let offer = office.browser().post("/api/enrolment/offer", json!({ "token": token })).await;
        assert_eq!((offer.status, offer.body["code"].as_str()), (404, Some("no-enrolment")));
    }
}

#[tokio::test]
async fn one_e_mail_address_has_one_account() {
    let office = Office::open().await;
    office.enrolled("Mira Lang", EMAIL).await;
    let mut browser = office.browser();
    let token = office.invite().await;
    let offer = browser.post("/api/enrolment/offer", json!({ "token": token })).await;
    let code = code(offer.body["secret"].as_str().unwrap(), office.clock.now());
    let form = |email: &str| json!({ "token": token, "name": "Other", "email": email, "password": PASSWORD, "code": code });
    let taken = browser.post("/api/enrolment", form(" MIRA@example.com ")).await;
    assert_eq!((taken.status, taken.body["code"].as_str()), (409, Some("account-exists")));
    assert_eq!(browser.post("/api/enrolment", form("other@example.com")).await.status, 201);
}

#[tokio::test]
async fn a_failed_sign_in_does_not_say_what_was_wrong() {
    let office = Office::open().await;
    let (_, secret) = office.enrolled("Mira Lang", EMAIL).await;
    office.clock.forward(60);
    let good = code(&secret, office.clock.now());
    let mut answers = Vec::new();
    for (email, password, code) in [
        (EMAIL, "wrong purple lanterns", good.as_str()),
        (EMAIL, PASSWORD, "000000"),
        ("nobody@example.com", PASSWORD, good.as_str()),
    ] {
        let answer = sign_in(&mut office.browser(), email, password, code).await;
        assert_eq!(answer.status, 401);
        assert!(answer.headers.get("set-cookie").is_none());
        answers.push(answer.body);
    }
    assert!(answers.iter().all(|body| *body == answers[0]), "{answers:?}");
    assert_eq!(answers[0]["code"], "wrong-credentials");
    assert_eq!(sign_in(&mut office.browser(), EMAIL, PASSWORD, &good).await.status, 200);
}

#[tokio::test]
async fn a_one_time_code_counts_once_also_the_one_of_the_enrolment() {
    let office = Office::open().await;
    let (_, secret) = office.enrolled("Mira Lang", EMAIL).await;
    let enrolment_code = code(&secret, office.clock.now());
    assert_eq!(sign_in(&mut office.browser(), EMAIL, PASSWORD, &enrolment_code).await.status, 401);
    office.clock.forward(30);
    let next = code(&secret, office.clock.now());
    assert_eq!(sign_in(&mut office.browser(), EMAIL, PASSWORD, &next).await.status, 200);
    assert_eq!(sign_in(&mut office.browser(), EMAIL, PASSWORD, &next).await.status, 401);
    assert_eq!(sign_in(&mut office.browser(), EMAIL, PASSWORD, &enrolment_code).await.status, 401);
}

#[tokio::test]
async fn of_two_sign_ins_with_one_code_at_once_one_succeeds() {
    let office = Office::open().await;
    let (_, secret) = office.enrolled("Mira Lang", EMAIL).await;
    office.clock.forward(60);
    let code = code(&secret, office.clock.now());
    let (mut one, mut other) = (office.browser(), office.browser());
    let (one, other) =
        tokio::join!(sign_in(&mut one, EMAIL, PASSWORD, &code), sign_in(&mut other, EMAIL, PASSWORD, &code));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn guessing_is_slowed_down_whether_the_account_exists_or_not() {
    let office = Office::open().await;
    let (_, secret) = office.enrolled("Mira Lang", EMAIL).await;
    for email in [EMAIL, "nobody@example.com"] {
        for _ in 0..5 {
            assert_eq!(
                sign_in(&mut office.browser(), email, "wrong purple lanterns", "000000").await.status,
                401
            );
        }
        let slowed = sign_in(&mut office.browser(), email, "wrong purple lanterns", "000000").await;
        assert_eq!((slowed.status, slowed.body["retry_after"].as_u64()), (429, Some(30)));
        assert_eq!(slowed.headers["retry-after"], "30");
    }
    let right = sign_in(&mut office.browser(), EMAIL, PASSWORD, &code(&secret, office.clock.now())).await;
    assert_eq!(right.status, 429, "nor is the right password heard meanwhile");
    office.clock.forward(30);
    let right = sign_in(&mut office.browser(), EMAIL, PASSWORD, &code(&secret, office.clock.now())).await;
    assert_eq!(right.status, 200);
    let wrong = sign_in(&mut office.browser(), EMAIL, "wrong purple lanterns", "000000").await;
    assert_eq!(wrong.status, 401, "a success forgets the failures");
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_in_which_only_the_page_asked() {
    let office = Office::open().await;
    let (mut browser, _) = office.enrolled("Mira Lang", EMAIL).await;
    office.clock.forward(29 * 60);
    assert_eq!(browser.get("/api/session").await.status, 200);
    browser.cause = "live";
    for _ in 0..2 {
        office.clock.forward(14 * 60);
        assert_eq!(browser.get("/api/conversations").await.status, 200);
    }
    office.clock.forward(2 * 60);
    assert_eq!(browser.get("/api/conversations").await.status, 401);
    office.clock.forward(-60 * 60);
    assert_eq!(browser.get("/api/session").await.status, 401, "it is gone, not only too old");
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_busy() {
    let office = Office::open().await;
    let (mut browser, _) = office.enrolled("Mira Lang", EMAIL).await;
    for _ in 0..(12 * 60 / 20 - 1) {
        office.clock.forward(20 * 60);
        assert_eq!(browser.get("/api/session").await.status, 200);
    }
    office.clock.forward(20 * 60);
    assert_eq!(browser.get("/api/session").await.status, 401);
}

#[tokio::test]
async fn signing_out_ends_every_copy_of_the_cookie() {
    let office = Office::open().await;
    let (mut browser, _) = office.enrolled("Mira Lang", EMAIL).await;
    let copy = browser.cookie.clone();
    let out = browser.delete("/api/session").await;
    assert_eq!((out.status, browser.cookie.as_deref()), (204, None));
    browser.cookie = copy;
    assert_eq!(browser.get("/api/session").await.status, 401);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let office = Office::open().await;
    let (mut browser, secret) = office.enrolled("Mira Lang", EMAIL).await;
    let old = browser.cookie.clone();
    office.clock.forward(60);
    let code = code(&secret, office.clock.now());
    assert_eq!(sign_in(&mut browser, EMAIL, PASSWORD, &code).await.status, 200);
    assert_ne!(browser.cookie, old);
    assert_eq!(browser.get("/api/session").await.status, 200);
    browser.cookie = old;
    assert_eq!(browser.get("/api/session").await.status, 401);
}

#[tokio::test]
async fn the_cookie_is_for_this_host_and_no_script_and_over_tls_for_tls_alone() {
    for (address, expected) in [
        (ADDRESS, "sotto-staff=***; HttpOnly; SameSite=Strict; Path=/"),
        ("https://desk.example", "__Host-sotto-staff=***; HttpOnly; SameSite=Strict; Secure; Path=/"),
    ] {
        let office = Office::open_at(address).await;
        let mut browser = Browser::new(office.site.clone(), address);
        let token = office.invite().await;
        let offer = browser.post("/api/enrolment/offer", json!({ "token": token })).await;
        let code = code(offer.body["secret"].as_str().unwrap(), office.clock.now());
        let form =
            json!({ "token": token, "name": "Mira", "email": EMAIL, "password": PASSWORD, "code": code });
        let made = browser.post("/api/enrolment", form).await;
        let cookie = made.headers["set-cookie"].to_str().unwrap();
        let value = cookie.split(['=', ';']).nth(1).unwrap();
        assert_eq!(made.headers.contains_key("strict-transport-security"), address.starts_with("https"));
        assert_eq!(value.len(), 43, "256 bits");
        assert_eq!(cookie.replace(value, "***"), expected);
    }
}

async fn sign_in(browser: &mut Browser, email: &str, password: &str, code: &str) -> super::browser::Answer {
    browser.post("/api/session", json!({ "email": email, "password": password, "code": code })).await
}
