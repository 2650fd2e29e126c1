//! Anonymising for good: for text from which the business learns, after which nobody can say whose it was.
//!
//! Nothing is kept that leads back. A person is a letter, in the order in which people appear, and the same only inside
//! one text; everything else that names somebody is left out, and what merely narrows down (dates, ages) is made
//! coarser, all in marks: `[person A]`, `[email]`, `[2024-05]`, `[30-39]`. Numbers that few people share go too.
//!
//! Recital 26 of the GDPR asks whether somebody can be singled out or linked by means that are likely to be used. A
//! program can hold to the second by giving two texts that differ in nothing but whose they are the same form, which a
//! test does; whether a story told in plain words singles somebody out, it cannot tell.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use crate::generalise::generalise;
use crate::policy::{DateStep, Steps};
use crate::token::tokens_in_detail;
use crate::{Anonymizer, Entity, Plaintext, TokenVault};

/// Stands for a text that could not be freed of its values.
const NOTHING_LEFT: &str = "[text]";
/// Digits in one number or word from which on it is taken for somebody's.
const RARE_DIGITS: usize = 4;

/// Text from which nothing leads back to a person by a value: no vault goes with it, and none could be made. Only
/// [`Anonymizer::anonymize_for_good`] makes it.
///
/// ```compile_fail
/// let text = anonymizer::IrreversibleText(String::from("made elsewhere"));
/// ```
///
/// `Debug` stays silent: what no recogniser found is still in the text.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct IrreversibleText(String);

impl IrreversibleText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IrreversibleText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IrreversibleText(***)")
    }
}

impl Anonymizer {
    /// Leaves out or makes coarser everything that is recognised in a document, or known from the conversation that it
    /// comes from, whatever the policy keeps. The document may be plain or masked with the vault's tokens, and the
    /// whole of it is one: people are told apart only inside it.
    ///
    /// `known` is read, not changed, and nothing of this document goes into it. A document that could not be freed of
    /// its values becomes `[text]`.
    #[must_use]
    pub fn anonymize_for_good(&self, document: &Plaintext, known: &TokenVault) -> IrreversibleText {
        let plain = known.restore(document.reveal()).text;
        let mut vault = known.for_one_document();
        let masked = self.with_all_tokens().mask_document(&plain, &mut vault);
        let text = without_tokens(&masked, &vault);
        let clean = vault.guard().check(text.as_bytes()).is_ok();
        IrreversibleText(if clean { text } else { NOTHING_LEFT.to_owned() })
    }
}

/// Writes marks for tokens, and leaves rare numbers out between them.
fn without_tokens(masked: &str, vault: &TokenVault) -> String {
    let mut people = HashMap::new();
    let mut out = String::with_capacity(masked.len());
    let mut at = 0;
    for (range, found) in tokens_in_detail(masked) {
        push_without_rare_numbers(&masked[at..range.start], &mut out);
        at = range.end;
        if found.entity == Entity::Person {
            let next = people.len();
            out.push_str(&format!("[person {}]", letter(*people.entry(found.id).or_insert(next))));
        } else {
            let value = vault.value(found.entity, found.id, found.variant).unwrap_or_default();
            out.push_str(&mark(found.entity, value));
        }
    }
    push_without_rare_numbers(&masked[at..], &mut out);
    out
}

/// A, B, …, Z, AA, AB, …
fn letter(nth: usize) -> String {
    let last = char::from(b'A' + u8::try_from(nth % 26).unwrap_or(0));
    match nth / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", letter(more - 1)),
    }
}

/// What is left of a value.
fn mark(entity: Entity, value: &str) -> String {
    let birth = Steps { dates: DateStep::Year, ..Steps::default() };
    let kind = match entity {
        Entity::Date | Entity::Age => return generalise(entity, value, &Steps::default()),
        Entity::BirthDate => return generalise(entity, value, &birth),
        Entity::Person => "person",
        Entity::Email => "email",
        Entity::Phone => "phone",
        Entity::Address => "address",
        Entity::Place => "place",
        Entity::Organisation => "organisation",
        Entity::Username => "user name",
        Entity::Url => "link",
        Entity::IpAddress | Entity::MacAddress | Entity::Device => "device",
        Entity::Plate | Entity::Vehicle => "vehicle",
        Entity::Card
        | Entity::CardSecurity
        | Entity::Iban
        | Entity::Bic
        | Entity::BankAccount
        | Entity::Routing
        | Entity::Crypto => "account",
        Entity::Ssn | Entity::NationalId | Entity::Passport | Entity::DriverLicence => "id",
        Entity::MedicalId | Entity::ProviderId => "medical number",
        Entity::Order => "order",
        Entity::CustomerNumber => "customer number",
        Entity::Reference => "reference",
        Entity::Secret => "secret",
        Entity::Text => "text",
    };
    format!("[{kind}]")
}

/// Copies a text without the numbers and codes that have too many digits to be anybody's.
fn push_without_rare_numbers(text: &str, out: &mut String) {
    let is_code = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ',' | ':' | '+' | '#');
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = rest.find(|c| is_code(c) != is_code(first)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(len);
        let digits = part.chars().filter(|c| c.is_numeric()).count();
        if is_code(first) && digits >= RARE_DIGITS && !is_year(part) {
            let end = part.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
            out.push_str("[number]");
            out.push_str(&part[end..]);
        } else {
            out.push_str(part);
        }
        rest = after;
    }
}

