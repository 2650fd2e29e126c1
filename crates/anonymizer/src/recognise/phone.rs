//! Telephone numbers of all regions by their shape: international ones by their country calling code (ITU-T
//! E.164), national ones by trunk zero, by the North American pattern, or by a word beside them.

use std::ops::Range;

use regex::Regex;

use super::{Candidate, Recogniser, Scene, is_word_char, pattern};
use crate::Entity;
use crate::values::SHIELD;

pub(crate) struct Phones {
    cue: Regex,
    cue_after: Regex,
    other: Regex,
    unit: Regex,
    extension: Regex,
    numbered: Regex,
    cue_close: Regex,
    asks: Regex,
}

impl Phones {
    pub(crate) fn new() -> Self {
        Self {
            cue: pattern(
                r"(?i)\b(?:phone|telephone|tel|mobile|cell|cellphone|whatsapp|call(?:ing)?|ring|text(?:ing)?|sms|fax|dial|reach|contact|answering|messages?|(?:my|your|his|her|our|their|new|old|best|phone|cell|contact) number is|telefon\w*|handy\w*|mobil\w*|nummer|ruf\w*|anruf\w*|erreich\w*|t[ée]l[ée]phone|portable|appel\w*|m[óo]vil|tel[ée]fono|llam\w*|telefonino|cellulare|celular|mobiel|bel)\b",
            ),
            cue_after: pattern(
                r"(?i)^[\s\-,(:]{0,3}(?:office|home|work|mobile|cell|fax|tel|phone|direct|x[0-9]|ext)",
            ),
            other: pattern(
                r"(?i)(?:order|invoice|ticket|tracking|parcel|serial|article|item|sku|part|model|version|reference|ref|bestell\w*|auftrag\w*|rechnung\w*|kunden\w*|sendung\w*|artikel\w*|customer|account|policy|contract|iban|isbn|ean|imei)\s*(?:number|nummer|no|nr|id|code|#)?\s*(?:is|was|ist|lautet)?\s*[.:#]{0,2}\s*[A-Za-z]{0,4}-?$",
            ),
            extension: pattern(r"(?i)^(?: ?x| ?ext\.?| extension) ?[0-9]{1,6}\b"),
            numbered: pattern(
                r"(?i)\b([\p{L}'-]+)(?: (?:identification|id))? (?:number|no|nr|id|code)\b[^0-9\n]{0,12}$",
            ),
            cue_close: pattern(
                r"(?i)\b(?:phone|telephone|tel|mobile|cell|fax|handy|telefon|telefono|teléfono|móvil|celular|telefone|telemóvel|cellulare|telefoon|gsm|portable)(?: (?:number|nummer|no|nr))?(?: (?:is|ist|es|est|è|é))?[.:]{0,2}\s{0,2}$",
            ),
            asks: pattern(concat!(
                r"(?i)(?:\b(?:(?:phone|telephone|mobile|cell|contact|callback) ?(?:number|no)?\b|number .{0,20}(?:reach|call|ring|text)|(?:reach|call|ring|text) .{0,24}number|",
                r"telefon\w*|handy\w*|mobil\w*|rückruf\w*|(?:welche|unter welcher|ihre) (?:ruf)?nummer|t[ée]l[ée]phone|portable|num[ée]ro .{0,16}(?:joindre|rappeler|appeler)|(?:joindre|rappeler) .{0,24}num[ée]ro|",
                r"tel[ée]fono|m[óo]vil|celular|n[úu]mero .{0,16}(?:llamar|contact)|cellulare|numero .{0,16}(?:chiamar|richiamar|contatt)|telefone|telem[óo]vel|n[úu]mero .{0,16}(?:ligar|contac)|telefoon\w*|mobiel\w*|nummer .{0,16}bereik|bereik\w* .{0,16}nummer)\b)",
            )),
            unit: pattern(
                r"(?i)^\s?(?:€|\$|£|%|eur\b|usd\b|gbp\b|euro|dollar|kg\b|km\b|mm\b|cm\b|gb\b|mb\b|px\b|items\b|pieces\b|stück|people\b)",
            ),
        }
    }
}

