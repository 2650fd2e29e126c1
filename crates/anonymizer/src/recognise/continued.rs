//! A number that goes on from the message before: "my card is 4111 1111" / "1111 1111".
//!
//! Covered: the message before ended with a number (or with the word that announces one), and this one begins
//! with digits. The two are joined; when the whole is a valid card, a valid IBAN or a plausible telephone
//! number, or when the first part was already taken for one, this part is masked as that. The first part is
//! masked in its own message only when its word was there ("card", "IBAN", "phone"); else it was short and bare,
//! and it is in the vault from now on, so that it is found when the history is sent again.
//! Not covered: parts in the wrong order, more than one message between, three parts of which two are bare.

use regex::Regex;

use super::code::{code_at, is_unit_after};
use super::{Candidate, Recogniser, Scene, card, iban, pattern};
use crate::Entity;

/// What [`Candidate::recogniser`] is here.
pub(crate) const NAME: &str = "continued";

/// Kinds whose numbers have no form that says where they end: they go on where a message is a number and nothing else,
/// or says that it goes on.
const PARTED: &[Entity] = &[
    Entity::Order,
    Entity::CustomerNumber,
    Entity::Reference,
    Entity::MedicalId,
    Entity::NationalId,
    Entity::Passport,
    Entity::BankAccount,
    Entity::Device,
    Entity::DriverLicence,
    Entity::Secret,
];

pub(crate) struct Continued {
    head: Regex,
    tail: Regex,
    cues: [(Entity, Regex); 6],
}

impl Continued {
    pub(crate) fn new() -> Self {
        let ends = r"\W{0,3}(?:number|nummer|no|nr)?\W{0,3}(?:is|ist|lautet|was)?\W{0,3}$";
        let cue = |words: &str| pattern(&format!(r"(?i)\b(?:{words}){ends}"));
        Self {
            head: pattern(
                r"(?i)^\W{0,3}(?:((?:and|then|the rest is|rest|followed by|und|dann|weiter|der rest ist|et|puis|ensuite|y|luego|e|poi|depois|en|dan|daarna)\b(?:\W{1,3}(?:then|dann|puis|luego|poi|depois|dan))?)\W{1,3})?([0-9](?:[ .\-/]{0,2}[0-9]){1,22})",
            ),
            tail: pattern(r"(?i)(?:\b[a-z]{2}[0-9]{2}[0-9a-z -]{0,36}|\+?[0-9(][0-9 ().\-/]{1,30})\W{0,3}$"),
            cues: [
                (
                    Entity::Card,
                    cue(
                        r"(?:credit |debit )?card|visa|mastercard|amex|kreditkarte|kreditkartennummer|kartennummer",
                    ),
                ),
                (Entity::Iban, cue("iban|bank account")),
                (
                    Entity::Phone,
                    cue("phone|phone number|telephone|mobile|cell|my number|telefonnummer|handynummer|handy"),
                ),
                (Entity::Ssn, cue("ssn|social security")),
                (Entity::Order, cue("order|order id|bestellnummer|bestellung|auftragsnummer")),
                (Entity::BirthDate, cue("date of birth|birthday|dob|geburtsdatum|geburtstag")),
            ],
        }
    }

    /// The number at the end of a message, as far as it can go on in the next.
    pub(crate) fn tail_of<'a>(&self, text: &'a str) -> &'a str {
        let mut from = text.len().saturating_sub(60);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        let tail = self.tail.find(&text[from..]).map_or("", |hit| hit.as_str().trim());
        if tail.bytes().filter(u8::is_ascii_digit).count() >= 3 {
            return tail;
        }
        // "QX-20" as a whole message is the beginning of one.
        let whole = text.trim();
        let code = whole.len() <= 12
            && whole.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b' '))
            && whole.starts_with(|c: char| c.is_ascii_uppercase())
            && whole.ends_with(|c: char| c.is_ascii_digit());
        if code { whole } else { tail }
    }
}

impl Recogniser for Continued {
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let end = scene.before(scene.text.len(), 60);
        self.cues.iter().filter(|(_, cue)| cue.is_match(end)).map(|(entity, _)| *entity).collect()
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let asked = [Entity::Card, Entity::Phone, Entity::Iban, Entity::Ssn]
            .into_iter()
            .find(|entity| scene.expects(*entity));
        if scene.tail.is_empty() && asked.is_none() {
            return;
        }
        let Some(captures) = self.head.captures(scene.text) else {
            find_behind_excuse(scene, found);
            return;
        };
        let Some(head) = captures.get(2) else { return };
        if let Some(entity) = scene.tail_entity.filter(|entity| PARTED.contains(entity)) {
            let range = code_at(scene.text, head.start()).map_or(head.range(), |code| code.range);
            let alone = !scene.text[range.end..].contains(char::is_alphanumeric);
            let led = captures.get(1).is_some() && scene.is_word(&range);
            let goes_on = alone || led || says_that_it_goes_on(scene);
            if goes_on && !scene.tail.is_empty() && !is_unit_after(&scene.text[range.end..]) {
                found.push(Candidate { range, entity, score: 76, recogniser: NAME });
            }
        }
        let digits = head.as_str().bytes().filter(u8::is_ascii_digit).count();
        let tail = scene.tail_entity == Some(Entity::Phone) && digits == 2 && says_that_it_goes_on(scene);
        if (digits < 3 && !tail) || is_unit_after(&scene.text[head.end()..]) {
            return;
        }
        let dialled = super::phone::is_plausible(head.as_str()) && scene.expects(Entity::Phone);
        let asked = if dialled { Some(Entity::Phone) } else { asked };
        let alone = !scene.text[head.end()..].contains(char::is_alphanumeric);
        // A question for a telephone number may be answered by a time.
        let asked = asked.filter(|entity| *entity != Entity::Phone || dialled || alone || digits >= 6);
        let entity = asked.or_else(|| joined(scene, head.as_str()));
        if let Some(entity) = entity {
            found.push(Candidate { range: head.range(), entity, score: 82, recogniser: NAME });
        }
    }
}

