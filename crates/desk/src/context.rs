//! What every conversation shares.

use std::sync::Arc;

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
    pub(crate) assistant: Assistant,
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
