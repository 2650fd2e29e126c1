use super::*;
use crate::recognise::{found_by, found_in};

fn references(text: &str) -> Vec<String> {
    found_by(&References::new(), text)
}

/// What is found, each once, in the order of the text.
fn apart(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    References::new().find(&Scene::of(text), &mut found);
    found.sort_by_key(|candidate| (candidate.range.start, std::cmp::Reverse(candidate.range.end)));
    let mut end = 0;
    let mut all = Vec::new();
    for candidate in found {
        if candidate.range.start >= end {
            end = candidate.range.end;
            all.push(text[candidate.range].to_owned());
        }
    }
    all
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
fn people_say_it_in_many_ways() {
    let mut wrong = Vec::new();
    for (text, numbers) in [
        ("ref: 88213-B please", &["88213-B"][..]),
        ("Ref. 2024/0815", &["2024/0815"]),
        ("the order I placed on Monday is number 10432", &["10432"]),
        ("my ticket from last week was 88123, any news?", &["88123"]),
        ("case reference is CS-77812-X", &["CS-77812-X"]),
        ("claim no 4471 99 02", &["4471 99 02"]),
        ("reservation code XK7Q2P", &["XK7Q2P"]),
        ("the number on the invoice is 2024-00118", &["2024-00118"]),
        ("10432 is my order number", &["10432"]),
        ("KP-10432 (order number)", &["KP-10432"]),
        ("return RMA-88213 is on its way", &["RMA-88213"]),
        ("Order no:\t10432", &["10432"]),
        ("| Invoice no. | 2024-118 |", &["2024-118"]),
        ("> Order no: KP-10432\n> Date: 3 May", &["KP-10432"]),
        ("sorry, order 10433 not 10432", &["10433", "10432"]),
        ("contract 4711 0815 and contract 4711 0816", &["4711 0815", "4711 0816"]),
        ("Az. 12 C 345/21", &["12 C 345/21"]),
        ("Unser Aktenzeichen: 3 O 118/22", &["3 O 118/22"]),
        ("Vorgangsnummer 20241105-77", &["20241105-77"]),
        ("Meine Rechnungsnr. ist RE-2024-0815", &["RE-2024-0815"]),
        ("die Reklamationsnummer lautet R 88213", &["R 88213"]),
        ("Kd-Nr. 551023", &["551023"]),
        ("Bestell-Nr.: 99-1204", &["99-1204"]),
        ("4711-0815 ist meine Vertragsnummer", &["4711-0815"]),
        ("Schadennummer steht oben: 24-118-9921", &["24-118-9921"]),
        ("mon n° de dossier est 2024/DR/118", &["2024/DR/118"]),
        ("n° de contrat 00871-22", &["00871-22"]),
        ("ma référence : FR-99120", &["FR-99120"]),
        ("le numéro de suivi est 6A12345678901", &["6A12345678901"]),
        ("le dossier numéro 77120", &["77120"]),
        ("el número de expediente es 2024/4471", &["2024/4471"]),
        ("mi póliza es la 00-4471882", &["00-4471882"]),
        ("referencia: ABX-7781", &["ABX-7781"]),
        ("el localizador es X7KQ2P", &["X7KQ2P"]),
        ("il numero della pratica è 2024-7781", &["2024-7781"]),
        ("codice prenotazione: HX7781", &["HX7781"]),
        ("polizza n. 118/44719", &["118/44719"]),
        ("o número do processo é 4471/24", &["4471/24"]),
        ("protocolo 20240077812", &["20240077812"]),
        ("a fatura é a FT 2024/118", &["FT 2024/118"]),
        ("mijn klantnummer is 551023", &["551023"]),
        ("het dossiernummer luidt 24-00118", &["24-00118"]),
        ("meldingsnummer: M2024118", &["M2024118"]),
        ("factuur 2024.0118", &["2024.0118"]),
        ("RR473124829AR never came", &["RR473124829AR"]),
        ("00340434161094042557 still in transit", &["00340434161094042557"]),
        ("it is 302-1234567-7654321 on Amazon", &["302-1234567-7654321"]),
        ("please check INV-2024-118", &["INV-2024-118"]),
    ] {
        if apart(text) != numbers {
            wrong.push((text, apart(text)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn a_number_counts_in_an_answer_when_it_was_asked_for() {
    let scene = |text| Scene { expected: &[Entity::Order], ..Scene::of(text) };
    for text in [
        "10432",
        "it's 10432",
        "Sure, KP-10432 thanks!",
        "hang on... it says 88-4410-7 on the letter",
        "ja, die 4711-0815",
        "c'est le 10432 je crois",
        "X7KQ2P",
        "I think it was 10432, but I'm not sure",
        "sim, é o 10432",
        "10432 please",
    ] {
        assert!(!found_in(&References::new(), &scene(text)).is_empty(), "{text}");
    }
    for text in [
        "I have 10432 of them",
        "I paid 1299 euros",
        "it was 20% off",
        "at 10:30",
        "in 2024 or so",
        "no idea",
    ] {
        assert_eq!(found_in(&References::new(), &scene(text)), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_question_announces_its_answer() {
    for (text, entity) in [
        ("What is your order number?", Entity::Order),
        ("Wie lautet Ihre Kundennummer?", Entity::CustomerNumber),
        ("¿Cuál es su número de pedido?", Entity::Order),
        ("May I have the policy number, please?", Entity::Reference),
        ("Quel est votre numéro de commande ?", Entity::Order),
        ("Qual è il numero del suo ordine?", Entity::Order),
        ("Qual é o número do contrato?", Entity::Reference),
        ("Wat is uw dossiernummer?", Entity::Reference),
        (
            "Could you tell me the number of the ticket? It is in the mail that we sent you.",
            Entity::Reference,
        ),
    ] {
        assert!(References::new().announced_by(&Scene::of(text)).contains(&entity), "{text}");
    }
    assert_eq!(References::new().announced_by(&Scene::of("where is my order?")), []);
}

#[test]
fn totals_years_dates_and_counts_are_no_numbers_of_orders() {
    let mut wrong = Vec::new();
    for text in [
        "my order of 250 items",
        "order total 1299",
        "order total: 1299",
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
        "the invoice is 1299 euros",
        "my contract is 24 months",
        "the ticket costs 120",
        "order placed at 10:30",
        "Rechnung vom 12.05.2024 über 1299 Euro",
        "die Garantie gilt 24 Monate",
        "la garantie est de 24 mois",
        "la factura es de 1299 €",
        "il pacco pesa 1500 g",
        "o contrato de 2024",
        "de factuur is 1299 euro",
        "error code 1024 after the order",
        "the delivery window is 1400 to 1600",
        "my claim for 2500 dollars",
        "the color is #ff8800",
        "an A4 policy document",
        "the XJ-900 model",
        "case for iPhone 15",
        "track 12 of the album",
        "version 2.3.1 of the file",
        "my order number please?",
        "the package has 1500 pieces",
    ] {
        if !references(text).is_empty() {
            wrong.push((text, references(text)));
        }
    }
    assert_eq!(wrong, []);
}
