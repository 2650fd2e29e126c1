//! What kinds of value are recognised, and what each is called in a token.

use serde::{Deserialize, Serialize};

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entity {
    /// The name of a person, or a part of it.
    Person,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A payment card number, whole or in part.
    Card,
    /// An international bank account number.
    Iban,
    /// A United States social security or taxpayer number.
    Ssn,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A web address.
    Url,
    /// A date of birth.
    BirthDate,
    /// A postal address. Found where it is in the customer's record.
    Address,
    /// An order number.
    Order,
    /// A customer, account or membership number.
    CustomerNumber,
    /// A password, a code or an API key.
    Secret,
    /// Text that only looked like a token. It is no personal value: it is hidden so that it is never taken
    /// for a token of ours.
    Text,
}

impl Entity {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 14] = [
        Self::Person,
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::Iban,
        Self::Ssn,
        Self::IpAddress,
        Self::Url,
        Self::BirthDate,
        Self::Address,
        Self::Order,
        Self::CustomerNumber,
        Self::Secret,
        Self::Text,
    ];

    /// The word inside a token, as in `[PERSON_1]`. No label is the beginning of another.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Card => "CARD",
            Self::Iban => "IBAN",
            Self::Ssn => "SSN",
            Self::IpAddress => "IP",
            Self::Url => "URL",
            Self::BirthDate => "BIRTH_DATE",
            Self::Address => "ADDRESS",
            Self::Order => "ORDER",
            Self::CustomerNumber => "CUSTOMER_NUMBER",
            Self::Secret => "SECRET",
            Self::Text => "TEXT",
        }
    }

    /// What stands in an answer where the model wrote a token that was never issued.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Person => "the person",
            Self::Email => "the e-mail address",
            Self::Phone => "the phone number",
            Self::Card => "the card",
            Self::Iban => "the bank account",
            Self::Ssn => "the social security number",
            Self::IpAddress => "the IP address",
            Self::Url => "the web address",
            Self::BirthDate => "the date of birth",
            Self::Address => "the address",
            Self::Order => "the order",
            Self::CustomerNumber => "the customer number",
            Self::Secret => "the secret",
            Self::Text => "the text",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_is_the_beginning_of_another() {
        for one in Entity::ALL {
            for other in Entity::ALL {
                assert!(one == other || !one.label().starts_with(other.label()), "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn every_kind_is_listed_once() {
        let distinct: std::collections::BTreeSet<_> = Entity::ALL.into_iter().collect();
        assert_eq!(distinct.len(), Entity::ALL.len());
    }
}
