//! One member's state in one group.

use openmls::prelude::{
    GroupId, KeyPackageBundle, MlsGroup, MlsGroupCreateConfig, MlsGroupJoinConfig,
    PURE_CIPHERTEXT_WIRE_FORMAT_POLICY, SenderRatchetConfiguration, StagedWelcome, tls_codec::Serialize as _,
};
use openmls_traits::{OpenMlsProvider as _, storage::StorageProvider as _};
use protocol::{ChannelId, DeskKey, PAST_EPOCHS, Timestamp};
use zeroize::Zeroizing;

use crate::{
    CreateError, Identity, Internal, JoinError, KeyPackageError, Participant, Refusal, SUITE, Sender,
    key_package, life_time, provider::Provider, roster, safety,
};

/// How many messages of one sender may overtake one another: keys that were skipped are kept for so many.
const OUT_OF_ORDER: u32 = 16;
/// How many messages of one sender may be missing before the next one is refused.
const FORWARD: u32 = 1000;

/// One member of one group. Every call that changes it must be followed by storing [`Member::state`] before
/// what the call returned is sent or acted on: a ratchet that is set back would use a key twice.
pub struct Member {
    pub(crate) provider: Provider,
    pub(crate) group: MlsGroup,
    pub(crate) identity: Identity,
    pub(crate) role: Sender,
    /// The desk's key in this group.
    pub(crate) desk: DeskKey,
    /// All keys that count as a desk's (of a rotation, two).
    pub(crate) pinned: Vec<DeskKey>,
    /// SHA-256 of the commits that we sent lately, to know them when the hub delivers them to us.
    pub(crate) sent_commits: Vec<[u8; 32]>,
}

/// The welcome for the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// An encoded MLS `Welcome`.
    pub body: Vec<u8>,
    /// The epoch that it leads into; 1.
    pub epoch: u64,
}

impl Member {
    /// A device begins a conversation: a group with the channel's id, of itself and the desk.
    ///
    /// # Errors
    /// [`CreateError::KeyPackage`] when the desk's key package is not one of a pinned key, well formed, of our
    /// suite and within its life time.
    pub fn create(
        channel: ChannelId,
        key_package: &[u8],
        pinned: &[DeskKey],
        now: Timestamp,
    ) -> Result<(Self, Invitation), CreateError> {
        let provider = Provider::default();
        let (key_package, desk) = key_package::read(key_package, &provider, now)?;
        if !pinned.contains(&desk) {
            return Err(KeyPackageError::Unpinned.into());
        }
        let identity = key_package::fresh_identity(&provider)?;
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(SUITE)
            .capabilities(key_package::capabilities())
            .lifetime(life_time::from(now))
            .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .max_past_epochs(past_epochs())
            .sender_ratchet_configuration(ratchets())
            .build();
        let id = GroupId::from_slice(channel.octets());
        let credential = key_package::credential(&identity);
        let mut group = MlsGroup::new_with_group_id(&provider, &identity, &config, id, credential)
            .map_err(|_| Internal)?;
        let (_, welcome, _) =
            group.add_members(&provider, &identity, &[key_package]).map_err(|_| Internal)?;
        group.merge_pending_commit(&provider).map_err(|_| Internal)?;
        let body = welcome.tls_serialize_detached().map_err(|_| Internal)?;
        let epoch = group.epoch().as_u64();
        let member = Self {
            provider,
            group,
            identity,
            role: Sender::Device,
            desk,
            pinned: pinned.to_vec(),
            sent_commits: Vec::new(),
        };
        Ok((member, Invitation { body, epoch }))
    }

    /// The desk follows a welcome. `private` is the private part of the key package that the welcome names
    /// ([`crate::welcome_references`]).
    ///
    /// # Errors
    /// [`JoinError`] when anything about it is not as our devices make it.
    pub fn join(
        welcome: &[u8],
        private: &[u8],
        identity: &Identity,
        now: Timestamp,
    ) -> Result<Self, JoinError> {
        let pinned = vec![identity.public()];
        let member = Self::follow(welcome, private, identity.clone(), Sender::Desk, pinned, now)?;
        Ok(member)
    }

