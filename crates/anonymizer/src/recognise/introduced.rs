//! Names that the sentence itself introduces, in seven languages: "my name is …", "this is … from support", a title,
//! a greeting, a closing, a header of a quoted mail, "my daughter …". The title stands outside the name. Names
//! without such a sign need a model; see the customer's record for the most important one.

use std::ops::Range;

use super::date::{ahead, behind};
use super::hints::{CARE_OF, Hints, IM};
use super::marks::{Sign, sign_of};
use super::read::{Reader, Word};
use super::{Candidate, Recogniser, Scene};
use crate::{Entity, names};

mod answer;
mod name;
mod words;
use answer::{answered, asks_for_a_name};
use name::{Case, Follows, is_no_name, name_at};
use words::{is_field, is_header};

pub(crate) struct Introductions;

impl Recogniser for Introductions {
    fn announced_by(&self, scene: &Scene<'_>) -> Vec<Entity> {
        if asks_for_a_name(scene) { vec![Entity::Person] } else { Vec::new() }
    }

    fn find(&self, scene: &Scene<'_>, found: &mut Vec<Candidate>) {
        let marks = scene.marks();
        let reader = Reader { scene, text: scene.folded.text() };
        let text = reader.text;
        let mut names: Vec<(Range<usize>, u8)> = Vec::new();
        for mark in marks.with(Sign::NAME) {
            if let Some((at, case)) = named(&reader, &mark.range) {
                names.extend(name_at(&reader, at, case, 4, Follows::Anything).map(|name| (name, 72)));
            }
        }
        for mark in marks.with(Sign::TITLE) {
            names.extend(titled(&reader, &mark.range).map(|name| (name, 74)));
        }
        for mark in marks.with(Sign::GREETING) {
            names.extend(greeted(&reader, &mark.range).map(|name| (name, 68)));
        }
        for mark in marks.with(Sign::CLOSING) {
            names.extend(signed(&reader, mark.range.end).map(|name| (name, 70)));
        }
        for mark in marks.with(Sign::SPEAKER) {
            names.extend(spoken(&reader, &mark.range).map(|name| (name, 68)));
        }
        let hinted = scene.hints_at(Hints::INTRODUCED);
        let written = |sign| hinted.then(|| text.match_indices(sign)).into_iter().flatten();
        for (at, sign) in written(IM) {
            if !text[..at].ends_with(char::is_alphanumeric) {
                names.extend(self_named(&reader, at + sign.len()).map(|name| (name, 66)));
            }
        }
        for mark in marks.with(Sign::RELATION) {
            names.extend(related(&reader, &mark.range).map(|name| (name, 66)));
        }
        for (at, _) in text.match_indices(':') {
            names.extend(fielded(&reader, at).map(|name| (name, 70)));
        }
        for (at, sign) in written(CARE_OF) {
            names.extend(
                name_at(&reader, at + sign.len(), Case::Capital, 3, Follows::Anything).map(|name| (name, 78)),
            );
        }
        if scene.expects(Entity::Person) {
            names.extend(answered(&reader).map(|name| (name, 68)));
        }
        found.extend(names.into_iter().map(|(range, score)| Candidate {
            range: scene.folded.origin(range),
            entity: Entity::Person,
            score,
            recogniser: "introduced",
        }));
    }
}

