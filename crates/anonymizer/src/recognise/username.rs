//! User names: handles with their sign, and names after "username", "login" or a network's name.

use super::date::{ahead, behind};
use super::label::Path;
use super::marks::{Sign, sign_of, speech_of};
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
            let name = announced(scene, mark.range.start, mark.range.end);
            if let Some((start, end)) = name.or_else(|| placed_before(scene, mark.range.start)) {
                // What no word looks like is surer than a name that a model sees in a part of it.
                let sure = looks_made_up(scene, start, end) || is_assigned(&text[mark.range.end..]);
                add(start, end, if sure { 84 } else { 74 });
            }
        }
        for (start, end) in formed(text) {
            add(start, end, 80);
        }
        if scene.expects(Entity::Username)
            && let Some((start, end)) = answer(scene)
        {
            add(start, end, 70);
        }
    }

    /// "What is your username?", "my login is:"
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        let text = scene.folded.text();
        let end = behind(text, text.len(), 2 * QUESTION);
        let asked = scene.marks().before(Sign::USER, text.len(), QUESTION).any(|mark| {
            let rest = &text[mark.range.end..];
            is_name_word(text, mark.range.start, mark.range.end)
                && (rest.contains('?')
                    || rest.trim_end().ends_with(':')
                    || ASKS.iter().any(|word| end.contains(word)))
        });
        if asked { vec![Entity::Username] } else { Vec::new() }
    }
}

/// How much of the end of a message may ask for a user name, in bytes.
const QUESTION: usize = 160;
/// What asks for it without a question mark.
const ASKS: &[&str] =
    &["please", "bitte", "s'il", "por favor", "per favore", "alstublieft", "graag", "tell me", "send me"];
/// Words between a word for a user name and the name that say nothing to us, at most.
const STRANGE: usize = 2;

/// Names that show by their form what they are: "sarah#1234", "live:sarah.c", "u/sarah".
fn formed(text: &str) -> Vec<(usize, usize)> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices('#') {
        let start = token_start(text, at);
        let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        let name = &text[start..at];
        let clear = !text[at + 1 + digits..].starts_with(|c: char| c.is_alphanumeric() || c == SHIELD);
        let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
        if (4..=5).contains(&digits)
            && letters >= 2
            && clear
            && speech_of(name).is_none()
            && !NO_TAGS.contains(&name)
        {
            names.push((start, at + 1 + digits));
        }
    }
    // One character is found faster than two: few texts have one of these.
    for (sign, word) in [(':', "live"), ('/', "u")] {
        for (at, _) in text.match_indices(sign).filter(|(at, _)| text[..*at].ends_with(word)) {
            let (beginning, from) = (at - word.len(), at + 1);
            let end = token_end(text, from + usize::from(text[from..].starts_with('.')));
            let start = if sign == '/' { from } else { beginning };
            let free = !text[..beginning]
                .ends_with(|c: char| c.is_alphanumeric() || c == SHIELD || "/.:-".contains(c));
            if free && end - from >= 3 && !text[end..].starts_with(['/', '@', SHIELD]) {
                names.push((start, end));
            }
        }
    }
    names
}

/// Words before a number sign that are no names.
#[rustfmt::skip]
const NO_TAGS: &[&str] = &[
    "item", "apt", "unit", "suite", "room", "box", "lot", "article", "page", "line", "issue", "pr", "bug", "serial",
    "model", "part", "store", "phone", "card", "platz", "artikel", "color", "colour", "zimmer", "sku", "gate",
    "seat",
];

/// "sarah_c on Instagram": a made-up word before the network.
fn placed_before(scene: &Scene<'_>, network: usize) -> Option<(usize, usize)> {
    let text = scene.folded.text();
    let before = behind(text, network, 40);
    let links = [
        " on ",
        " auf ",
        " sur ",
        " en ",
        " su ",
        " no ",
        " op ",
        " bei ",
        " in ",
        " on my ",
        " auf meinem ",
    ];
    let link = links.into_iter().find(|link| before.ends_with(link))?;
    let end = network - link.len();
    let start = token_start(text, end);
    let free = !text[..start].ends_with(|c: char| c == '@' || c == SHIELD || c.is_alphanumeric() || c == ':');
    (free && (3..=LONGEST).contains(&(end - start)) && looks_made_up(scene, start, end))
        .then_some((start, end))
}

