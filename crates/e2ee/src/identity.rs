//! An Ed25519 key (RFC 8032) that signs an MLS leaf; the desk's also signs its sessions with a hub.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use openmls_traits::{
    signatures::{Signer, SignerError},
    types::SignatureScheme,
};
use protocol::{DeskKey, Entropy};
use zeroize::Zeroizing;

/// A signing key pair. `Debug` shows no part of it; the secret is zeroised when dropped.
#[derive(Clone)]
pub struct Identity(SigningKey);

impl Identity {
    /// A new one, from the given source of randomness.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        entropy.fill(secret.as_mut_slice());
        Self::from_secret(&secret)
    }

    /// From a stored secret; any 32 octets are one.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, to be sealed and stored.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key; the desk's is what a page pins in `data-desk`.
    #[must_use]
    pub fn public(&self) -> DeskKey {
        DeskKey::from_octets(self.0.verifying_key().to_bytes())
    }

    /// Signs a message of ours. MLS signs with labels of its own ("MLS 1.0 …", RFC 9420 section 5.1.2), so
    /// `message` must begin with another label, as that of [`protocol::desk_proof_input`] does.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity(***)")
    }
}

impl Signer for Identity {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(Self::sign(self, payload).to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_shows_nothing_and_reads_back_from_its_secret() {
        let identity = Identity::from_secret(&[7; 32]);
        assert_eq!(format!("{identity:?}"), "Identity(***)");
        assert_eq!(Identity::from_secret(&identity.secret()).public(), identity.public());
        assert_eq!(identity.sign(b"x"), Identity::from_secret(&[7; 32]).sign(b"x"));
    }
}