/// A year of our time, alone.
fn is_year(part: &str) -> bool {
    let bare = part.trim_matches(|c: char| !c.is_alphanumeric());
    bare.len() == 4
        && bare.bytes().all(|byte| byte.is_ascii_digit())
        && (bare.starts_with("19") || bare.starts_with("20"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::cases;
    use crate::{Options, Policy};

    fn anonymizer() -> &'static Anonymizer {
        static SHARED: std::sync::OnceLock<Anonymizer> = std::sync::OnceLock::new();
        let policy = "[treatments]\nplace = \"keep\"\nperson = \"keep\"\n[deny]\nplace = [\"Leeds\", \"York\"]\nage = [\"34\", \"37\"]";
        SHARED.get_or_init(|| {
            Anonymizer::with_policy(Policy::parse(policy).expect("it is right"), Options::default())
        })
    }

    fn for_good(text: &str, known: &TokenVault) -> String {
        anonymizer().anonymize_for_good(&Plaintext::new(text.to_owned()), known).as_str().to_owned()
    }

    #[test]
    fn values_are_left_out_or_made_coarser_whatever_the_policy_keeps() {
        let mut known = TokenVault::new();
        known.know(Entity::Person, "Sarah Connor");
        let text = "Sarah Connor from Leeds, born 12.05.1984, I am 34. My name is Tom Miller, says sarah. Write to \
                    s@b.org, card 4111 1111 1111 1111, password: hunter22, order #KP-10432, part 8842-17, bought in 2024";
        insta::assert_snapshot!(for_good(text, &known), @"[person A] from [place], born [1984], I am [30-39]. My name is [person B], says [person A]. Write to [email], card [account], password: [secret], order #[order], part [number], bought in [2024]");
    }

    #[test]
    fn masked_and_plain_documents_give_the_same() {
        let mut known = TokenVault::new();
        known.know(Entity::Person, "Sarah Connor");
        let plain = "I am Sarah Connor, mail a@b.org and c@d.org";
        let masked = Anonymizer::new(Options::default()).mask(&Plaintext::new(plain.to_owned()), &mut known);
        let masked = masked.expect("nothing is blocked");
        assert_eq!(for_good(masked.as_str(), &known), for_good(plain, &known));
        assert_eq!(for_good("[PERSON_1] and [PERSON_7]", &known), "[person A] and the person");
    }

    #[test]
    fn nothing_of_the_document_goes_into_the_vault() {
        let known = TokenVault::new();
        for_good("my name is Tom Miller, tom@b.org", &known);
        assert!(known.tokens().is_empty());
    }

    #[test]
    fn people_are_letters_in_their_order() {
        assert_eq!(
            (letter(0), letter(25), letter(26), letter(701)),
            ("A".into(), "Z".into(), "AA".into(), "ZZ".into())
        );
    }

    /// The same story of somebody else.
    fn story(parts: &[usize], who: &[&str; 7]) -> String {
        const PARTS: [&str; 9] = [
            "My name is {0}. ",
            "Yours is broken, says {0}. ",
            "Mail {1} or call {2}. ",
            "My card is {3}. ",
            "I live in {4}. ",
            "My date of birth is {5}. ",
            "Order #{6} is late. ",
            "The lamp is 20 cm too long. ",
            "[PERSON_1] wrote. ",
        ];
        let text: String = parts.iter().filter_map(|nth| PARTS.get(*nth)).copied().collect();
        who.iter().enumerate().fold(text, |text, (nth, value)| text.replace(&format!("{{{nth}}}"), value))
    }

    const SARAH: [&str; 7] = [
        "Sarah Connor",
        "sarah@b.org",
        "+49 171 5551234",
        "4111 1111 1111 1111",
        "Leeds",
        "12.05.1984",
        "KP-10432",
    ];
    const TOM: [&str; 7] = [
        "Tom Miller",
        "t.miller@web.de",
        "+44 20 7946 0018",
        "5500 0000 0000 0004",
        "York",
        "03.11.1984",
        "KP-99817",
    ];

    proptest! {
        #![proptest_config(cases(100))]

        #[test]
        fn two_people_with_one_story_give_one_text(parts in prop::collection::vec(0..9_usize, 0..8), known in any::<bool>()) {
            let vault = |who: &[&str; 7]| {
                let mut vault = TokenVault::new();
                if known {
                    vault.know(Entity::Email, who[1]);
                }
                vault.know(Entity::Person, who[0]);
                vault
            };
            let sarah = for_good(&story(&parts, &SARAH), &vault(&SARAH));
            let tom = for_good(&story(&parts, &TOM), &vault(&TOM));
            prop_assert_eq!(&sarah, &tom);
            let lower = sarah.to_lowercase();
            for value in SARAH.iter().chain(&TOM).flat_map(|value| value.split(' ')).filter(|word| word.len() > 3) {
                prop_assert!(!lower.contains(&value.to_lowercase()), "{value} in {sarah}");
            }
        }
    }
}
