//! A whole desk with everything real around it: a hub over sockets, stores on disk, a ledger; the shop's order
//! service alone is a double, over real HTTP.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anonymizer::{Anonymizer, Policy};
use assistant::{Assistant, Business, DataCategories, DeclaredModel, Flows, Knowledge, Known};
use axum::{Json, Router, extract, http::StatusCode, routing::get};
use desk::{
    BackOfficeOptions, Connected, Desk, DeskOptions, HubTrust, IdentityOptions, MailOptions, Services,
};
use hub::{Hub, HubOptions, Rate};
use ledger::{Leaf, Ledger};
use llm::{Api, Limits, Provider, ProviderOptions, Secret, Timeouts, TokenLimits};
use protocol::{Clock, DeskKey, Entropy, Timestamp};
use rustls::ServerConfig;
use store::{Location, StorageKey, desk::DeskStore, hub::HubStore, keys::RootKey};
use tokio::{net::TcpListener, task::JoinHandle};

/// The system's randomness.
pub(crate) struct Random;

impl Entropy for Random {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives randomness");
    }
}

/// The system's time, moved on by a test.
#[derive(Default)]
pub(crate) struct MovedClock(AtomicI64);

impl MovedClock {
    /// Lets so many milliseconds pass.
    pub(crate) fn advance(&self, by: i64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp(now().0 + self.0.load(Ordering::Relaxed))
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's clock starts from the system's")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    Timestamp(i64::try_from(since.as_millis()).expect("the time fits"))
}

/// What the order service was asked, by path.
pub(crate) type Journal = Arc<Mutex<Vec<String>>>;

/// The world of one test.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) hub_url: String,
    pub(crate) key: DeskKey,
    pub(crate) desk: Option<Desk>,
    pub(crate) clock: Arc<MovedClock>,
    pub(crate) journal: Journal,
    /// Whose word the desk takes for the hub's certificate.
    pub(crate) hub_trust: HubTrust,
    /// What becomes of personal data.
    pub(crate) policy: Policy,
    hub_tls: Option<Arc<ServerConfig>>,
    hub: Option<(Hub, JoinHandle<()>)>,
    /// The address of the order service.
    pub(crate) shop: String,
    /// The language model, none at first.
    pub(crate) model: Option<ModelAt>,
    /// Makes the assistant at each start; the demo shop's when there is none.
    pub(crate) assistant: Option<Arc<dyn Fn(Business) -> Assistant + Send + Sync>>,
    /// The relay for one-time codes.
    pub(crate) mail: Option<MailOptions>,
    /// What is changed in the business's file: from, to.
    pub(crate) edits: Vec<(&'static str, &'static str)>,
}

/// A double of a provider, and what may be spent there.
#[derive(Clone)]
pub(crate) struct ModelAt {
    pub(crate) api: Api,
    pub(crate) url: String,
    pub(crate) limits: TokenLimits,
}

/// The shop page's signing key in tests.
const PAGE_KEY: [u8; 32] = [7; 32];

impl World {
    pub(crate) async fn new() -> Self {
        Self::with_hub(None, HubTrust::default()).await
    }

