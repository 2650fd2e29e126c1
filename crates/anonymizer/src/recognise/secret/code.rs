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

/// The digits of an answer: "482913", "it's 48 29 13".
pub(super) fn find_answer(scene: &Scene<'_>, found: &mut Vec<Candidate>) {
    let words = scene.text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    if words > ANSWER {
        return;
    }
    let mut numbers =
        scene.marks().numbers.iter().map(|number| scene.folded.origin(number.range.clone()).start);
    let code = numbers.find_map(|at| code_at(scene.text, at).filter(|code| is_short_number(scene, code)));
    if let Some(code) =
        code.filter(|code| code.digits >= 4 && !scene.text[..code.range.start].ends_with(['-', '/', '+']))
    {
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
