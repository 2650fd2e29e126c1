//! Text that is meant for a language model and not for a reader.
//!
//! Found are:
//! - characters that cannot be seen or that turn the order of the text (Unicode's tags, zero-width and bidi controls);
//! - markup that hides what it holds;
//! - "ignore the previous instructions" and its like in English, German, French, Spanish, Italian, Dutch, Portuguese;
//! - marks of chat templates (`<|im_start|>`, `[INST]`), and lines that begin as a role does (`System:`);
//! - addresses that carry something out: with places to fill in, images with a query, `data:` and `javascript:`;
//! - long runs of letters that are no words, as encoded text is;
//! - what looks like a token that stands for a customer's value (`[PERSON_1]`).
//!
//! It is a help for whoever publishes, not a wall: what it does not find is still read by a person. What a model writes
//! is checked against the articles' words all the same.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::super::line_of;
use super::{Finding, Kind, excerpt};

/// Everything of this sort in a text, in the order of the rules.
pub(super) fn find(text: &str) -> Vec<Finding> {
    let told = |name: &str, at: usize, words: &str| Finding {
        kind: Kind::Instruction,
        name: name.to_owned(),
        line: line_of(text, at),
        excerpt: excerpt(words),
    };
    let mut findings: Vec<Finding> = unseen(text)
        .into_iter()
        .map(|(at, words)| told("characters that cannot be seen", at, &words))
        .collect();
    for (name, pattern) in AS_WRITTEN.iter() {
        findings.extend(pattern.find_iter(text).map(|found| told(name, found.start(), found.as_str())));
    }
    let tokens = anonymizer::tokens_in(text);
    findings.extend(
        tokens
            .iter()
            .map(|token| told("looks like a token for a customer's value", token.range.start, &token.text)),
    );
    let plain = Folded::of(text);
    for rule in PHRASES.iter() {
        for found in rule.pattern.find_iter(&plain.text) {
            findings.push(told(rule.name, plain.at(found.start()), found.as_str()));
        }
    }
    findings
}

/// Runs of characters that nobody sees, with what stands around them.
fn unseen(text: &str) -> Vec<(usize, String)> {
    let mut runs: Vec<(usize, usize, String)> = Vec::new();
    for (at, letter) in text.char_indices().filter(|(at, letter)| is_unseen(*letter) && *at > 0) {
        let written = format!("U+{:04X}", u32::from(letter));
        match runs.last_mut() {
            Some((_, end, words)) if *end == at => {
                // Letters of Unicode's tags are an alphabet of their own: what they spell is what a model reads.
                words.push_str(&spelt(letter).map_or_else(String::new, String::from));
                *end = at + letter.len_utf8();
            }
            _ => {
                let words = format!("{written} {}", spelt(letter).map_or_else(String::new, String::from));
                runs.push((at, at + letter.len_utf8(), words));
            }
        }
    }
    runs.into_iter().map(|(at, _, words)| (at, words)).collect()
}

fn spelt(letter: char) -> Option<char> {
    char::from_u32(u32::from(letter).checked_sub(0xe0000)?).filter(char::is_ascii_graphic)
}

/// Soft hyphens and joiners are part of ordinary text; these are not.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

type Rule = (&'static str, Regex);

static AS_WRITTEN: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |name, pattern| (name, Regex::new(pattern).expect("the pattern is a constant"));
    vec![
        rule(
            "a mark of a chat template",
            r"(?i)<\|[a-z_0-9 ]{1,40}\|>|\[/?INST\]|<</?SYS>>|</?(?:start|end)_of_turn>|</?(?:system|assistant|tool_call|function_calls?|thinking)>|</s>",
        ),
        rule(
            "a line that begins as a role does",
            r"(?im)^[ \t>#*_-]*(?:system|assistant|developer|human|ai)(?: prompt| message)?[*_]*\s*:",
        ),
        rule(
            "a heading for a model",
            r"(?im)^#{2,}\s*(?:instructions?|system(?: prompt)?|response|input)\s*:",
        ),
        rule(
            "markup that hides what it holds",
            r#"(?i)<[a-z][^>]{0,400}(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0[;"' ]|\shidden[\s>=])[^>]{0,400}>?"#,
        ),
        rule(
            "an image that carries something out",
            r"(?i)!\[[^\]]{0,200}\]\(\s*<?https?://[^)\s]{0,400}\?[^)\s]{0,400}|<img[^>]{0,400}https?://[^>\s]{0,400}\?",
        ),
        rule(
            "an address with a place to fill in",
            r"(?i)https?://[^\s)<>]{0,400}(?:\{\{?[^}\s]{1,60}\}|\$\{|%s|\[[A-Z_ ]{3,40}\]|<[a-z_ ]{3,40}>)",
        ),
        rule(
            "an address that is a program or a file",
            r"(?i)\b(?:javascript|vbscript):\S|\bdata:[a-z]+/[a-z0-9.+-]+[;,]",
        ),
        rule("a long run that is no word", r"[A-Za-z0-9+/]{160,}={0,2}"),
    ]
});