/// Where the name begins after "my name is", "ich heiße", "name:".
fn named(reader: &Reader<'_, '_>, word: &Range<usize>) -> Option<(usize, Case)> {
    let text = reader.text;
    let before = behind(text, word.start, 24);
    let after = ahead(text, word.end, 24);
    let colon = |after: &str| after.trim_start().starts_with([':', '=']);
    let written = &text[word.clone()];
    match written {
        "name" | "names" | "surname" | "nom" | "nombre" | "nome" | "naam" | "cognome" | "apellido"
        | "apellidos" | "apelido" | "sobrenome" | "prenom" | "vorname" | "nachname" | "achternaam"
        | "voornaam" | "firstname" | "lastname" | "fullname" => {
            let last = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
            const THINGS: &[&str] = &[
                "user",
                "product",
                "file",
                "company",
                "brand",
                "domain",
                "host",
                "street",
                "business",
                "screen",
                "team",
                "project",
                "trade",
                "item",
                "event",
                "store",
                "shop",
                "school",
                "course",
                "test",
                "bank",
                "hotel",
                "device",
                "network",
                "wifi",
                "model",
                "city",
                "town",
                "game",
                "song",
                "movie",
                "firmen",
                "pet",
                "no",
                "same",
                "account",
                "plan",
                "medication",
                "drug",
                "position",
                "job",
                "program",
                "app",
                "server",
            ];
            if THINGS.contains(&last) {
                return None;
            }
            let verbs = [" is ", "'s ", " ist ", " lautet ", " es ", " est ", " e ", " was ", " war "];
            // "nome e documento" asks for two things; "o nome é" tells one.
            let is = || {
                let written = &reader.scene.text[reader.scene.folded.origin(word.end..word.end + 3)];
                written.contains(['é', 'è', 'É', 'È', '\''])
            };
            let verb = verbs.iter().find(|verb| after.starts_with(**verb));
            if let Some(verb) = verb.filter(|verb| **verb != " e " || is()) {
                return Some((word.end + verb.len(), Case::Any));
            }
            // "Nombre Garazi", as it is filled in on a form.
            let begins = before.trim_end_matches(' ').ends_with(['.', ',', ';', '\n', '/', '|']);
            let bare = !matches!(written, "name" | "names") && (before.trim().is_empty() || begins);
            if bare && after.starts_with(' ') && after[1..].starts_with(char::is_alphabetic) {
                return Some((word.end + 1, Case::Capital));
            }
            let sign = after.len() - after.trim_start_matches(' ').len();
            colon(after).then(|| (word.end + sign + 1, Case::Any))
        }
        "heisse" | "heisst" | "namens" | "chamo" | "chama" | "llamo" | "llama" | "chiamo" | "chiama"
        | "heet" | "appelle" => {
            let me = match &text[word.clone()] {
                "llamo" => before.ends_with("me "),
                "llama" => before.ends_with("se "),
                "chiamo" => before.ends_with("mi "),
                "chiama" => before.ends_with("si "),
                "appelle" => before.ends_with("m'") || before.ends_with("s'"),
                "heisse" => before.ends_with("ich ") || before.trim().is_empty(),
                "heisst" => before.ends_with("er ") || before.ends_with("sie ") || before.ends_with("mann "),
                "heet" => before.ends_with("ik ") || before.ends_with("hij ") || before.ends_with("zij "),
                "chamo" => before.ends_with("me ") || after.starts_with("-me "),
                "chama" => before.ends_with("se ") || after.starts_with("-se "),
                _ => true,
            };
            let skip = if after.starts_with("-me ") || after.starts_with("-se ") { 4 } else { 1 };
            let first_person =
                !matches!(&text[word.clone()], "heisst" | "llama" | "chiama" | "chama" | "namens");
            me.then_some((word.end + skip, if first_person { Case::Any } else { Case::Capital }))
        }
        "called" | "appelles" => (before.ends_with("am ")
            || before.ends_with("is ")
            || before.ends_with("i'm ")
            || before.ends_with("someone "))
        .then_some((word.end + 1, Case::Capital)),
        "call" => after.strip_prefix(" me ").map(|_| (word.end + 4, Case::Capital)),
        _ => None,
    }
}

/// "Ms Connor", "Frau Dr. Weber": the name without the title.
fn titled(reader: &Reader<'_, '_>, title: &Range<usize>) -> Option<Range<usize>> {
    let text = reader.text;
    let written = &text[title.clone()];
    let word = Word { range: title.clone(), digits: false };
    let capital = reader.is_capital(&word);
    let plain = ["mr", "mrs", "ms", "dr"].contains(&written);
    // "Hr." and "Fr." are titles with their point only.
    if matches!(written, "hr" | "fr" | "sr" | "sig" | "ing" | "avv" | "mw")
        && !text[title.end..].starts_with('.')
    {
        return None;
    }
    if !capital && !plain {
        return None;
    }
    // "12 Main Dr, Springfield" is a street.
    if written == "dr"
        && reader.word_back(title.start, &[' ']).is_some_and(|word| {
            reader.is_capital(&word) && !reader.sign(&word).is_some_and(|sign| sign.is(Sign::TITLE))
        })
        && capital
        && text[title.end..].starts_with(',')
    {
        return None;
    }
    let mut at = title.end + usize::from(text[title.end..].starts_with('.'));
    // "Dr. med. Weber", "Dr. rer. nat. Weber".
    for field in [" med.", " dent.", " vet.", " phil.", " jur.", " rer.", " nat.", " pol.", " h.c."] {
        at += if text[at..].starts_with(field) { field.len() } else { 0 };
    }
    if text[at..].starts_with([' ', '\u{a0}']) {
        at += 1;
    } else if at == title.end {
        return None;
    }
    if let Some(next) = reader.word_from(at, &[])
        && reader.sign(&next).is_some_and(|sign| sign.is(Sign::TITLE))
        && (reader.is_capital(&next) || plain)
    {
        // The last title of a row has the name.
        return None;
    }
    name_at(reader, at, if plain { Case::Any } else { Case::Capital }, 4, Follows::Anything)
        .filter(|name| capital || sign_of(&text[name.clone()]).is_none_or(|sign| sign.is(Sign::COUNTRY)))
}