/// The name in an answer: alone, or made up and among a few words.
fn answer(scene: &Scene<'_>) -> Option<(usize, usize)> {
    let text = scene.folded.text();
    let whole = text.trim_matches(|c: char| c.is_whitespace() || ".,!\"'".contains(c));
    let start =
        text.len() - text.trim_start_matches(|c: char| c.is_whitespace() || ".,!\"'".contains(c)).len();
    let end = start + whole.len();
    if token_end(text, start) == end && (3..=LONGEST).contains(&whole.len()) {
        let word = whole.bytes().all(|byte| byte.is_ascii_alphabetic());
        let said = word && (speech_of(whole).is_some() || is_state(whole) || NO_ANSWERS.contains(&whole));
        return (looks_made_up(scene, start, end) || (word && whole.len() >= 4 && !said))
            .then_some((start, end));
    }
    let words = text.split_whitespace();
    if words.clone().count() > 8 {
        return None;
    }
    words
        .map(|word| word.as_ptr() as usize - text.as_ptr() as usize)
        .map(|at| (at, token_end(text, at)))
        .find(|(start, end)| {
            let name = &text[*start..*end];
            let clear = !text[*end..].starts_with(|c: char| c == '@' || c == SHIELD || c.is_alphanumeric());
            let point = name.contains('.') && !name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'_');
            let digit_first = name.starts_with(|c: char| c.is_ascii_digit());
            clear && !point && !digit_first && name.len() >= 4 && looks_made_up(scene, *start, *end)
        })
}

/// What people answer that is no name.
#[rustfmt::skip]
const NO_ANSWERS: &[&str] = &[
    "okay", "sure", "yeah", "nope", "none", "what", "which", "moment", "wait", "sorry", "hallo", "nein", "keine",
    "klar", "gerne", "welche", "warum", "momento", "attendez", "aucun", "quoi", "claro", "vale", "ninguno", "certo",
    "nessuno", "nenhum", "espere", "geen", "natuurlijk", "prima", "help", "hilfe", "email", "mail", "same",
    "nothing",
];

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

/// Where a run of a user name's characters begins that ends here.
fn token_start(text: &str, end: usize) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    end - text[..end].bytes().rev().take_while(is_part).take(LONGEST + 1).count()
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
        "user" => {
            [" name", "-name", " id", "_name", "_id", " is "].iter().any(|rest| text[end..].starts_with(rest))
                || is_assigned(&text[end..])
        }
        "profile" | "profil" | "perfil" | "profilo" | "profiel" | "benutzer" | "nutzer" | "gebruiker"
        | "account" | "konto" | "compte" | "cuenta" | "conta" => {
            is_assigned(&text[end..]) || is_genitive(text, start, end)
        }
        "benutzers" | "nutzers" => true,
        "nick" | "pseudo" => true,
        "facebook" | "linkedin" | "github" | "youtube" | "signal" | "threads" => {
            ahead(text, end, 2).starts_with(':')
        }
        _ => true,
    }
}

/// `user=sarah`, `"user": "sarah"`, as programs write it.
fn is_assigned(rest: &str) -> bool {
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start_matches(' ');
    rest.starts_with(['=', ':']) && !rest.starts_with(":/")
}

/// "Anmeldung des Benutzers sarah_c", "profil sarah_c": the name right behind the word, made up.
fn is_genitive(text: &str, start: usize, end: usize) -> bool {
    !matches!(&text[start..end], "account" | "konto" | "compte" | "cuenta" | "conta")
        && text[end..].starts_with(' ')
}

