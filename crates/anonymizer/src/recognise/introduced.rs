//! Names that the sentence itself introduces: "my name is …", "this is … speaking", a title, a greeting at the
//! end. Names without such a sign need a model; see the customer's record for the most important one.

use std::ops::Range;

use regex::Regex;

use super::{Candidate, Recogniser, Scene, pattern};
use crate::view::fold_value;
use crate::{Entity, names};

pub(crate) struct Introductions {
    says_so: Regex,
    signs: Regex,
    title: Regex,
}

/// A capitalised word of a name, with hyphens and apostrophes inside.
const WORD: &str = r"\p{Lu}[\p{L}'-]*";

impl Introductions {
    pub(crate) fn new() -> Self {
        let particle = r"(?:von|van|vom|zu|zur|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ben|ter)";
        let name = format!(r"{WORD}\.?(?: (?:{particle} ){{0,2}}{WORD}\.?){{0,3}}");
        let any = r"\p{L}[\p{L}'-]+\.?(?: \p{L}[\p{L}'-]*\.?){0,3}";
        let says = r"(?i:my (?:full |first |last |given |family )?name(?:'s| is|:)|(?:my|the) surname is|name:|full name:|i am called|people call me|call me|ich hei(?:ß|ss)e|mein (?:voller |ganzer )?name (?:ist|lautet)|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|mijn naam is|ik heet|meu nome é|chamo-me)";
        let is = r"(?:[Tt]his is|[Ii]t's|[Hh]ier ist|[Hh]ier spricht|[Ii]ci)";
        Self {
            says_so: pattern(&format!(
                r"\b{says}\s{{1,2}}({any})|\b{is}\s({name}) (?:here|speaking|again|writing|calling|from|am Apparat)|\b(?:I'm|I am|Ich bin|I’m)\s({WORD} {WORD})\b"
            )),
            signs: pattern(&format!(
                r"(?i:\b(?:kind regards|best regards|warm regards|regards|best wishes|sincerely|yours truly|yours|cheers|thanks|thank you|many thanks|mit freundlichen grüßen|freundliche grüße|viele grüße|beste grüße|liebe grüße|grüße|gruß|mfg|lg|cordialement|saludos|cordiali saluti|groetjes))[,.!]?\s*\n\s*({name})\s*(?:\n|$)"
            )),
            title: pattern(&format!(
                r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Herr|Herrn|Frau|Hr|Fr|Mme|Mlle|Monsieur|Madame|Señora?|Signora?|Dhr|Mevr)(?:\.|\b) ?(?:(?:Dr|Prof)\. ?){{0,2}}({name})"
            )),
        }
    }
}

impl Recogniser for Introductions {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        for captures in self.says_so.captures_iter(scene.text) {
            let (strong, name) = match (captures.get(1), captures.get(2).or_else(|| captures.get(3))) {
                (Some(name), _) => (true, name),
                (None, Some(name)) => (false, name),
                (None, None) => continue,
            };
            add(scene, name.range(), strong, found);
        }
        for name in self.signs.captures_iter(scene.text).filter_map(|captures| captures.get(1)) {
            add(scene, name.range(), false, found);
        }
        for name in self.title.captures_iter(scene.text).filter_map(|captures| captures.get(1)) {
            add(scene, name.range(), false, found);
        }
    }
}

