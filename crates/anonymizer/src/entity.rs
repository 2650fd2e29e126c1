//! What kinds of value are recognised, what each is called in a token, and what other programs call it.

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
    /// A postal address, whole or a part that leads to a door: street, house number, postcode.
    Address,
    /// A town, a region, a country: a quasi-identifier, masked by policy.
    Place,
    /// A company, an authority, a school: a quasi-identifier, masked by policy.
    Organisation,
    /// A date of birth.
    BirthDate,
    /// Any other calendar date.
    Date,
    /// A person's age.
    Age,
    /// A user name or a social media handle.
    Username,
    /// A web address.
    Url,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// The hardware address of a network device.
    MacAddress,
    /// The plate of a vehicle.
    Plate,
    /// A vehicle identification number (ISO 3779).
    Vehicle,
    /// The number of one device: IMEI, serial number.
    Device,
    /// A payment card number, whole or in part.
    Card,
    /// A card's security code or expiry, beside the card.
    CardSecurity,
    /// An international bank account number.
    Iban,
    /// A bank identifier code (ISO 9362).
    Bic,
    /// A national bank account number.
    BankAccount,
    /// A national number of a bank: routing number, sort code, Bankleitzahl.
    Routing,
    /// The address of a wallet of a crypto currency.
    Crypto,
    /// A United States social security or taxpayer number.
    Ssn,
    /// A state's number for a person: identity, tax, insurance.
    NationalId,
    /// A passport number or its machine-readable zone.
    Passport,
    /// The number of a driver's licence.
    DriverLicence,
    /// A medical record, health plan, prescription or patient number.
    MedicalId,
    /// The licence number of a health professional (NPI, DEA).
    ProviderId,
    /// An order number.
    Order,
    /// A customer, account or membership number.
    CustomerNumber,
    /// Another number of the business: ticket, policy, contract, invoice, tracking.
    Reference,
    /// A password, a one-time code, a key.
    Secret,
    /// Text that only looked like a token. It is no personal value: it is hidden so that it is never taken
    /// for a token of ours.
    Text,
}