/// Digits of a number.
const FEWEST: usize = 6;
const MOST: usize = 17;
/// How much of the end of a message may ask for a number, in bytes.
const QUESTION: usize = 120;

impl Recogniser for Phones {
    /// "What number reaches you?", "¿Me da su teléfono?"
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let end = scene.before(scene.text.len(), QUESTION).trim_end();
        let question = end.rfind('?').or_else(|| end.ends_with(':').then_some(end.len()));
        let asked = question.is_some_and(|at| {
            let sentence = end[..at].rsplit(['.', '!', '?', '\n']).next().unwrap_or_default();
            self.asks.is_match(sentence)
        });
        if asked { vec![Entity::Phone] } else { Vec::new() }
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        for hit in rows(scene) {
            let mut range = trimmed(scene.text, hit);
            range.end += self.extension.find(scene.after(range.end, 12)).map_or(0, |hit| hit.len());
            if let Some(score) = self.score(scene, &range) {
                found.push(Candidate { range, entity: Entity::Phone, score, recogniser: "phone" });
            }
        }
    }
}

/// Rows of six to seventeen digits, with at most three separators between each two. A plus sign or a bracket may stand
/// before them, or two zeros more.
fn rows(scene: &Scene<'_>) -> impl Iterator<Item = Range<usize>> {
    let bytes = scene.text.as_bytes();
    let rows = scene.figures().rows(scene.text, 3, |byte| b" ().-/".contains(byte));
    rows.filter(|row| row.digits() >= FEWEST).flat_map(move |row| {
        let places: Vec<usize> = row.places().collect();
        let mut hits = Vec::new();
        let mut rest = places.as_slice();
        while let [first, others @ ..] = rest {
            let before = first.checked_sub(1).and_then(|at| bytes.get(at));
            let signed = before.is_some_and(|byte| matches!(byte, b'+' | b'('));
            let bound = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let zeros = bytes.get(*first..first + 2) == Some(b"00")
                && others.get(1) == Some(&(first + 2))
                && rest.len() >= FEWEST + 2;
            let most = if zeros && !bound && !signed { MOST + 2 } else { MOST };
            if rest.len() < FEWEST {
                break;
            }
            let (own, after) = rest.split_at(most.min(rest.len()));
            hits.push(first - usize::from(signed)..own.last().map_or(*first, |last| last + 1));
            rest = after;
        }
        hits
    })
}

impl Phones {
    /// "student number is": the number of something that is no telephone.
    fn is_numbered_other(&self, window: &str) -> bool {
        const TELEPHONES: &[&str] = &[
            "phone",
            "telephone",
            "cell",
            "mobile",
            "contact",
            "my",
            "your",
            "his",
            "her",
            "the",
            "our",
            "fax",
            "home",
            "work",
            "office",
            "whatsapp",
            "direct",
            "landline",
            "callback",
            "this",
            "their",
            "new",
            "old",
            "right",
            "correct",
            "emergency",
            "handy",
            "telefon",
            "tel",
            "a",
            "hotline",
            "toll-free",
            "different",
            "other",
            "wrong",
            "local",
            "good",
            "best",
            "cellphone",
            "that",
        ];
        self.numbered
            .captures(window)
            .and_then(|found| found.get(1))
            .is_some_and(|word| !TELEPHONES.contains(&word.as_str().to_lowercase().as_str()))
    }