/// A way of giving a model orders, in words. Its pattern is for folded text.
struct Phrase {
    name: &'static str,
    pattern: Regex,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let overrule = "tells a model to forget its instructions";
    let role = "gives a model another role";
    let secret = "asks a model for what it was told";
    let addressed = "speaks to a model";
    let silent = "tells a model to hide something";
    // A verb, at most five words, and what is overruled: an article may well say "ignore the previous e-mail".
    let gap = r"(?:\s+\S+){0,5}?\s+";
    let over = |verbs: &str, objects: &str| format!(r"\b(?:{verbs}){gap}(?:{objects})\b");
    let patterns = [
        // English
        (overrule, over("ignore|disregard|forget|override|bypass|overrule", "instructions?|prompts?|guidelines|directives|system message|programming")),
        (overrule, r"\b(?:new|updated|real|actual) (?:system )?(?:instructions?|prompt) ?(?::|are\b|follow)".into()),
        (role, r"\byou are (?:now|no longer) (?:an?|the|in|bound|restricted)\b|\b(?:act|behave|respond) as (?:if you (?:are|were)|an? (?:ai|unrestricted|different))\b|\bpretend (?:to be|you are)\b|\b(?:developer|god|dan|jailbreak) mode\b".into()),
        (secret, over("reveal|print|repeat|output|show|leak|disclose", "system prompt|initial prompt|hidden (?:prompt|instructions)|your (?:instructions|prompt|rules)")),
        (addressed, r"\b(?:note|instructions?|message|attention|memo)(?: to| for)?(?: the| any| all)? (?:ai|llm|chatbot|language model|assistant|bot)s?\b|\bif you are an? (?:ai|llm|language model|chatbot|assistant|bot)\b|\b(?:ai|llm)s? (?:assistants? |models? )?(?:must|should|reading this)\b".into()),
        (silent, r"\b(?:do not|don'?t|never) (?:tell|inform|mention|reveal|show)(?: this| that| it)?(?: to)? (?:the )?(?:user|customer|human)s?\b|\bwithout (?:telling|informing) the (?:user|customer)\b".into()),
        // German
        (overrule, over("ignorier\\w*|missacht\\w*|vergiss|vergesst|vergessen sie|uberschreib\\w*|umgeh\\w*", "anweisung(?:en)?|instruktion(?:en)?|vorgaben|systemprompts?|prompts?|befehle")),
        (role, r"\bdu bist (?:jetzt|nun|ab sofort|nicht mehr)\b|\b(?:verhalte dich|antworte|handle) (?:wie|als) (?:eine?|ob)\b|\btu so,? als\b|\bab (?:jetzt|sofort) (?:bist|antwortest) du\b".into()),
        (secret, over("verrate?|zeige?|nenne?|wiederhole?|gib", "systemprompts?|deine (?:anweisungen|instruktionen|regeln)")),
        (addressed, r"\b(?:hinweis|anweisung|nachricht|achtung)(?: an| fur)?(?: die| den| das| alle)? (?:ki|sprachmodelle?|chatbots?|llms?|assistent(?:en)?)\b|\b(?:falls|wenn) du (?:eine? )?(?:ki|sprachmodell|chatbot|assistent) bist\b".into()),
        (silent, r"\b(?:sag|sage|verrate|erwahne|zeige)(?: es| das| dies)?(?: dem| den| der)? (?:nutzer|benutzer|kunden?|kundin) (?:nicht|nichts|nie)\b".into()),
        // French
        (overrule, over("ignore[zr]?|oublie[zr]?|neglige[zr]?|contourne[zr]?", "instructions?|consignes?|directives?|prompts?")),
        (role, r"\b(?:tu es|vous etes) (?:maintenant|desormais)\b|\b(?:agis|agissez|comporte-toi|comportez-vous) comme\b|\bfais semblant\b".into()),
        (secret, over("revele[zr]?|affiche[zr]?|repete[zr]?|montre[zr]?", "prompt systeme|(?:tes|vos) (?:instructions|consignes)")),
        (silent, r"\bne (?:dis|dites|revele[zr]?|mentionne[zr]?) (?:pas|rien|jamais)(?: cela| ceci)? (?:a l'utilisateur|au client|aux (?:clients|utilisateurs))\b".into()),
        // Spanish
        (overrule, over("ignor(?:a|e|ar|en)|olvid(?:a|e|ar|en)|omit(?:e|a|ir)|desobedec\\w*", "instruccion(?:es)?|indicaciones|ordenes|directrices|prompts?")),
        (role, r"\b(?:ahora eres|a partir de ahora (?:eres|seras|responde\w*)|actua como|finge (?:ser|que))\b".into()),
        (secret, over("revela|muestra|repite|imprime", "prompt del sistema|tus instrucciones")),
        (silent, r"\bno (?:le |se lo )?(?:digas|reveles|menciones|muestres)(?: esto| nada)? (?:al|a los) (?:usuarios?|clientes?)\b".into()),
        // Italian
        (overrule, over("ignora(?:re|te)?|dimentica(?:re|te)?|trascura(?:re)?|aggira(?:re)?", "istruzion[ei]|direttive|comandi|indicazioni|prompt")),
        (role, r"\b(?:ora sei|d'ora in poi (?:sei|sarai|rispond\w*)|agisci come|fingi di (?:essere)?|comportati come)\b".into()),
        (secret, over("rivela|mostra|ripeti|stampa", "prompt di sistema|(?:le )?tue istruzioni")),
        (silent, r"\bnon (?:dire|rivelare|menzionare|mostrare)(?: questo| nulla)? (?:all'utente|agli utenti|al cliente|ai clienti)\b".into()),
        // Dutch
        (overrule, over("negeer|negeren|vergeet|vergeten|omzeil", "instructies?|aanwijzingen|opdrachten|richtlijnen|prompts?")),
        (role, r"\b(?:je bent|jij bent|u bent) (?:nu|voortaan|niet langer) (?:een|de)\b|\bgedraag je als\b|\bdoe alsof\b".into()),
        (secret, over("onthul|toon|herhaal|laat", "systeemprompt|je instructies|jouw instructies")),
        (silent, r"\b(?:vertel|zeg|toon)(?: dit| het)?(?: niet| niets)? (?:aan )?de (?:gebruiker|klant)(?: niet| niets)\b".into()),
        // Portuguese
        (overrule, over("ignor(?:e|a|ar|em)|esquec(?:a|er|am)|desconsider(?:e|ar|em)|desobedec\\w*", "instruc(?:ao|oes)|orientacoes|diretrizes|ordens|comandos|prompts?")),
        (role, r"\b(?:agora (?:voce e|tu es)|voce agora e|a partir de agora (?:voce|tu|responda\w*)|aja como|finja (?:ser|que))\b".into()),
        (secret, over("revele|mostre|repita|imprima", "prompt do sistema|suas instrucoes")),
        (silent, r"\bnao (?:diga|revele|mencione|mostre)(?: isso| isto| nada)? (?:ao|aos) (?:usuarios?|utilizador(?:es)?|clientes?)\b".into()),
    ];
    let compile = |(name, pattern): (&'static str, String)| Phrase {
        name,
        pattern: Regex::new(&pattern).expect("the pattern is a constant"),
    };
    patterns.into_iter().map(compile).collect()
});

