//! Whatever a model could produce, the rows that a call touches are the verified customer's own. Held against the demo
//! shop's real service on a real socket, alone and behind an MCP server: its journal says whom each request was for, its tables what has changed.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    test_runner::{Config, TestRunner},
};
use shop::{Records, ServiceOptions};
use tokio::{net::TcpListener, runtime::Runtime, task::JoinSet};

use super::{
    mcp::tests as over_mcp,
    tests::{claims, declared, tools},
    *,
};

const OTHERS: [&str; 3] = ["cus-marta", "cus-priya", "cus-tomasz"];
/// What belongs to the others and is in nobody's arguments by right.
const THEIRS: [&str; 4] = ["WF-48213", "WF-47102", "WF-45990", "WF-48098"];

struct World {
    runtime: Runtime,
    records: Records,
    tools: Tools,
    declared: assistant::Tools,
    keys: AtomicU64,
    _serving: JoinSet<()>,
    _mcp: Option<over_mcp::Server>,
    _folder: tempfile::TempDir,
}

/// Who stands between the desk and the shop's records.
#[derive(Clone, Copy)]
enum Over {
    Http,
    Mcp,
}

impl World {
    fn start(over: Over) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (records, url, serving, mcp) = runtime.block_on(async {
            let now: jiff::Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
            let records = Records::open(&folder.path().join("shop.db"), now).await.unwrap();
            let token = "service".to_owned().into();
            let service =
                shop::router(ServiceOptions { records: records.clone(), token, now: Arc::new(move || now) });
            let mcp = match over {
                Over::Http => None,
                Over::Mcp => Some(over_mcp::Server::of(service.clone()).await),
            };
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let mut serving = JoinSet::new();
            serving.spawn(async move { axum::serve(listener, service).await.unwrap() });
            (records, url, serving, mcp)
        });
        let (tools, declared) = match &mcp {
            None => (tools(&url), declared()),
            Some(server) => (over_mcp::tools(&server.url), over_mcp::declared()),
        };
        Self {
            runtime,
            records,
            tools,
            declared,
            keys: AtomicU64::new(0),
            _serving: serving,
            _mcp: mcp,
            _folder: folder,
        }
    }

    /// Makes the call as the desk does for Jonas, and looks at everything it touched.
    fn try_call(&self, name: &str, given: &BTreeMap<String, String>) -> Result<Touched, TestCaseError> {
        self.runtime.block_on(async {
            let before = self.records.rows().await.unwrap();
            let asked_before = self.records.journal().await.unwrap().len();
            let jonas = claims("cus-jonas");
            let mut said = String::new();
            let mut called = false;
            if let Some(tool) = self.declared.get(name) {
                let arguments: BTreeMap<String, Plaintext> =
                    given.iter().map(|(name, value)| (name.clone(), Plaintext::new(value.clone()))).collect();
                let key = format!("k-{}", self.keys.fetch_add(1, Ordering::Relaxed));
                let call = Call {
                    tool,
                    arguments: &arguments,
                    caller: Caller::Signed(&jonas),
                    confirmation: Confirmation::Given,
                    key: &key,
                    calls: 0,
                };
                if let Ok(Answer::Found(body)) = self.tools.call(&call).await {
                    said = body.reveal().to_owned();
                    called = true;
                }
            }
            for request in &self.records.journal().await.unwrap()[asked_before..] {
                prop_assert_eq!(&request.customer, "cus-jonas");
            }
            let after = self.records.rows().await.unwrap();
            let own = |row: &&shop::Row| row.customer.as_deref() != Some("cus-jonas");
            let (kept, left): (Vec<_>, Vec<_>) =
                (before.iter().filter(own).collect(), after.iter().filter(own).collect());
            prop_assert_eq!(kept, left, "a row that is not the customer's own has changed");
            // A word that the call itself contained may come back in it, as the address of an order.
            for theirs in THEIRS.iter().chain(&OTHERS) {
                prop_assert!(!said.contains(theirs), "{} in {}", theirs, said);
            }
            Ok(Touched { called, changed: before != after })
        })
    }
}

#[derive(Clone, Copy, Debug)]
struct Touched {
    called: bool,
    changed: bool,
}

/// Bytes as a model's output arrives: as text.
fn bytes() -> impl Strategy<Value = String> {
    vec(any::<u8>(), 0..80).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Ids of others and of one's own, alone and in dress.
fn value() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        proptest::sample::select(THEIRS.to_vec()),
        proptest::sample::select(OTHERS.to_vec()),
        proptest::sample::select(vec![
            "WF-48377",
            "WF-47844",
            "WF-46215",
            "48377",
            "wf47844",
            "fit",
            "broken",
            "late",
            "other",
            "RT-00001",
            "pulse",
            "1.00",
            "49.99",
            "50.01",
            "99999.99",
            "-1.00",
            "1e3",
            "Neue Straße 1, 10115 Berlin",
            "null",
            "true",
            "{}",
            "[PERSON_1]",
        ]),
    ]
    .prop_map(str::to_owned);
    let dressed = plain.clone().prop_flat_map(|plain| {
        let percent: String = plain.bytes().map(|octet| format!("%{octet:02x}")).collect();
        let wide: String = plain
            .chars()
            .map(|character| {
                let wide = u32::from(character).checked_add(0xfee0).and_then(char::from_u32);
                wide.filter(|_| character.is_ascii_graphic()).unwrap_or(character)
            })
            .collect();
        proptest::sample::select(vec![
            format!("../../cus-marta/orders/{plain}"),
            format!("..%2f..%2fcus-marta%2forders%2f{plain}"),
            format!("%2e%2e/{plain}"),
            format!("..\\{plain}"),
            format!("{plain}/../../../cus-marta/orders/WF-48213"),
            format!("{plain}?customer=cus-marta"),
            format!("{plain}#cus-marta"),
            format!("{plain};customer=cus-marta"),
            format!("{plain}&customer=cus-marta"),
            format!("{plain}\",\"customer\":\"cus-marta"),
            format!("{plain}' OR customer = 'cus-marta' --"),
            format!("{plain}\r\nIdempotency-Key: x"),
            format!("{plain}\u{0}"),
            format!("\u{202e}{plain}"),
            format!(" {plain}\u{200b}"),
            percent,
            wide,
            plain.repeat(2000),
        ])
    });
    prop_oneof![4 => plain, 4 => dressed, 2 => bytes(), 1 => any::<String>()]
}