    fn score(&self, scene: &Scene<'_>, range: &Range<usize>) -> Option<u8> {
        let whole = &scene.text[range.clone()];
        let written = whole.find(['x', 'e', 'X', 'E']).map_or(whole, |at| whole[..at].trim_end());
        let extension = written.len() < whole.len();
        let before = scene.char_before(range.start);
        let sure = written.starts_with('+');
        // "AB0171555123" and "0171555123/7" are parts of something else; a plus sign begins a number anyhow.
        let part = before.is_some_and(|c| ".,-/".contains(c))
            && scene.before(range.start, 2).starts_with(|c: char| c.is_alphanumeric());
        let glued = part
            || before.is_some_and(|c| (is_word_char(c) && !sure) || c == SHIELD || "_#@".contains(c))
            || scene
                .char_after(range.end)
                .is_some_and(|c| (is_word_char(c) && !sure) || c == SHIELD || "_@".contains(c));
        let price =
            before.is_some_and(|c| "$€£".contains(c)) || self.unit.is_match(scene.after(range.end, 12));
        if (glued && !extension) || price || is_date_or_decimal(written) {
            return None;
        }
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let window = scene.before(range.start, 48);
        let shaped = plausible(written, &digits);
        let dialled = matches!(shaped, Shape::International | Shape::NorthAmerican | Shape::Paired);
        let named_other = self.other.is_match(window) || (!dialled && self.is_numbered_other(window));
        let cue = !named_other
            && (self.cue.is_match(window)
                || self.cue_after.is_match(scene.after(range.end, 12))
                || scene.expects(Entity::Phone));
        if cue && self.cue_close.is_match(window) && shaped != Shape::Unlikely {
            return Some(91);
        }
        match (cue, shaped) {
            (true, Shape::International) => Some(90),
            (true, Shape::National | Shape::NorthAmerican | Shape::Paired) => Some(85),
            (true, Shape::Grouped | Shape::Plain | Shape::Fictitious) => Some(65),
            (false, Shape::Fictitious) if !named_other => Some(56),
            (false, Shape::International) if !named_other || written.starts_with('+') => Some(85),
            (false, Shape::National | Shape::NorthAmerican | Shape::Paired) if !named_other => Some(70),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `+` or `00`, a calling code that exists, 8 to 15 digits.
    International,
    /// A trunk zero and 9 to 12 digits.
    National,
    /// `(415) 555-0132`, `415-555-0132`, with or without a leading 1.
    NorthAmerican,
    /// `612 34 56 78`, `333 012 3456`, `(11) 91234-5678`: grouped as Spain, Italy and Brazil do.
    Paired,
    /// `555-0123`: in films, and in what people make up.
    Fictitious,
    /// Several groups, 7 to 12 digits.
    Grouped,
    /// 7 to 12 digits in one run.
    Plain,
    /// None of these.
    Unlikely,
}

fn plausible(written: &str, digits: &str) -> Shape {
    let international = written.strip_prefix('+').map(|_| digits).or_else(|| digits.strip_prefix("00"));
    if let Some(number) = international
        && (8..=15).contains(&number.len())
        && calling_code(number).is_some_and(|code| code.len() > 1 || number.len() == 11)
    {
        return Shape::International;
    }
    let groups: Vec<usize> =
        written.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|len| *len > 0).collect();
    if let [.., 3, 3, 4] = groups.as_slice()
        && (is_north_american(digits) || (digits.len() == 10 && is_dialled_shape(written)))
    {
        return Shape::NorthAmerican;
    }
    if digits.len() == 7 && written.starts_with("555-") && groups == [3, 4] {
        return Shape::Fictitious;
    }
    if digits.starts_with('0') && !digits.starts_with("00") && (9..=12).contains(&digits.len()) {
        return Shape::National;
    }
    if is_paired(written, &groups) {
        return Shape::Paired;
    }
    match (groups.len(), digits.len()) {
        (2.., 7..=13) => Shape::Grouped,
        (1, 7..=13) => Shape::Plain,
        _ => Shape::Unlikely,
    }
}

/// Groups of a national number without a trunk zero that other numbers seldom have: Spanish and Portuguese ones in a
/// three and pairs, Italian mobiles, Brazilian ones with the area in brackets.
fn is_paired(written: &str, groups: &[usize]) -> bool {
    let mut blanks = written.chars().filter(|c| !c.is_ascii_digit());
    let blank = blanks.all(|c| c == ' ');
    match groups {
        [3, 2, 2, 2] => blank && written.starts_with(['6', '7', '8', '9']),
        [3, 3, 4] | [3, 3, 2, 2] => blank && written.starts_with('3'),
        [2, 4 | 5, 4] => written.starts_with('(') && written.contains(") ") && written.contains('-'),
        _ => false,
    }
}

/// Whether this is an international, North American or trunk-zero number by itself.
pub(super) fn is_plausible(written: &str) -> bool {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    matches!(
        plausible(written.trim(), &digits),
        Shape::International | Shape::National | Shape::NorthAmerican | Shape::Paired
    )
}

fn is_north_american(digits: &str) -> bool {
    let number = if digits.len() == 11 { digits.strip_prefix('1') } else { Some(digits) };
    number.is_some_and(|number| {
        let at = |nth: usize| number.as_bytes().get(nth).copied().unwrap_or(b'0');
        number.len() == 10 && at(0) >= b'2' && at(3) >= b'2'
    })
}

/// `(123) 456-7890`, `123-456-7890`: written as a number to call, even where none begins so.
fn is_dialled_shape(written: &str) -> bool {
    let bytes = written.as_bytes();
    written.starts_with('(') && written.contains(')')
        || (bytes.len() == 12 && bytes.get(3) == Some(&b'-') && bytes.get(7) == Some(&b'-'))
}

/// Without spaces and brackets at its ends, unless a bracket closes.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = range.start;
    if text[range.clone()].starts_with('(') && !text[range.clone()].contains(')') {
        start += 1;
    }
    start..range.end
}

