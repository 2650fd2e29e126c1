//! Numbers of the business by the word before them, the one after them, or the question that was asked: orders,
//! customers, and everything else that has a number (tickets, policies, contracts, invoices, parcels), in seven
//! languages.

use std::ops::Range;

use super::code::{Code, code_at};
use super::date::{ahead, behind};
use super::label::{Between, Path, code_before};
use super::marks::{Mark, Sign, speech_of};
use super::{Candidate, Recogniser, Scene};
use crate::Entity;
use crate::values::SHIELD;

mod answer;
mod locator;
mod shape;

pub(crate) struct References {
    shapes: shape::Shapes,
}

/// What a number of the business may belong to.
const CUES: Sign = Sign::ORDER.or(Sign::CUSTOMER).or(Sign::REFERENCE);
/// How much of the end of a message may ask for a number, in bytes.
const QUESTION: usize = 240;
/// A word for a number that is a message by itself, in bytes with what stands around it.
const ALONE: usize = 24;
/// Between a word and a number that says something else of it.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "phone", "telephone", "telefon", "tel", "mobile", "cell", "handy", "fax", "telefono", "telefone", "telefoon",
    "mail", "email", "card", "karte", "iban", "price", "total", "amount", "cost", "costs", "worth", "value", "sum",
    "betrag", "preis", "summe", "kosten", "kostet", "prix", "montant", "prezzo", "importo", "totale", "precio",
    "importe", "valor", "preco", "bedrag", "prijs", "totaal", "paid", "pay", "charged", "bezahlt", "model",
    "modell", "modele", "modello", "modelo", "size", "grosse", "taille", "talla", "error", "fehler", "version",
    "room", "zimmer", "street", "floor", "postcode", "plz", "zip", "weight", "limit", "year", "jahr", "born", "age",
    "alter", "birth", "date", "datum", "pin", "password", "passwort", "quantity", "menge", "saldo", "balance",
    "points", "over", "uber",
];

impl References {
    pub(crate) fn new() -> Self {
        Self { shapes: shape::Shapes::new() }
    }
}

impl Recogniser for References {
    /// "What is your order number?", "My customer number is:".
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let end = scene.folded.text().len();
        let text = scene.folded.text();
        let asked = scene.marks().before(CUES, end, QUESTION).filter(|mark| {
            let word = &text[mark.range.clone()];
            // "ticket" as a whole message: its number comes next.
            let alone = end <= ALONE && text[mark.range.end..].trim().is_empty() && !text.contains(' ');
            !is_card(word) && (alone || is_numbered(scene, mark))
        });
        asked.map(|mark| entity_of(mark.sign)).collect()
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        if !scene.text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        for cue in scene.marks().with(CUES) {
            find_beside(scene, cue, found);
        }
        if scene.text.contains('#') {
            find_signed(scene, found);
        }
        self.shapes.find(scene, found);
        locator::find(scene, found);
        let asked = [Entity::Order, Entity::CustomerNumber, Entity::Reference]
            .into_iter()
            .find(|entity| scene.expects(*entity));
        if let Some(entity) = asked {
            answer::find(scene, entity, found);
        }
    }
}

/// What the word belongs to that has a number.
fn entity_of(sign: Sign) -> Entity {
    if sign.is(Sign::ORDER) {
        Entity::Order
    } else if sign.is(Sign::CUSTOMER) {
        Entity::CustomerNumber
    } else {
        Entity::Reference
    }
}

/// The numbers after the word, or else the one before it.
fn find_beside(scene: &Scene<'_>, cue: &Mark, found: &mut Vec<Candidate>) {
    let entity = entity_of(cue.sign);
    let code = with_own_letters(scene, cue).or_else(|| after(scene, cue)).or_else(|| before(scene, cue));
    if let Some((code, score)) = code {
        let end = code.range.end;
        let signs = code.digits + code.letters;
        add(code.range, entity, score, found);
        find_listed(scene, end, entity, score, signs, found);
    }
}

/// "RMA-88213", "AZ 12/2024": capitals that are the word and a part of the number.
fn with_own_letters(scene: &Scene<'_>, cue: &Mark) -> Option<(Code, u8)> {
    let joint = scene.folded.text().as_bytes().get(cue.range.end)?;
    if cue.range.len() > 4 || !matches!(joint, b'-' | b'_' | b'/') {
        return None;
    }
    let range = scene.folded.origin(cue.range.clone());
    let capitals = scene.text.get(range.clone())?.bytes().all(|byte| byte.is_ascii_uppercase());
    let code = code_at(scene.text, range.start).filter(|_| capitals)?;
    (code.digits >= 3 && !code.is_quantity(scene)).then_some((code, 78))
}

