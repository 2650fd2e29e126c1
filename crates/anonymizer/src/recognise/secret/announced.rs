//! Passwords and what stands for one, after their word.

use std::ops::Range;

use regex::Regex;

use super::add;
use crate::recognise::{Candidate, Scene, pattern};

pub(super) struct Announced {
    password: Regex,
    phrase: Regex,
    answer: Regex,
}

/// Words for a password, folded.
const PASSWORD: &str = concat!(
    r"(?:[a-z]{0,12}passwor[dt]s?|[a-z]{0,12}kennwort|passphrase|pass phrase|passwd|pwd|psw|pswd|pw|login|mots? de passe|mdp",
    r"|contrasena|clave|palavra-passe|palavra passe|senha|parola d'ordine|parola chiave|wachtwoord|wachtzin|passcode",
    r"|toegangscode|zugangscode|code ?word|codewort|losungswort|memorable word|mot secret|palabra clave|parola segreta",
    r"|(?:wi-?fi|wlan|wpa2?|network|security|netzwerk|sicherheits|router)[ -]?(?:key|schlussel|code)|netzwerkschlussel|wlan-?schlussel",
    r"|cle (?:wifi|wi-fi|wpa|de securite|d'activation|de licence)|clave (?:wifi|de red|del wifi)|chiave (?:di rete|wifi|wpa)|chave (?:de rede|wifi|da rede)",
    r"|wifi-?sleutel|netwerksleutel|(?:product|license|licence|activation|lizenz|produkt|aktivierungs)[ -]?(?:key|schlussel|code)",
    r"|api[ _-]?(?:key|token|schlussel)|(?:secret )?access[ _-]?key|secret[ _-]?key|access[ _-]?token|secret|token|cle api|clave api|chiave api|chave api)",
);
/// What may stand behind the word: "for the guest wifi", "vom Router".
const OF: &str = concat!(
    r"(?: (?:for|to|of|on|from|in|fur|furs|beim|zu|zum|vom|von|des|pour|de|du|para|del|per|di|da|do|voor|van)",
    r"(?: [a-z]{1,8}'?)? [a-z0-9-]{2,20}){0,2}",
);
/// What kind of password it is, behind the word: "provisoire", "temporaneo".
const KIND: &str = concat!(
    r"(?: (?:provisoire|temporaire|actuel|initial|temporal|provisional|actual|inicial|nueva|anterior|nouveau|temporaneo|temporanea",
    r"|provvisoria|attuale|iniziale|temporaria|provisoria|atual|antiga|tijdelijk|oud|nieuw))?",
);
/// What says that the value follows.
const IS: &str = concat!(
    r"(?: {1,3}(?:is|was|ist|war|lautet|est|etait|es|era|are|e|foi|luidt|sei|seria|will be|should be)(?: now| just| still| set to| currently",
    r"| jetzt| aktuell| noch| actuellement| toujours| ahora| adesso| agora| nu| the word| das| le| la| il| o| a| het){0,2}(?:\s{1,3}[:=]?|\s{0,3}[:=])\s{0,2}",
    r"|\s{0,3}[:=>]{1,2}\s{0,3}| (?:to|auf|en|a|in|para|naar) )",
);

impl Announced {
    pub(super) fn new() -> Self {
        Self {
            password: pattern(&format!(
                r#"\b{PASSWORD}(?:["']?{KIND}{OF}{IS}["'`]?|{KIND}(?: \(?|\s?["'`]))([^\s"'`\x00-\x1f]{{4,128}})"#
            )),
            phrase: pattern(concat!(
                r"\b(?:(?:seed|recovery|backup|secret|mnemonic|wallet|wiederherstellungs|sicherungs|herstel)[ -]?(?:phrase|words|worter|woorden|zin|seed)?",
                r"|phrase (?:de recuperation|secrete|mnemonique)|frase (?:semilla|de recuperacion|secreta|di recupero|segreta|seme|de recuperacao|semente))",
                r"[^\n.!?]{0,40}?[:=\n-]\s*((?:[0-9]{1,2}[.)]? {0,2})?[a-z]{3,8}(?:[ ,\n]{1,3}(?:[0-9]{1,2}[.)]? {0,2})?[a-z]{3,8}){11,23})\b",
            )),
            answer: pattern(concat!(
                r"\b(?:mother'?s maiden name|maiden name|madchenname(?:n)?(?: meiner mutter)?|nom de jeune fille(?: de ma mere)?",
                r"|apellido de soltera(?: de mi madre)?|cognome da nubile(?: di mia madre)?|nome de solteira(?: da minha mae)?",
                r"|meisjesnaam(?: van mijn moeder)?|security answer|secret answer|answer to (?:the|my) (?:security|secret) question",
                r"|sicherheitsantwort|antwort auf die sicherheitsfrage|reponse (?:secrete|a la question (?:secrete|de securite))|respuesta (?:secreta|de seguridad|a la pregunta (?:secreta|de seguridad))",
                r"|risposta (?:segreta|di sicurezza|alla domanda di sicurezza)|resposta (?:secreta|de seguranca|a pergunta (?:secreta|de seguranca))|antwoord op de (?:beveiligings|geheime )vraag",
                r"|(?:first|erste[sn]?) (?:pet|haustier)(?:'?s)?(?: name)?)",
                r#"(?: (?:is|was|ist|war|lautet|est|etait|es|era|e)|\s?[:=])(?: das| le| la| il| o| a| het)?\s{1,2}["'`]?([a-z0-9][a-z0-9'-]{1,40})"#,
            )),
        }
    }