/// Adds the words that can be a name, up to the first that cannot.
fn add(scene: &Scene<'_>, range: Range<usize>, strong: bool, found: &mut Vec<Candidate>) {
    let text = &scene.text[range.clone()];
    let capitalised = text.starts_with(char::is_uppercase);
    let mut end = 0;
    let mut next = 0;
    for word in text.split(' ') {
        let start = next;
        next += word.len() + 1;
        let bare = word.trim_end_matches('.');
        let folded = fold_value(bare);
        let name =
            bare.starts_with(char::is_uppercase) || names::is_particle(&folded) || (strong && !capitalised);
        if !name || NO_NAMES.contains(&folded.as_str()) {
            break;
        }
        let possessive = bare.strip_suffix("'s").map_or(bare.len(), str::len);
        end = start + possessive;
        // The sentence ends after a word that is no initial.
        if (word.ends_with('.') && bare.chars().count() > 1) || possessive < bare.len() {
            break;
        }
    }
    let name = text[..end].trim_end();
    let last = name.rsplit(' ').next().unwrap_or("");
    if name.chars().count() < 2 || names::is_particle(&fold_value(last)) {
        return;
    }
    let range = names::with_title(scene.text, range.start..range.start + name.len());
    found.push(Candidate { range, entity: Entity::Person, score: 70, recogniser: "introduced" });
}

/// Words that follow an introduction and are no names.
const NO_NAMES: &[&str] = &[
    "a",
    "about",
    "again",
    "also",
    "am",
    "an",
    "and",
    "any",
    "at",
    "back",
    "because",
    "but",
    "by",
    "can",
    "calling",
    "on",
    "correct",
    "customer",
    "euer",
    "ein",
    "eine",
    "for",
    "from",
    "have",
    "here",
    "hello",
    "hi",
    "i",
    "ich",
    "if",
    "in",
    "is",
    "it",
    "just",
    "like",
    "misspelled",
    "mit",
    "my",
    "name",
    "need",
    "no",
    "not",
    "now",
    "of",
    "oder",
    "or",
    "order",
    "please",
    "so",
    "sorry",
    "spelled",
    "spelt",
    "still",
    "stupid",
    "the",
    "then",
    "there",
    "to",
    "today",
    "tomorrow",
    "und",
    "unter",
    "very",
    "was",
    "when",
    "wrong",
    "with",
    "who",
    "you",
    "your",
    "later",
    "asap",
    "back",
    "et",
    "y",
    "e",
    "en",
    "do",
    "does",
    "that",
    "this",
    "happy",
    "missing",
    "incorrect",
    "different",
    "visible",
    "on",
    "as",
    "bitte",
    "falsch",
    "nicht",
    "habe",
    "aus",
    "wrongly",
    "listed",
    "shown",
    "written",
    "printed",
    "please",
    "thanks",
    "when",
    "before",
    "after",
    "sure",
    "support",
    "team",
    "service",
    "sir",
    "madam",
    "president",
    "doctor",
    "maybe",
    "if",
    "me",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn names(text: &str) -> Vec<String> {
        found_by(&Introductions::new(), text)
    }

    #[test]
    fn introduced_names_are_found() {
        for (text, name) in [
            ("Hi, my name is Sarah Connor and I need help", "Sarah Connor"),
            ("my name is sarah connor and i need help", "sarah connor"),
            ("Mein Name ist Jürgen von der Lippe, guten Tag", "Jürgen von der Lippe"),
            ("this is Anna-Lena speaking", "Anna-Lena"),
            ("Please ask Mr. O'Neil about it", "Mr. O'Neil"),
            ("Frau Dr. Weber hat angerufen", "Frau Dr. Weber"),
            ("It broke.\nKind regards,\nSarah J. Connor", "Sarah J. Connor"),
            ("Dr. Smith's order", "Dr. Smith"),
            ("I'm Tom Miller.", "Tom Miller"),
            ("Name: Zoë Young", "Zoë Young"),
        ] {
            assert_eq!(names(text).first().map(String::as_str), Some(name), "{text}");
        }
    }

    #[test]
    fn sentences_without_a_name_have_none() {
        for text in [
            "my name is wrong on the invoice",
            "call me back",
            "call me at 5",
            "this is a problem",
            "I'm happy",
            "I am still waiting",
            "thanks\nit works now",
            "my name is not on the list",
            "call me when it is done",
            "the product name is great",
            "Ich bin nicht da",
            "Dear Sir or Madam",
        ] {
            assert_eq!(names(text), Vec::<String>::new(), "{text}");
        }
    }
}