/// "Dear Maria," "hi maria," "Thanks, Tom!".
fn greeted(reader: &Reader<'_, '_>, greeting: &Range<usize>) -> Option<Range<usize>> {
    let text = reader.text;
    let before = text[..greeting.start].trim_end_matches([' ', '*', '>', '"']);
    let word = &text[greeting.clone()];
    let daytime = matches!(word, "morning" | "afternoon" | "evening" | "morgen" | "tag" | "abend");
    let begins = before.is_empty()
        || before.ends_with(['\n', '.', '!', '?', ',', ':', ')', ']'])
        || (daytime && before.ends_with("good"))
        || (daytime && before.ends_with("guten"));
    if !begins {
        return None;
    }
    let after = &text[greeting.end..];
    let skip = if after.starts_with(", ") && !reader.scene.text.is_empty() {
        2
    } else {
        usize::from(after.starts_with(' '))
    };
    if skip == 0 {
        return None;
    }
    let at = greeting.end + skip;
    let first = reader.word_from(at, &[])?;
    // After a title the name is found by the title.
    if first.digits || is_no_name(reader, &first) || names::is_title(&text[first.range.clone()]) {
        return None;
    }
    let formal = matches!(
        word,
        "dear"
            | "liebe"
            | "lieber"
            | "beste"
            | "estimado"
            | "estimada"
            | "querido"
            | "querida"
            | "caro"
            | "cara"
            | "cher"
            | "chere"
            | "prezado"
            | "prezada"
            | "gentile"
    );
    if reader.is_capital(&first) {
        let name = name_at(reader, at, Case::Capital, 3, Follows::Anything)?;
        let rest = &text[name.end..];
        let closed = rest.is_empty()
            || rest.starts_with([',', '!', '.', '\n', ':', ';', '?', ')'])
            || rest.starts_with(" -")
            || rest.starts_with(" and ");
        return (closed || formal).then_some(name);
    }
    // "hi maria," in a message without capitals.
    let rest = &text[first.range.end..];
    let alone = skip == 1 && rest.starts_with([',', '!']) && before.is_empty();
    (alone && first.range.len() >= 3 && !names::is_common_word(&text[first.range.clone()]))
        .then_some(first.range)
}

/// "Kind regards,\nSarah Connor", "LG Anna".
fn signed(reader: &Reader<'_, '_>, end: usize) -> Option<Range<usize>> {
    let text = reader.text;
    let rest = &text[end..];
    let gap = rest.len()
        - rest.trim_start_matches([',', '.', '!', ' ', '\n', '\r', '\t', '-', '*', '>', '~']).len();
    if gap == 0 || gap > 12 {
        return None;
    }
    let at = end + gap;
    let first = reader.word_from(at, &[])?;
    if first.digits || !reader.is_capital(&first) || is_no_name(reader, &first) {
        return None;
    }
    let name = name_at(reader, at, Case::Capital, 4, Follows::Anything)?;
    let after = text[name.end..].trim_start_matches([' ', '.', '*', '\r', ',']);
    let over_line = rest[..gap].contains('\n');
    let word = reader.word_back(end, &[]).map_or("", |word| &text[word.range]);
    if matches!(word, "love" | "best" | "you" | "thanks" | "thank" | "cheers" | "true") && !over_line {
        return None;
    }
    (after.is_empty() || (over_line && after.starts_with(['\n', '-', '|', '(']))).then_some(name)
}

/// "this is Petra from support", "hier ist Petra", "speak to Tom".
fn spoken(reader: &Reader<'_, '_>, word: &Range<usize>) -> Option<Range<usize>> {
    let text = reader.text;
    let after = ahead(text, word.end, 12);
    let before = behind(text, word.start, 12);
    let skip = |word: &str| after.starts_with(word).then_some(word.len());
    let (at, follows) = match &text[word.clone()] {
        "this" => (skip(" is ")?, Follows::Boundary),
        "am" if before.ends_with("i ") || before == "i" => return self_named(reader, word.end + 1),
        "bin" if before.ends_with("ich ") || before.ends_with("ik ") => {
            (skip(" der ").or_else(|| skip(" die ")).or_else(|| skip(" "))?, Follows::Boundary)
        }
        "hier" => (
            skip(" ist ")
                .or_else(|| skip(" spricht "))
                .or_else(|| skip(" is "))
                .or_else(|| skip(" spreekt "))?,
            Follows::Anything,
        ),
        "ici" => (skip(" ")?, Follows::Boundary),
        "aqui" => (skip(" ").filter(|_| !after.starts_with(" e "))?, Follows::Boundary),
        "parla" | "fala" | "habla" | "spricht" | "spreekt" => (skip(" ")?, Follows::Boundary),
        "soy" | "sono" | "sou" => {
            (skip(" o ").or_else(|| skip(" a ")).or_else(|| skip(" "))?, Follows::Boundary)
        }
        "speak" | "speaking" | "talk" | "spoke" => {
            (skip(" to ").or_else(|| skip(" with "))?, Follows::Anything)
        }
        "assigned" | "escalate" | "assign" => (skip(" to ")?, Follows::Boundary),
        "met" if before.is_empty() || before.ends_with("u ") || before.ends_with("spreekt ") => {
            (skip(" ")?, Follows::Boundary)
        }
        _ => return None,
    };
    name_at(reader, word.end + at, Case::Capital, 3, follows)
}