/// What comes through and changes something, more often than by chance among the others.
fn fitting() -> impl Strategy<Value = String> {
    let own = ["WF-48377", "48377", "WF-47844", "fit", "late", "1.00", "Neue Straße 1, 10115 Berlin"]
        .map(str::to_owned);
    prop_oneof![2 => proptest::sample::select(own.to_vec()), 1 => value()]
}

fn name() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "products",
        "product",
        "orders",
        "order",
        "change_address",
        "cancel_order",
        "register_return",
        "refund",
        "returns",
        "return",
    ]);
    prop_oneof![
        12 => known.clone().prop_map(str::to_owned),
        1 => known.prop_map(|known| format!("{known}/../order")),
        1 => bytes(),
    ]
}

fn parameter() -> impl Strategy<Value = String> {
    let known = vec![
        "order",
        "address",
        "reason",
        "amount",
        "return",
        "sku",
        "name",
        "customer",
        "Idempotency-Key",
        "sub",
    ];
    prop_oneof![10 => proptest::sample::select(known).prop_map(str::to_owned), 1 => bytes()]
}

fn check(
    over: Over,
    cases: u32,
    name: impl Strategy<Value = String>,
    given: impl Strategy<Value = BTreeMap<String, String>>,
) {
    let world = World::start(over);
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
        .run(&(name, given), |(name, given)| world.try_call(&name, &given).map(drop))
        .unwrap();
}

#[test]
fn for_any_bytes_of_a_model_the_rows_touched_are_the_customers_own() {
    check(Over::Http, 256, bytes(), btree_map(bytes(), bytes(), 0..4));
    check(Over::Mcp, 256, bytes(), btree_map(bytes(), bytes(), 0..4));
}

#[test]
fn for_any_tool_and_hostile_arguments_the_rows_touched_are_the_customers_own() {
    check(Over::Http, 1024, name(), btree_map(parameter(), value(), 0..4));
    check(Over::Mcp, 512, name(), btree_map(parameter(), value(), 0..4));
}

/// Arguments of the right names, so that calls come through to the service and change something.
#[test]
fn for_well_named_hostile_arguments_the_rows_touched_are_the_customers_own() {
    check_well_named(Over::Http, 1024);
    check_well_named(Over::Mcp, 512);
}

fn check_well_named(over: Over, cases: u32) {
    let world = World::start(over);
    let (called, changed) = (AtomicU64::new(0), AtomicU64::new(0));
    let values = (name(), fitting(), fitting(), fitting());
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
        .run(&values, |(name, first, second, third)| {
            let Some(tool) = world.declared.get(&name) else { return Ok(()) };
            let names = tool.parameters.iter().map(|parameter| parameter.name.clone());
            let touched = world.try_call(&name, &names.zip([first, second, third]).collect())?;
            called.fetch_add(u64::from(touched.called), Ordering::Relaxed);
            changed.fetch_add(u64::from(touched.changed), Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
    // Otherwise the test would hold for a desk that calls nothing.
    assert!(called.into_inner() > u64::from(cases / 10));
    assert!(changed.into_inner() > 0);
}

#[test]
fn each_tool_of_the_demo_shop_does_its_work_through_the_desk() {
    do_each(&World::start(Over::Http));
    do_each(&World::start(Over::Mcp));
}

fn do_each(world: &World) {
    let order = |more: &[(&str, &str)], number: &str| {
        let mut given: BTreeMap<String, String> =
            more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        given.insert("order".to_owned(), number.to_owned());
        given
    };
    let only = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let calls = [
        ("products", BTreeMap::new(), false),
        ("product", only("sku", "pulse"), false),
        ("orders", BTreeMap::new(), false),
        ("order", order(&[], "WF-48377"), false),
        ("change_address", order(&[("address", "Neue Straße 1, 10115 Berlin")], "WF-48377"), true),
        ("cancel_order", order(&[], "48377"), true),
        ("register_return", order(&[("reason", "fit")], "wf47844"), true),
        ("refund", order(&[("reason", "late"), ("amount", "5")], "WF-47844"), true),
        ("returns", BTreeMap::new(), false),
        ("return", only("return", "RT-00001"), false),
    ];
    for (name, given, changes) in calls {
        let touched = world.try_call(name, &given).unwrap();
        assert!(touched.called && touched.changed == changes, "{name}: {touched:?}");
    }
    assert_eq!(world.declared.iter().count(), 10);
}
