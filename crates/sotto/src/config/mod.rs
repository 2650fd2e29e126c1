//! One checked configuration, made once at start from the template's defaults, a file and the environment.

mod check;
mod template;
mod values;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anonymizer::Policy;
use assistant::DataCategories;
use axum::http::{HeaderName, HeaderValue};
use desk::{MailSecurity, MailSender};
use llm::{Api, TokenLimits};
use protocol::DeskKey;
use url::Url;
use zeroize::Zeroizing;

pub(crate) use template::TEMPLATE;
pub(crate) use values::Fault;
use values::Values;

/// Everything that an operator can choose, checked.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) hub: HubConfig,
    pub(crate) desk: DeskConfig,
    pub(crate) widget: WidgetConfig,
    pub(crate) demo: DemoConfig,
    pub(crate) log: LogConfig,
}

/// `[hub]`
#[derive(Clone, Debug)]
pub(crate) struct HubConfig {
    pub(crate) listen: SocketAddr,
    /// How others reach it.
    pub(crate) public_url: Url,
    pub(crate) storage: Storage,
    pub(crate) max_mib: u32,
    pub(crate) desks: Vec<DeskKey>,
    pub(crate) allowed_origins: Vec<HeaderValue>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) proxy_addresses: Vec<IpAddr>,
    pub(crate) proxy_header: HeaderName,
    pub(crate) channel_days: u32,
    pub(crate) envelope_days: u32,
    pub(crate) attachment_days: u32,
    pub(crate) key_package_days: u32,
    pub(crate) requests_per_minute: u32,
    pub(crate) channels_per_minute: u32,
    pub(crate) claims_per_minute: u32,
    pub(crate) posts_per_minute: u32,
    pub(crate) sockets: u32,
    pub(crate) network_sockets: u32,
    pub(crate) connections: u32,
    pub(crate) network_connections: u32,
}

/// `[desk]` and below.
#[derive(Clone, Debug)]
pub(crate) struct DeskConfig {
    pub(crate) hub_url: Url,
    /// The certificate of an authority that may vouch for the hub beside the system's.
    pub(crate) hub_ca_file: Option<PathBuf>,
    pub(crate) listen: SocketAddr,
    /// How the staff's browsers reach the console.
    pub(crate) public_url: Url,
    pub(crate) storage: Storage,
    /// None for the one in the data folder.
    pub(crate) root_key_file: Option<PathBuf>,
    pub(crate) retention_days: u32,
    /// None for the demo shop's.
    pub(crate) content: Option<ContentFiles>,
    pub(crate) vectors: VectorsPlace,
    /// Conversations that are held before a change of articles or flows goes live.
    pub(crate) conversations: Option<PathBuf>,
    pub(crate) public_values: Vec<String>,
    pub(crate) policy: PolicySource,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) identity: Option<IdentityConfig>,
    pub(crate) model: Option<ModelConfig>,
    pub(crate) back_office: Option<BackOfficeConfig>,
    pub(crate) mcp: Option<McpConfig>,
    pub(crate) mail: Option<MailConfig>,
}

/// `[desk.identity]`
#[derive(Clone, Debug)]
pub(crate) struct IdentityConfig {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) public_key: DeskKey,
}

/// `[desk.model]`
#[derive(Clone, Debug)]
pub(crate) struct ModelConfig {
    pub(crate) api: Api,
    pub(crate) base_url: Url,
    pub(crate) name: String,
    /// Where the provider computes, in the operator's words.
    pub(crate) region: Option<String>,
    pub(crate) data: DataCategories,
    pub(crate) limits: TokenLimits,
    pub(crate) api_key_file: Option<PathBuf>,
}

/// `[desk.back_office]`
#[derive(Clone, Debug)]
pub(crate) struct BackOfficeConfig {
    pub(crate) url: Url,
    pub(crate) token_file: PathBuf,
}

/// `[desk.mcp]`
#[derive(Clone, Debug)]
pub(crate) struct McpConfig {
    pub(crate) url: Url,
    pub(crate) token_file: Option<PathBuf>,
}

