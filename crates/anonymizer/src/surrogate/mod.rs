//! Invented values that stand for real ones: of the same kind and form, with check digits that hold, from ranges that
//! are reserved for examples where there are some (RFC 2606 domains, RFC 5737 and RFC 3849 addresses, RFC 9542 device
//! addresses, the telephone numbers that regulators keep for drama, social security numbers that are never issued).
//!
//! Numbers without such a range (cards, state ids, bank accounts) are drawn at random: one may by chance be somebody's.
//! Cards begin like the test numbers that payment services publish.
//! Tokens are the safe choice; surrogates are for models that answer worse with tokens.

mod index;
mod numbers;
mod people;
mod prf;

use prf::Choices;

use crate::Entity;

pub(crate) use index::Surrogates;

/// The longest surrogate: a restored stream holds back no more than this.
const LONGEST: usize = 96;

/// A given and a family name.
pub(crate) type Persona = (String, String);

/// The name of somebody who does not exist, for a person of whom `spelling` is known.
pub(crate) fn persona(key: &[u8; 32], spelling: &str, attempt: usize) -> Option<Persona> {
    let folded = crate::view::fold_value(spelling);
    people::invent(spelling, &mut Choices::new(key, &["person", &folded, &attempt.to_string()]))
}

/// How a person's spelling is written with an invented name. `whole` is the person's name as it is known, folded.
pub(crate) fn spell(spelling: &str, whole: &str, persona: &Persona) -> Option<String> {
    people::spell(spelling, whole, &persona.0, &persona.1).filter(|surrogate| is_usable(surrogate))
}

/// An invented value in place of one that is no person, or none where nothing sound can be invented. Each attempt gives
/// another, and the same each time.
pub(crate) fn invent(key: &[u8; 32], entity: Entity, value: &str, attempt: usize) -> Option<String> {
    let mut choices = Choices::new(key, &[entity.name(), value, &attempt.to_string()]);
    let surrogate = match entity {
        Entity::Email => email(&mut choices),
        Entity::Phone => numbers::phone(value, &mut choices),
        Entity::Address => address(value, &mut choices),
        Entity::Place => choices.one_of(TOWNS).map(str::to_owned),
        Entity::Organisation => organisation(value, &mut choices),
        Entity::BirthDate | Entity::Date => numbers::date(value, &mut choices),
        Entity::Age => numbers::age(value, &mut choices),
        Entity::Username => username(value, &mut choices),
        Entity::Url => Some(url(value, &mut choices)),
        Entity::IpAddress => Some(numbers::ip(value, &mut choices)),
        Entity::MacAddress => numbers::mac(value, &mut choices),
        Entity::Card => numbers::card(value, &mut choices),
        Entity::Iban => numbers::iban(value, &mut choices),
        Entity::Ssn => numbers::ssn(value, &mut choices),
        Entity::Plate
        | Entity::Vehicle
        | Entity::Device
        | Entity::Bic
        | Entity::BankAccount
        | Entity::Routing
        | Entity::NationalId
        | Entity::Passport
        | Entity::DriverLicence
        | Entity::MedicalId
        | Entity::ProviderId
        | Entity::Order
        | Entity::CustomerNumber
        | Entity::Reference => numbers::same_form(entity, value, &mut choices),
        // Names are spelled after their person; the others are never invented.
        Entity::Person | Entity::Secret | Entity::CardSecurity | Entity::Crypto | Entity::Text => None,
    };
    surrogate.filter(|surrogate| is_usable(surrogate) && surrogate != value)
}

/// A surrogate is found again by the word that it is: it begins and ends like one, and is not short.
fn is_usable(surrogate: &str) -> bool {
    let starts = surrogate.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '+' | '@'));
    let size = surrogate.chars().filter(|c| c.is_alphanumeric()).count();
    starts && surrogate.ends_with(char::is_alphanumeric) && size >= 3 && surrogate.len() <= LONGEST
}

