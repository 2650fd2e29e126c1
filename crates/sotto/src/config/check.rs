//! From values to the checked configuration, with the rules between keys.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use anonymizer::Policy;
use assistant::DataCategories;
use axum::http::HeaderValue;
use desk::{MailSecurity, MailSender};
use llm::{Api, TokenLimits};
use protocol::DeskKey;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use url::Url;

use super::values::{self, Values};
use super::{
    BackOfficeConfig, Config, ContentFiles, DemoConfig, DeskConfig, Fault, HubConfig, IdentityConfig,
    LogConfig, MailConfig, McpConfig, ModelConfig, PolicySource, TlsFiles, WidgetConfig,
};

const ADDRESS: &str = "an address with a port";
const ORIGIN: &str = "an http or https address without a path";
const TEN_YEARS: u32 = 3650;
const MILLION: u32 = 1_000_000;

/// Reads every key.
pub(super) fn config(mut values: Values) -> Result<Config, Vec<Fault>> {
    let config = Config {
        hub: hub(&mut values),
        desk: desk(&mut values),
        widget: widget(&mut values),
        demo: demo(&mut values),
        log: log(&mut values),
    };
    values.finish()?;
    Ok(config)
}

fn hub(values: &mut Values) -> HubConfig {
    let listen = values.text("hub.listen", ADDRESS);
    let tls = tls(values, "hub");
    let allowed_origins = origins(values, "hub.allowed_origins");
    HubConfig {
        listen,
        public_url: public_url(values, "hub", listen, tls.is_some()),
        storage: values.text("hub.storage", "\"file\" or the URL of a PostgreSQL database"),
        max_mib: values.number("hub.max_mib", 64, 64 * 1024 * 1024),
        desks: values.list("hub.desks", "a list of desks' public keys"),
        allowed_origins,
        tls,
        proxy_addresses: values.list("hub.proxy_addresses", "a list of IP addresses"),
        proxy_header: values.text("hub.proxy_header", "the name of a header"),
        channel_days: values.number("hub.channel_days", 1, TEN_YEARS),
        envelope_days: values.number("hub.envelope_days", 1, TEN_YEARS),
        attachment_days: values.number("hub.attachment_days", 1, TEN_YEARS),
        key_package_days: values.number("hub.key_package_days", 1, TEN_YEARS),
        requests_per_minute: values.number("hub.requests_per_minute", 1, MILLION),
        channels_per_minute: values.number("hub.channels_per_minute", 1, MILLION),
        claims_per_minute: values.number("hub.claims_per_minute", 1, MILLION),
        posts_per_minute: values.number("hub.posts_per_minute", 1, MILLION),
        sockets: values.number("hub.sockets", 1, MILLION),
        network_sockets: values.number("hub.network_sockets", 1, MILLION),
        connections: values.number("hub.connections", 1, MILLION),
        network_connections: values.number("hub.network_connections", 1, MILLION),
    }
}

fn desk(values: &mut Values) -> DeskConfig {
    let listen = values.text("desk.listen", ADDRESS);
    let tls = tls(values, "desk");
    let hub_url = values.text::<Address>("desk.hub_url", ORIGIN).0;
    DeskConfig {
        hub_ca_file: hub_ca_file(values, &hub_url),
        hub_url,
        listen,
        public_url: public_url(values, "desk", listen, tls.is_some()),
        storage: values.text("desk.storage", "\"file\" or the URL of a PostgreSQL database"),
        root_key_file: values.path("desk.root_key_file"),
        retention_days: values.number("desk.retention_days", 1, TEN_YEARS),
        content: content(values),
        vectors: values.text("desk.vectors", "\"memory\" or the URL of a PostgreSQL database"),
        conversations: values.path("desk.conversations"),
        public_values: values.list("desk.public_values", "a list of texts"),
        policy: policy(values),
        tls,
        identity: identity(values),
        model: model(values),
        back_office: back_office(values),
        mcp: mcp(values),
        mail: mail(values),
    }
}

fn widget(values: &mut Values) -> WidgetConfig {
    let listen = values.text("widget.listen", ADDRESS);
    let tls = tls(values, "widget");
    WidgetConfig {
        listen,
        public_url: public_url(values, "widget", listen, tls.is_some()),
        pages: origins(values, "widget.pages"),
        tls,
    }
}

fn demo(values: &mut Values) -> DemoConfig {
    DemoConfig { enabled: values.flag("demo.enabled"), listen: values.text("demo.listen", ADDRESS) }
}

fn log(values: &mut Values) -> LogConfig {
    LogConfig {
        level: values
            .text::<Level>("log.level", "a level (error, warn, info, debug, trace), or levels of parts")
            .0,
        format: values.text("log.format", "\"text\" or \"json\""),
    }
}