/// "my username is sarah_c", "Instagram: sarah.c", "login = sc84".
fn announced(scene: &Scene<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let text = scene.folded.text();
    if !is_name_word(text, start, end) || behind(text, start, 1) == "@" {
        return None;
    }
    let word = &text[start..end];
    for place in Path::new(scene, end, Sign::USER.or(Sign::NAME).or(Sign::CUSTOMER).or(Sign::SPEAKER)) {
        let between = place.between;
        if between.strange > STRANGE {
            return None;
        }
        // Strokes and points of a name are signs to whoever walks.
        let at = place.at - text[end..place.at].bytes().rev().take_while(|byte| *byte == b'_').count();
        let close = token_end(text, at);
        let name = &text[at..close];
        let touches = text[close..].starts_with(|c: char| c == '@' || c == SHIELD || c.is_alphanumeric());
        if touches || !(3..=LONGEST).contains(&name.len()) {
            continue;
        }
        let quoted = text[..at].ends_with(['"', '\'', '`']) && text[close..].starts_with(['"', '\'', '`']);
        let said = between.sign || between.says;
        let plain = between.strange == 0 && said && between.led && !is_state(name);
        let numbers = matches!(word, "user" | "userid")
            && name.len() >= 4
            && name.bytes().all(|byte| byte.is_ascii_digit());
        let made_up = looks_made_up(scene, at, close) && (said || between.strange == 0) && !is_state(name);
        // Of an account it is the name only where it looks like one.
        if matches!(word, "account" | "konto" | "compte" | "cuenta" | "conta") && !made_up {
            return None;
        }
        if (quoted && said)
            || made_up
            || (numbers && between.strange == 0)
            || (plain && between.sign && name.len() >= 4)
            || (plain && is_for_names(word) && is_name_like(text, name, close))
        {
            return Some((at, close));
        }
    }
    None
}

/// Words for a user name and nothing else.
fn is_for_names(word: &str) -> bool {
    word.ends_with("name")
        || matches!(
            word,
            "gamertag" | "identifiant" | "usuario" | "utilisateur" | "nick" | "handle" | "pseudo"
        )
}