    pub(super) fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let text = scene.folded.text();
        let mut at = 0;
        while let Some(captures) = self.password.captures_at(text, at) {
            let (Some(whole), Some(value)) = (captures.get(0), captures.get(1)) else { break };
            at = value.start().max(whole.start() + 1);
            let written = value.as_str().trim_end_matches(['.', ',', ';', '!', '?', ')']);
            let range = scene.folded.origin(value.start()..value.start() + written.len().max(1));
            let lead = Lead::of(&text[whole.start()..value.start()]);
            if is_secret(&scene.text[range.clone()], lead) {
                at = whole.end();
                add(quoted(scene, range), 93, found);
            }
        }
        for captures in self.phrase.captures_iter(text) {
            if let Some(words) = captures.get(1) {
                add(scene.folded.origin(words.range()), 94, found);
            }
        }
        for captures in self.answer.captures_iter(text) {
            if let Some(answer) = captures.get(1).filter(|answer| !is_state(answer.as_str())) {
                add(scene.folded.origin(answer.range()), 86, found);
            }
        }
    }
}

/// The whole of a value in quotes: "the password is 'correct horse'".
fn quoted(scene: &Scene<'_>, range: Range<usize>) -> Range<usize> {
    let Some(quote) = scene.char_before(range.start).filter(|c| matches!(c, '"' | '\'' | '`')) else {
        return range;
    };
    let rest = scene.after(range.end, 64);
    let end = rest.find(['\n', quote]).filter(|end| rest[*end..].starts_with(quote));
    end.map_or(range.clone(), |end| range.start..range.end + end)
}

/// What stands between the word and the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// A colon, an equals sign, a quote.
    Sign,
    /// "is", "lautet".
    Verb,
    /// Nothing.
    Nothing,
}

impl Lead {
    fn of(words: &str) -> Self {
        if words.ends_with([':', '=', '"', '\'', '`', '>']) || words.trim_end().ends_with([':', '=', '>']) {
            return Self::Sign;
        }
        let last = words.trim_end().rsplit(' ').next().unwrap_or_default();
        let says = crate::recognise::marks::speech_of(last).is_some_and(|sign| {
            sign.is(crate::recognise::marks::Sign::SAYS.or(crate::recognise::marks::Sign::LINK))
        });
        if says || matches!(last, "e" | "a" | "o" | "now" | "jetzt" | "be" | "nu" | "to") {
            Self::Verb
        } else {
            Self::Nothing
        }
    }
}

/// "my password is wrong" tells no password: without a sign before it, a value has a digit, a sign, or capitals
/// inside; right behind its word it has two of them.
fn is_secret(value: &str, lead: Lead) -> bool {
    let word = value.chars().all(char::is_alphabetic);
    let inner_capital =
        value.chars().skip(1).any(char::is_uppercase) && value.chars().any(char::is_lowercase);
    let hyphenated =
        value.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '/' | '.' | ',' | ')' | '('));
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    let letters = value.chars().any(char::is_alphabetic);
    match lead {
        Lead::Sign if word => value.chars().count() >= 5 && !is_state(value),
        Lead::Sign => !value.starts_with("http"),
        Lead::Verb if word => inner_capital,
        Lead::Verb => !hyphenated && value.chars().any(char::is_alphanumeric) && !is_quantity(value),
        Lead::Nothing => {
            let signs = value.chars().any(|c| {
                !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '/' | '.' | ',' | '(' | ')' | ':')
            });
            digits && letters && !is_quantity(value) && value.len() >= 6
                || signs && (digits || inner_capital) && letters
        }
    }
}

/// "2024", "12x", "8-16": a length, a year, a count.
fn is_quantity(value: &str) -> bool {
    value.len() <= 4 && value.bytes().filter(u8::is_ascii_digit).count() <= 2
        || value.starts_with("http")
        || value.contains("://")
}

/// What people say of a password after a colon.
fn is_state(word: &str) -> bool {
    [
        "forgotten",
        "wrong",
        "incorrect",
        "expired",
        "reset",
        "invalid",
        "unknown",
        "required",
        "missing",
        "error",
        "failed",
        "changed",
        "vergessen",
        "falsch",
        "abgelaufen",
        "ungultig",
        "ungültig",
        "unbekannt",
        "geandert",
        "geändert",
        "zuruckgesetzt",
        "oublie",
        "oublié",
        "incorrecte",
        "expire",
        "expiré",
        "invalide",
        "olvidada",
        "incorrecta",
        "invalida",
        "caducada",
        "dimenticata",
        "errata",
        "sbagliata",
        "scaduta",
        "esquecida",
        "errada",
        "incorreta",
        "expirada",
        "vergeten",
        "onjuist",
        "verlopen",
        "verkeerd",
        "nothing",
        "please",
        "hello",
        "thanks",
        "needed",
        "correct",
    ]
    .contains(&word.to_lowercase().as_str())
}
