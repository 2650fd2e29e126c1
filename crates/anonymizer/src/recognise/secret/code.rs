//! One-time codes and PINs: digits after their word, before it, or in the answer to a question for them.

use super::add;
use crate::recognise::code::{Code, code_at};
use crate::recognise::date::{ahead, behind};
use crate::recognise::label::{Between, Path, code_before};
use crate::recognise::marks::{Mark, Sign, speech_of};
use crate::recognise::{Candidate, Scene};

/// Words for a short secret number, folded.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "pin", "pincode", "tan", "smstan", "otp", "code", "codes", "codigo", "codice", "passcode", "geheimzahl",
    "sicherheitscode", "bestatigungscode", "verifizierungscode", "freischaltcode", "zugangscode",
    "aktivierungscode", "einmalcode", "verificatiecode", "bevestigingscode", "toegangscode", "beveiligingscode",
    "puk", "2fa",
];
/// What a code is that keeps nothing secret, in words beside it.
#[rustfmt::skip]
const PUBLIC: &[&str] = &[
    "error", "postal", "post", "zip", "promo", "promotion", "promotional", "discount", "coupon", "voucher", "gift",
    "product", "area", "country", "dial", "dialling", "dress", "colour", "color", "source", "qr", "bar", "sort",
    "swift", "bic", "article", "item", "model", "status", "exit", "return", "response", "building", "fehler",
    "rabatt", "gutschein", "aktions", "erreur", "promotionnel", "reduction", "barre", "barras", "barre",
    "descuento", "errore", "sconto", "promozionale", "fiscale", "erro", "desconto", "promocional", "korting",
    "kortings", "fout", "producto", "articulo", "prodotto", "produto", "produit", "http", "tax", "referral",
    "airport", "iata", "party", "paint", "lot", "batch", "mcc", "sic", "naf", "ape", "tva", "cap", "insee", "style",
    "size", "sku", "banco", "banque", "guichet",
];
/// Words of a message that is an answer and nothing else, at most.
const ANSWER: usize = 6;

/// Words before a code that begins a longer answer, and behind it in its clause, at most.
const LEAD: usize = 3;
/// Words of somebody who got a code, between its word and the code.
#[rustfmt::skip]
const RECEIVED: &[&str] = &[
    "received", "got", "sent", "texted", "mailed", "gave", "just", "erhalten", "bekommen", "bekam", "geschickt",
    "gesendet", "kam", "habe", "hab", "jai", "ai", "recu", "envoye", "recois", "recibi", "recibido", "llego",
    "llegado", "mandado", "mandaron", "enviado", "enviaron", "dieron", "he", "ho", "ricevuto", "arrivato", "mandato",
    "inviato", "recebi", "recebido", "chegou", "mandaram", "enviaram", "ontvangen", "kreeg", "gekregen", "gestuurd",
    "heb", "per", "via", "sms", "mail", "email",
];
/// Those of them that nobody says of anything else's number, before six digits: "mi è arrivato 90-31-77".
#[rustfmt::skip]
const ARRIVED: &[&str] = &[
    "recu", "llegado", "llego", "arrivato", "chegou", "binnengekregen", "texted", "angekommen",
];

/// What a number of the business may belong to.
const BUSINESS: Sign = Sign::ORDER.or(Sign::CUSTOMER).or(Sign::REFERENCE);

pub(super) fn find(scene: &Scene<'_>, found: &mut Vec<Candidate>) {
    if scene.marks().numbers.is_empty() && !scene.text.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    for mark in scene.marks().with(Sign::SECRET).filter(|mark| is_code_word(scene, mark)) {
        let code = after(scene, mark).or_else(|| {
            code_before(scene, &mark.range, Sign::SECRET).filter(|code| is_short_number(scene, code))
        });
        if let Some(code) = code {
            add(code.range, 91, found);
        }
    }
}

