//! User names: handles with their sign, and names after "username", "login" or a network's name.

use super::date::{ahead, behind};
use super::marks::Sign;
use super::{Candidate, Recogniser, Scene};
use crate::Entity;
use crate::values::SHIELD;

pub(crate) struct Usernames;

/// Longest handle of the big networks.
const LONGEST: usize = 32;

impl Recogniser for Usernames {
    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let text = scene.folded.text();
        let mut add = |start: usize, end: usize, score: u8| {
            let range = scene.folded.origin(start..end);
            found.push(Candidate { range, entity: Entity::Username, score, recogniser: "username" });
        };
        for (at, _) in text.match_indices('@') {
            if let Some(end) = handle(text, at) {
                // The sign stays outside: "@[USERNAME_1]".
                add(at + 1, end, 72);
            }
        }
        for mark in scene.marks().with(Sign::USER) {
            if let Some((start, end)) = announced(scene, mark.range.start, mark.range.end) {
                add(start, end, 74);
            }
        }
        if scene.expects(Entity::Username) {
            let answer = text.trim_matches(|c: char| c.is_whitespace() || ".,!\"'".contains(c));
            let start = answer.as_ptr() as usize - text.as_ptr() as usize;
            if looks_made_up(scene, start, start + answer.len())
                && token_end(text, start) == start + answer.len()
            {
                add(start, start + answer.len(), 70);
            }
        }
    }

    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let text = scene.folded.text();
        let end = text.len();
        let asked = text.trim_end().ends_with(['?', ':'])
            && scene
                .marks()
                .before(Sign::USER, end, 40)
                .any(|mark| is_name_word(text, mark.range.start, mark.range.end));
        if asked { vec![Entity::Username] } else { Vec::new() }
    }
}

/// Words after an `@` that are no people.
#[rustfmt::skip]
const NO_HANDLES: &[&str] = &[
    "media", "import", "param", "override", "here", "everyone", "all", "channel", "gmail", "home", "work", "return",
    "deprecated", "test", "the", "least", "yahoo", "hotmail", "outlook", "least", "charset", "keyframes",
    "property",
];

/// The end of the handle whose `@` stands here.
fn handle(text: &str, at: usize) -> Option<usize> {
    let before = text[..at].chars().next_back();
    if before.is_some_and(|c| c.is_alphanumeric() || c == SHIELD || "._%+-@/\\".contains(c)) {
        return None;
    }
    let start = at + 1;
    let end = token_end(text, start);
    let name = &text[start..end];
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    let clear =
        !text[end..].starts_with(|c: char| c.is_alphanumeric() || c == SHIELD || c == '@' || c == '(');
    (letters >= 2 && (3..=LONGEST).contains(&name.len()) && clear && !NO_HANDLES.contains(&name))
        .then_some(end)
}

/// Where a run of a user name's characters ends.
fn token_end(text: &str, start: usize) -> usize {
    let length = text[start..]
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
        .take(LONGEST + 1)
        .count();
    start + text[start..start + length].trim_end_matches(['.', '-']).len()
}

/// Whether this mark is a word for a user name by itself, or "user" with "name" or "id".
fn is_name_word(text: &str, start: usize, end: usize) -> bool {
    match &text[start..end] {
        "user" => [" name", "-name", " id", "_name", "_id"].iter().any(|rest| text[end..].starts_with(rest)),
        "nick" | "pseudo" => true,
        "facebook" | "linkedin" | "github" | "reddit" => ahead(text, end, 2).starts_with(':'),
        _ => true,
    }
}