fn identity(values: &mut Values) -> Option<IdentityConfig> {
    let issuer: Option<String> = values.optional("desk.identity.issuer", "a text");
    let audience = values.text("desk.identity.audience", "a text");
    let public_key: Option<DeskKey> =
        values.optional("desk.identity.public_key", "an Ed25519 public key in base64url");
    together(
        values,
        ("desk.identity.issuer", issuer.is_some()),
        ("desk.identity.public_key", public_key.is_some()),
    );
    Some(IdentityConfig { issuer: issuer?, audience, public_key: public_key? })
}

fn model(values: &mut Values) -> Option<ModelConfig> {
    let api = values.text::<Api>("desk.model.provider", "\"openai\" or \"anthropic\"");
    let base_url: Option<WebUrl> = values.optional("desk.model.base_url", "an http or https address");
    let name: Option<String> = values.optional("desk.model.name", "a text");
    let region: Option<Region> =
        values.optional("desk.model.region", "a short code of letters, digits and hyphens");
    let kinds: Vec<DataCategory> = values.list(
        "desk.model.data_categories",
        "a list of kinds of values as in a policy, \"rest\", and matters such as \"health\"",
    );
    let limits = TokenLimits {
        conversation: values.number("desk.model.tokens_per_conversation", 1000, u32::MAX).into(),
        day: values.number("desk.model.tokens_per_day", 1000, u32::MAX).into(),
    };
    let api_key_file = values.path("desk.model.api_key_file");
    together(values, ("desk.model.base_url", base_url.is_some()), ("desk.model.name", name.is_some()));
    if limits.conversation > limits.day {
        values.fault(
            "desk.model.tokens_per_conversation",
            "is more than desk.model.tokens_per_day: write less",
        );
    }
    Some(ModelConfig {
        api,
        base_url: base_url?.0,
        name: name?,
        region: region.map(|region| region.0),
        data: DataCategories::named(kinds.iter().map(|kind| kind.0.as_str())).ok()?,
        limits,
        api_key_file,
    })
}

struct Region(String);

