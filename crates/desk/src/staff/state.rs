//! What every endpoint shares.

use std::sync::Arc;

use protocol::{Clock, Entropy};
use store::{StoreError, desk::DeskStore};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{ConsoleAddress, address::Transport, password::Passwords, problem::StaffProblem};
use crate::Conversations;

/// What the staff API is made of.
pub struct StaffOptions {
    /// The desk's conversations.
    pub conversations: Conversations,
    /// The desk's store.
    pub store: DeskStore,
    /// Under which addresses browsers may open the console; requests under any other are refused.
    pub addresses: Vec<ConsoleAddress>,
    /// The name that an authenticator app shows beside the code: the business's.
    pub issuer: String,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Ends the open event streams, so that the server can stop.
    pub stop: CancellationToken,
}

/// The staff API's state; cheap to clone.
#[derive(Clone)]
pub struct Staff(Arc<Inner>);

pub struct Inner {
    pub(super) conversations: Conversations,
    pub(super) store: DeskStore,
    pub(super) addresses: Vec<ConsoleAddress>,
    pub(super) issuer: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) stop: CancellationToken,
    pub(super) passwords: Passwords,
    /// Places for event streams.
    pub(super) streams: Arc<Semaphore>,
}

/// How many event streams stand open at once: some tabs for each of a few hundred agents.
const STREAMS: usize = 1024;

impl Staff {
    /// From its parts.
    #[must_use]
    pub fn new(options: StaffOptions) -> Self {
        Self(Arc::new(Inner {
            passwords: Passwords::new(options.entropy.as_ref()),
            conversations: options.conversations,
            store: options.store,
            addresses: options.addresses,
            issuer: options.issuer,
            clock: options.clock,
            entropy: options.entropy,
            stop: options.stop,
            streams: Arc::new(Semaphore::new(STREAMS)),
        }))
    }

    /// Whether cookies can be kept to encrypted connections: only when every address is encrypted.
    pub(super) fn transport(&self) -> Transport {
        if self.addresses.iter().all(|address| address.transport() == Transport::Tls) {
            Transport::Tls
        } else {
            Transport::Plain
        }
    }

    pub(super) fn store_problem(&self, error: &StoreError) -> StaffProblem {
        StaffProblem::store(error, self.entropy.as_ref())
    }
}

impl std::ops::Deref for Staff {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