/// Six digits in groups that arrived, without a word for a code.
pub(super) fn find_arrived(scene: &Scene<'_>, found: &mut Vec<Candidate>) {
    let text = scene.folded.text();
    for number in scene.marks().numbers.iter().filter(|number| matches!(number.range.len(), 2 | 3 | 6)) {
        let before = text[..number.range.start].trim_end_matches(' ');
        let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        if !ARRIVED.contains(&word) {
            continue;
        }
        let start = scene.folded.origin(number.range.clone()).start;
        let code = code_at(scene.text, start);
        if let Some(code) = code.filter(|code| code.digits == 6 && is_short_number(scene, code)) {
            add(code.range, 66, found);
        }
    }
}

/// The digits of an answer: "482913", "it's 48 29 13".
pub(super) fn find_answer(scene: &Scene<'_>, found: &mut Vec<Candidate>) {
    let count =
        |text: &str| text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    let words = count(scene.text);
    let mut numbers =
        scene.marks().numbers.iter().map(|number| scene.folded.origin(number.range.clone()).start);
    let code = numbers.find_map(|at| code_at(scene.text, at).filter(|code| is_short_number(scene, code)));
    // In a longer message the code comes first: "it was 7714 I think, but my brother changed it".
    let first = |code: &Code| {
        let rest = &scene.text[code.range.end..];
        let clause = rest.split([',', '.', '!', '?', ';', '\n', '#']).next().unwrap_or_default();
        count(&scene.text[..code.range.start]) <= LEAD && count(clause) <= LEAD && !code.is_year(scene)
    };
    if let Some(code) = code.filter(|code| {
        code.digits >= 4
            && (words <= ANSWER || first(code))
            && !scene.text[..code.range.start].ends_with(['-', '/', '+'])
    }) {
        add(code.range, 76, found);
    }
}

/// Whether the word asks for a secret that the next message may tell.
pub(super) fn asks(scene: &Scene<'_>, mark: &Mark) -> bool {
    is_code_word(scene, mark)
}

fn after(scene: &Scene<'_>, mark: &Mark) -> Option<Code> {
    let text = scene.folded.text();
    for place in Path::new(scene, mark.range.end, Sign::SECRET) {
        let start = scene.folded.origin(place.at..text.len()).start;
        let Some(code) = code_at(scene.text, start).filter(|code| code.digits > 0) else { continue };
        let Between { strange, led, sign, .. } = place.between;
        let between = &text[mark.range.end..place.at];
        let received =
            between.split(|c: char| !c.is_alphanumeric()).filter(|word| RECEIVED.contains(word)).count();
        let strange = strange.saturating_sub(received);
        // "Code Academy (2017)"
        let year = code.is_year(scene) && strange > 0;
        let bound = (strange <= 1 || led) && !year;
        let mixed =
            sign && strange == 0 && code.letters > 0 && code.digits >= 2 && code.digits + code.letters >= 6;
        return (bound && (is_short_number(scene, &code) || mixed) && !code.is_quantity(scene))
            .then_some(code);
    }
    None
}

/// Three to eight digits.
fn is_short_number(scene: &Scene<'_>, code: &Code) -> bool {
    (3..=8).contains(&code.digits) && code.letters == 0 && !code.is_quantity(scene)
}

/// Whether the word means a secret here: "code", but no error code and no code of an order.
fn is_code_word(scene: &Scene<'_>, mark: &Mark) -> bool {
    let text = scene.folded.text();
    let public = |word: &str| {
        PUBLIC.contains(&word)
            || speech_of(word).is_some_and(|sign| sign.is(BUSINESS) && !sign.is(Sign::NUMBERED))
    };
    let after = ahead(text, mark.range.end, 24);
    let after = after.split([':', '=', '?', '.', ',', '\n']).next().unwrap_or_default();
    let before = behind(text, mark.range.start, 20);
    let words = |text: &'_ str| {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.len() > 1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let word = &text[mark.range.clone()];
    WORDS.contains(&word)
        && !words(before).iter().rev().take(1).any(|word| public(word))
        && !(word.starts_with("cod") && words(after).iter().take(2).any(|word| public(word)))
}
