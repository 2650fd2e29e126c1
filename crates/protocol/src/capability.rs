//! Bearer rights to a channel.

use std::{fmt, str::FromStr};

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{Bytes, Entropy, IdError};

/// A random 256-bit bearer right to write to or read from one channel. The hub stores its hash alone.
#[derive(Clone)]
pub struct Capability(Zeroizing<[u8; 32]>);

/// SHA-256 of a [`Capability`]. 256 random bits need no slow hash.
#[derive(Clone, PartialEq, Eq)]
pub struct CapabilityHash([u8; 32]);

impl Capability {
    /// A new one, from the given source of randomness.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut octets = Zeroizing::new([0; 32]);
        entropy.fill(octets.as_mut_slice());
        Self(octets)
    }

    /// From octets that are already at hand (a device's stored state).
    #[must_use]
    pub fn from_octets(octets: [u8; 32]) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// What the hub keeps of it.
    #[must_use]
    pub fn hash(&self) -> CapabilityHash {
        CapabilityHash(Sha256::digest(self.0.as_slice()).into())
    }

    /// The text for an `Authorization: Bearer` header; it is the secret itself.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64URL_NOPAD.encode(self.0.as_slice()))
    }
}

impl CapabilityHash {
    /// From stored octets.
    #[must_use]
    pub const fn from_octets(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The octets, for storage.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether this is the hash of `capability`; takes the same time for any answer.
    #[must_use]
    pub fn matches(&self, capability: &Capability) -> bool {
        self.0.ct_eq(&capability.hash().0).into()
    }
}

impl fmt::Debug for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Capability(***)")
    }
}

impl fmt::Debug for CapabilityHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CapabilityHash(***)")
    }
}

impl FromStr for Capability {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        // The same shape of error as for an identifier; the value itself is never quoted.
        let decoded = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default());
        let octets: [u8; 32] = decoded.as_slice().try_into().map_err(|_| IdError::capability())?;
        Ok(Self::from_octets(octets))
    }
}

impl<'de> Deserialize<'de> for Capability {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for CapabilityHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&BASE64URL_NOPAD.encode_display(&self.0))
    }
}

impl<'de> Deserialize<'de> for CapabilityHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let octets = Bytes::deserialize(deserializer)?;
        let octets =
            octets.0.try_into().map_err(|_| serde::de::Error::custom("a capability hash is 32 octets"))?;
        Ok(Self(octets))
    }
}

#[cfg(feature = "openapi")]
mod schema {
    use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

    impl utoipa::PartialSchema for super::Capability {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some("A bearer right: 32 random octets as base64url without padding"))
                .into()
        }
    }
    impl utoipa::ToSchema for super::Capability {}
    impl utoipa::PartialSchema for super::CapabilityHash {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some("SHA-256 of a capability's 32 octets, as base64url without padding"))
                .into()
        }
    }
    impl utoipa::ToSchema for super::CapabilityHash {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_shows_nothing_and_matches_only_its_own_hash() {
        let mine = Capability::from_octets([1; 32]);
        let other = Capability::from_octets([2; 32]);
        assert!(mine.hash().matches(&mine));
        assert!(!mine.hash().matches(&other));
        assert_eq!(format!("{mine:?} {:?}", mine.hash()), "Capability(***) CapabilityHash(***)");
        assert!(mine.reveal().parse::<Capability>().unwrap().hash() == mine.hash());
    }
}
