//! Names and ages in a table that somebody pasted: what a column holds is said in its first line.

use std::ops::Range;

use super::{Candidate, Recogniser, Scene};
use crate::Entity;
use crate::view::fold_value;

/// Lines that are read of one table.
const MOST_LINES: usize = 1_000;
const SEPARATORS: [char; 4] = ['|', '\t', ';', ','];

/// Words of a heading, folded, and what stands below.
const HEADINGS: &[(Entity, &str)] = &[
    (
        Entity::Person,
        "name names fullname surname firstname lastname forename nom prenom noms nombre nombres apellido apellidos \
         nome cognome nomi sobrenome apelido naam achternaam voornaam namen vorname nachname familienname patient \
         patients passenger guest attendee participant teilnehmer teilnehmerin mitarbeiter employee member mitglied \
         gast cliente paciente passager invite ospite deelnemer student pupil child driver contact customer client",
    ),
    (Entity::Age, "age alter edad idade eta leeftijd"),
    (Entity::Order, ORDERS),
    (
        Entity::CustomerNumber,
        "kundennr kundennummer customerid clientid memberid mitgliedsnr klantnr klantnummer lidnummer",
    ),
    (Entity::Reference, REFERENCES),
];
const ORDERS: &str = "order orders orderno ordernr orderid bestellung bestellungen bestellnr bestellnummer auftrag \
                      auftragsnr commande commandes pedido pedidos ordine ordini encomenda bestelling bestelnummer \
                      booking buchung reservation reserva prenotazione boeking pnr";
const REFERENCES: &str = "ref reference referenz referencia riferimento referentie ticket case vorgang invoice rechnung \
                          rechnungsnr facture factura fattura fatura factuur contract vertrag contrat contrato \
                          contratto police policy poliza polizza apolice polis claim dossier expediente pratica \
                          processo zaak tracking sendung";
const CUSTOMERS: &str =
    "customer client kunde kunden member mitglied cliente socio klant lid compte account student";
/// Words of a heading above numbers.
const NUMBERS: &str = "nr no num number nummer numero id code ref n";

pub(super) struct Tables;

impl Recogniser for Tables {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !scene.text.contains('\n') {
            return;
        }
        let mut lines = lines(scene.text).peekable();
        while let Some(head) = lines.next() {
            let Some((separator, columns)) = headings(scene.text, &head) else { continue };
            let width = cells(scene.text, &head, separator).count();
            for _ in 0..MOST_LINES {
                let Some(line) = lines.next_if(|line| goes_on(scene.text, line, separator, width)) else {
                    break;
                };
                for (column, entity) in &columns {
                    let cell = cells(scene.text, &line, separator).nth(*column).unwrap_or_default();
                    found.extend(value(scene.text, cell, *entity).map(|(range, score)| Candidate {
                        range,
                        entity: *entity,
                        score,
                        recogniser: "table",
                    }));
                }
            }
        }
    }
}

/// The lines of a text, without their ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split('\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        start..start + line.len()
    })
}

/// Whether a line is of the table: a rule below the headings, or a row that lacks one cell or has one too many at most.
fn goes_on(text: &str, line: &Range<usize>, separator: char, width: usize) -> bool {
    let written = &text[line.clone()];
    let rule = !written.is_empty() && written.chars().all(|c| matches!(c, '-' | '|' | ':' | '+' | ' '));
    let count = cells(text, line, separator).take(width + 2).count();
    rule || (written.contains(separator) && count + 1 >= width && count <= width + 1)
}

/// The columns whose heading says what they hold, and the sign between them.
fn headings(text: &str, line: &Range<usize>) -> Option<(char, Vec<(usize, Entity)>)> {
    if line.len() > 400 {
        return None;
    }
    let separator = SEPARATORS.into_iter().find(|sign| text[line.clone()].contains(*sign))?;
    // A sentence has a comma too.
    let short = |cell: Range<usize>| text[cell].split_whitespace().nth(3).is_none();
    if !cells(text, line, separator).all(short) {
        return None;
    }
    let columns: Vec<(usize, Entity)> = cells(text, line, separator)
        .enumerate()
        .filter_map(|(column, cell)| Some((column, heading(&text[cell])?)))
        .collect();
    (!columns.is_empty() && cells(text, line, separator).count() > 1).then_some((separator, columns))
}

fn heading(cell: &str) -> Option<Entity> {
    let folded = fold_value(cell);
    let mut words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let last = words.next_back()?;
    let first = words.next().unwrap_or(last);
    let is_of = |list: &str, word: &str| list.split_ascii_whitespace().any(|known| known == word);
    let [numbered, other] = if is_of(NUMBERS, last) { [last, first] } else { [first, last] };
    // "customer id" is a number, "item no" one of nobody.
    if is_of(NUMBERS, numbered) {
        return if is_of(ORDERS, other) {
            Some(Entity::Order)
        } else if is_of(CUSTOMERS, other) {
            Some(Entity::CustomerNumber)
        } else {
            (is_of(NUMBERS, other) || is_of(REFERENCES, other)).then_some(Entity::Reference)
        };
    }
    HEADINGS.iter().find_map(|(entity, known)| {
        known.split_ascii_whitespace().any(|word| word == last || word == first).then_some(*entity)
    })
}