impl Entity {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 34] = [
        Self::Person,
        Self::Email,
        Self::Phone,
        Self::Address,
        Self::Place,
        Self::Organisation,
        Self::BirthDate,
        Self::Date,
        Self::Age,
        Self::Username,
        Self::Url,
        Self::IpAddress,
        Self::MacAddress,
        Self::Plate,
        Self::Vehicle,
        Self::Device,
        Self::Card,
        Self::CardSecurity,
        Self::Iban,
        Self::Bic,
        Self::BankAccount,
        Self::Routing,
        Self::Crypto,
        Self::Ssn,
        Self::NationalId,
        Self::Passport,
        Self::DriverLicence,
        Self::MedicalId,
        Self::ProviderId,
        Self::Order,
        Self::CustomerNumber,
        Self::Reference,
        Self::Secret,
        Self::Text,
    ];

    /// The name of the kind in a policy file, the same as in stored data.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Place => "place",
            Self::Organisation => "organisation",
            Self::BirthDate => "birth-date",
            Self::Date => "date",
            Self::Age => "age",
            Self::Username => "username",
            Self::Url => "url",
            Self::IpAddress => "ip-address",
            Self::MacAddress => "mac-address",
            Self::Plate => "plate",
            Self::Vehicle => "vehicle",
            Self::Device => "device",
            Self::Card => "card",
            Self::CardSecurity => "card-security",
            Self::Iban => "iban",
            Self::Bic => "bic",
            Self::BankAccount => "bank-account",
            Self::Routing => "routing",
            Self::Crypto => "crypto",
            Self::Ssn => "ssn",
            Self::NationalId => "national-id",
            Self::Passport => "passport",
            Self::DriverLicence => "driver-licence",
            Self::MedicalId => "medical-id",
            Self::ProviderId => "provider-id",
            Self::Order => "order",
            Self::CustomerNumber => "customer-number",
            Self::Reference => "reference",
            Self::Secret => "secret",
            Self::Text => "text",
        }
    }

    /// The word inside a token, as in `[PERSON_1]`. No label is the beginning of another.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Address => "ADDRESS",
            Self::Place => "PLACE",
            Self::Organisation => "ORG",
            Self::BirthDate => "BIRTH_DATE",
            Self::Date => "DATE",
            Self::Age => "AGE",
            Self::Username => "USERNAME",
            Self::Url => "URL",
            Self::IpAddress => "IP",
            Self::MacAddress => "MAC",
            Self::Plate => "PLATE",
            Self::Vehicle => "VEHICLE",
            Self::Device => "DEVICE",
            Self::Card => "CARD",
            Self::CardSecurity => "CVV",
            Self::Iban => "IBAN",
            Self::Bic => "BIC",
            Self::BankAccount => "BANK_ACCOUNT",
            Self::Routing => "ROUTING",
            Self::Crypto => "CRYPTO",
            Self::Ssn => "SSN",
            Self::NationalId => "NATIONAL_ID",
            Self::Passport => "PASSPORT",
            Self::DriverLicence => "DRIVER_LICENCE",
            Self::MedicalId => "MEDICAL_ID",
            Self::ProviderId => "PROVIDER_ID",
            Self::Order => "ORDER",
            Self::CustomerNumber => "CUSTOMER_NUMBER",
            Self::Reference => "REFERENCE",
            Self::Secret => "SECRET",
            Self::Text => "TEXT",
        }
    }

    /// The name of the kind in Presidio's list of entities where it has one, for reports and other programs. Two
    /// kinds may share one. A recogniser may know a narrower one ([`crate::Span::reported`]).
    #[must_use]
    pub fn reported(self) -> &'static str {
        match self {
            Self::Person => "PERSON",
            Self::Email => "EMAIL_ADDRESS",
            Self::Phone => "PHONE_NUMBER",
            Self::Address => "LOCATION",
            Self::Place => "LOCATION",
            Self::Organisation => "ORGANIZATION",
            Self::BirthDate => "DATE_TIME",
            Self::Date => "DATE_TIME",
            Self::Age => "AGE",
            Self::Username => "USERNAME",
            Self::Url => "URL",
            Self::IpAddress => "IP_ADDRESS",
            Self::MacAddress => "MAC_ADDRESS",
            Self::Plate => "LICENSE_PLATE",
            Self::Vehicle => "VEHICLE_ID",
            Self::Device => "DEVICE_ID",
            Self::Card => "CREDIT_CARD",
            Self::CardSecurity => "CARD_SECURITY",
            Self::Iban => "IBAN_CODE",
            Self::Bic => "BIC_CODE",
            Self::BankAccount => "BANK_ACCOUNT",
            Self::Routing => "ABA_ROUTING_NUMBER",
            Self::Crypto => "CRYPTO",
            Self::Ssn => "US_SSN",
            Self::NationalId => "NATIONAL_ID",
            Self::Passport => "PASSPORT",
            Self::DriverLicence => "DRIVER_LICENSE",
            Self::MedicalId => "MEDICAL_ID",
            Self::ProviderId => "MEDICAL_LICENSE",
            Self::Order => "ORDER_NUMBER",
            Self::CustomerNumber => "CUSTOMER_NUMBER",
            Self::Reference => "REFERENCE_NUMBER",
            Self::Secret => "SECRET",
            Self::Text => "TEXT",
        }
    }

    /// The kind that another program means by a name: that of [`Self::reported`], that of a token, or a narrower one
    /// such as "UK_NHS". Where two kinds share a name, the one that says more of a person.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let named = |entity: &Self| entity.reported() == name || entity.label() == name;
        Self::ALL.into_iter().find(named).or_else(|| crate::recognise::numbers::named(name))
    }

    /// What stands in an answer where the model wrote a token that was never issued.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Person => "the person",
            Self::Email => "the e-mail address",
            Self::Phone => "the phone number",
            Self::Address => "the address",
            Self::Place => "the place",
            Self::Organisation => "the organisation",
            Self::BirthDate => "the date of birth",
            Self::Date => "the date",
            Self::Age => "the age",
            Self::Username => "the user name",
            Self::Url => "the web address",
            Self::IpAddress => "the IP address",
            Self::MacAddress => "the device address",
            Self::Plate => "the licence plate",
            Self::Vehicle => "the vehicle",
            Self::Device => "the device",
            Self::Card => "the card",
            Self::CardSecurity => "the security code",
            Self::Iban => "the bank account",
            Self::Bic => "the bank",
            Self::BankAccount => "the bank account",
            Self::Routing => "the bank",
            Self::Crypto => "the wallet",
            Self::Ssn => "the social security number",
            Self::NationalId => "the identity number",
            Self::Passport => "the passport",
            Self::DriverLicence => "the driver's licence",
            Self::MedicalId => "the medical number",
            Self::ProviderId => "the provider number",
            Self::Order => "the order",
            Self::CustomerNumber => "the customer number",
            Self::Reference => "the reference",
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
    fn every_kind_is_found_by_its_names() {
        for entity in Entity::ALL {
            assert_eq!(Entity::named(entity.label()), Some(entity));
            let reported = Entity::named(entity.reported()).expect("it is reported");
            assert_eq!(reported.reported(), entity.reported());
        }
        assert_eq!(Entity::named("UK_NHS"), Some(Entity::MedicalId));
        assert_eq!(Entity::named("LOCATION"), Some(Entity::Address));
        assert_eq!(Entity::named("person"), None);
    }

    #[test]
    fn the_name_is_the_one_in_stored_data() {
        for entity in Entity::ALL {
            assert_eq!(serde_json::to_value(entity).ok(), Some(entity.name().into()));
        }
    }

    #[test]
    fn every_kind_is_listed_once() {
        let distinct: std::collections::BTreeSet<_> = Entity::ALL.into_iter().collect();
        assert_eq!(distinct.len(), Entity::ALL.len());
    }
}
