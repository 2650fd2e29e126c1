//! A device that keeps no rule of ours: OpenMLS itself, with nothing in front.

use e2ee::{Identity, Member, SUITE};
use openmls::prelude::{
    BasicCredential, Capabilities, CredentialType, CredentialWithKey, ExtensionType, GroupId, KeyPackage,
    KeyPackageIn, LeafNodeIndex, LeafNodeParameters, Lifetime, MlsGroup, MlsGroupCreateConfig,
    MlsGroupJoinConfig, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY,
    ProtocolVersion, StagedWelcome, WireFormatPolicy,
    tls_codec::{DeserializeBytes as _, Serialize as _},
};
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::{OpenMlsProvider as _, types::Ciphersuite};

use crate::world::{CHANNEL, desk_identity, desk_key_package, now, pinned};

pub(crate) struct Rogue {
    pub(crate) provider: OpenMlsRustCrypto,
    pub(crate) group: MlsGroup,
    pub(crate) identity: Identity,
}

/// How its group differs from ours.
pub(crate) struct Settings {
    pub(crate) suite: Ciphersuite,
    pub(crate) id: Vec<u8>,
    pub(crate) wire: WireFormatPolicy,
    pub(crate) required: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let id = CHANNEL.octets().to_vec();
        Self { suite: SUITE, id, wire: PURE_CIPHERTEXT_WIRE_FORMAT_POLICY, required: false }
    }
}

impl Rogue {
    /// A group of one.
    pub(crate) fn alone(settings: Settings) -> Self {
        let provider = OpenMlsRustCrypto::default();
        let identity = Identity::from_secret(&[99; 32]);
        let mut config = MlsGroupCreateConfig::builder()
            .ciphersuite(settings.suite)
            .capabilities(capabilities(settings.suite))
            .wire_format_policy(settings.wire)
            .use_ratchet_tree_extension(true);
        if settings.required {
            config = config.with_group_context_extensions(
                openmls::prelude::Extensions::single(openmls::prelude::Extension::RequiredCapabilities(
                    openmls::prelude::RequiredCapabilitiesExtension::new(&[], &[], &[CredentialType::Basic]),
                ))
                .unwrap(),
            );
        }
        let group = MlsGroup::new_with_group_id(
            &provider,
            &identity,
            &config.build(),
            GroupId::from_slice(&settings.id),
            credential(&identity),
        )
        .unwrap();
        Self { provider, group, identity }
    }

    /// The rogue begins a conversation as any device would; our desk joins.
    pub(crate) fn with_desk(settings: Settings) -> (Self, Result<Member, e2ee::JoinError>) {
        let package = desk_key_package();
        let mut rogue = Self::alone(settings);
        let (_, welcome) = rogue.add(&[rogue.read(&package.public)]);
        let desk = Member::join(&welcome, &package.private, &desk_identity(), now());
        (rogue, desk)
    }

    /// A desk that is one by its key, and keeps no rule; and the device that added it.
    pub(crate) fn as_desk() -> (Self, Member) {
        let identity = desk_identity();
        let provider = OpenMlsRustCrypto::default();
        let package = KeyPackage::builder()
            .leaf_node_capabilities(capabilities(SUITE))
            .build(SUITE, &provider, &identity, credential(&identity))
            .unwrap();
        let package = package.key_package().tls_serialize_detached().unwrap();
        let (device, invitation) = Member::create(CHANNEL, &package, &pinned(), now()).unwrap();
        let welcome = MlsMessageIn::tls_deserialize_exact_bytes(&invitation.body).unwrap();
        let MlsMessageBodyIn::Welcome(welcome) = welcome.extract() else { panic!("no welcome") };
        let config = MlsGroupJoinConfig::builder()
            .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .build();
        let group = StagedWelcome::new_from_welcome(&provider, &config, welcome, None)
            .and_then(|staged| staged.into_group(&provider))
            .unwrap();
        (Self { provider, group, identity }, device)
    }

    pub(crate) fn read(&self, key_package: &[u8]) -> KeyPackage {
        KeyPackageIn::tls_deserialize_exact_bytes(key_package)
            .unwrap()
            .validate(self.provider.crypto(), ProtocolVersion::Mls10)
            .unwrap()
    }

    /// A commit and a welcome, merged on its own side.
    pub(crate) fn add(&mut self, key_packages: &[KeyPackage]) -> (Vec<u8>, Vec<u8>) {
        let (commit, welcome, _) =
            self.group.add_members(&self.provider, &self.identity, key_packages).unwrap();
        self.group.merge_pending_commit(&self.provider).unwrap();
        (bytes(&commit), bytes(&welcome))
    }

    pub(crate) fn remove(&mut self, leaf: u32) -> Vec<u8> {
        let leaves = [LeafNodeIndex::new(leaf)];
        let (commit, _, _) = self.group.remove_members(&self.provider, &self.identity, &leaves).unwrap();
        bytes(&commit)
    }

    /// A commit after which its own leaf carries another key.
    pub(crate) fn change_key(&mut self, other: &Identity, named: &Identity) -> Vec<u8> {
        let bundle = openmls::prelude::NewSignerBundle {
            signer: other,
            credential_with_key: CredentialWithKey {
                credential: BasicCredential::new(named.public().octets().to_vec()).into(),
                signature_key: other.public().octets().as_slice().into(),
            },
        };
        let parameters = LeafNodeParameters::builder().build();
        let messages = self
            .group
            .self_update_with_new_signer(&self.provider, &self.identity, bundle, parameters)
            .unwrap();
        bytes(messages.commit())
    }

    pub(crate) fn proposal(&mut self) -> Vec<u8> {
        let (proposal, _) =
            self.group.propose_remove_member(&self.provider, &self.identity, LeafNodeIndex::new(1)).unwrap();
        bytes(&proposal)
    }

    pub(crate) fn message(&mut self, padded: &[u8]) -> Vec<u8> {
        bytes(&self.group.create_message(&self.provider, &self.identity, padded).unwrap())
    }
}

/// A key package of anybody, with any life time, whose credential names `named`.
pub(crate) fn key_package(
    identity: &Identity,
    named: &Identity,
    suite: Ciphersuite,
    lifetime: Lifetime,
) -> (KeyPackage, Vec<u8>) {
    let provider = OpenMlsRustCrypto::default();
    let with_key = CredentialWithKey {
        credential: BasicCredential::new(named.public().octets().to_vec()).into(),
        signature_key: identity.public().octets().as_slice().into(),
    };
    let bundle = KeyPackage::builder()
        .key_package_lifetime(lifetime)
        .leaf_node_capabilities(capabilities(suite))
        .build(suite, &provider, identity, with_key)
        .unwrap();
    let encoded = bundle.key_package().tls_serialize_detached().unwrap();
    (bundle.into_key_package(), encoded)
}

pub(crate) fn credential(identity: &Identity) -> CredentialWithKey {
    CredentialWithKey {
        credential: BasicCredential::new(identity.public().octets().to_vec()).into(),
        signature_key: identity.public().octets().as_slice().into(),
    }
}

fn capabilities(suite: Ciphersuite) -> Capabilities {
    Capabilities::new(
        Some(&[ProtocolVersion::Mls10]),
        Some(&[suite]),
        Some(&[ExtensionType::LastResort]),
        None,
        Some(&[CredentialType::Basic]),
    )
}

fn bytes(message: &MlsMessageOut) -> Vec<u8> {
    message.tls_serialize_detached().unwrap()
}