/// After "I'm", "I am".
fn self_named(reader: &Reader<'_, '_>, at: usize) -> Option<Range<usize>> {
    name_at(reader, at, Case::Capital, 3, Follows::Boundary)
}

/// "my daughter Emma", "mein Mann Jörg".
fn related(reader: &Reader<'_, '_>, word: &Range<usize>) -> Option<Range<usize>> {
    const OWNERS: &[&str] = &[
        "my", "our", "his", "her", "their", "your", "mein", "meine", "meinen", "meinem", "meiner", "unser",
        "unsere", "unserem", "unserer", "seine", "ihre", "ma", "mon", "mes", "notre", "sa", "son", "mi",
        "nuestra", "nuestro", "su", "mia", "mio", "nostra", "nostro", "minha", "meu", "nossa", "nosso",
        "mijn", "onze", "ons", "zijn", "haar",
    ];
    let owner = reader.word_back(word.start, &[' '])?;
    let owner = if OWNERS.contains(&&reader.text[owner.range.clone()]) {
        owner
    } else {
        reader
            .word_back(owner.range.start, &[' '])
            .filter(|word| OWNERS.contains(&&reader.text[word.range.clone()]))?
    };
    if word.start - owner.range.end > 12 {
        return None;
    }
    let rest = &reader.text[word.end..];
    let skip = [" is called ", " is named ", " named ", " called ", ", ", " "]
        .into_iter()
        .find(|skip| rest.starts_with(skip))?;
    let name = name_at(reader, word.end + skip.len(), Case::Capital, 3, Follows::Anything)?;
    (skip != ", " || reader.text[name.end..].starts_with([',', '.']) || reader.text[name.end..].is_empty())
        .then_some(name)
}

/// "From: Sarah Connor <…>", "Patient: John Smith", "[10:18 AM] Bob: hello".
fn fielded(reader: &Reader<'_, '_>, colon: usize) -> Option<Range<usize>> {
    let text = reader.text;
    let label = reader.word_back(colon, &[])?;
    let before = text[..label.range.start].trim_end_matches([' ', '*', '>']);
    let line_start = before.is_empty() || before.ends_with('\n');
    let written = &text[label.range.clone()];
    let at = colon + 1;
    if line_start && is_header(written) {
        let name = name_at(
            reader,
            at + usize::from(text[at..].starts_with(' ')),
            Case::Capital,
            4,
            Follows::Anything,
        )?;
        let rest = text[name.end..].trim_start_matches([' ', '"']);
        return (rest.is_empty() || rest.starts_with(['<', '\n', '(', '[', '\r', ','])).then_some(name);
    }
    if is_field(written) {
        let skip = text[at..].len() - text[at..].trim_start_matches([' ', '\t', '*']).len();
        if skip > 8 {
            return None;
        }
        let name = name_at(reader, at + skip, Case::Capital, 4, Follows::Anything)?;
        let two = text[name.clone()].contains(' ');
        let rest = &text[name.end..];
        let ends = rest.trim_end().is_empty() || rest.starts_with(['\n', ',', '(', ';', '<', '|', '\r']);
        return (ends || two).then_some(name);
    }
    // A line of a chat that was copied: the time in brackets, the speaker, a colon.
    let mut start = label.range.start;
    if let Some(given) =
        reader.word_back(start, &[' ']).filter(|word| !word.digits && reader.is_capital(word))
    {
        start = given.range.start;
    }
    let prefix = text[..start].trim_end_matches(' ');
    let timed = prefix.ends_with(']')
        && behind(prefix, prefix.len(), 24)
            .rfind('[')
            .is_some_and(|open| behind(prefix, prefix.len(), 24)[open..].contains(':'));
    let speaker = name_at(reader, start, Case::Capital, 3, Follows::Anything)?;
    (timed && speaker.end == colon).then_some(speaker)
}

#[cfg(test)]
mod tests;
