//! What holds for every kind of value alike.

use proptest::prelude::*;

use super::{anonymizer, cases, restored};
use crate::{Entity, Plaintext, TokenVault};

/// A value of each kind, as a record may hold it.
fn sample(entity: Entity) -> &'static str {
    match entity {
        Entity::Person => "Sarah Connor",
        Entity::Email => "sarah@example.com",
        Entity::Phone => "+49 171 5551234",
        Entity::Address => "Hauptstraße 5, 10115 Berlin",
        Entity::Place => "Bad Münstereifel",
        Entity::Organisation => "Skylark GmbH & Co. KG",
        Entity::BirthDate => "12.05.1984",
        Entity::Date => "3 March 2024",
        Entity::Age => "34 Jahre",
        Entity::Username => "sarah_c84",
        Entity::Url => "https://example.org/sarah?a=[b]",
        Entity::IpAddress => "2001:db8::8a2e:370:7334",
        Entity::MacAddress => "a4:83:e7:01:02:03",
        Entity::Plate => "B-SC 1984",
        Entity::Vehicle => "WVWZZZ1JZXW000001",
        Entity::Device => "490154203237518",
        Entity::Card => "4111 1111 1111 1111",
        Entity::CardSecurity => "1234",
        Entity::Iban => "DE89 3704 0044 0532 0130 00",
        Entity::Bic => "COBADEFFXXX",
        Entity::BankAccount => "0532013000",
        Entity::Routing => "021000021",
        Entity::Crypto => "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        Entity::Ssn => "123-45-6789",
        Entity::NationalId => "12345678Z",
        Entity::Passport => "C01X00T47",
        Entity::DriverLicence => "MORGA657054SM9IJ",
        Entity::MedicalId => "485 777 3456",
        Entity::ProviderId => "1234567893",
        Entity::Order => "KP-10432",
        Entity::CustomerNumber => "K 884213",
        Entity::Reference => "TICKET/2024-88",
        Entity::Secret => "p\\a\"ss[1]word",
        Entity::Text => "[NOTE_1]",
    }
}

fn personal() -> impl Iterator<Item = Entity> {
    Entity::ALL.into_iter().filter(|entity| *entity != Entity::Text)
}

fn knowing_all() -> TokenVault {
    let mut vault = TokenVault::new();
    personal().for_each(|entity| vault.know(entity, sample(entity)));
    vault
}

#[test]
fn a_token_of_every_kind_is_read_as_models_distort_it() {
    let vault = knowing_all();
    for entity in personal() {
        let (value, label) = (sample(entity), entity.label());
        let spaced = label.replace('_', " ");
        let escaped = label.replace('_', "\\_");
        for token in [
            format!("[{label}_1]"),
            format!("[{}_1]", label.to_lowercase()),
            format!("{label}_1"),
            format!("［{label}＿1］"),
            format!("{{{label}_1}}"),
            format!("<{label}_1>"),
            format!("[**{label}_1**]"),
            format!("[{spaced} 1]"),
            format!("[{label}\u{2011}1]"),
            format!("\\[{escaped}\\_1\\]"),
            format!("{escaped}\\_1"),
        ] {
            assert_eq!(restored(&format!("({token})"), &vault), format!("({value})"), "{token}");
            let json = serde_json::Value::from(format!("({token})")).to_string();
            let read: Result<String, _> = serde_json::from_str(vault.restore_json(&json).text.reveal());
            assert_eq!(read.ok(), Some(format!("({value})")), "{json}");
        }
        let unknown = format!("[{label}_77] {label}_77");
        let expected = format!("{} {label}_77", entity.noun());
        assert_eq!(restored(&unknown, &vault), expected, "only what was issued is read without brackets");
    }
}

#[test]
fn a_value_of_every_kind_is_masked_and_guarded_once_it_is_known() {
    for entity in personal() {
        let mut vault = TokenVault::new();
        vault.know(entity, sample(entity));
        let text = format!("so {} it is", sample(entity));
        let masked =
            anonymizer().mask(&Plaintext::new(text.clone()), &mut vault).expect("nothing is blocked");
        assert!(!masked.as_str().contains(sample(entity)), "{entity:?}: {}", masked.as_str());
        assert_eq!(restored(masked.as_str(), &vault), text, "{entity:?}");
        assert!(vault.guard().check(text.as_bytes()).is_err(), "{entity:?}");
        assert_eq!(vault.guard().check(masked.as_str().as_bytes()), Ok(()), "{entity:?}");
    }
}

/// Values of all kinds, side by side and inside one another.
pub(super) fn values() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => (0..Entity::ALL.len()).prop_map(|nth| sample(Entity::ALL[nth]).to_owned()),
        2 => (0..Entity::ALL.len(), 0..12_usize, 0..30_usize).prop_map(|(nth, from, to)| {
            sample(Entity::ALL[nth]).chars().skip(from).take(to).collect()
        }),
        3 => "[ ,.:;()\\[\\]\"'\\\\/_-]{0,3}",
        1 => (0..Entity::ALL.len(), 0..3_u32).prop_map(|(nth, id)| format!("[{}_{id}]", Entity::ALL[nth].label())),
        1 => "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..7).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn values_of_every_kind_come_back_and_none_is_left(text in values()) {
        let mut vault = knowing_all();
        let masked = anonymizer().mask(&Plaintext::new(text.clone()), &mut vault).expect("nothing is blocked");
        prop_assert_eq!(restored(masked.as_str(), &vault), text, "{}", masked.as_str());
        prop_assert_eq!(vault.guard().check(masked.as_str().as_bytes()), Ok(()), "{}", masked.as_str());
        let again = anonymizer().readmit(masked.as_str(), &mut vault.clone());
        prop_assert_eq!(again.as_str(), masked.as_str());
    }
}

#[test]
fn an_order_number_of_the_businesss_pattern_ends_where_the_pattern_does() {
    let order_numbers = Some(regex::Regex::new(r"(?i)\bWF-[0-9]{5}\b").unwrap());
    let anonymizer = crate::Anonymizer::new(crate::Options { order_numbers, ..crate::Options::default() });
    let mut vault = TokenVault::new();
    let mut mask = |text: &str| {
        let masked = anonymizer.mask(&Plaintext::new(text.to_owned()), &mut vault).unwrap();
        masked.as_str().to_owned()
    };
    assert_eq!(mask("What I ordered as WF-47844"), "What I ordered as [ORDER_1]");
    assert_eq!(mask("12.50"), "12.50", "an amount, and no more of the number");
    assert_eq!(mask("It is wf-47844"), "It is [ORDER_1.2]", "the same in another spelling");
}