    /// With a hub that speaks TLS, and a desk that takes these authorities' word for it.
    pub(crate) async fn with_hub(hub_tls: Option<Arc<ServerConfig>>, hub_trust: HubTrust) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovedClock::default());
        let journal = Journal::default();
        let shop = shop(Arc::clone(&journal)).await;
        let store = desk_store(folder.path(), clock.clone()).await;
        let key = desk::desk_identity(&store, &Random).await.unwrap().public();
        store.close().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if hub_tls.is_some() { "https" } else { "http" };
        let hub_url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (desk, hub, assistant) = (None, None, None);
        let policy = Policy::support();
        let mut world = Self {
            folder,
            hub_url,
            key,
            desk,
            clock,
            journal,
            hub_trust,
            policy,
            hub_tls,
            hub,
            shop,
            model: None,
            mail: None,
            edits: Vec::new(),
            assistant,
        };
        world.start_hub(listener).await;
        world.start_desk().await;
        world
    }

    pub(crate) fn desk(&self) -> &Desk {
        self.desk.as_ref().expect("the desk runs")
    }

    pub(crate) async fn start_desk(&mut self) {
        self.start_desk_without_hub().await;
        let connected = &mut self.desk.as_mut().expect("just started").connected;
        connected.wait_for(|connected| *connected == Connected::Yes).await.unwrap();
    }

    pub(crate) async fn start_desk_without_hub(&mut self) {
        self.desk = Some(Desk::start(self.options().await).await.unwrap());
    }

    /// The same as a crash but for the process: tasks end where they are.
    pub(crate) async fn stop_desk(&mut self) {
        self.desk.take().expect("the desk runs").stop().await;
    }

    pub(crate) async fn stop_hub(&mut self) {
        let (hub, serving) = self.hub.take().expect("the hub runs");
        hub.shutdown().await;
        serving.await.unwrap();
    }

    /// Starts the hub again at the same address.
    pub(crate) async fn restart_hub(&mut self) {
        let address = self.hub_url.trim_start_matches("http://").to_owned();
        let deadline = Instant::now() + Duration::from_secs(10);
        let listener = loop {
            match TcpListener::bind(&address).await {
                Ok(listener) => break listener,
                Err(_) if Instant::now() < deadline => tokio::task::yield_now().await,
                Err(error) => panic!("{address}: {error}"),
            }
        };
        self.start_hub(listener).await;
    }

    async fn start_hub(&mut self, listener: TcpListener) {
        let location = Location::File {
            path: self.folder.path().join("hub.db"),
            key: StorageKey::from_octets([3; 32]),
            max_bytes: None,
        };
        let store = HubStore::open(&location).await.unwrap();
        let clock: Arc<dyn Clock> = self.clock.clone();
        let hub = Hub::new(hub_options(self.key), store, clock, Arc::new(Random));
        let serving = {
            let (hub, tls) = (hub.clone(), self.hub_tls.clone());
            tokio::spawn(async move { hub.serve(listener, tls).await.unwrap() })
        };
        self.hub = Some((hub, serving));
    }

    pub(crate) async fn options(&self) -> DeskOptions {
        let content = content();
        let read = |name: &str| {
            Ok::<_, assistant::BusinessError>(std::fs::read_to_string(content.join(name)).unwrap())
        };
        let text = self.edits.iter().fold(read("shop.toml").unwrap(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let business = Business::parse("shop.toml", &text, read).unwrap().at(self.shop.clone());
        DeskOptions {
            hub: self.hub_url.parse().unwrap(),
            hub_trust: self.hub_trust.clone(),
            store: desk_store(self.folder.path(), self.clock.clone()).await,
            ledger: Ledger::open(&self.folder.path().join("ledger"), "test").unwrap(),
            anonymizer: Anonymizer::with_policy(
                self.policy.clone(),
                anonymizer::Options {
                    order_numbers: Some(business.order_number.clone()),
                    ..anonymizer::Options::default()
                },
            ),
            assistant: match (&self.assistant, &self.model) {
                (Some(make), _) => make(business),
                (None, Some(model)) => assistant(&content, business).with_declared(declared(model)),
                (None, None) => assistant(&content, business),
            },
            issuer: Some(IdentityOptions {
                issuer: "shop".into(),
                audience: "sotto".into(),
                public_key: page_public_key(),
            }),
            services: Services {
                back_office: Some(BackOfficeOptions {
                    url: self.shop.parse().unwrap(),
                    token: "service".to_owned().into(),
                }),
                mcp: None,
            },
            mail: self.mail.clone(),
            client: client(),
            retention_days: 30,
            clock: self.clock.clone(),
            entropy: Arc::new(Random),
        }
    }

    /// Every leaf of the access record, as `action fields`.
    pub(crate) async fn accesses(&mut self) -> Vec<String> {
        self.stop_desk().await;
        let ledger = Ledger::open(&self.folder.path().join("ledger"), "test").unwrap();
        (0..ledger.root().unwrap().size)
            .map(|index| serde_json::from_slice::<Leaf>(&ledger.leaf(index).unwrap()).unwrap())
            .map(|leaf| format!("{} {}", leaf.action, leaf.fields.join(",")))
            .collect()
    }
}

/// The store of the desk in a folder.
pub(crate) async fn desk_store(folder: &Path, clock: Arc<dyn Clock>) -> DeskStore {
    let root = RootKey::read_or_create(&folder.join("root.key"), &Random).unwrap();
    let location = Location::File { path: folder.join("desk.db"), key: root.storage_key(), max_bytes: None };
    DeskStore::open(&location, root, clock, Arc::new(Random)).await.unwrap()
}

/// All devices of a test come from one network; how often that may be is the hub's own tests' matter.
pub(crate) fn hub_options(desk: DeskKey) -> HubOptions {
    let mut options = HubOptions::new(vec![desk]);
    let often = Rate { per_minute: NonZeroU32::MAX, burst: NonZeroU32::MAX };
    let limits = &mut options.limits;
    (limits.posts, limits.requests, limits.channels, limits.claims) = (often, often, often, often);
    options
}

fn client() -> reqwest::Client {
    // The second test in a process finds the provider installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn assistant(content: &Path, business: Business) -> Assistant {
    let knowledge = Knowledge::load(&content.join("articles")).unwrap();
    let known = Known { tools: &business.tools, articles: &knowledge.ids() };
    let flows = Flows::load(&content.join("flows"), known).unwrap();
    Assistant::new(knowledge, business).with_flows(flows, None).unwrap()
}

fn declared(at: &ModelAt) -> DeclaredModel {
    let options = ProviderOptions {
        api: at.api,
        base_url: at.url.parse().unwrap(),
        model: "double".into(),
        api_key: Some(Secret::new("key".into())),
        timeouts: Timeouts::default(),
        limits: Limits { backoff: Duration::from_millis(1), ..Limits::default() },
    };
    let data = DataCategories::named(["rest"]).unwrap();
    DeclaredModel::new(Arc::new(Provider::new(options, client())), data, at.limits)
}

/// The demo shop's folder.
pub(crate) fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/demo")
}

