//! What every conversation shares.

use std::sync::{Arc, PoisonError, RwLock};

use anonymizer::Anonymizer;
use assistant::Assistant;
use e2ee::Identity;
use protocol::{ChannelId, Clock, Entropy};
use store::desk::DeskStore;
use tokio::sync::{broadcast, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{access::AccessRecord, code::Post, hub_link::Outgoing, identity::IdentityOptions, tools::Tools};

/// Parts of the desk that conversations use; one for the whole desk.
pub(crate) struct Context {
    pub(crate) store: DeskStore,
    pub(crate) identity: Arc<Identity>,
    pub(crate) anonymizer: Anonymizer,
    pub(crate) assistant: Current,
    pub(crate) tools: Tools,
    pub(crate) post: Post,
    pub(crate) access: AccessRecord,
    pub(crate) issuer: Option<IdentityOptions>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// To the hub.
    pub(crate) outgoing: mpsc::Sender<Outgoing>,
    /// Which conversation changed, for consoles that are open; who lags looks at everything again.
    pub(crate) changes: broadcast::Sender<ChannelId>,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
}

/// The assistant that answers from now on. Who is answering goes on with the one that they have.
pub(crate) struct Current(RwLock<Arc<Assistant>>);

impl Current {
    pub(crate) fn new(assistant: Assistant) -> Self {
        Self(RwLock::new(Arc::new(assistant)))
    }

    pub(crate) fn get(&self) -> Arc<Assistant> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, assistant: Assistant) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(assistant);
    }
}
