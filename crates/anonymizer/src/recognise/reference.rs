//! Order numbers and customer numbers, by the word before them or the question that was asked.

use std::ops::Range;

use regex::Regex;

use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct References {
    announced: Regex,
    marked: Regex,
    alone: Regex,
    customer: Regex,
}

/// An order number: up to six letters, then digits, or groups of both. It has three digits or more.
const NUMBER: &str = r"[A-Za-z]{0,6}[-_/]?[0-9][0-9A-Za-z]{2,19}(?:[-_/][0-9A-Za-z]{1,12}){0,3}";

impl References {
    pub(crate) fn new() -> Self {
        let order = r"(?:orders?|purchase|invoice|ticket|case|return|rma|booking|reservation|shipment|parcel|bestellung|bestellnummer|bestell-?nr|auftrag|auftragsnummer|auftrags-?nr|rechnung|rechnungsnummer|rechnungs-?nr|vorgang|vorgangsnummer|retoure|sendung|sendungsnummer|buchung|commande|pedido|ordine)";
        let customer = r"(?:customer|client|account|membership|member|loyalty|policy|contract|kunden-?nummer|kunden-?nr|kundin|kunde|konto-?nummer|mitglieds-?nummer|vertrags-?nummer|vertrag)";
        let filler = r"(?:\s|[:#=(.-]|\b(?:number|numbers|num|no|nr|nummer|id|ids|ref|reference|code|is|was|are|ist|lautet|war|with|the|my|mit|der|die|des|numéro|número|numero|n°|º)\b){1,14}";
        Self {
            announced: pattern(&format!(r"(?i)\b({order}|{customer}){filler}({NUMBER})")),
            marked: pattern(&format!(r"#\s?({NUMBER})")),
            alone: pattern(&format!(
                r"(?i)^\W{{0,3}}(?:(?:it'?s|it is|sure|yes|yeah|ok|okay|its|the number is|number|no|nr|es ist|ja|klar|die|das ist)\W{{1,3}}){{0,3}}({NUMBER})(?:\W{{0,3}}|\W{{1,3}}(?:thanks|thank you|please|danke|bitte)\W{{0,3}})$"
            )),
            customer: pattern(&format!(r"(?i)^{customer}")),
        }
    }
}

impl Recogniser for References {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !scene.text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let mut at = 0;
        while let Some(hit) = self.announced.captures_at(scene.text, at) {
            let (Some(cue), Some(number)) = (hit.get(1), hit.get(2)) else { break };
            at = number.end();
            let entity =
                if self.customer.is_match(cue.as_str()) { Entity::CustomerNumber } else { Entity::Order };
            let between = &scene.text[cue.end()..number.start()];
            add(scene, number.range(), entity, between, found);
            self.add_listed(scene, number.end(), entity, found);
        }
        for hit in self.marked.captures_iter(scene.text).filter_map(|captures| captures.get(1)) {
            add(scene, hit.range(), Entity::Order, "#", found);
        }
        let asked = [Entity::Order, Entity::CustomerNumber].into_iter().find(|entity| scene.expects(*entity));
        if let Some(entity) = asked
            && let Some(number) = self.alone.captures(scene.text).and_then(|captures| captures.get(1))
        {
            add(scene, number.range(), entity, "#", found);
        }
    }
}

impl References {
    /// "orders 10432 and 10433": what is listed after the first.
    fn add_listed(&self, scene: &Scene<'_>, mut at: usize, entity: Entity, found: &mut Vec<Candidate>) {
        for _ in 0..8 {
            let rest = &scene.text[at..];
            let link = [", ", " and ", " & ", " und ", " or ", " oder "]
                .into_iter()
                .find(|link| rest.starts_with(link));
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
    let short = digits < 3 || (letters && written.starts_with(|c: char| c.is_ascii_digit()) && digits < 4);
    let is_date = written.split(['-', '/']).map(str::len).eq([4, 2, 2]) && !letters;
    let touches = !scene.is_word(&range);
    if year || amount || date || short || is_date || touches {
        return false;
    }
    let score = if entity == Entity::Order { 78 } else { 79 };
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
        ] {
            assert_eq!(references(text), Vec::<String>::new(), "{text}");
        }
    }
}