/// "sorry, hit enter too soon. 2283 is the rest": the only number of such a message.
fn find_behind_excuse(scene: &Scene<'_>, found: &mut Vec<Candidate>) {
    let Some(entity) = scene.tail_entity.filter(|entity| PARTED.contains(entity)) else { return };
    let [number] = scene.marks().numbers.as_slice() else { return };
    if scene.tail.is_empty() || !says_that_it_goes_on(scene) {
        return;
    }
    let start = scene.folded.origin(number.range.clone()).start;
    if let Some(code) = code_at(scene.text, start).filter(|code| code.digits >= 2 && !code.is_quantity(scene))
    {
        found.push(Candidate { range: code.range, entity, score: 76, recogniser: NAME });
    }
}

/// Whether a short message says that it belongs to the one before.
fn says_that_it_goes_on(scene: &Scene<'_>) -> bool {
    let text = scene.folded.text();
    text.len() <= EXCUSE && EXCUSES.iter().any(|words| text.contains(words))
}

/// A longer message says more than that, in bytes.
const EXCUSE: usize = 64;
/// What people say when they sent a message too soon, and of the rest.
#[rustfmt::skip]
const EXCUSES: &[&str] = &[
    "sorry", "oops", "whoops", "the rest", "hit enter", "pressed enter", "too soon", "too early", "missing part",
    "entschuldig", "ups", "der rest", "zu fruh", "so jetzt", "gehort dazu", "fehlte noch", "vertippt", "pardon",
    "la suite", "le reste", "trop vite", "desole", "perdon", "se me fue", "el resto", "lo que falta", "disculp",
    "scus", "il resto", "troppo presto", "e partito", "mancava", "desculp", "o resto", "carreguei", "faltava",
    "de rest", "hoort er", "hoort erbij", "te vroeg", "oeps",
];

fn joined(scene: &Scene<'_>, head: &str) -> Option<Entity> {
    if scene.tail.is_empty() {
        return None;
    }
    let whole = format!("{} {head}", scene.tail);
    let digits: Vec<u8> = whole.bytes().filter(u8::is_ascii_digit).collect();
    if card::is_issued(&digits) && card::passes_luhn(&digits) {
        return Some(Entity::Card);
    }
    let compact: String =
        whole.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if iban::is_valid(&compact) {
        return Some(Entity::Iban);
    }
    match scene.tail_entity {
        Some(Entity::Card) if digits.len() <= 19 => Some(Entity::Card),
        Some(Entity::Iban) if compact.len() <= 34 => Some(Entity::Iban),
        Some(Entity::Phone) if digits.len() <= 15 => Some(Entity::Phone),
        _ => {
            let starts = whole.trim_start().starts_with(['+', '0', '(']);
            (starts && super::phone::is_plausible(&whole)).then_some(Entity::Phone)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_in;

    fn second(first: &str, tail_entity: Option<Entity>, text: &str) -> Vec<String> {
        let continued = Continued::new();
        let tail = continued.tail_of(first).to_owned();
        let expected = continued.announced_by(&Scene::of(first));
        found_in(&continued, &Scene { expected: &expected, tail: &tail, tail_entity, ..Scene::of(text) })
    }

    #[test]
    fn the_second_half_of_a_number_is_found() {
        assert_eq!(second("4111 1111", None, "1111 1111"), ["1111 1111"]);
        assert_eq!(second("it is DE89 3704 0044", None, "0532 0130 00"), ["0532 0130 00"]);
        assert_eq!(second("0171", None, "555 1234"), ["555 1234"]);
        assert_eq!(second("my card is 4111 11", Some(Entity::Card), "and 11 1111"), ["11 1111"]);
        assert_eq!(second("my card number is", None, "4111 1111"), ["4111 1111"]);
    }

    #[test]
    fn numbers_of_the_business_go_on_where_the_message_is_nothing_else() {
        for text in ["9902", "and then 99 02", "und dann 9902", "et puis 99", "y luego 9902", "e poi 9902"] {
            assert_eq!(second("it's 4821", Some(Entity::Order), text).len(), 1, "{text}");
        }
        for text in [
            "9902 sorry",
            "99-02-B pardon",
            "oops too soon. 9902 is the rest",
            "9902 hoort er ook bij",
            "02 so jetzt",
        ] {
            assert_eq!(second("it's 4821", Some(Entity::Order), text).len(), 1, "{text}");
        }
        assert_eq!(second("QX-20", Some(Entity::Order), "118-774"), ["118-774"]);
        for text in ["9902 screws", "99 EUR", "ok", "sorry for the delay", "I paid 99 or 98, sorry"] {
            assert_eq!(second("it's 4821", Some(Entity::Order), text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_number_after_an_unrelated_one_stays() {
        assert_eq!(second("I bought 250", None, "2500 screws"), Vec::<String>::new());
        assert_eq!(second("since 2024", None, "1299 EUR"), Vec::<String>::new());
        assert_eq!(second("hello", None, "4111 1111"), Vec::<String>::new());
    }
}