const TOWNS: &[&str] = &[
    "Ashbourne",
    "Belfield",
    "Carrowmore",
    "Dunwick",
    "Eastmere",
    "Fallowdale",
    "Greyford",
    "Hartsmoor",
    "Inverleigh",
    "Kelsford",
    "Lindenau",
    "Marwell",
    "Northbrook",
    "Oakhaven",
    "Penrose",
    "Quarndon",
    "Rosenheide",
    "Silverton",
    "Thornbury",
    "Uppermill",
    "Valdoro",
    "Westerfeld",
    "Yarrowby",
    "Zellbach",
];

const ROADS: &[&str] =
    &["Linden", "Garden", "Mill", "Station", "Chapel", "Meadow", "Harbour", "Orchard", "Birch", "River"];

const FIRMS: &[&str] = &[
    "Alder & Finch",
    "Bluestone",
    "Corvane",
    "Delmara",
    "Everlight",
    "Fernwood",
    "Glenrock",
    "Halvern",
    "Ironbridge",
    "Juniper Works",
    "Kestrel Line",
    "Lumera",
    "Mossfield",
    "Norvia",
    "Orbelle",
    "Pinecrest",
];

/// Legal forms that stay at the end of a name.
const FORMS: &[&str] = &[
    "GmbH", "AG", "KG", "UG", "Ltd", "LLC", "Inc", "PLC", "SA", "SARL", "SAS", "SL", "SpA", "Srl", "BV",
    "NV", "Lda",
];

fn email(choices: &mut Choices) -> Option<String> {
    let given = people::invent("", choices)?.0.to_lowercase();
    let host = choices.one_of(&["example.com", "example.org", "example.net"])?;
    Some(format!("{given}.{}@{host}", choices.digits(4)))
}

fn username(value: &str, choices: &mut Choices) -> Option<String> {
    let given = people::invent("", choices)?.0.to_lowercase();
    let at = if value.starts_with('@') { "@" } else { "" };
    Some(format!("{at}{given}{}", choices.digits(4)))
}

fn url(value: &str, choices: &mut Choices) -> String {
    let scheme = value.split_once("://").map(|(scheme, _)| format!("{}://", scheme.to_ascii_lowercase()));
    format!("{}www.example.com/{}", scheme.unwrap_or_default(), choices.digits(8))
}

fn address(value: &str, choices: &mut Choices) -> Option<String> {
    if value.chars().all(|c| c.is_ascii_digit()) {
        return Some(choices.digits(value.len()));
    }
    let folded = crate::view::fold_value(value);
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    let road = choices.one_of(ROADS)?;
    let town = choices.one_of(TOWNS)?;
    let house = choices.below(180) + 1;
    let (code, end) = (choices.digits(4), choices.digit());
    Some(if has(&["str.", "strasse", "weg ", "platz", "gasse", "allee"]) {
        format!("{road}straße {house}, {code}{end} {town}")
    } else if has(&["rue ", "boulevard "]) {
        format!("{house} rue de {road}, {code}{end} {town}")
    } else if has(&["calle ", "avenida ", "plaza "]) {
        format!("Calle {road} {house}, {code}{end} {town}")
    } else if has(&["via ", "piazza ", "viale "]) {
        format!("Via {road} {house}, {code}{end} {town}")
    } else if has(&["straat", "laan ", "gracht"]) {
        format!("{road}straat {house}, {code} AA {town}")
    } else if has(&["rua ", "travessa "]) {
        format!("Rua {road} {house}, {code}-{end}00 {town}")
    } else {
        format!("{house} {road} Street, {town}")
    })
}

fn organisation(value: &str, choices: &mut Choices) -> Option<String> {
    let firm = choices.one_of(FIRMS)?;
    let last = value.trim_end_matches('.').rsplit(' ').next().unwrap_or_default();
    let form = FORMS.iter().find(|form| **form == last);
    Some(form.map_or_else(|| firm.to_owned(), |form| format!("{firm} {form}")))
}

#[cfg(test)]
mod tests;
