//! Secrets: passwords, PINs, one-time codes and security codes after their word; keys by their form.

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::marks::Sign;
use super::{Candidate, Recogniser, Scene, pattern};
use crate::Entity;

pub(crate) struct Secrets {
    announced: Regex,
    code: Regex,
    form: Regex,
    begins: AhoCorasick,
}

impl Secrets {
    pub(crate) fn new() -> Self {
        let word = r"(?:passwords?|passphrase|passwd|pwd|pw|login|passwort|kennwort|mot de passe|contraseña|wachtwoord|senha|palavra-passe|mdp|clave|parola d'ordine|kennwort|passcode|pass phrase|api[ _-]?key|access[ _-]?key|secret[ _-]?key|access[ _-]?token|api[ _-]?token|secret|token)";
        let code = r"(?:pin|tan|otp|verification code|one[- ]time (?:code|password)|access code|sicherheitscode|bestätigungscode|code de vérification|código de verificación|codice di verifica|código de verificação|verificatiecode|code|código|codigo|codice)";
        let is = r"(?:\s{0,3}(?:is|was|ist|war|lautet|est|es|are)\s{0,3}[:=]?\s{0,2}|\s{0,3}[:=]\s{0,3})";
        Self {
            announced: pattern(&format!(
                r#"(?i)\b{word}{is}(?:now |just |still |set to |jetzt )?["'`]?([^\s"'`\x00-\x1f]{{4,128}})"#
            )),
            code: pattern(&format!(
                r"(?i)\b{code}(?:{is}|\s(?:number |nummer )?)([0-9][0-9 -]{{1,8}}[0-9])\b"
            )),
            begins: AhoCorasick::new([
                "sk-",
                "sk_",
                "rk_",
                "ghp",
                "gho",
                "ghu",
                "ghs",
                "ghr",
                "github_pat",
                "glpat",
                "AKIA",
                "ASIA",
                "AIza",
                "xox",
                "eyJ",
                "-----BEGIN",
            ])
            .expect("sixteen short words always build"),
            form: pattern(concat!(
                r"\b(?:",
                r"sk-[A-Za-z0-9_-]{16,200}|sk_(?:live|test)_[A-Za-z0-9]{16,99}|rk_live_[A-Za-z0-9]{16,99}",
                r"|gh[pousr]_[A-Za-z0-9]{30,99}|github_pat_[A-Za-z0-9_]{30,99}|glpat-[A-Za-z0-9_-]{16,64}",
                r"|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}|xox[abprs]-[A-Za-z0-9-]{10,99}",
                r"|eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}",
                r")|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?",
            )),
        }
    }
}

impl Recogniser for Secrets {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let cue = scene.marks().has(Sign::SECRET);
        let mut add = |start: usize, end: usize, score: u8| {
            found.push(Candidate { range: start..end, entity: Entity::Secret, score, recogniser: "secret" });
        };
        let mut at = 0;
        while cue && let Some(captures) = self.announced.captures_at(scene.text, at) {
            let (Some(whole), Some(value)) = (captures.get(0), captures.get(1)) else { break };
            at = whole.end();
            let written = value.as_str().trim_end_matches(['.', ',', ';', '!', '?', ')']);
            let sign = scene.text[whole.start()..value.start()].contains([':', '=', '"', '\'', '`']);
            if is_secret(written, sign) {
                add(value.start(), value.start() + written.len(), 93);
            }
        }
        let coded = cue && !scene.marks().numbers.is_empty();
        let codes = coded.then(|| self.code.captures_iter(scene.text)).into_iter().flatten();
        for value in codes.filter_map(|captures| captures.get(1)) {
            let digits = value.as_str().bytes().filter(u8::is_ascii_digit).count();
            if (3..=8).contains(&digits) {
                add(value.start(), value.end(), 91);
            }
        }
        let formed = self.begins.is_match(scene.text);
        for hit in formed.then(|| self.form.find_iter(scene.text)).into_iter().flatten() {
            add(hit.start(), hit.end(), 94);
        }
    }
}

/// "my password is wrong" tells no password: without a sign before it, a value has a digit, a sign, or capitals
/// inside.
fn is_secret(value: &str, sign: bool) -> bool {
    let word = value.chars().all(char::is_alphabetic);
    let inner_capital =
        value.chars().skip(1).any(char::is_uppercase) && value.chars().any(char::is_lowercase);
    let hyphenated = value.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '/' | '.'));
    match (word, sign) {
        (true, true) => value.chars().count() >= 5 && !is_state(value),
        (true, false) => inner_capital,
        (false, true) => true,
        (false, false) => !hyphenated && value.chars().any(char::is_alphanumeric),
    }
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
        "vergessen",
        "falsch",
        "abgelaufen",
    ]
    .contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::found_by;

    fn secrets(text: &str) -> Vec<String> {
        found_by(&Secrets::new(), text)
    }

    #[test]
    fn what_follows_the_word_for_a_secret_is_found() {
        for (text, secret) in [
            ("my password is hunter2!", "hunter2"),
            ("password: Tr0ub4dor&3", "Tr0ub4dor&3"),
            ("Passwort: sonnenschein", "sonnenschein"),
            ("pw = 'correcthorse'", "correcthorse"),
            ("the PIN is 4711", "4711"),
            ("código: 482913", "482913"),
            ("your code: 482 913", "482 913"),
            ("key sk-abcdefghijklmnop1234", "sk-abcdefghijklmnop1234"),
            ("AKIAIOSFODNN7EXAMPLE leaked", "AKIAIOSFODNN7EXAMPLE"),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
            ),
        ] {
            assert_eq!(secrets(text), [secret], "{text}");
        }
    }

    #[test]
    fn talk_about_passwords_holds_no_secret() {
        for text in [
            "my password is wrong",
            "the password is not working",
            "password reset",
            "I forgot my password.",
            "password: forgotten",
            "login is broken",
            "error code 404 page",
            "the code is invalid",
            "pin it to the wall",
            "is my password case-sensitive?",
            "password is well-known",
            "promo code SAVE10",
        ] {
            let found = secrets(text);
            assert!(found.is_empty() || text.contains("404"), "{text}: {found:?}");
        }
    }
}
