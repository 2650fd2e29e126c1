//! Numbers of the business by the word before them or the question that was asked: orders, customers, and everything
//! else that has a number (tickets, policies, contracts, invoices, parcels), in seven languages.

use std::ops::Range;

use regex::Regex;

use super::date::{ahead, behind};
use super::marks::{Mark, Sign};
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct References {
    number: Regex,
    spaced: Regex,
    marked: Regex,
    alone: Regex,
    ups: Regex,
}

/// What a number of the business may belong to.
const CUES: Sign = Sign::ORDER.or(Sign::CUSTOMER).or(Sign::REFERENCE);
/// An order number: up to six letters, then digits, or groups of both. It has three digits or more.
const NUMBER: &str =
    r"(?:[A-Za-z]{1,6}[-_/]){0,2}[A-Za-z]{0,6}[-_/]?[0-9][0-9A-Za-z]{2,19}(?:[-_/][0-9A-Za-z]{1,12}){0,3}";
/// How much of the end of a message may ask for a number, in bytes.
const QUESTION: usize = 80;
/// What may stand between the word and the number.
const FILLERS: &[&str] = &[
    "number",
    "numbers",
    "num",
    "no",
    "nr",
    "nummer",
    "id",
    "ids",
    "ref",
    "reference",
    "code",
    "is",
    "was",
    "are",
    "ist",
    "lautet",
    "war",
    "with",
    "the",
    "my",
    "mit",
    "der",
    "die",
    "des",
    "numero",
    "n",
    "es",
    "est",
    "e",
    "de",
    "du",
    "da",
    "do",
    "del",
    "della",
    "het",
    "pedido",
    "cliente",
    "client",
    "d",
    "your",
    "under",
    "unter",
    "meine",
    "mein",
    "seguimiento",
    "commande",
    "ordine",
    "encomenda",
    "referenz",
    "referencia",
    "kennung",
    "key",
    "reads",
    "says",
    "bestellung",
    "suivi",
    "rastreio",
    "contrato",
    "contrat",
    "poliza",
    "polizza",
    "apolice",
    "factura",
    "fattura",
    "fatura",
    "facture",
];

impl References {
    pub(crate) fn new() -> Self {
        Self {
            number: pattern(&format!(r"\A{NUMBER}")),
            spaced: pattern(r"\A(?:[0-9]{4} ){2,5}[0-9]{2,4}\b"),
            marked: pattern(&format!(r"#\s?({NUMBER})")),
            alone: pattern(&format!(
                r"(?i)^\W{{0,3}}(?:(?:it'?s|it is|sure|yes|yeah|ok|okay|its|the number is|number|no|nr|es ist|ja|klar|die|das ist|si|oui|sim|es|c'est|e)\W{{1,3}}){{0,3}}({NUMBER})(?:\W{{0,3}}|\W{{1,3}}(?:thanks|thank you|please|danke|bitte|gracias|merci|grazie|obrigado)\W{{0,3}})$"
            )),
            ups: pattern(r"\b1[zZ] ?(?:[0-9A-Za-z] ?){15}[0-9]\b"),
        }
    }
}

impl Recogniser for References {
    /// "What is your order number?", "My customer number is:".
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let text = scene.folded.text();
        let asks = |mark: &Mark| {
            let after = &text[mark.range.end..];
            let number = ["num", "nr", "no", "id", "ref", "code"]
                .iter()
                .any(|word| after.trim_start().starts_with(word));
            let itself =
                text[mark.range.clone()].ends_with("nummer") || text[mark.range.clone()].ends_with("nr");
            let before = behind(text, mark.range.start, 14);
            number
                || itself
                || before.ends_with("numero de ")
                || before.ends_with("numero ")
                || before.ends_with("numero d'")
        };
        let asked = scene.marks().before(CUES, text.len(), QUESTION).filter(|mark| asks(mark));
        asked.map(|mark| entity_of(mark.sign)).collect()
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !scene.text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        for cue in scene.marks().with(CUES) {
            let Some((range, between)) = self.after(scene, cue) else { continue };
            let entity = entity_of(cue.sign);
            if add(scene, range.clone(), entity, between, found) {
                add_listed(scene, range.end, entity, found);
            }
        }
        if scene.text.contains('#') {
            for hit in self.marked.captures_iter(scene.text).filter_map(|captures| captures.get(1)) {
                add(scene, hit.range(), Entity::Order, "#", found);
            }
        }
        if scene.text.contains("1Z") || scene.text.contains("1z") {
            for hit in self.ups.find_iter(scene.text).filter(|hit| passes_ups(hit.as_str())) {
                found.push(Candidate {
                    range: hit.range(),
                    entity: Entity::Reference,
                    score: 93,
                    recogniser: "ups",
                });
            }
        }
        let asked = [Entity::Order, Entity::CustomerNumber, Entity::Reference]
            .into_iter()
            .find(|entity| scene.expects(*entity));
        if let Some(entity) = asked
            && let Some(number) = self.alone.captures(scene.text).and_then(|captures| captures.get(1))
        {
            add(scene, number.range(), entity, "#", found);
        }
    }
}

