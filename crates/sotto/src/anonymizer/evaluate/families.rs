//! Which kinds are compared as one. Labelled sets draw the lines between kinds in different places: a town and a street
//! are both LOCATION in most, an order number is REFERENCE in one and TICKET_ID in another.

use anonymizer::Entity;

/// Kinds that count as the same, by the name that stands in the table.
pub(super) type Family = &'static str;

/// The eight that are compared with published figures.
pub(super) const CORE: [Family; 8] = [
    "PERSON",
    "LOCATION",
    "CREDIT_CARD",
    "PHONE_NUMBER",
    "EMAIL_ADDRESS",
    "IBAN_CODE",
    "US_SSN",
    "IP_ADDRESS",
];

/// The family of what the anonymizer found; none for what only looks like a token.
pub(super) fn of(entity: Entity) -> Option<Family> {
    Some(match entity {
        Entity::Person => "PERSON",
        Entity::Email => "EMAIL_ADDRESS",
        Entity::Phone => "PHONE_NUMBER",
        Entity::Address | Entity::Place => "LOCATION",
        Entity::Organisation => "ORGANIZATION",
        Entity::BirthDate | Entity::Date => "DATE_TIME",
        Entity::Age => "AGE",
        Entity::Username => "USERNAME",
        Entity::Url => "URL",
        Entity::IpAddress => "IP_ADDRESS",
        Entity::MacAddress | Entity::Device => "DEVICE_ID",
        Entity::Plate | Entity::Vehicle => "VEHICLE_ID",
        Entity::Card => "CREDIT_CARD",
        Entity::CardSecurity => "CARD_SECURITY",
        Entity::Iban => "IBAN_CODE",
        Entity::Bic | Entity::BankAccount | Entity::Routing => "BANK_ACCOUNT",
        Entity::Crypto => "CRYPTO",
        Entity::Ssn => "US_SSN",
        Entity::NationalId | Entity::Passport | Entity::DriverLicence => "NATIONAL_ID",
        Entity::MedicalId | Entity::ProviderId => "MEDICAL_ID",
        Entity::Order | Entity::CustomerNumber | Entity::Reference => "REFERENCE",
        Entity::Secret => "SECRET",
        Entity::Text => return None,
    })
}

/// What a label of a set means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One of our families.
    Family(Family),
    /// People differ on whether it is personal: what is found there is neither right nor wrong.
    Arguable,
    /// Nothing that we look for: what is found there is a false alarm.
    Other,
}

/// What other sets call our families, upper case. Our own names and Presidio's need no entry.
const LABELS: [(&str, Family); 75] = [
    ("NAME", "PERSON"),
    ("PER", "PERSON"),
    ("DOCTOR", "PERSON"),
    ("CLIENT_NAME", "PERSON"),
    ("FIRST_NAME", "PERSON"),
    ("LAST_NAME", "PERSON"),
    // Slots of task-oriented dialogues.
    ("THERAPIST_NAME", "PERSON"),
    ("RECIPIENT_NAME", "PERSON"),
    ("DIRECTOR", "PERSON"),
    ("ACTORS", "PERSON"),
    ("STARRING", "PERSON"),
    ("STREET_ADDRESS", "LOCATION"),
    ("ADDRESS_OF_LOCATION", "LOCATION"),
    ("GPE", "LOCATION"),
    ("LOC", "LOCATION"),
    ("ZIP_CODE", "LOCATION"),
    ("ZIP", "LOCATION"),
    ("STREET", "LOCATION"),
    ("CITY", "LOCATION"),
    ("STATE", "LOCATION"),
    ("COUNTRY", "LOCATION"),
    ("AREA", "LOCATION"),
    ("CITY_OF_EVENT", "LOCATION"),
    ("DESTINATION", "LOCATION"),
    ("DESTINATION_CITY", "LOCATION"),
    ("ORIGIN_CITY", "LOCATION"),
    ("PICKUP_CITY", "LOCATION"),
    ("PICKUP_LOCATION", "LOCATION"),
    ("FROM_LOCATION", "LOCATION"),
    ("TO_LOCATION", "LOCATION"),
    ("FROM_STATION", "LOCATION"),
    ("TO_STATION", "LOCATION"),
    ("ORIGIN_AIRPORT_NAME", "LOCATION"),
    ("DESTINATION_AIRPORT_NAME", "LOCATION"),
    ("APPOINTMENT_DATE", "DATE_TIME"),
    ("CHECK_IN_DATE", "DATE_TIME"),
    ("DEPARTURE_DATE", "DATE_TIME"),
    ("DROPOFF_DATE", "DATE_TIME"),
    ("LEAVING_DATE", "DATE_TIME"),
    ("PICKUP_DATE", "DATE_TIME"),
    ("RETURN_DATE", "DATE_TIME"),
    ("VISIT_DATE", "DATE_TIME"),
    ("DATE_OF_BIRTH", "DATE_TIME"),
    ("COMPANY", "ORGANIZATION"),
    ("COMPANY_NAME", "ORGANIZATION"),
    ("CORPORATION", "ORGANIZATION"),
    ("GROUP", "ORGANIZATION"),
    ("SCHOOL", "ORGANIZATION"),
    ("UNIVERSITY", "ORGANIZATION"),
    ("UNIVERSITY_NAME", "ORGANIZATION"),
    ("HOSPITAL", "ORGANIZATION"),
    ("INSURER", "ORGANIZATION"),
    ("BANK", "ORGANIZATION"),
    ("BANK_NAME", "ORGANIZATION"),
    ("COURT", "ORGANIZATION"),
    ("MERCHANT", "ORGANIZATION"),
    ("INSTITUTE", "ORGANIZATION"),
    ("DOMAIN_NAME", "URL"),
    ("LINK", "URL"),
    ("WEBSITE", "URL"),
    ("ACCOUNT", "BANK_ACCOUNT"),
    ("US_BANK_NUMBER", "BANK_ACCOUNT"),
    ("US_DRIVER_LICENSE", "NATIONAL_ID"),
    ("US_PASSPORT", "NATIONAL_ID"),
    ("PESEL", "NATIONAL_ID"),
    ("NIP", "NATIONAL_ID"),
    ("VIN", "VEHICLE_ID"),
    ("TICKET_ID", "REFERENCE"),
    ("POLICY_NUMBER", "REFERENCE"),
    ("TRANSACTION_ID", "REFERENCE"),
    ("CLAIM_ID", "REFERENCE"),
    ("CASE_NUMBER", "REFERENCE"),
    ("CASE_ID", "REFERENCE"),
    ("MENTION", "USERNAME"),
    ("PASSWORD", "SECRET"),
];