/// The number after the word.
fn after(scene: &Scene<'_>, cue: &Mark) -> Option<(Code, u8)> {
    let text = scene.folded.text();
    let path = Path::new(scene, cue.range.end, CUES);
    let path = if is_compound(&text[cue.range.clone()]) { path.numbered() } else { path };
    for place in path {
        // "Customer: my number is 555-0123" is a line of a chat.
        let words = &text[cue.range.end..place.at];
        if words.starts_with(": my ") || words.starts_with(":my ") {
            return None;
        }
        let digit = ahead(text, place.at, 10).bytes().any(|byte| byte.is_ascii_digit());
        let start = scene.folded.origin(place.at..text.len()).start;
        let Some(code) = code_at(scene.text, start).filter(|code| digit && code.digits > 0) else {
            continue;
        };
        let own = words.split(|c: char| !c.is_alphanumeric()).any(|word| OTHERS.contains(&word));
        let apart = cue.range.end < place.at && (code.letters == 0 || !words.is_empty());
        // Digits alone behind "card" are a payment card's.
        let own = own || (is_card(&text[cue.range.clone()]) && !is_card_code(scene, &code));
        return (apart && !own)
            .then(|| score(scene, &code, place.between))
            .flatten()
            .map(|score| (code, score));
    }
    None
}

/// A word for a card, which a library or a shop gives out too.
fn is_card(word: &str) -> bool {
    matches!(word, "card" | "karte" | "carte" | "tarjeta" | "cartao" | "kaart" | "badge")
}

/// "card D0449126": letters, then four digits at least.
fn is_card_code(scene: &Scene<'_>, code: &Code) -> bool {
    let first = scene.text[code.range.clone()].bytes().next();
    first.is_some_and(|byte| byte.is_ascii_uppercase()) && code.letters <= 4 && code.digits >= 4
}

/// How sure a number after a word is of it, out of 100.
fn score(scene: &Scene<'_>, code: &Code, between: Between) -> Option<u8> {
    let announced = between.numbered || between.sign;
    let signs = code.digits + code.letters;
    let locator = locator::is_one(&scene.text[code.range.clone()]);
    let enough = code.digits >= 3
        || (announced && code.digits >= 2 && code.letters > 0 && signs >= 5)
        || (locator && between.strange == 0);
    let year = code.is_year(scene) && !announced;
    if !enough || year || code.is_quantity(scene) || !(locator || has_form(scene, code, announced)) {
        return None;
    }
    match between {
        Between { strange: 0, .. } if announced => Some(78),
        Between { strange: 0, links: 0, .. } => Some(77),
        Between { strange: 0, says: true, .. } if signs >= 4 => Some(76),
        Between { strange: 0, .. } if locator => Some(76),
        Between { led: true, .. } if signs >= 4 && ends_clause(scene, code.range.end) => Some(66),
        _ => None,
    }
}

/// Whether it reads like a code and no model, size or ordinal: "return 3rd", "the A4 printer".
fn has_form(scene: &Scene<'_>, code: &Code, announced: bool) -> bool {
    let written = &scene.text[code.range.clone()];
    let first_digit = written.starts_with(|c: char| c.is_ascii_digit());
    let tied = written.contains(['-', '/', '_', '.', ' ']);
    code.letters == 0 || !first_digit || code.digits >= 4 || announced || (tied && code.digits >= 3)
}

/// Whether what follows a number does not say what it counts.
fn ends_clause(scene: &Scene<'_>, end: usize) -> bool {
    let rest = scene.text.get(end..).unwrap_or_default();
    if rest.starts_with(SHIELD) {
        return false;
    }
    let Some(rest) = rest.strip_prefix(' ') else { return true };
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).take(16).collect();
    if word.is_empty() {
        return !rest.starts_with(SHIELD);
    }
    let folded = crate::view::fold_value(&word);
    GOES_ON.contains(&folded.as_str())
        || speech_of(&folded).is_some_and(|sign| sign.is(Sign::SAYS.or(Sign::CLOSING)))
}

/// Words of a sentence that goes on after a number.
#[rustfmt::skip]
const GOES_ON: &[&str] = &[
    "and", "but", "or", "not", "please", "pls", "if", "so", "which", "because", "since", "hasn", "has", "had", "i",
    "it", "thx", "ok", "right", "can", "could", "according", "on", "und", "aber", "oder", "bitte", "wenn", "hat",
    "wurde", "nicht", "laut", "et", "mais", "ou", "pas", "svp", "merci", "a", "n", "y", "pero", "o", "no", "por",
    "ha", "ma", "non", "e", "mas", "nao", "foi", "obrigado", "obrigada", "gracias", "grazie", "en", "maar", "niet",
    "graag", "heeft", "dank", "danke", "bedankt", "though", "still", "from", "sorry", "je", "ich", "ik", "think",
    "glaube", "creo", "credo", "acho", "is",
];