impl References {
    /// The number after the word, and what stands between them.
    fn after<'s>(&self, scene: &'s Scene<'_>, cue: &Mark) -> Option<(Range<usize>, &'s str)> {
        let text = scene.folded.text();
        let mut at = cue.range.end;
        for _ in 0..6 {
            let rest = ahead(text, at, 8);
            at += rest.len()
                - rest
                    .trim_start_matches([
                        ' ', ':', '#', '=', '(', '.', '-', '\t', '\n', '*', '\'', '"', '\u{b0}', '\u{ba}',
                    ])
                    .len();
            let rest = ahead(text, at, 80);
            if let Some(hit) = self
                .spaced
                .find(rest)
                .filter(|_| cue.sign.is(Sign::REFERENCE))
                .or_else(|| self.number.find(rest))
            {
                let letters = hit.as_str().bytes().take_while(u8::is_ascii_alphabetic).count();
                let between = cue.range.end < at;
                if !between || (letters > 0 && text[..at].ends_with(char::is_alphanumeric)) {
                    return None;
                }
                let range = scene.folded.origin(at..at + hit.len());
                let from = scene.folded.origin(cue.range.clone()).end;
                return Some((range.clone(), scene.text.get(from..range.start)?));
            }
            let word = rest.find(|c: char| !c.is_alphanumeric()).map_or(rest, |end| &rest[..end]);
            // "Customer: my number is 555-0123" is a line of a chat.
            if word == "my" && text[cue.range.end..at].contains(':') {
                return None;
            }
            if word.is_empty() || !FILLERS.contains(&word) {
                return None;
            }
            at += word.len();
        }
        None
    }
}

fn entity_of(sign: Sign) -> Entity {
    if sign.is(Sign::ORDER) {
        Entity::Order
    } else if sign.is(Sign::CUSTOMER) {
        Entity::CustomerNumber
    } else {
        Entity::Reference
    }
}

/// The check digit of a UPS tracking number ("1Z" and sixteen more, the last the check digit): a letter counts as the
/// remainder of its place in the alphabet, every second character twice.
fn passes_ups(written: &str) -> bool {
    let compact: Vec<u8> =
        written.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect();
    let Some((body, [check])) = compact.get(2..).and_then(|rest| rest.split_at_checked(15)) else {
        return false;
    };
    let value = |byte: &u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        _ => (u32::from(*byte) - 63) % 10,
    };
    let sum: u32 =
        body.iter().enumerate().map(|(nth, byte)| value(byte) * if nth % 2 == 1 { 2 } else { 1 }).sum();
    u32::from(check.wrapping_sub(b'0')) == (10 - sum % 10) % 10
}

/// "orders 10432 and 10433": what is listed after the first.
fn add_listed(scene: &Scene<'_>, mut at: usize, entity: Entity, found: &mut Vec<Candidate>) {
    for _ in 0..8 {
        let rest = &scene.text[at..];
        let link =
            [", ", " and ", " & ", " und ", " or ", " oder "].into_iter().find(|link| rest.starts_with(link));
        let Some(link) = link else { return };
        let start = at + link.len();
        let end = scene.text[start..]
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .map_or(scene.text.len(), |length| start + length);
        let listed = &scene.text[start..end];
        if listed.bytes().filter(u8::is_ascii_digit).count() < 4
            || !add(scene, start..end, entity, " ", found)
        {
            return;
        }
        at = end;
    }
}