impl FromStr for Region {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let short = (1..=64).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if short && plain { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}

/// A name that [`DataCategories`] knows.
struct DataCategory(String);

impl FromStr for DataCategory {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let known = DataCategories::names().any(|name| name == text);
        if known { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}

fn back_office(values: &mut Values) -> Option<BackOfficeConfig> {
    let url: Option<WebUrl> = values.optional("desk.back_office.url", "an http or https address");
    let token_file = values.path("desk.back_office.token_file");
    together(
        values,
        ("desk.back_office.url", url.is_some()),
        ("desk.back_office.token_file", token_file.is_some()),
    );
    Some(BackOfficeConfig { url: url?.0, token_file: token_file? })
}

fn mcp(values: &mut Values) -> Option<McpConfig> {
    const KEY: &str = "desk.mcp.url";
    let url: Option<WebUrl> = values.optional(KEY, "an http or https address");
    let token_file = values.path("desk.mcp.token_file");
    if url.is_none() && token_file.is_some() {
        values.fault("desk.mcp.token_file", "is set and desk.mcp.url is not: set that too");
    }
    let url = url?.0;
    if url.scheme() != "https" && !is_this_machine(url.host_str().unwrap_or_default()) {
        values.fault(KEY, "must begin with https: customers' values go there");
    }
    Some(McpConfig { url, token_file })
}

fn mail(values: &mut Values) -> Option<MailConfig> {
    let host: Option<String> = values.optional("desk.mail.host", "the name of a host");
    let from: Option<MailSender> = values.optional("desk.mail.from", "an e-mail address, also with a name");
    let port = u16::try_from(values.number("desk.mail.port", 1, u32::from(u16::MAX))).unwrap_or_default();
    let security = values.text("desk.mail.security", "\"tls\", \"starttls\" or \"none\"");
    let ca_file = values.path("desk.mail.ca_file");
    let user: Option<String> = values.optional("desk.mail.user", "a text");
    let password = values.path("desk.mail.password_file");
    together(values, ("desk.mail.host", host.is_some()), ("desk.mail.from", from.is_some()));
    together(values, ("desk.mail.user", user.is_some()), ("desk.mail.password_file", password.is_some()));
    let host = host?;
    if security == MailSecurity::None && !is_this_machine(&host) {
        values.fault(
            "desk.mail.security",
            "is \"none\" and the relay is not on this machine: write \"tls\" or \"starttls\"",
        );
    }
    Some(MailConfig { host, port, security, ca_file, account: user.zip(password), from: from? })
}

/// Whether a host is this machine, so that what is sent to it in plain crosses no network.
fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn content(values: &mut Values) -> Option<ContentFiles> {
    let (business, knowledge) = (values.path("desk.business"), values.path("desk.knowledge"));
    let flows = values.path("desk.flows");
    for (key, path) in [("desk.knowledge", &knowledge), ("desk.flows", &flows)] {
        if path.is_some() && business.is_none() {
            values.fault(key, "is set and desk.business is not: set that too");
        }
    }
    Some(ContentFiles { business: business?, knowledge, flows })
}

/// A name that the program knows, or else a file.
fn policy(values: &mut Values) -> PolicySource {
    const KEY: &str = "desk.policy";
    const SUPPORT: PolicySource = PolicySource::BuiltIn("support");
    let Some(written) = values.optional::<String>(KEY, "text") else { return SUPPORT };
    if let known @ PolicySource::BuiltIn(_) = PolicySource::named(&written) {
        return known;
    }
    if !written.ends_with(".toml") {
        let names = Policy::BUILT_IN.map(|(name, _)| name).join(", ");
        values.fault(KEY, &format!("must be {names} or the path of a .toml file"));
    }
    values.path(KEY).map_or(SUPPORT, PolicySource::File)
}

/// An authority says something only about a certificate. `sotto up` writes its own hub's address over the default.
fn hub_ca_file(values: &mut Values, hub_url: &Url) -> Option<PathBuf> {
    let file = values.path("desk.hub_ca_file");
    if file.is_some()
        && hub_url.scheme() == "http"
        && values.origin("desk.hub_url") != values::Origin::Default
    {
        let message = "is set and desk.hub_url begins with http: write https there, or leave this key out";
        values.fault("desk.hub_ca_file", message);
    }
    file
}

fn tls(values: &mut Values, section: &str) -> Option<TlsFiles> {
    let (certificate_key, key_key) = (format!("{section}.tls_certificate"), format!("{section}.tls_key"));
    let (certificate, key) = (values.path(&certificate_key), values.path(&key_key));
    together(values, (&certificate_key, certificate.is_some()), (&key_key, key.is_some()));
    Some(TlsFiles { certificate: certificate?, key: key? })
}

/// The address under which a part is reached, by default the one at which it listens.
fn public_url(values: &mut Values, section: &str, listen: SocketAddr, tls: bool) -> Url {
    let url: Option<Address> = values.optional(&format!("{section}.public_url"), ORIGIN);
    let scheme = if tls { "https" } else { "http" };
    url.map_or_else(
        || Url::parse(&format!("{scheme}://{listen}")).expect("an address with a port makes a URL"),
        |url| url.0,
    )
}

fn origins(values: &mut Values, key: &str) -> Vec<HeaderValue> {
    let origins: Vec<Origin> = values.list(key, "a list of web origins (scheme and host, no path)");
    origins.into_iter().map(|origin| origin.0).collect()
}

/// Two keys that say something only together.
fn together(values: &mut Values, one: (&str, bool), other: (&str, bool)) {
    let (set, missing) = match (one.1, other.1) {
        (true, false) => (one.0, other.0),
        (false, true) => (other.0, one.0),
        (true, true) | (false, false) => return,
    };
    values.fault(set, &format!("is set and {missing} is not: set both or neither"));
}

struct WebUrl(Url);

impl FromStr for WebUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let url = Url::parse(text).map_err(|_| ())?;
        if matches!(url.scheme(), "http" | "https") && url.has_host() { Ok(Self(url)) } else { Err(()) }
    }
}

/// An address with nothing after host and port: the parts are served from the root of their origins.
struct Address(Url);

impl FromStr for Address {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let url = WebUrl::from_str(text)?.0;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if bare { Ok(Self(url)) } else { Err(()) }
    }
}

/// A web origin as browsers write it (WHATWG HTML, serialisation of an origin).
struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let url = WebUrl::from_str(text)?.0;
        let origin = url.origin().ascii_serialization();
        if origin != text.trim_end_matches('/') {
            return Err(());
        }
        HeaderValue::from_str(&origin).map(Self).map_err(|_| ())
    }
}

/// Checked here and parsed again where logging is set up: `EnvFilter` cannot be cloned. By itself it would take any
/// word for the name of a part, and `level = "verbose"` for silence.
struct Level(String);

impl FromStr for Level {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let each_names_a_level = text.split(',').all(|directive| {
            let level = directive.rsplit_once('=').map_or(directive, |(_part, level)| level);
            level.trim().parse::<LevelFilter>().is_ok()
        });
        EnvFilter::builder()
            .parse(text)
            .ok()
            .filter(|_| each_names_a_level)
            .map(|_| Self(text.to_owned()))
            .ok_or(())
    }
}