/// A signed identity as the shop's page gives it.
pub(crate) fn token(sub: &str, name: &str, issuer: &str, expires_in: i64) -> String {
    signed(serde_json::json!({
        "iss": issuer, "aud": "sotto", "sub": sub, "name": name,
        "email": format!("{sub}@example.com"), "exp": now().seconds() + expires_in,
    }))
}

/// The same with another address, or none.
pub(crate) fn token_with(sub: &str, name: &str, email: Option<&str>) -> String {
    let exp = now().seconds() + 300;
    signed(serde_json::json!({
        "iss": "shop", "aud": "sotto", "sub": sub, "name": name, "email": email, "exp": exp,
    }))
}

fn signed(claims: serde_json::Value) -> String {
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
    jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_ed_der(&pkcs8())).unwrap()
}

/// The private key in PKCS #8 (RFC 8410 section 7): a fixed frame around the 32 octets.
fn pkcs8() -> Vec<u8> {
    let frame =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    [frame.as_slice(), &PAGE_KEY].concat()
}

fn page_public_key() -> [u8; 32] {
    *e2ee::Identity::from_secret(&PAGE_KEY).public().octets()
}

/// The order service: one customer with one order.
async fn shop(journal: Journal) -> String {
    let one = |journal: Journal| {
        get(move |extract::Path((customer, order)): extract::Path<(String, String)>| async move {
            journal.lock().unwrap().push(format!("{customer}/{order}"));
            if customer == "c-1" && order.ends_with("10432") {
                Ok(Json(order_json()))
            } else {
                Err(StatusCode::NOT_FOUND)
            }
        })
    };
    let all = |journal: Journal| {
        get(move |extract::Path(customer): extract::Path<String>| async move {
            journal.lock().unwrap().push(customer);
            Json(serde_json::json!({ "orders": [order_json()] }))
        })
    };
    let router = Router::new()
        .route("/api/customers/{customer}/orders", all(Arc::clone(&journal)))
        .route("/api/customers/{customer}/orders/{order}", one(journal));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

fn order_json() -> serde_json::Value {
    serde_json::json!({
        "number": "WF-10432", "status": "shipped", "placed": "2026-11-10", "expected": "2026-11-25",
        "items": [{ "name": "Hearing aid batteries", "quantity": 2 }], "total": "24.00 EUR",
    })
}