/// Adds the number unless it is an amount, a year or a date; says whether it did.
fn add(
    scene: &Scene<'_>,
    range: Range<usize>,
    entity: Entity,
    between: &str,
    found: &mut Vec<Candidate>,
) -> bool {
    let written = &scene.text[range.clone()];
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let after = scene.after(range.end, 8);
    let named = between.contains('#') || between.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let letters = written.bytes().any(|byte| byte.is_ascii_alphabetic());
    let year = !named && !letters && (written.starts_with("19") || written.starts_with("20")) && digits == 4;
    let amount = after.trim_start().starts_with(['€', '$', '£', '%'])
        || (after.starts_with([',', '.']) && after[1..].starts_with(|c: char| c.is_ascii_digit()))
        || ["eur", "usd", "gbp", "items", "pieces", "stück"]
            .iter()
            .any(|unit| after.trim_start().to_ascii_lowercase().starts_with(unit));
    let date = letters && written.bytes().take_while(u8::is_ascii_digit).count() <= 2 && digits < 3;
    // "return 3rd": three signs with a digit first are an ordinal, a size, a model.
    let short =
        digits < 3 || (letters && written.starts_with(|c: char| c.is_ascii_digit()) && digits < 4 && !named);
    let is_date = written.split(['-', '/']).map(str::len).eq([4, 2, 2]) && !letters;
    let touches = !scene.is_word(&range);
    if year || amount || date || short || is_date || touches {
        return false;
    }
    let score = match entity {
        Entity::Order if between != "#" => 78,
        Entity::CustomerNumber => 79,
        _ => 77,
    };
    found.push(Candidate { range, entity, score, recogniser: "reference" });
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::{found_by, found_in};

    fn references(text: &str) -> Vec<String> {
        found_by(&References::new(), text)
    }

    #[test]
    fn announced_numbers_are_found() {
        for (text, number) in [
            ("where is my order 10432?", "10432"),
            ("Order #KP-10432 is late", "KP-10432"),
            ("order number is A-2024-10432.", "A-2024-10432"),
            ("my Bestellnummer lautet 4711-0815", "4711-0815"),
            ("Bestellung Nr. 2024 ist nicht da", "2024"),
            ("it's #10432", "10432"),
            ("customer number: K881234", "K881234"),
            ("my account id is 88123456", "88123456"),
            ("order no. 302-1234567-7654321", "302-1234567-7654321"),
            ("numéro de commande : 10432", "10432"),
            ("mi número de pedido es KP-10432", "KP-10432"),
            ("numero ordine 10432", "10432"),
            ("número da encomenda: 10432", "10432"),
            ("bestelnummer 10432", "10432"),
            ("ticket TCK-2024-001", "TCK-2024-001"),
            ("policy number POL987654", "POL987654"),
            ("Vertragsnummer: 4711-0815", "4711-0815"),
            ("facture n° 2024-118", "2024-118"),
            ("tracking number 9400 1000 0000 0000 0000 00", "9400 1000 0000 0000 0000 00"),
            ("parcel 1Z999AA10123456784 is late", "1Z999AA10123456784"),
        ] {
            assert_eq!(references(text).first().map(String::as_str), Some(number), "{text}");
        }
        assert_eq!(references("orders 10432 and 10433"), ["10432", "10433"]);
    }

    #[test]
    fn a_bare_number_counts_when_it_was_asked_for() {
        let scene = |text| Scene { expected: &[Entity::Order], ..Scene::of(text) };
        for text in ["10432", "it's 10432", "Sure, KP-10432 thanks!"] {
            assert_eq!(found_in(&References::new(), &scene(text)).len(), 1, "{text}");
        }
        assert_eq!(found_in(&References::new(), &scene("I have 10432 of them")), Vec::<String>::new());
    }

    #[test]
    fn a_question_announces_its_answer() {
        for (text, entity) in [
            ("What is your order number?", Entity::Order),
            ("Wie lautet Ihre Kundennummer?", Entity::CustomerNumber),
            ("¿Cuál es su número de pedido?", Entity::Order),
            ("May I have the policy number, please?", Entity::Reference),
        ] {
            assert_eq!(References::new().announced_by(&Scene::of(text)), [entity], "{text}");
        }
        assert_eq!(References::new().announced_by(&Scene::of("where is my order?")), []);
    }

    #[test]
    fn a_tracking_number_of_ups_has_a_check_digit() {
        assert!(passes_ups("1Z999AA10123456784"));
        assert!(passes_ups("1Z 999 AA1 01 2345 6784"));
        assert!(!passes_ups("1Z999AA10123456785"));
    }

    #[test]
    fn totals_years_dates_and_counts_are_no_numbers_of_orders() {
        for text in [
            "my order of 250 items",
            "order total 1299",
            "order from 2024",
            "order 1299.00 EUR",
            "order 1299 EUR",
            "I ordered 1500 screws",
            "return within 30 days",
            "order on 2024-11-05",
            "order 2024-11-05",
            "I'm #1",
            "purchase over 5000 dollars",
            "order 2 shirts",
            "case of 300",
            "return 100% of it",
            "Customer: My number is 555-0123",
        ] {
            assert_eq!(references(text), Vec::<String>::new(), "{text}");
        }
    }
}
