use super::*;
use crate::recognise::numbers::checks::{digits, passes_luhn};

const KEY: [u8; 32] = [7; 32];

fn of(entity: Entity, value: &str) -> String {
    invent(&KEY, entity, value, 0).unwrap_or_default()
}

#[test]
fn the_same_value_gives_the_same_surrogate_under_the_same_key_only() {
    for (entity, value) in [(Entity::Email, "sarah@shop.org"), (Entity::Card, "4539 1488 0343 6467")] {
        assert_eq!(of(entity, value), of(entity, value));
        assert_ne!(Some(of(entity, value)), invent(&[8; 32], entity, value, 0));
        assert_ne!(Some(of(entity, value)), invent(&KEY, entity, value, 1));
    }
    assert_eq!(persona(&KEY, "Sarah Connor", 0), persona(&KEY, "SARAH CONNOR", 0));
    assert_ne!(persona(&KEY, "Sarah Connor", 0), persona(&KEY, "Tom Miller", 0));
}

#[test]
fn surrogates_come_from_ranges_that_are_kept_for_examples() {
    assert!(of(Entity::Email, "a@b.org").contains("@example."));
    assert!(of(Entity::Phone, "+49 30 1234567").starts_with("+49 171 39200"));
    assert!(of(Entity::Phone, "0044 20 1234 5678").starts_with("+44 7700 900"));
    assert!(of(Entity::Phone, "030 1234567").contains("-555-01"));
    assert!(of(Entity::Url, "https://me.org/sarah").starts_with("https://www.example.com/"));
    assert!(of(Entity::IpAddress, "2a00:1450::1").starts_with("2001:db8::"));
    let nets = ["192.0.2.", "198.51.100.", "203.0.113."];
    assert!(nets.iter().any(|net| of(Entity::IpAddress, "8.8.8.8").starts_with(net)));
    assert!(of(Entity::MacAddress, "a4:83:e7:01:02:03").starts_with("00:00:5E:00:53:"));
    assert!(of(Entity::Ssn, "123-45-6789").starts_with("000-"));
}

#[test]
fn check_digits_hold_and_the_form_stays() {
    let form =
        |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect::<String>();
    for card in ["4539 1488 0343 6467", "3714-496353-98431", "6011000990139424"] {
        let surrogate = of(Entity::Card, card);
        assert!(passes_luhn(&digits(&surrogate)), "{surrogate}");
        assert_eq!(form(&surrogate), form(card));
    }
    let iban = of(Entity::Iban, "DE89 3704 0044 0532 0130 00");
    let moved = iban.replace(' ', "");
    assert!(iban.starts_with("DE") && iban.len() == 27, "{iban}");
    assert_eq!(numbers::remainder(&format!("{}{}", &moved[4..], &moved[..4])), 1, "{iban}");
    let imei = of(Entity::Device, "490154203237518");
    assert!(passes_luhn(&digits(&imei)) && imei.len() == 15 && imei != "490154203237518");
    let order = of(Entity::Order, "KP-10432");
    assert!(order.starts_with("KP-") && order.len() == 8 && order != "KP-10432", "{order}");
}

#[test]
fn dates_ages_firms_and_streets_keep_their_form() {
    let date = of(Entity::BirthDate, "12.05.1984");
    assert!(date.len() == 10 && &date[2..3] == "." && &date[5..6] == ".", "{date}");
    assert!(of(Entity::Date, "14 May 2024").contains(" May 20"));
    let age = |attempt| invent(&KEY, Entity::Age, "34 Jahre", attempt).unwrap_or_default();
    assert!((0..9).any(|attempt| age(attempt).starts_with('3')));
    assert!(of(Entity::Organisation, "Acme GmbH").ends_with(" GmbH"));
    assert!(of(Entity::Address, "Hauptstraße 5, 10115 Berlin").contains("straße "));
}

#[test]
fn what_cannot_be_invented_soundly_is_not() {
    for (entity, value) in [
        (Entity::Secret, "hunter2"),
        (Entity::CardSecurity, "123"),
        (Entity::Crypto, "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
        (Entity::Order, "1043"),
        (Entity::Card, "4111 11"),
        (Entity::Date, "next Tuesday"),
        (Entity::MacAddress, "a483e7010203"),
    ] {
        assert_eq!(invent(&KEY, entity, value, 0), None, "{value}");
    }
}

proptest::proptest! {
    #[test]
    fn every_surrogate_is_usable(value in "\\PC{0,30}", nth in 0..Entity::ALL.len(), attempt in 0..3_usize) {
        let entity = Entity::ALL[nth];
        if let Some(surrogate) = invent(&KEY, entity, &value, attempt) {
            proptest::prop_assert!(is_usable(&surrogate), "{}", surrogate);
        }
        if let Some(persona) = persona(&KEY, &value, attempt)
            && let Some(surrogate) = spell(&value, &value, &persona)
        {
            proptest::prop_assert!(is_usable(&surrogate), "{}", surrogate);
        }
    }
}