/// The number before the word: "10432 is my order number", "10432 (Bestellnummer)".
fn before(scene: &Scene<'_>, cue: &Mark) -> Option<(Code, u8)> {
    let code =
        code_before(scene, &cue.range, CUES).filter(|code| code.digits >= 3 && is_numbered(scene, cue))?;
    score(scene, &code, Between { numbered: true, ..Between::default() }).map(|score| (code, score))
}

/// Whether the word is one for a number, or has one beside it: "Bestellnummer", "order number", "numéro de commande".
fn is_numbered(scene: &Scene<'_>, cue: &Mark) -> bool {
    let text = scene.folded.text();
    let is_number = |word: &str| speech_of(word).is_some_and(|sign| sign.is(Sign::NUMBERED));
    let after = ahead(text, cue.range.end, 24).split(|c: char| !c.is_alphanumeric());
    let before = behind(text, cue.range.start, 28).rsplit(|c: char| !c.is_alphanumeric());
    is_compound(&text[cue.range.clone()])
        || is_number(&text[cue.range.clone()])
        || after.filter(|word| !word.is_empty()).take(1).any(is_number)
        || before
            .filter(|word| !word.is_empty())
            .take(4)
            .any(|word| is_number(word) && word != "no" && word != "code")
}

/// "bestellnummer", "caseid": a word that says that it is a number.
fn is_compound(word: &str) -> bool {
    ["nummer", "nr", "number", "id", "no", "ref", "code"]
        .iter()
        .any(|end| word.len() > end.len() + 1 && word.ends_with(end))
        || [
            "aktenzeichen",
            "az",
            "gz",
            "kenmerk",
            "betalingskenmerk",
            "localizador",
            "pnr",
            "awb",
            "reference",
        ]
        .contains(&word)
}

/// "#10432", where nothing else says what it is.
fn find_signed(scene: &Scene<'_>, found: &mut Vec<Candidate>) {
    for (at, _) in scene.text.match_indices('#') {
        let start = at + 1 + usize::from(scene.text[at + 1..].starts_with(' '));
        let Some(code) = code_at(scene.text, start) else { continue };
        if code.digits >= 3 && !code.is_quantity(scene) && !is_colour(&scene.text[code.range.clone()]) {
            add(code.range, Entity::Order, 77, found);
        }
    }
}

/// "#ff8800"
fn is_colour(written: &str) -> bool {
    matches!(written.len(), 6 | 8)
        && written.bytes().all(|byte| byte.is_ascii_hexdigit())
        && written.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// What may stand between numbers of a list, and between a number and the one that it corrects.
#[rustfmt::skip]
const LISTED: &[&str] = &[
    ", ", " and ", " & ", " + ", " und ", " or ", " oder ", " et ", " ou ", " y ", " o ", " e ", " en ", " of ",
    "; ", " / ", "/ ", ", and ", ", und ", " not ", ", not ", " instead of ", " nicht ", ", nicht ", " statt ",
    " sondern ", ", pas ", " et non ", " pas ", ", no ", " y no ", " no ", ", non ", " e non ", " non ", " nao ",
    " e nao ", " não ", ", não ", ", niet ", " niet ", " en niet ", " to ", " but ", " as well as ", " sowie ",
    " -> ", "\n", "\n- ",
];

/// "orders 10432 and 10433", "10433, not 10432": what is listed after the first, of about its length.
fn find_listed(
    scene: &Scene<'_>,
    end: usize,
    entity: Entity,
    score: u8,
    signs: usize,
    found: &mut Vec<Candidate>,
) {
    let mut at = end;
    for _ in 0..8 {
        let rest = &scene.text[at..];
        let links = LISTED.iter().filter(|link| rest.starts_with(**link));
        let Some(link) = links.max_by_key(|link| link.len()) else { return };
        let start = at + link.len();
        let Some(code) = code_at(scene.text, start) else { return };
        let alike = code.digits >= 3 && (code.digits + code.letters).abs_diff(signs) <= 1 || code.digits >= 4;
        if !alike || code.is_quantity(scene) || code.is_year(scene) || !ends_clause(scene, code.range.end) {
            return;
        }
        at = code.range.end;
        add(code.range, entity, score, found);
    }
}

fn add(range: Range<usize>, entity: Entity, score: u8, found: &mut Vec<Candidate>) {
    // A word that names an order or a customer says more than one for anything.
    let score = match entity {
        Entity::CustomerNumber if score >= 77 => 79,
        Entity::Order => score,
        _ => score.saturating_sub(1),
    };
    found.push(Candidate { range, entity, score, recogniser: "reference" });
}

#[cfg(test)]
mod tests;
