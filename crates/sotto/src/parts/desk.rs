//! `sotto desk`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anonymizer::{Anonymizer, Entity, NamesModel, Options, Policy};
use anyhow::{Context, Result, bail};
use assistant::{Assistant, Business, DeclaredModel, Embedder, Knowledge};
use desk::staff::{self, ConsoleAddress, Staff, StaffOptions};
use desk::{
    BackOfficeOptions, Conversations, Desk, DeskOptions, HubTrust, IdentityOptions, MailOptions, McpOptions,
    Services, StoredVectors, desk_identity,
};
use ledger::Ledger;
use llm::{Limits, Provider, ProviderOptions, Secret, Timeouts};
use store::desk::DeskStore;
use store::keys::RootKey;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::{confine, location, port_of, refuse_lost_key, storage_port, tls_paths, vectors_port};
use crate::ambient::{SystemClock, SystemEntropy};
use crate::cli::Supervised;
use crate::config::{
    BackOfficeConfig, ContentFiles, DemoConfig, DeskConfig, IdentityConfig, MailConfig, McpConfig,
    ModelConfig, PolicySource, VectorsPlace,
};
use crate::content::{self, Content, Libraries, Published};
use crate::data::{DataFolder, Part, secret_text};
use crate::sandbox::Allowed;
use crate::supervised::{self, Ready};
use crate::{models, runtime, serve, web_files};

const CONNECT: Duration = Duration::from_secs(10);
/// A customer waits: after this the articles answer.
const MODEL_TIMEOUTS: Timeouts = Timeouts {
    first_byte: Duration::from_secs(12),
    pause: Duration::from_secs(8),
    total: Duration::from_secs(30),
};
/// What the articles mean, from one start to the next; made anew when it is not there.
pub(crate) const VECTORS: &str = "vectors";
/// How often the desk looks whether something was published.
const LOOK: Duration = Duration::from_secs(2);
/// After how long it tries again what it could not use: the database of vectors may have been away.
const AGAIN: Duration = Duration::from_secs(60);
/// Port 53, for a name server that is asked over TCP.
const NAME_SERVICE: u16 = 53;

/// Runs the desk until it is told to stop.
pub(crate) fn run(
    data: &DataFolder,
    config: &DeskConfig,
    demo: &DemoConfig,
    supervised: Supervised,
) -> Result<()> {
    let folder = data.part(Part::Desk)?;
    let libraries = Libraries::of(data);
    let _lock = DataFolder::lock(&folder)?;
    let listener = serve::listen(config.listen)?;
    let names = models::names(data)?;
    let embedder = models::installed_sentences(data)?;
    // It names a file beside itself, which the desk could not open afterwards.
    let declared = config.content.as_ref().map(content::business).transpose()?;
    if let (Some(files), Some(business)) = (&config.content, &declared) {
        refuse_codes_without_relay(config, files, business)?;
    }
    let mut allowed = allowed(config, &folder);
    allowed.read.extend(data.libraries()?);
    confine(&allowed)?;
    let hub_trust = hub_trust(config)?;
    runtime()?.block_on(async {
        let stop = supervised::stop_token(supervised)?;
        if names.is_none() {
            tracing::warn!(
                "the names model is not installed (`sotto models install`): fewer names are found"
            );
        }
        let store = open_store(config, &folder).await?;
        if embedder.is_none() {
            tracing::warn!(
                "the sentence model is not installed (`sotto models install`): articles are found by words alone"
            );
        }
        let client = llm::http_client(CONNECT).context("set up TLS")?;
        let policy = policy(&config.policy)?;
        let making = Making {
            config: config.clone(),
            demo: demo.clone(),
            declared,
            embedder,
            vectors: folder.join(VECTORS),
            policy: policy.clone(),
            store: store.clone(),
            client: client.clone(),
        };
        let published = libraries.live()?;
        let assistant = making.assistant(&published).await?;
        let business = assistant.business().clone();
        let desk = Desk::start(DeskOptions {
            hub: config.hub_url.clone(),
            hub_trust,
            store: store.clone(),
            ledger: open_ledger(&folder)?,
            anonymizer: Anonymizer::with_policy(policy, anonymizer_options(config, &business, names)),
            assistant,
            issuer: config.identity.as_ref().map(issuer),
            services: Services {
                back_office: config.back_office.as_ref().map(back_office).transpose()?,
                mcp: config.mcp.as_ref().map(mcp).transpose()?,
            },
            mail: config.mail.as_ref().map(mail).transpose()?,
            client,
            retention_days: config.retention_days,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        })
        .await
        .context("start the desk")?;
        let staff = Staff::new(StaffOptions {
            conversations: desk.conversations.clone(),
            store: store.clone(),
            addresses: console_addresses(config)?,
            issuer: business.name,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            stop: stop.clone(),
        });
        let site = staff::router(staff, web_files::console());
        let enrolment = first_enrolment(&store, config).await?;
        tracing::info!(address = %config.listen, key = %desk.key, "the desk is ready");
        supervised::announce(supervised, &Ready { enrolment })?;
        let mut following = JoinSet::new();
        following.spawn(follow(libraries, published, making, desk.conversations.clone()));
        let served = serve::serve(listener, config.tls.as_ref(), site, stop).await;
        drop(following);
        desk.stop().await;
        store.close().await;
        served
    })
}