/// "my username is sarah_c", "Instagram: sarah.c", "login = sc84".
fn announced(scene: &Scene<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = scene.folded.text();
    if !is_name_word(text, start, end) || behind(text, start, 1) == "@" {
        return None;
    }
    let mut at = end;
    let mut sign = false;
    let mut verb = false;
    for _ in 0..6 {
        let rest = &text[at..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '*', '"', '\'', '`', '(']).len();
        at += blank.min(6);
        let rest = &text[at..];
        if rest.starts_with([':', '=']) {
            sign = true;
            at += 1;
            continue;
        }
        let filler = [
            "is ",
            "was ",
            "ist ",
            "lautet ",
            "es ",
            "est ",
            "e ",
            "name ",
            "name:",
            "-name",
            "handle ",
            "handle:",
            "id ",
            "id:",
            "_name",
            "_id",
            "account ",
            "de usuario ",
            "d'utilisateur ",
            "utente ",
            "called ",
            "profile ",
            "named ",
            "as ",
            "user ",
            "von ",
            "on instagram ",
            "on twitter ",
            "d'usuari ",
            "usuario ",
            "de utilizador ",
        ]
        .into_iter()
        .find(|word| rest.starts_with(word));
        let Some(filler) = filler else { break };
        verb |= ["is ", "was ", "ist ", "lautet ", "es ", "est ", "e ", "as ", "called ", "named "]
            .contains(&filler);
        sign |= filler.ends_with(':');
        at += filler.len();
    }
    if !(sign || verb) {
        return None;
    }
    let at = at + usize::from(text[at..].starts_with('@'));
    let close = token_end(text, at);
    let touches = text[close..].starts_with(|c: char| c == '@' || c == SHIELD || c.is_alphanumeric());
    let name = &text[at..close];
    let quoted = text[..at].ends_with(['"', '\'', '`']) && text[close..].starts_with(['"', '\'', '`']);
    let enough = quoted || looks_made_up(scene, at, close) || (sign && name.len() >= 4 && !is_state(name));
    (!touches && (3..=LONGEST).contains(&name.len()) && enough).then_some((at, close))
}

/// A digit, a sign or a capital inside: no word of a sentence.
fn looks_made_up(scene: &Scene<'_>, start: usize, end: usize) -> bool {
    if start >= end {
        return false;
    }
    let written = &scene.text[scene.folded.origin(start..end)];
    let letters = written.chars().any(char::is_alphabetic);
    letters
        && !written.contains(char::is_whitespace)
        && (written.chars().any(|c| c.is_ascii_digit() || c == '_' || c == '.')
            || (written.chars().skip(1).any(char::is_uppercase) && written.chars().any(char::is_lowercase)))
}

fn is_state(word: &str) -> bool {
    [
        "wrong",
        "incorrect",
        "invalid",
        "unknown",
        "taken",
        "required",
        "missing",
        "page",
        "error",
        "failed",
        "button",
        "falsch",
        "https",
        "http",
        "none",
        "null",
    ]
    .contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::{found_by, found_in};

    fn usernames(text: &str) -> Vec<String> {
        found_by(&Usernames, text)
    }

    #[test]
    fn handles_and_announced_names_are_found() {
        for (text, name) in [
            ("ask @sarah_c about it", "sarah_c"),
            ("my username is sarah_c84.", "sarah_c84"),
            ("user name: sarahc", "sarahc"),
            ("Username: JohnDoe1985", "JohnDoe1985"),
            ("my login is sc84", "sc84"),
            ("Instagram: sarah.c", "sarah.c"),
            ("Benutzername: kfischer", "kfischer"),
            ("mein Benutzername ist k.fischer", "k.fischer"),
            ("mon identifiant est marie_l", "marie_l"),
            ("mi usuario es luis92", "luis92"),
            ("il mio nome utente è luca_r", "luca_r"),
            ("nome de utilizador: joaosilva", "joaosilva"),
            ("mijn gebruikersnaam is daan_v", "daan_v"),
            ("my username is \"sarah\"", "sarah"),
        ] {
            assert_eq!(usernames(text), [name], "{text}");
        }
        let scene = Scene { expected: &[Entity::Username], ..Scene::of("sarah_c84") };
        assert_eq!(found_in(&Usernames, &scene), ["sarah_c84"]);
    }

    #[test]
    fn addresses_signs_and_talk_are_no_user_names() {
        for text in [
            "sarah@example.org",
            "5 @ 3 EUR",
            "my username is wrong",
            "login is not working",
            "I use Instagram a lot",
            "the user is happy",
            "@media print",
            "login: failed",
            "Instagram: https://instagram.com/x",
        ] {
            assert_eq!(usernames(text), Vec::<String>::new(), "{text}");
        }
    }
}