/// Small letters without their marks, one blank for each gap, without what cannot be seen; and where each came from.
struct Folded {
    text: String,
    /// For each octet of `text` its place in the original.
    places: Vec<usize>,
}

impl Folded {
    fn of(original: &str) -> Self {
        let mut folded = Self { text: String::new(), places: Vec::new() };
        for (at, letter) in original.char_indices() {
            if letter.is_whitespace() {
                if !folded.text.ends_with(' ') {
                    folded.push(' ', at);
                }
            } else if !is_unseen(letter)
                && !matches!(letter, '\u{ad}' | '\u{200c}' | '\u{200d}' | '*' | '_' | '`')
            {
                // Marks come apart from their letters and are dropped; wide and styled letters become plain ones.
                for plain in letter.nfkd().filter(|mark| !matches!(mark, '\u{300}'..='\u{36f}')) {
                    plain
                        .to_lowercase()
                        .for_each(|plain| folded.push(if plain == '’' { '\'' } else { plain }, at));
                }
            }
        }
        folded
    }

    fn push(&mut self, letter: char, at: usize) {
        self.text.push(letter);
        self.places.resize(self.text.len(), at);
    }

    fn at(&self, octet: usize) -> usize {
        self.places.get(octet).copied().unwrap_or_default()
    }
}