/// `[desk.mail]`
#[derive(Clone, Debug)]
pub(crate) struct MailConfig {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: MailSecurity,
    /// The certificate of an authority that may vouch for the relay beside the system's.
    pub(crate) ca_file: Option<PathBuf>,
    /// The name to sign in with, and the file with the password.
    pub(crate) account: Option<(String, PathBuf)>,
    pub(crate) from: MailSender,
}

/// `[widget]`
#[derive(Clone, Debug)]
pub(crate) struct WidgetConfig {
    pub(crate) listen: SocketAddr,
    /// How browsers reach the chat's files.
    pub(crate) public_url: Url,
    /// Origins of the pages that may show the chat.
    pub(crate) pages: Vec<HeaderValue>,
    pub(crate) tls: Option<TlsFiles>,
}

/// `[demo]`
#[derive(Clone, Debug)]
pub(crate) struct DemoConfig {
    pub(crate) enabled: bool,
    pub(crate) listen: SocketAddr,
}

/// `[log]`
#[derive(Clone, Debug)]
pub(crate) struct LogConfig {
    /// Directives of tracing-subscriber's `EnvFilter`, known to be valid.
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Where a part stores.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Storage {
    /// An encrypted file in the part's own folder.
    File,
    /// The URL of a PostgreSQL database; it may hold a password.
    Postgres(Zeroizing<String>),
}

/// Where the articles' vectors are while the desk runs.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum VectorsPlace {
    /// In the desk's memory.
    Memory,
    /// In a PostgreSQL database with pgvector; its URL may hold a password.
    Postgres(Zeroizing<String>),
}

/// What the assistant knows.
#[derive(Clone, Debug)]
pub(crate) struct ContentFiles {
    pub(crate) business: PathBuf,
    /// A folder of articles; without one those that were imported and published are all there are.
    pub(crate) knowledge: Option<PathBuf>,
    /// A folder of flows.
    pub(crate) flows: Option<PathBuf>,
}

/// What says what becomes of customers' values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicySource {
    /// One that comes with the program.
    BuiltIn(&'static str),
    /// The business's own.
    File(PathBuf),
}

impl PolicySource {
    /// The one that comes with the program by this name, or else the file of this name.
    pub(crate) fn named(written: &str) -> Self {
        let known = Policy::BUILT_IN.into_iter().find(|(name, _)| *name == written);
        known.map_or_else(|| Self::File(PathBuf::from(written)), |(name, _)| Self::BuiltIn(name))
    }
}

/// PEM files.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}")]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// What is wrong, each on a line of its own.
    #[error("the configuration is wrong:\n{}", lines(.0))]
    Faults(Vec<Fault>),
}

impl Config {
    /// Reads the file, if one is named, and lays the environment over it.
    ///
    /// # Errors
    /// [`ConfigError`] with every fault that was found, not only the first.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let text = file
            .map(|path| {
                fs::read_to_string(path)
                    .map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })
            })
            .transpose()?;
        let values = Values::new(file.zip(text.as_deref()), environment);
        check::config(values).map_err(ConfigError::Faults)
    }

    /// The file that is read when none is named: `sotto.toml` in the folder where the program starts, if it is there.
    pub(crate) fn usual_file() -> Option<PathBuf> {
        let path = PathBuf::from("sotto.toml");
        match fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Ok(_) | Err(_) => Some(path),
        }
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => formatter.write_str("File"),
            Self::Postgres(_) => formatter.write_str("Postgres(***)"),
        }
    }
}

impl std::str::FromStr for Storage {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "file" => Ok(Self::File),
            url => postgres_url(url).map(Self::Postgres),
        }
    }
}

impl fmt::Debug for VectorsPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => formatter.write_str("Memory"),
            Self::Postgres(_) => formatter.write_str("Postgres(***)"),
        }
    }
}

impl std::str::FromStr for VectorsPlace {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "memory" => Ok(Self::Memory),
            url => postgres_url(url).map(Self::Postgres),
        }
    }
}

fn postgres_url(text: &str) -> Result<Zeroizing<String>, ()> {
    let url = Url::parse(text).map_err(|_| ())?;
    match url.scheme() {
        "postgres" | "postgresql" => Ok(Zeroizing::new(text.to_owned())),
        _ => Err(()),
    }
}

impl std::str::FromStr for LogFormat {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("  {fault}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