    /// One more device of the customer follows a welcome that another of its devices made. `private` is that of
    /// a [`crate::device_key_package`].
    ///
    /// # Errors
    /// As [`Self::join`]; also when the group's desk is not a pinned one.
    pub fn join_as_device(
        welcome: &[u8],
        private: &[u8],
        pinned: &[DeskKey],
        now: Timestamp,
    ) -> Result<Self, JoinError> {
        let (secret, private) = private.split_first_chunk::<32>().ok_or(JoinError::WrongPrivatePart)?;
        let identity = Identity::from_secret(&Zeroizing::new(*secret));
        Self::follow(welcome, private, identity, Sender::Device, pinned.to_vec(), now)
    }

    fn follow(
        welcome: &[u8],
        private: &[u8],
        identity: Identity,
        role: Sender,
        pinned: Vec<DeskKey>,
        now: Timestamp,
    ) -> Result<Self, JoinError> {
        let welcome = key_package::read_welcome(welcome)?;
        let bundle: KeyPackageBundle =
            serde_json::from_slice(private).map_err(|_| JoinError::WrongPrivatePart)?;
        let own = bundle.key_package();
        if own.leaf_node().signature_key().as_slice() != identity.public().octets() {
            return Err(JoinError::WrongPrivatePart);
        }
        life_time::check(own.life_time(), now)?;

        let provider = Provider::default();
        let reference = own.hash_ref(provider.crypto()).map_err(|_| JoinError::WrongPrivatePart)?;
        provider.storage().write_key_package(&reference, &bundle).map_err(|_| JoinError::WrongPrivatePart)?;
        let config = MlsGroupJoinConfig::builder()
            .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .max_past_epochs(past_epochs())
            .sender_ratchet_configuration(ratchets())
            .build();
        // The life times of the other leaves were checked when they were added; a leaf may outlive its key
        // package (RFC 9420 section 7.3), and a long conversation must stay open to one more device.
        let group = StagedWelcome::build_from_welcome(&provider, &config, welcome)
            .and_then(|join| join.skip_lifetime_validation().build())
            .and_then(|staged| staged.into_group(&provider))
            .map_err(|_| JoinError::Garbage)?;
        // The key package is used up; a last-resort one stays where the caller keeps it.
        provider.storage().delete_key_package(&reference).map_err(|_| JoinError::WrongPrivatePart)?;
        if group.ciphersuite() != SUITE || ChannelId::try_from(group.group_id().as_slice()).is_err() {
            return Err(Refusal::Settings.into());
        }
        let desk = roster::desk_of(&group, &pinned)?;
        Ok(Self { provider, group, identity, role, desk, pinned, sent_commits: Vec::new() })
    }

    /// The channel, which is the group's id.
    #[must_use]
    pub fn channel(&self) -> ChannelId {
        ChannelId::try_from(self.group.group_id().as_slice())
            .expect("every group was made with a channel id or checked to have one")
    }

    /// The present epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.group.epoch().as_u64()
    }

    /// The members, in order of their leaves.
    #[must_use]
    pub fn members(&self) -> Vec<Participant> {
        roster::participants(&self.group, self.desk)
    }

    /// Our own leaf.
    #[must_use]
    pub fn own_leaf(&self) -> u32 {
        self.group.own_leaf_index().u32()
    }

    /// Whether we are still a member.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.group.is_active()
    }

    /// Sixty digits in twelve groups, the same at both ends when nobody is in between.
    #[must_use]
    pub fn safety_number(&self) -> String {
        let mut keys: Vec<[u8; 32]> = self.members().iter().map(|member| *member.key.octets()).collect();
        safety::number(self.group.group_id().as_slice(), &mut keys)
    }

    /// `epoch_authenticator` (RFC 9420 section 8.7): equal at all members that agree on the epoch's whole state.
    #[must_use]
    pub fn epoch_authenticator(&self) -> Vec<u8> {
        self.group.epoch_authenticator().as_slice().to_vec()
    }

    /// `MLS-Exporter` (section 8.5): a secret of the present epoch that all members share and no one else.
    ///
    /// # Errors
    /// [`Internal`] when we are no longer a member or the length is over 8160.
    pub fn export(&self, label: &str, context: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>, Internal> {
        self.group
            .export_secret(self.provider.crypto(), label, context, length)
            .map(Zeroizing::new)
            .map_err(|_| Internal)
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Member({:?}, {}, epoch {})", self.role, self.channel(), self.epoch())
    }
}

fn past_epochs() -> usize {
    usize::try_from(PAST_EPOCHS).unwrap_or(usize::MAX)
}

fn ratchets() -> SenderRatchetConfiguration {
    SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD)
}