/// Labels of which it is arguable whether they are a person, a place or a date of ours: times of day, and businesses,
/// bands and events that are named like people and places.
const ARGUABLE: [&str; 22] = [
    "TIME",
    "ALARM_TIME",
    "NEW_ALARM_TIME",
    "APPOINTMENT_TIME",
    "INBOUND_ARRIVAL_TIME",
    "INBOUND_DEPARTURE_TIME",
    "LEAVING_TIME",
    "OUTBOUND_ARRIVAL_TIME",
    "OUTBOUND_DEPARTURE_TIME",
    "PICKUP_TIME",
    "DAY",
    "ARTIST",
    "ATTRACTION_NAME",
    "EVENT_LOCATION",
    "EVENT_NAME",
    "HOTEL_NAME",
    "PLACE_NAME",
    "PROPERTY_NAME",
    "RESTAURANT",
    "RESTAURANT_NAME",
    "LANDMARK",
    "VENUE",
];

/// Reads a label, in any case, with or without the `B-` or `I-` of token tags.
pub(super) fn meaning(label: &str) -> Meaning {
    let label = label.to_ascii_uppercase();
    let label = label.strip_prefix("B-").or_else(|| label.strip_prefix("I-")).unwrap_or(&label);
    if ARGUABLE.contains(&label) {
        return Meaning::Arguable;
    }
    let listed = LABELS.iter().find(|(name, _)| *name == label).map(|(_, family)| *family);
    listed
        .or_else(|| Entity::ALL.into_iter().filter_map(of).find(|family| *family == label))
        .or_else(|| Entity::named(label).and_then(of))
        .map_or(Meaning::Other, Meaning::Family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_other_sets_mean_our_families() {
        for (label, family) in [
            ("B-PER", "PERSON"),
            ("I-location", "LOCATION"),
            ("therapist_name", "PERSON"),
            ("date", "DATE_TIME"),
            ("UK_NHS", "MEDICAL_ID"),
            ("ORDER_NUMBER", "REFERENCE"),
            ("PHONE", "PHONE_NUMBER"),
            ("REFERENCE", "REFERENCE"),
        ] {
            assert_eq!(meaning(label), Meaning::Family(family), "{label}");
        }
        assert_eq!(meaning("pickup_time"), Meaning::Arguable);
        assert_eq!(meaning("B-creative-work"), Meaning::Other);
    }

    #[test]
    fn every_name_in_the_lists_is_a_family_of_ours() {
        let families: Vec<Family> = Entity::ALL.into_iter().filter_map(of).collect();
        assert!(LABELS.iter().all(|(_, family)| families.contains(family)));
        assert!(CORE.iter().all(|family| families.contains(family)));
    }
}