/// What an assistant is made of besides what was published.
struct Making {
    config: DeskConfig,
    demo: DemoConfig,
    declared: Option<Business>,
    embedder: Option<Embedder>,
    /// The file of what articles and examples mean.
    vectors: PathBuf,
    /// The one that the anonymizer keeps to, also when its file has changed since.
    policy: Policy,
    store: DeskStore,
    client: reqwest::Client,
}

impl Making {
    async fn assistant(&self, published: &Published) -> Result<Assistant> {
        let Content { business, knowledge, flows } =
            Content::of(self.declared.clone(), &self.config, &self.demo, published)?;
        let knowledge = match &self.embedder {
            Some(embedder) => {
                embedder.remember(&self.vectors);
                with_meaning(knowledge, embedder, &self.config, &self.store).await?
            }
            None => knowledge,
        };
        let mut assistant = Assistant::new(knowledge, business)
            .with_flows(flows, self.embedder.as_ref())
            .context("learn the intents")?;
        if let Some(Err(error)) = self.embedder.as_ref().map(|embedder| embedder.keep(&self.vectors)) {
            tracing::warn!(%error, "the articles' vectors could not be kept: the next start takes as long");
        }
        if let Some(model) = &self.config.model {
            assistant = assistant.with_declared(declared_model(model, &self.policy, self.client.clone())?);
        }
        Ok(assistant)
    }
}

