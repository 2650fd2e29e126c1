//! Key packages (RFC 9420 section 10): what a member publishes so that it can be added.

use openmls::prelude::{
    BasicCredential, Capabilities, CredentialType, CredentialWithKey, ExtensionType, KeyPackage,
    KeyPackageBundle, KeyPackageIn, KeyPackageVerifyError, MlsMessageBodyIn, MlsMessageIn, ProtocolVersion,
    Welcome,
    tls_codec::{DeserializeBytes as _, Serialize as _},
};
use openmls_traits::{OpenMlsProvider as _, random::OpenMlsRand as _};
use protocol::{DeskKey, MAX_BODY, Timestamp};
use zeroize::Zeroizing;

use crate::{Identity, Internal, JoinError, KeyPackageError, SUITE, life_time, provider::Provider, roster};

/// A key package of ours. The public part is published; the private part is sealed and stored under the
/// reference, and deleted after the first welcome that names it (but for the one of last resort).
pub struct NewKeyPackage {
    /// `KeyPackageRef` (section 5.2): a welcome names it.
    pub reference: Vec<u8>,
    /// An encoded `KeyPackage`.
    pub public: Vec<u8>,
    /// For [`crate::Member::join`].
    pub private: Zeroizing<Vec<u8>>,
    /// When it is no longer accepted.
    pub expires: Timestamp,
}

/// So many key packages of the desk, or as many of last resort (section 16.8), which may be used again.
///
/// # Errors
/// [`Internal`] when the platform gives no randomness.
pub fn key_packages(
    identity: &Identity,
    count: usize,
    last_resort: bool,
    now: Timestamp,
) -> Result<Vec<NewKeyPackage>, Internal> {
    (0..count)
        .map(|_| {
            let (bundle, reference) = bundle(identity, last_resort, now)?;
            publish(
                &bundle,
                reference,
                Zeroizing::new(serde_json::to_vec(&bundle).map_err(|_| Internal)?),
                now,
            )
        })
        .collect()
}

/// A key package of one more device of the customer, with a fresh identity that is in the private part.
///
/// # Errors
/// [`Internal`] when the platform gives no randomness.
pub fn device_key_package(now: Timestamp) -> Result<NewKeyPackage, Internal> {
    let identity = fresh_identity(&Provider::default())?;
    let (bundle, reference) = bundle(&identity, false, now)?;
    let json = Zeroizing::new(serde_json::to_vec(&bundle).map_err(|_| Internal)?);
    let mut private = Zeroizing::new(Vec::with_capacity(32 + json.len()));
    private.extend_from_slice(identity.secret().as_slice());
    private.extend_from_slice(&json);
    publish(&bundle, reference, private, now)
}

/// The key packages that a welcome is for, as references.
///
/// # Errors
/// [`JoinError::Garbage`] when it is no welcome.
pub fn welcome_references(welcome: &[u8]) -> Result<Vec<Vec<u8>>, JoinError> {
    Ok(read_welcome(welcome)?
        .secrets()
        .iter()
        .map(|secret| secret.new_member().as_slice().to_vec())
        .collect())
}

/// An identity from the platform's randomness, for a device.
pub(crate) fn fresh_identity(provider: &Provider) -> Result<Identity, Internal> {
    let secret = Zeroizing::new(provider.rand().random_array::<32>().map_err(|_| Internal)?);
    Ok(Identity::from_secret(&secret))
}

/// What a leaf of ours says of itself: its identity is its signature key, no more. See [`roster::names`].
pub(crate) fn credential(identity: &Identity) -> CredentialWithKey {
    CredentialWithKey {
        credential: BasicCredential::new(identity.public().octets().to_vec()).into(),
        signature_key: identity.public().octets().as_slice().into(),
    }
}

/// What a member of ours can do: one version, one suite, basic credentials; `last_resort` is an extension of
/// key packages that its leaf must name.
pub(crate) fn capabilities() -> Capabilities {
    Capabilities::new(
        Some(&[ProtocolVersion::Mls10]),
        Some(&[SUITE]),
        Some(&[ExtensionType::LastResort]),
        None,
        Some(&[CredentialType::Basic]),
    )
}

/// Reads a foreign key package and checks everything but whose it is.
pub(crate) fn read(
    key_package: &[u8],
    provider: &Provider,
    now: Timestamp,
) -> Result<(KeyPackage, DeskKey), KeyPackageError> {
    if key_package.len() > MAX_BODY {
        return Err(KeyPackageError::Garbage);
    }
    let unverified =
        KeyPackageIn::tls_deserialize_exact_bytes(key_package).map_err(|_| KeyPackageError::Garbage)?;
    let verified =
        unverified.validate(provider.crypto(), ProtocolVersion::Mls10).map_err(|error| match error {
            // OpenMLS has looked at the system's clock, see the crate's boundary.
            KeyPackageVerifyError::LifetimeError(_) => KeyPackageError::Expired,
            _ => KeyPackageError::Garbage,
        })?;
    if verified.ciphersuite() != SUITE {
        return Err(KeyPackageError::OtherSuite);
    }
    let key = verified.leaf_node().signature_key().as_slice();
    let key = DeskKey::try_from(key).map_err(|_| KeyPackageError::Garbage)?;
    if !roster::names(verified.leaf_node().credential(), &key) {
        return Err(KeyPackageError::Garbage);
    }
    life_time::check(verified.life_time(), now)?;
    Ok((verified, key))
}

pub(crate) fn read_welcome(welcome: &[u8]) -> Result<Welcome, JoinError> {
    if welcome.len() > MAX_BODY {
        return Err(JoinError::Garbage);
    }
    let message = MlsMessageIn::tls_deserialize_exact_bytes(welcome).map_err(|_| JoinError::Garbage)?;
    match message.extract() {
        MlsMessageBodyIn::Welcome(welcome) => Ok(welcome),
        _ => Err(JoinError::Garbage),
    }
}

fn bundle(
    identity: &Identity,
    last_resort: bool,
    now: Timestamp,
) -> Result<(KeyPackageBundle, Vec<u8>), Internal> {
    let provider = Provider::default();
    let builder = KeyPackage::builder()
        .key_package_lifetime(life_time::from(now))
        .leaf_node_capabilities(capabilities());
    let builder = if last_resort { builder.mark_as_last_resort() } else { builder };
    let bundle = builder.build(SUITE, &provider, identity, credential(identity)).map_err(|_| Internal)?;
    let reference = bundle.key_package().hash_ref(provider.crypto()).map_err(|_| Internal)?;
    Ok((bundle, reference.as_slice().to_vec()))
}

fn publish(
    bundle: &KeyPackageBundle,
    reference: Vec<u8>,
    private: Zeroizing<Vec<u8>>,
    now: Timestamp,
) -> Result<NewKeyPackage, Internal> {
    let public = bundle.key_package().tls_serialize_detached().map_err(|_| Internal)?;
    Ok(NewKeyPackage {
        reference,
        public,
        private,
        expires: now.plus_seconds(life_time::KEY_PACKAGE_SECONDS),
    })
}