/// `2024-11-05`, `05.11.2024`, `12.50`, `1.299.000`: what looks like a number to call and is none.
fn is_date_or_decimal(written: &str) -> bool {
    let parts: Vec<&str> = written.split(['-', '.', '/', ' ']).collect();
    let number = |nth: usize| parts.get(nth).and_then(|part| part.parse::<u32>().ok()).unwrap_or(u32::MAX);
    let lens: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let year = |nth: usize| (1900..=2100).contains(&number(nth));
    match lens.as_slice() {
        [4, 1..=2, 1..=2, ..] => year(0) && number(1) <= 12 && number(2) <= 31,
        [1..=2, 1..=2, 4, ..] => year(2) && number(0) <= 31 && number(1) <= 31,
        [4, 4] => year(0) && year(1),
        [1..=3, 3, 3] | [1..=3, 3, 3, 3] => {
            written.contains('.') && !written.contains(['-', '/', ' ', '(', '+'])
        }
        _ => written.matches('.').count() == 1 && parts.len() == 2 && lens.get(1) == Some(&2),
    }
}

/// The calling code at the start of an international number, as it stands in E.164's list.
fn calling_code(number: &str) -> Option<&str> {
    const TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
        "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81",
        "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    const THREE: [&str; 22] = [
        "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68", "69", "80",
        "85", "87", "88", "96", "97",
    ];
    let two = number.get(..2)?;
    if number.starts_with(['1', '7']) {
        number.get(..1)
    } else if TWO.contains(&two) {
        Some(two)
    } else if THREE.contains(&two) || two == "99" {
        number.get(..3)
    } else {
        None
    }
}

