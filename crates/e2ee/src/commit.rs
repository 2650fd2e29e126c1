//! Changes of the group (RFC 9420 section 12.4): made, sent to the hub, then confirmed or abandoned.

use openmls::prelude::{CommitMessageBundle, LeafNodeIndex, MlsGroup, tls_codec::Serialize as _};
use openmls_traits::OpenMlsProvider as _;
use protocol::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::{CommitError, Internal, MAX_MEMBERS, Member, Refusal, Sender, key_package};

/// How many of our own commits are remembered, to know them again when they are delivered to us.
const REMEMBERED: usize = 16;

/// A commit that waits for the hub: after it was accepted [`Member::confirm`], after it was refused
/// [`Member::abandon`], then apply the commit that won and try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingCommit {
    /// The encoded commit, an MLS private message.
    pub commit: Vec<u8>,
    /// The encoded welcome for who was added. To be sent only after the commit was accepted.
    pub welcome: Option<Vec<u8>>,
    /// The epoch that the commit was made in, which must be the channel's present one.
    pub epoch: u64,
}

impl Member {
    /// Adds one more device of the customer by its key package.
    ///
    /// # Errors
    /// [`CommitError::Refused`] when we are the desk, the key package is not good, or it is a desk's.
    pub fn add(&mut self, key_package: &[u8], now: Timestamp) -> Result<PendingCommit, CommitError> {
        self.ready(Sender::Device)?;
        let (key_package, key) =
            key_package::read(key_package, &self.provider, now).map_err(Refusal::from)?;
        if key == self.desk || self.pinned.contains(&key) {
            return Err(Refusal::Desk.into());
        }
        if self.members().len() >= MAX_MEMBERS {
            return Err(Refusal::TooManyMembers.into());
        }
        self.commit(Change::Add(Box::new(key_package)))
    }

    /// Removes another device of the customer.
    ///
    /// # Errors
    /// [`CommitError::Refused`] when we are the desk or the leaf is the desk's; [`CommitError::NoSuchMember`].
    pub fn remove(&mut self, leaf: u32) -> Result<PendingCommit, CommitError> {
        self.ready(Sender::Device)?;
        if leaf == self.own_leaf() {
            return Err(CommitError::NoSuchMember);
        }
        let member =
            self.members().into_iter().find(|member| member.leaf == leaf).ok_or(CommitError::NoSuchMember)?;
        if member.sender == Sender::Desk {
            return Err(Refusal::Desk.into());
        }
        self.commit(Change::Remove(LeafNodeIndex::new(leaf)))
    }

    /// Fresh keys for our own leaf: who copied our state before cannot read what comes after.
    ///
    /// # Errors
    /// [`CommitError::Pending`] and [`CommitError::Removed`].
    pub fn update(&mut self) -> Result<PendingCommit, CommitError> {
        self.ready(self.role)?;
        self.commit(Change::Update)
    }

    /// The hub accepted our commit: the new epoch begins. Without a pending commit this does nothing.
    ///
    /// # Errors
    /// [`Internal`] for a fault of the library.
    pub fn confirm(&mut self) -> Result<(), Internal> {
        self.group.merge_pending_commit(&self.provider).map_err(|_| Internal)
    }

    /// The hub refused our commit: it never was. Without a pending commit this does nothing.
    ///
    /// # Errors
    /// [`Internal`] for a fault of the library.
    pub fn abandon(&mut self) -> Result<(), Internal> {
        self.group.clear_pending_commit(self.provider.storage()).map_err(|_| Internal)
    }

    /// Whether a commit of ours waits for the hub's answer.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.group.pending_commit().is_some()
    }

    fn ready(&self, allowed: Sender) -> Result<(), CommitError> {
        if !self.group.is_active() {
            return Err(CommitError::Removed);
        }
        if self.is_pending() {
            return Err(CommitError::Pending);
        }
        if allowed != self.role {
            return Err(Refusal::ByDesk.into());
        }
        Ok(())
    }

    fn commit(&mut self, change: Change) -> Result<PendingCommit, CommitError> {
        let epoch = self.epoch();
        let bundle = self.stage(change)?;
        let (commit, welcome, _) = bundle.into_messages();
        let commit = commit.tls_serialize_detached().map_err(|_| Internal)?;
        let welcome =
            welcome.map(|welcome| welcome.tls_serialize_detached()).transpose().map_err(|_| Internal)?;
        if self.sent_commits.len() == REMEMBERED {
            self.sent_commits.remove(0);
        }
        self.sent_commits.push(Sha256::digest(&commit).into());
        Ok(PendingCommit { commit, welcome, epoch })
    }

    fn stage(&mut self, change: Change) -> Result<CommitMessageBundle, Internal> {
        let Self { provider, group, identity, .. } = self;
        let group: &mut MlsGroup = group;
        let builder = group.commit_builder().consume_proposal_store(false).force_self_update(true);
        let builder = match change {
            Change::Add(key_package) => builder.propose_adds([*key_package]),
            Change::Remove(leaf) => builder.propose_removals([leaf]),
            Change::Update => builder,
        };
        builder
            .load_psks(provider.storage())
            .map_err(|_| Internal)?
            .build(provider.rand(), provider.crypto(), identity, |_| true)
            .map_err(|_| Internal)?
            .stage_commit(provider)
            .map_err(|_| Internal)
    }
}

enum Change {
    Add(Box<openmls::prelude::KeyPackage>),
    Remove(LeafNodeIndex),
    Update,
}
