//! The staff API through its public door: the router, as a browser would use it.

mod browser;
mod conversations;
mod door;
mod sign_in;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::Router;
use desk::staff::{self, Staff, StaffOptions};
use protocol::{Clock, Timestamp};
use store::desk::DeskStore;
use tokio_util::sync::CancellationToken;

use self::browser::Browser;
use super::world::{Random, World, desk_store, now};

/// Where the console is in these tests.
const ADDRESS: &str = "http://127.0.0.1:7441";
const PASSWORD: &str = "seven purple lanterns";

/// A clock that only a test moves.
struct StaffClock(AtomicI64);

impl StaffClock {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now().0)))
    }

    fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Clock for StaffClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// A desk with its staff API.
struct Office {
    world: World,
    clock: Arc<StaffClock>,
    store: DeskStore,
    site: Router,
    stop: CancellationToken,
}

impl Office {
    async fn open() -> Self {
        Self::open_at(ADDRESS).await
    }

    async fn open_at(address: &str) -> Self {
        let world = World::new().await;
        let clock = StaffClock::new();
        let store = desk_store(world.folder.path(), clock.clone()).await;
        let stop = CancellationToken::new();
        let staff = Staff::new(StaffOptions {
            conversations: world.desk().conversations.clone(),
            store: store.clone(),
            addresses: vec![address.parse().unwrap()],
            issuer: "Wayfarer".into(),
            clock: clock.clone(),
            entropy: Arc::new(Random),
            stop: stop.clone(),
        });
        let files = Router::new().fallback(async || "a page");
        Self { world, clock, store, site: staff::router(staff, files), stop }
    }

    fn browser(&self) -> Browser {
        Browser::new(self.site.clone(), ADDRESS)
    }

    async fn invite(&self) -> String {
        staff::create_enrolment(&self.store, self.clock.as_ref(), &Random).await.unwrap().to_string()
    }

    /// A browser in which a new account is signed in, and the account's secret.
    async fn enrolled(&self, name: &str, email: &str) -> (Browser, String) {
        let mut browser = self.browser();
        let token = self.invite().await;
        let offer = browser.post("/api/enrolment/offer", serde_json::json!({ "token": token })).await;
        let secret = offer.body["secret"].as_str().unwrap().to_owned();
        let answer = browser
            .post(
                "/api/enrolment",
                serde_json::json!({
                    "token": token, "name": name, "email": email, "password": PASSWORD,
                    "code": code(&secret, self.clock.now()),
                }),
            )
            .await;
        assert_eq!(answer.status, 201, "{:?}", answer.body);
        (browser, secret)
    }
}

/// The code that an authenticator app shows.
fn code(secret: &str, now: Timestamp) -> String {
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let totp = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(secret)
        .build_noncompliant();
    totp.generate(now.seconds().try_into().unwrap()).to_string()
}