/// The cells of a line, without blanks and quotes; signs at its ends open no cells.
fn cells(text: &str, line: &Range<usize>, separator: char) -> impl Iterator<Item = Range<usize>> {
    let written = &text[line.clone()];
    let outer = |c: char| c.is_whitespace() || (separator == '|' && c == '|');
    let inner = written.trim_matches(outer);
    let start = line.start + written.len() - written.trim_start_matches(outer).len();
    let mut at = start;
    let end = start + inner.len();
    let mut done = false;
    std::iter::from_fn(move || {
        if done || at > end {
            return None;
        }
        let stop = text[at..end].find(separator).map_or(end, |length| at + length);
        let cell = at..stop;
        done = stop == end;
        at = stop + separator.len_utf8();
        Some(trimmed(text, cell))
    })
}

fn trimmed(text: &str, cell: Range<usize>) -> Range<usize> {
    let written = &text[cell.clone()];
    let blank = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '*' | '`');
    let start = cell.start + written.len() - written.trim_start_matches(blank).len();
    start..start + written.trim_matches(blank).len()
}

fn value(text: &str, cell: Range<usize>, entity: Entity) -> Option<(Range<usize>, u8)> {
    let written = &text[cell.clone()];
    if entity == Entity::Age {
        return (written.len() <= 3 && written.parse::<u8>().is_ok_and(|age| age <= 120))
            .then_some((cell, 70));
    }
    if matches!(entity, Entity::Order | Entity::CustomerNumber | Entity::Reference) {
        return is_code(written).then_some((cell, 76));
    }
    let words = written.split_whitespace().count();
    let clean = written
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '-' | '\'' | '’' | '\u{a0}'));
    let letters = written.chars().filter(|c| c.is_alphabetic()).count();
    (clean && letters >= 2 && words <= 5 && !is_nobody(written)).then_some((cell, 76))
}

/// Letters and digits, three of these at least, and no date.
fn is_code(written: &str) -> bool {
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let signs =
        written.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'_' | b'#'));
    let parts = written.split(['-', '/']).map(str::len);
    let date = digits == 8 && parts.clone().count() == 3 && parts.clone().any(|length| length == 4);
    signs && !date && digits >= 3 && written.len() <= 24
}

/// What stands in a cell when nobody does.
fn is_nobody(cell: &str) -> bool {
    const NOBODY: &str = "none open offen nobody niemand n.a na unknown unbekannt tbd frei free empty leer inconnu \
                          desconocido sconosciuto desconhecido onbekend vacant vide libre livre libero vrij";
    let folded = fold_value(cell);
    NOBODY.split_ascii_whitespace().any(|word| word == folded)
}

#[cfg(test)]
mod tests {
    use super::super::found_by;
    use super::*;

    #[test]
    fn a_column_of_names_is_found_whatever_stands_between() {
        for (text, names) in [
            (
                "our group:\nName | Room | Age\nOkafor, Chidi | 12 | 44\nMoe | 13 | 9\nthanks",
                vec!["Okafor, Chidi", "44", "Moe", "9"],
            ),
            ("Vorname;Nachname;Nr\nInes;Zöllner;M-1\n(offen);(offen);M-2", vec!["Ines", "Zöllner"]),
            ("| Patient | Bett |\n|---|---|\n| Jo Tietz | 4 |", vec!["Jo Tietz"]),
            ("Nom,Montant\nLéa Roux,12\nSasha,30", vec!["Léa Roux", "Sasha"]),
            ("Qty\tGuest\n2\tR. Iyer", vec!["R. Iyer"]),
            ("Guest | Room\nMoe | 13\nthat is all", vec!["Moe"]),
            ("order;date;sum\n551200;2024-02-05;18.40\n551207;2024-02-06;7.00", vec!["551200", "551207"]),
            ("Kunden-Nr.\tBetrag\nK-10442\t120,00", vec!["K-10442"]),
            ("n° dossier | total\n| 2024-118 | 30 |", vec!["2024-118"]),
            ("policy,premium\nPX44120,120", vec!["PX44120"]),
        ] {
            let mut found = found_by(&Tables, text);
            let place = |value: &String| text.find(value.as_str());
            found.sort_by_key(place);
            let mut expected: Vec<String> = names.into_iter().map(str::to_owned).collect();
            expected.sort_by_key(place);
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_sentence_and_a_table_of_things_have_none() {
        for text in [
            "I gave my name, address and so on at the counter\nTwice, really",
            "Item | Price\nLamp | 12",
            "name\nlamp",
            "Name | Note\nnobody | 1",
            "one line, name",
            "Item no | Price\n44120 | 12.50",
            "Order | Item\n1 | Lamp\n2 | Chair",
            "Order | Due\n12 | 2024-02-05",
            "date;ticket\n05.02.2024;none",
        ] {
            assert_eq!(found_by(&Tables, text), Vec::<String>::new(), "{text}");
        }
    }
}