/// Answers with what is published while the desk runs. What cannot be used changes nothing, and is told in the log.
async fn follow(libraries: Libraries, mut live: Published, making: Making, conversations: Conversations) {
    let mut seen = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let changed = libraries.changed();
        if seen == Some(changed) {
            continue;
        }
        // Reading, embedding and learning take seconds: the thread is given up to them, so that others are answered.
        let made = tokio::task::block_in_place(|| {
            let published = libraries.live()?;
            if published == live {
                return Ok(None);
            }
            let assistant = tokio::runtime::Handle::current().block_on(making.assistant(&published))?;
            anyhow::Ok(Some((published, assistant)))
        });
        match made {
            Ok(None) => seen = Some(changed),
            Ok(Some((published, assistant))) => {
                conversations.replace_assistant(assistant);
                tracing::info!("what was published is live");
                (live, seen) = (published, Some(changed));
            }
            Err(error) => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    "what was published cannot be used now; the desk answers as before and tries again in a minute"
                );
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// The access record. Its name, under which proofs will be checked, is chosen once at random.
fn open_ledger(folder: &Path) -> Result<Ledger> {
    let name = secret_text(&folder.join("ledger.name"), &SystemEntropy)?;
    Ledger::open(&folder.join("ledger"), &format!("sotto-desk/{}", *name)).context("open the access record")
}

/// A link with which one person joins the staff; it works once.
pub(crate) async fn invite(store: &DeskStore, config: &DeskConfig) -> Result<String> {
    let token =
        staff::create_enrolment(store, &SystemClock, &SystemEntropy).await.context("store the invitation")?;
    Ok(format!("{}/enrol#{}", origin(config), *token))
}

/// While nobody has an account, each start prints a link for the first one.
async fn first_enrolment(store: &DeskStore, config: &DeskConfig) -> Result<Option<String>> {
    if store.has_staff().await.context("look for staff")? {
        return Ok(None);
    }
    invite(store, config).await.map(Some)
}

fn origin(config: &DeskConfig) -> String {
    config.public_url.origin().ascii_serialization()
}

/// The console's own address, and on this machine also its name `localhost`.
fn console_addresses(config: &DeskConfig) -> Result<Vec<ConsoleAddress>> {
    let mut addresses = vec![origin(config)];
    if config.listen.ip().is_loopback()
        && config.public_url.host_str() == Some(&config.listen.ip().to_string())
    {
        addresses.push(format!("{}://localhost:{}", config.public_url.scheme(), config.listen.port()));
    }
    addresses
        .iter()
        .map(|address| address.parse().context("desk.public_url must be scheme, host and port only"))
        .collect()
}

/// The desk's store; both it and its keys are made on first start.
pub(crate) async fn open_store(config: &DeskConfig, folder: &Path) -> Result<DeskStore> {
    let path = root_key(config, folder);
    refuse_lost_key(&path, &folder.join("store.db"))?;
    let root = RootKey::read_or_create(&path, &SystemEntropy).context("open the root key")?;
    let location = location(&config.storage, folder, None, || Ok(root.storage_key()))?;
    DeskStore::open(&location, root, Arc::new(SystemClock), Arc::new(SystemEntropy))
        .await
        .context("open the desk's store")
}

/// Where the root key is, or will be.
pub(crate) fn root_key(config: &DeskConfig, folder: &Path) -> PathBuf {
    config.root_key_file.clone().unwrap_or_else(|| folder.join("root.key"))
}

/// Found at the start and not by the customer who waits for a mail.
fn refuse_codes_without_relay(config: &DeskConfig, files: &ContentFiles, business: &Business) -> Result<()> {
    match (&config.mail, &business.first_with_code) {
        (None, Some((tool, line))) => bail!(
            "{}, line {line}: tool {tool} needs a one-time code and there is no mail relay; set desk.mail.host and \
             desk.mail.from, or write identity = \"signed\"",
            files.business.display()
        ),
        (Some(_), _) | (None, None) => Ok(()),
    }
}

/// Found by meaning as well, with the vectors where the configuration says.
async fn with_meaning(
    knowledge: Knowledge,
    embedder: &Embedder,
    config: &DeskConfig,
    store: &DeskStore,
) -> Result<Knowledge> {
    match &config.vectors {
        VectorsPlace::Memory => Ok(knowledge.with_meaning(embedder)),
        VectorsPlace::Postgres(url) => {
            let owner = desk_identity(store, &SystemEntropy).await?.public();
            let stored = StoredVectors::open(url, owner).await.context("desk.vectors")?;
            stored.with_meaning(knowledge, embedder).await.context("desk.vectors")
        }
    }
}

fn allowed(config: &DeskConfig, folder: &Path) -> Allowed {
    let mut own = vec![folder.to_path_buf()];
    // New epoch keys are written beside the root key.
    own.extend(config.root_key_file.as_ref().and_then(|path| path.parent()).map(Path::to_path_buf));
    let mut read = tls_paths(config.tls.as_ref());
    read.extend(config.hub_ca_file.clone());
    if let PolicySource::File(path) = &config.policy {
        read.push(path.clone());
    }
    let folders = config.content.iter().flat_map(|files| [&files.knowledge, &files.flows]);
    read.extend(folders.flatten().cloned());
    read.extend(config.model.iter().filter_map(|model| model.api_key_file.clone()));
    read.extend(config.back_office.iter().map(|service| service.token_file.clone()));
    read.extend(config.mcp.iter().filter_map(|server| server.token_file.clone()));
    read.extend(config.mail.iter().filter_map(|relay| relay.ca_file.clone()));
    let accounts = config.mail.iter().filter_map(|relay| relay.account.as_ref());
    read.extend(accounts.map(|(_, password)| password.clone()));
    let urls = [
        Some(&config.hub_url),
        config.model.as_ref().map(|model| &model.base_url),
        config.back_office.as_ref().map(|service| &service.url),
        config.mcp.as_ref().map(|server| &server.url),
    ];
    let ports: BTreeSet<u16> = urls
        .into_iter()
        .flatten()
        .filter_map(port_of)
        .chain(storage_port(&config.storage))
        .chain(vectors_port(&config.vectors))
        .chain(config.mail.as_ref().map(|relay| relay.port))
        .chain([NAME_SERVICE])
        .collect();
    Allowed { own, read, listen: vec![config.listen.port()], connect: ports.into_iter().collect() }
}

/// What becomes of customers' values.
pub(crate) fn policy(source: &PolicySource) -> Result<Policy> {
    match source {
        PolicySource::BuiltIn(name) => Policy::built_in(name).context("desk.policy"),
        PolicySource::File(path) => {
            let read = || format!("read the policy {}", path.display());
            let text = fs::read_to_string(path).with_context(read)?;
            Policy::parse(&text).with_context(read)
        }
    }
}

/// The authorities that may vouch for the hub.
pub(crate) fn hub_trust(config: &DeskConfig) -> Result<HubTrust> {
    config
        .hub_ca_file
        .as_deref()
        .map_or_else(|| Ok(HubTrust::default()), HubTrust::with_own)
        .context("desk.hub_ca_file")
}

fn issuer(identity: &IdentityConfig) -> IdentityOptions {
    IdentityOptions {
        issuer: identity.issuer.clone(),
        audience: identity.audience.clone(),
        public_key: *identity.public_key.octets(),
    }
}

fn back_office(service: &BackOfficeConfig) -> Result<BackOfficeOptions> {
    Ok(BackOfficeOptions { url: service.url.clone(), token: secret(&service.token_file)? })
}

pub(crate) fn mcp(server: &McpConfig) -> Result<McpOptions> {
    let token = server.token_file.as_deref().map(secret).transpose()?;
    Ok(McpOptions { url: server.url.clone(), token })
}

fn mail(relay: &MailConfig) -> Result<MailOptions> {
    let account = relay.account.as_ref().map(|(user, file)| anyhow::Ok((user.clone(), secret(file)?)));
    Ok(MailOptions {
        host: relay.host.clone(),
        port: relay.port,
        security: relay.security,
        account: account.transpose()?,
        from: relay.from.clone(),
        authority: relay
            .ca_file
            .as_deref()
            .map(|path| fs::read(path).context("desk.mail.ca_file"))
            .transpose()?,
    })
}

/// What the anonymizer is told of the business: its own hosts, which are no secret of a customer, and how it writes its
/// order numbers, which are.
pub(crate) fn anonymizer_options(
    config: &DeskConfig,
    business: &Business,
    names: Option<Arc<NamesModel>>,
) -> Options {
    let site = url::Url::parse(&business.site).ok().and_then(|url| url.host_str().map(str::to_owned));
    Options {
        public: config
            .public_values
            .iter()
            .cloned()
            .chain(business.hosts.iter().cloned())
            .chain(site)
            .collect(),
        order_numbers: Some(business.order_number.clone()),
        names,
    }
}

/// The model as it is declared.
fn declared_model(model: &ModelConfig, policy: &Policy, client: reqwest::Client) -> Result<DeclaredModel> {
    may_be_kept_back(model, policy)?;
    let api_key = model.api_key_file.as_deref().map(secret).transpose()?;
    let options = ProviderOptions {
        api: model.api,
        base_url: model.base_url.clone(),
        model: model.name.clone(),
        api_key: api_key.map(|key| Secret::new(key.to_string())),
        timeouts: MODEL_TIMEOUTS,
        limits: Limits::default(),
    };
    tracing::info!(provider = model.api.name(), region = model.region.as_deref(), "a language model is used");
    let provider = Arc::new(Provider::new(options, client));
    Ok(DeclaredModel::new(provider, model.data.clone(), model.limits))
}

/// Of a kind that the model may not read the policy must leave a trace in the text.
pub(crate) fn may_be_kept_back(model: &ModelConfig, policy: &Policy) -> Result<()> {
    let unseen: Vec<&str> = model.data.unseen(policy).into_iter().map(Entity::name).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    anyhow::bail!(
        "desk.model.data_categories leaves out {}, which desk.policy lets through as they are: allow them, or take a \
         policy that makes tokens of them, such as \"strict\"",
        unseen.join(", ")
    )
}

fn secret(path: &Path) -> Result<Zeroizing<String>> {
    let text = Zeroizing::new(
        fs::read_to_string(path).with_context(|| format!("read {}", PathBuf::from(path).display()))?,
    );
    Ok(Zeroizing::new(text.trim().to_owned()))
}
