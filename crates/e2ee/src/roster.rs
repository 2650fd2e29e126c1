//! Who is in a group, and who may come and go.

use openmls::prelude::{BasicCredential, Credential, LeafNodeIndex, MlsGroup, Proposal, StagedCommit};
use protocol::{DeskKey, Timestamp};

use crate::{Refusal, life_time};

/// The most members of a group: the desk and a customer's devices.
pub const MAX_MEMBERS: usize = 8;

/// Which end a member is, told by its leaf's signature key: the desk's is the pinned one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// The business's end: the assistant and the staff.
    Desk,
    /// One of the customer's devices.
    Device,
}

/// One member of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Participant {
    /// Its place in the tree; a place is used again after a removal.
    pub leaf: u32,
    /// Which end it is.
    pub sender: Sender,
    /// Its Ed25519 signature key.
    pub key: DeskKey,
}

/// The members of `group`, in order of their leaves. `desk` is the desk's key in this group.
pub(crate) fn participants(group: &MlsGroup, desk: DeskKey) -> Vec<Participant> {
    group
        .members()
        .filter_map(|member| {
            let key = DeskKey::try_from(member.signature_key.as_slice()).ok()?;
            Some(Participant { leaf: member.index.u32(), sender: sender(key, desk), key })
        })
        .collect()
}

/// Whether the credential is a basic one whose identity is this key. Every leaf of ours is held to it, so that
/// a message can be told by its credential to be a certain key's, also when the leaf is another's by now.
pub(crate) fn names(credential: &Credential, key: &DeskKey) -> bool {
    BasicCredential::try_from(credential.clone()).is_ok_and(|basic| basic.identity() == key.octets())
}

fn sender(key: DeskKey, desk: DeskKey) -> Sender {
    if key == desk { Sender::Desk } else { Sender::Device }
}

/// The one desk of a group that we are about to join.
///
/// # Errors
/// [`Refusal`] when there is none, more than one, a member whose key is no Ed25519 key, too many members, or
/// settings that are not ours.
pub(crate) fn desk_of(group: &MlsGroup, pinned: &[DeskKey]) -> Result<DeskKey, Refusal> {
    if group.extensions().iter().next().is_some() {
        return Err(Refusal::Settings);
    }
    let mut desk = None;
    let mut members = 0;
    for member in group.members() {
        members += 1;
        let key = DeskKey::try_from(member.signature_key.as_slice()).map_err(|_| Refusal::Desk)?;
        if !names(&member.credential, &key) {
            return Err(Refusal::KeyChange);
        }
        if pinned.contains(&key) && desk.replace(key).is_some() {
            return Err(Refusal::Desk);
        }
    }
    if members > MAX_MEMBERS {
        return Err(Refusal::TooManyMembers);
    }
    desk.ok_or(Refusal::Desk)
}

/// Who came and who went with a commit.
pub(crate) struct Change {
    pub(crate) by: Participant,
    pub(crate) added: Vec<DeskKey>,
    pub(crate) removed: Vec<Participant>,
}

/// Holds a commit against our rules before it is merged. `pinned` are the keys that count as a desk's.
pub(crate) fn review(
    group: &MlsGroup,
    desk: DeskKey,
    pinned: &[DeskKey],
    by: LeafNodeIndex,
    commit: &StagedCommit,
    now: Timestamp,
) -> Result<Change, Refusal> {
    let before = participants(group, desk);
    let find = |leaf: LeafNodeIndex| before.iter().copied().find(|member| member.leaf == leaf.u32());
    let by = find(by).ok_or(Refusal::Settings)?;

    let mut added = Vec::new();
    let mut removed = Vec::new();
    for queued in commit.queued_proposals() {
        match queued.proposal() {
            Proposal::Add(add) => {
                let leaf = add.key_package().leaf_node();
                life_time::check(add.key_package().life_time(), now)?;
                let key = DeskKey::try_from(leaf.signature_key().as_slice()).map_err(|_| Refusal::Desk)?;
                if !names(leaf.credential(), &key) {
                    return Err(Refusal::KeyChange);
                }
                if key == desk || pinned.contains(&key) {
                    return Err(Refusal::Desk);
                }
                added.push(key);
            }
            Proposal::Remove(remove) => {
                let member = find(remove.removed()).ok_or(Refusal::Proposal)?;
                if member.sender == Sender::Desk {
                    return Err(Refusal::Desk);
                }
                removed.push(member);
            }
            // Everything else: foreign types of which OpenMLS may gain more.
            _ => return Err(Refusal::Proposal),
        }
    }
    if by.sender == Sender::Desk && !(added.is_empty() && removed.is_empty()) {
        return Err(Refusal::ByDesk);
    }
    if let Some(leaf) = commit.update_path_leaf_node()
        && !(leaf.signature_key().as_slice() == by.key.octets() && names(leaf.credential(), &by.key))
    {
        return Err(Refusal::KeyChange);
    }
    if before.len() + added.len() - removed.len() > MAX_MEMBERS {
        return Err(Refusal::TooManyMembers);
    }
    Ok(Change { by, added, removed })
}