/// A long word at the end of a clause: "my username is moonwalker."
fn is_name_like(text: &str, name: &str, end: usize) -> bool {
    let rest = &text[end..];
    name.len() >= 6
        && !name.ends_with("ed")
        && sign_of(name).is_none()
        && (rest.is_empty() || rest.starts_with(['.', ',', '!', '?', '\n']))
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

/// What people say of a user name.
fn is_state(word: &str) -> bool {
    STATES.contains(&word)
}

#[rustfmt::skip]
const STATES: &[&str] = &[
    "wrong", "incorrect", "invalid", "unknown", "taken", "required", "missing", "page", "error", "failed", "button",
    "falsch", "https", "http", "none", "null", "correct", "different", "already", "blocked", "locked", "disabled",
    "deleted", "someone", "something", "available", "visible", "gesperrt", "vergeben", "unbekannt", "ungultig",
    "richtig", "anders", "belegt", "bloque", "incorrecte", "incorrecto", "bloqueado", "bloqueada", "sbagliato",
    "bloccato", "errado", "invalido", "verkeerd", "geblokkeerd", "onbekend", "ongeldig", "forgotten", "vergessen",
    "oublie", "olvidado", "dimenticato", "esquecido", "vergeten", "private", "public", "hacked", "business",
    "support",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::{found_by, found_in};

    fn usernames(text: &str) -> Vec<String> {
        found_by(&Usernames, text)
    }

    #[test]
    fn handles_and_announced_names_are_found() {
        let mut wrong = Vec::new();
        for (text, name) in [
            ("ask @sarah_c about it", "sarah_c"),
            ("my username is sarah_c84.", "sarah_c84"),
            ("user name: sarahc", "sarahc"),
            ("Username: JohnDoe1985", "JohnDoe1985"),
            ("my login is sc84", "sc84"),
            ("changed it. user is papaTiger", "papaTiger"),
            ("Instagram: sarah.c", "sarah.c"),
            ("Benutzername: kfischer", "kfischer"),
            ("mein Benutzername ist k.fischer", "k.fischer"),
            ("mon identifiant est marie_l", "marie_l"),
            ("mi usuario es luis92", "luis92"),
            ("il mio nome utente è luca_r", "luca_r"),
            ("nome de utilizador: joaosilva", "joaosilva"),
            ("mijn gebruikersnaam is daan_v", "daan_v"),
            ("my username is \"sarah\"", "sarah"),
            ("username sarah_c84 please", "sarah_c84"),
            ("my username is moonwalker.", "moonwalker"),
            ("the user name I use is sarah_c84", "sarah_c84"),
            ("my gamertag is DragonSlayer99", "DragonSlayer99"),
            ("on Discord I'm sarah#1234", "sarah#1234"),
            ("skype: live:sarah.connor_1", "live:sarah.connor_1"),
            ("I'm sarah_c on Instagram", "sarah_c"),
            ("find me as dragon99 on Steam", "dragon99"),
            ("reddit u/moonwalker_9", "moonwalker_9"),
            ("user ID 4471882", "4471882"),
            ("Mein Nutzername lautet kfischer77", "kfischer77"),
            ("bin auf Insta als karl_f unterwegs", "karl_f"),
            ("mon nom d'utilisateur est marie_l", "marie_l"),
            ("identifiant : mlefevre", "mlefevre"),
            ("mi nombre de usuario es luis92", "luis92"),
            ("mi usuario de Telegram es luis_gomez", "luis_gomez"),
            ("il mio nickname è luca_r", "luca_r"),
            ("o meu utilizador é joao.silva7", "joao.silva7"),
            ("meu nome de usuário é joaosilva22", "joaosilva22"),
            ("inlognaam: dvries", "dvries"),
            ("no session for user=kfischer_8", "kfischer_8"),
            ("user = kfischer\nkey = 1", "kfischer"),
            (r#"new Client({ user: "kfischer", env: "x" })"#, "kfischer"),
            (r#"{"username": "k.fischer"}"#, "k.fischer"),
            ("Anmeldung des Benutzers opa_karl von 10.1.1.1", "opa_karl"),
            ("mi perfil es lola_84", "lola_84"),
            ("mon profil Strava : luc_cyclo", "luc_cyclo"),
            ("meu perfil: joao_s", "joao_s"),
        ] {
            if !usernames(text).iter().any(|found| found == name) {
                wrong.push((text, usernames(text)));
            }
        }
        assert_eq!(wrong, []);
        for text in ["sarahc", "it's sarah_c84 I think", "sarah_c84."] {
            let scene = Scene { expected: &[Entity::Username], ..Scene::of(text) };
            assert_eq!(found_in(&Usernames, &scene).len(), 1, "{text}");
        }
        for text in ["okay", "moment", "I don't know", "no idea", "at 10.30"] {
            let scene = Scene { expected: &[Entity::Username], ..Scene::of(text) };
            assert_eq!(found_in(&Usernames, &scene), Vec::<String>::new(), "{text}");
        }
        assert_eq!(
            Usernames.announced_by(&Scene::of("What is your username? I will look.")),
            [Entity::Username]
        );
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
            "ticket#1234 and order#10432",
            "my username is blocked.",
            "the username was changed",
            "mein Benutzername ist gesperrt",
            "mon identifiant est incorrect",
            "mi usuario no funciona",
            "login page v2.3 is slow",
            "I saw it on Instagram",
            "version 2.0 on Steam",
            "user manual 2024",
            "item#4471",
            "my account is blocked",
            "account: savings",
            "das Konto: gesperrt",
            "der Benutzer ist weg",
            "the user: a customer",
            "my profile is private",
            "Konto DE12",
            "mi cuenta es nueva",
        ] {
            assert_eq!(usernames(text), Vec::<String>::new(), "{text}");
        }
    }
}
