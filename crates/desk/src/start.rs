//! Starting and stopping a desk.

use std::sync::Arc;

use anonymizer::Anonymizer;
use assistant::Assistant;
use e2ee::Identity;
use ledger::Ledger;
use protocol::{Clock, DeskKey, Entropy};
use store::{StoreError, desk::DeskStore};
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;
use zeroize::Zeroizing;

use crate::{
    access::AccessRecord,
    code::Post,
    context::{Context, Current},
    conversation::Event,
    conversations::Conversations,
    hub_link::{Connected, HubLink, Incoming},
    hub_trust::HubTrust,
    identity::IdentityOptions,
    mail::{MailOptions, MailSetupError, Mailer},
    policy::{Policies, PolicyError},
    retention, spending,
    tools::{Services, Tools},
};

/// Everything that a desk is made of.
pub struct DeskOptions {
    /// The hub's address, `http://…` or `https://…`.
    pub hub: Url,
    /// Whose word it takes for the hub's certificate.
    pub hub_trust: HubTrust,
    /// Its store, opened.
    pub store: DeskStore,
    /// The access record, opened.
    pub ledger: Ledger,
    /// Finds and masks.
    pub anonymizer: Anonymizer,
    /// Answers.
    pub assistant: Assistant,
    /// Who may say who a customer is.
    pub issuer: Option<IdentityOptions>,
    /// What carries out tools.
    pub services: Services,
    /// The relay for one-time codes; without one no tool may need a code.
    pub mail: Option<MailOptions>,
    /// For tools; it must follow no redirects ([`llm::http_client`] does not).
    pub client: reqwest::Client,
    /// How many days a conversation is kept after its last message.
    pub retention_days: u32,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a desk did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store failed.
    #[error("the desk's store cannot be read")]
    Store(#[from] StoreError),
    /// The stored identity key is not one.
    #[error("the desk's stored identity key is damaged")]
    Identity,
    /// The policies inside the program are wrong.
    #[error("the policies for tools cannot be used")]
    Policy(#[from] PolicyError),
    /// The relay cannot be used.
    #[error("one-time codes cannot be sent")]
    Mail(#[from] MailSetupError),
    /// A tool needs codes, and there is no relay for them.
    #[error(
        "tool {0} needs a one-time code and there is no mail relay; set desk.mail.host and desk.mail.from, or write identity = \"signed\""
    )]
    NoRelay(String),
}

/// A running desk.
pub struct Desk {
    /// The conversations, for the staff API.
    pub conversations: Conversations,
    /// The key that pages pin.
    pub key: DeskKey,
    /// Whether the hub is there.
    pub connected: watch::Receiver<Connected>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

const IDENTITY: &str = "identity";
const QUEUE: usize = 1024;

/// The desk's identity: made on first start, kept sealed in the store.
///
/// # Errors
/// [`StartError`] when the store fails or holds something else.
pub async fn identity(store: &DeskStore, entropy: &dyn Entropy) -> Result<Identity, StartError> {
    if let Some(secret) = store.secret(IDENTITY).await? {
        let secret: [u8; 32] = secret.as_slice().try_into().map_err(|_| StartError::Identity)?;
        return Ok(Identity::from_secret(&secret));
    }
    let mut secret = Zeroizing::new([0; 32]);
    entropy.fill(secret.as_mut_slice());
    store.set_secret(IDENTITY, secret.as_slice()).await?;
    Ok(Identity::from_secret(&secret))
}

impl Desk {
    /// Starts: connects to the hub, goes on with what waited for an answer.
    ///
    /// # Errors
    /// [`StartError`]; an absent hub is none, the desk goes on trying.
    pub async fn start(options: DeskOptions) -> Result<Self, StartError> {
        let business = options.assistant.business();
        if let (None, Some((tool, _))) = (&options.mail, &business.first_with_code) {
            return Err(StartError::NoRelay(tool.clone()));
        }
        let post = Post::new(
            options.mail.as_ref().map(Mailer::new).transpose()?,
            options.store.clone(),
            business.name.clone(),
            Arc::clone(&options.clock),
            Arc::clone(&options.entropy),
        );
        let identity = Arc::new(identity(&options.store, options.entropy.as_ref()).await?);
        let key = identity.public();
        spending::recall(&options.store, &options.assistant).await?;
        let tasks = TaskTracker::new();
        let stop = CancellationToken::new();
        let (outgoing_door, outgoing) = mpsc::channel(QUEUE);
        let (incoming_door, incoming) = mpsc::channel(QUEUE);
        let (connected_door, connected) = watch::channel(Connected::No);
        let (changes, _) = broadcast::channel(QUEUE);

        let context = Arc::new(Context {
            store: options.store.clone(),
            identity: Arc::clone(&identity),
            anonymizer: options.anonymizer,
            assistant: Current::new(options.assistant),
            tools: Tools::new(
                options.client,
                options.services,
                Policies::new()?,
                Arc::clone(&options.entropy),
            ),
            access: AccessRecord::new(options.ledger, Arc::clone(&options.clock)),
            post,
            issuer: options.issuer,
            clock: Arc::clone(&options.clock),
            entropy: options.entropy,
            outgoing: outgoing_door.clone(),
            changes,
            tasks: tasks.clone(),
            stop: stop.clone(),
        });
        let conversations = Conversations::new(context);
        for channel in options.store.unanswered().await? {
            conversations.dispatch(channel, Event::Resume).await;
        }

        let link = HubLink {
            hub: options.hub,
            trust: options.hub_trust,
            identity,
            store: options.store.clone(),
            clock: Arc::clone(&options.clock),
            outgoing,
            outgoing_door,
            incoming: incoming_door,
            connected: connected_door,
        };
        tasks.spawn(link.run(stop.clone()));
        tasks.spawn(distribute(incoming, conversations.clone(), stop.clone()));
        tasks.spawn(retention::run(options.store, options.clock, options.retention_days, stop.clone()));
        Ok(Self { conversations, key, connected, tasks, stop })
    }

    /// Stops: what is not stored is not acknowledged, so the hub delivers it again next time.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn distribute(
    mut incoming: mpsc::Receiver<Incoming>,
    conversations: Conversations,
    stop: CancellationToken,
) {
    loop {
        let item = tokio::select! {
            () = stop.cancelled() => return,
            item = incoming.recv() => item,
        };
        match item {
            Some(Incoming::Delivery(channel, delivery)) => {
                conversations.dispatch(channel, Event::Delivery(delivery)).await;
            }
            Some(Incoming::Refused(channel, id, code)) => {
                conversations.dispatch(channel, Event::Refused(id, code)).await;
            }
            None => return,
        }
    }
}
