//! Identifiers: random octets of a fixed length, written as base64url without padding.

use std::{fmt, str::FromStr};

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Entropy;

/// Text that is not an identifier of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be {octets} octets in base64url without padding")]
pub struct IdError {
    kind: &'static str,
    octets: usize,
}

impl IdError {
    pub(crate) const fn capability() -> Self {
        Self { kind: "Capability", octets: 32 }
    }
}

// One macro, because the types differ in name and length alone and a generic `Id<Kind, N>` would show
// its parameters in every signature.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $octets:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $octets]);

        impl $name {
            /// From octets that are already at hand.
            #[must_use]
            pub const fn from_octets(octets: [u8; $octets]) -> Self {
                Self(octets)
            }

            /// A new one, from the given source of randomness.
            pub fn random(entropy: &dyn Entropy) -> Self {
                let mut octets = [0; $octets];
                entropy.fill(&mut octets);
                Self(octets)
            }

            /// The octets.
            #[must_use]
            pub const fn octets(&self) -> &[u8; $octets] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdError;
            fn try_from(octets: &[u8]) -> Result<Self, IdError> {
                octets.try_into().map(Self).map_err(|_| IdError { kind: stringify!($name), octets: $octets })
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = IdError { kind: stringify!($name), octets: $octets };
                let octets = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| error)?;
                Self::try_from(octets.as_slice())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&BASE64URL_NOPAD.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!(stringify!($octets), " octets as base64url without padding")))
                    .into()
            }
        }
        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

identifier!(
    /// The hub's view of one conversation: 128 random bits, also the MLS group id.
    ChannelId, 16
);
identifier!(
    /// One envelope; a repeated post with the same id is the same envelope.
    EnvelopeId, 16
);
identifier!(
    /// One message inside the encryption, chosen by who wrote it.
    MessageId, 16
);
identifier!(
    /// One encrypted attachment of a channel.
    AttachmentId, 16
);
identifier!(
    /// The desk's Ed25519 identity key (RFC 8032), pinned by the business's page in `data-desk`. It signs the
    /// desk's MLS leaf and its sessions with the hub.
    DeskKey, 32
);
identifier!(
    /// A person whose data the desk holds (a subject, where data law speaks); known to the desk alone, the same
    /// in its store and its access record.
    SubjectId, 16
);
identifier!(
    /// One account of the business's staff.
    StaffId, 16
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes() {
        let id = ChannelId::from_octets([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"BwcHBwcHBwcHBwcHBwcHBw\"");
    }

    #[test]
    fn an_id_of_another_length_or_alphabet_is_refused_by_name() {
        for text in ["", "BwcH", "BwcHBwcHBwcHBwcHBwcHBw==", "BwcHBwcHBwcHBwcHBwcHB+"] {
            let error = text.parse::<ChannelId>().unwrap_err();
            assert_eq!(error.to_string(), "ChannelId must be 16 octets in base64url without padding");
        }
    }
}