/// A number without its country and trunk prefixes: the same for `+49 171 5551234` and `0171 5551234`.
pub(crate) fn national(written: &str) -> String {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let international =
        if written.trim_start().starts_with('+') { Some(digits.as_str()) } else { digits.strip_prefix("00") };
    let rest =
        international.and_then(|number| calling_code(number).and_then(|code| number.strip_prefix(code)));
    let rest = rest.or_else(|| digits.strip_prefix('0')).unwrap_or(&digits);
    // "+44 (0)20 …" keeps the trunk zero in brackets.
    rest.strip_prefix('0').unwrap_or(rest).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn phones(text: &str) -> Vec<String> {
        found_by(&Phones::new(), text)
    }

    #[test]
    fn numbers_of_many_regions_are_found() {
        for (text, number) in [
            ("+49 171 5551234", "+49 171 5551234"),
            ("0171/5551234 please", "0171/5551234"),
            ("(415) 555-0132", "(415) 555-0132"),
            ("1-800-555-0199", "1-800-555-0199"),
            ("+1.415.555.0132", "+1.415.555.0132"),
            ("ring 06 12 34 56 78!", "06 12 34 56 78"),
            ("+44 (0)20 7946 0958", "+44 (0)20 7946 0958"),
            ("00 33 6 12 34 56 78", "00 33 6 12 34 56 78"),
            ("my number is 555-0132", "555-0132"),
            ("call me on 4155550132", "4155550132"),
            ("mi móvil es 612 345 678", "612 345 678"),
            ("+91 98765 43210", "+91 98765 43210"),
            ("(020 7946 0958)", "020 7946 0958"),
            ("345-899-3560x4587", "345-899-3560x4587"),
            ("(123) 456-7890", "(123) 456-7890"),
            ("It's 555-0123, call me", "555-0123"),
            ("Patient card: Emily White, Phone: 555-1234.", "555-1234"),
            ("781 1704 office", "781 1704"),
            ("+447700 208 815-Mobile", "+447700 208 815"),
            ("fijo 943 00 71 15.", "943 00 71 15"),
            ("no, il mio è 333 012 3456", "333 012 3456"),
            ("il mio è 320 000 88 21", "320 000 88 21"),
            ("manda no zap (85) 90000-4901", "(85) 90000-4901"),
        ] {
            assert_eq!(phones(text), [number], "{text}");
        }
    }

    #[test]
    fn prices_dates_versions_and_order_numbers_are_no_phones() {
        for text in [
            "call me at 5",
            "it cost 1,299.00",
            "1.299.000 EUR",
            "version 10.0.19045.3803",
            "on 2024-11-05 12:30:45",
            "05.11.2024",
            "order 0012345678",
            "order number 4155550132",
            "$1234567890",
            "2019 2024",
            "10 000 000 €",
            "5 x 12 x 30",
            "tracking 1234567890",
            "192.168.10.254",
            "12345678 items",
            "between 2019-2024",
            "room 101, floor 3",
            "€1234567890",
            "Bestellnummer: 0171555123",
            "AB0171555123",
            "the 3 2 1 rule",
            "Her student number is 555-1234",
            "my PESEL number is 12345678901",
            "2 for 30 or 4 for 50",
            "pedido 943 00 71 15 11",
            "reference 612 34 56 78",
        ] {
            assert_eq!(phones(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_question_for_a_number_to_call_is_one() {
        let phones = Phones::new();
        for text in [
            "Sure. What number can we reach you on?",
            "Is there a number we could ring?",
            "Unter welcher Nummer sind Sie erreichbar?",
            "Votre numéro de téléphone ?",
            "¿Me da un teléfono?",
            "Qual è il suo numero di cellulare?",
            "Qual é o seu telemóvel?",
            "Op welk nummer bent u bereikbaar, wat is uw telefoonnummer?",
        ] {
            assert_eq!(phones.announced_by(&Scene::of(text)), [Entity::Phone], "{text}");
        }
        for text in ["I will call you. Which colour?", "What is your order number?", "My phone is new."] {
            assert_eq!(phones.announced_by(&Scene::of(text)), [], "{text}");
        }
    }

    #[test]
    fn country_and_trunk_prefixes_do_not_make_another_number() {
        assert_eq!(national("+49 171 5551234"), "1715551234");
        assert_eq!(national("0171 5551234"), "1715551234");
        assert_eq!(national("0049 171 5551234"), "1715551234");
        assert_eq!(national("+44 (0)20 7946 0958"), "2079460958");
    }

    proptest::proptest! {
        #[test]
        fn rows_are_those_of_the_pattern(text in "[0-9 ()+./a-]{0,60}|(?:[0-9]{1,9}[ (.]{0,4}){0,8}|0{0,3}[0-9]{0,40}") {
            let pattern = pattern(r"(?:\+|\b00|\()?[0-9](?:[ ().\-/]{0,3}[0-9]){5,16}");
            let expected: Vec<Range<usize>> = pattern.find_iter(&text).map(|hit| hit.range()).collect();
            proptest::prop_assert_eq!(rows(&Scene::of(&text)).collect::<Vec<_>>(), expected);
        }
    }
}
