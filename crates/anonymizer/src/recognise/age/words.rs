//! The words beside an age, folded.

/// Behind a number these say that it is an age.
#[rustfmt::skip]
pub(super) const ALWAYS: &[&str] = &[
    "years old", "year old", "years-old", "year-old", "yrs old", "yr old", "y/o", "y.o", "years young",
    "years of age", "months old", "month old", "month-old", "weeks old", "week-old", "jahre alt", "jahre jung",
    "jahrig", "jaehrig", "monate alt", "wochen alt", "jaar oud", "jaar jong", "maanden oud", "jarige",
    "ans et demi", "ans revolus", "anos de edad", "anos de idade", "anni di eta", "anni compiuti", "anos cumplidos",
    "year-olds", "year olds",
];
/// Behind a number these are its unit.
pub(super) const UNITS: &[&str] =
    &["ans", "anos", "anni", "jahre", "jaar", "mois", "meses", "mesi", "monate", "maanden", "anos", "anitos"];
/// Behind the unit these say that a thing has them.
#[rustfmt::skip]
pub(super) const THINGS: &[&str] = &[
    "de gar", "di gar", "garant", "gewahr", "laufzeit", "de contrat", "di contratto", "de contrato", "vertrag",
    "d'abonnement", "de vida", "de vie", "de servicio", "d'experience", "de experienc", "di esperienza",
    "erfahrung", "ervaring", "de permanenc", "de fidel", "kunde", "klant", "client", "cliente",
];
/// Before an age these say that somebody has it.
#[rustfmt::skip]
pub(super) const HAS: &[&str] = &[
    "j'ai", "j'ai eu", "j'avais", "j'aurai", "je vais avoir", "vais avoir", "va avoir", "il a", "elle a", "il aura",
    "elle aura", "elle avait", "il avait", "tu as", "vous avez", "nous avons", "age de", "agee de", "ages de",
    "agees de", "feter mes", "mes", "tengo", "tiene", "tienes", "tenia", "tenemos", "cumplo", "cumple", "cumpli",
    "cumplio", "cumplire", "he cumplido", "ho", "hai", "avevo", "aveva", "compio", "compie", "compiro",
    "ho compiuto", "ha compiuto", "compiuto", "tenho", "tinha", "completei", "fez", "fiz", "faco", "vou fazer",
    "ich bin", "ich werde", "er ist", "sie ist", "er wird", "sie wird", "bin", "werde", "wurde", "ik ben",
    "ik word", "hij is", "zij is", "ze is", "hij wordt", "zij wordt", "ze wordt", "idade de", "edad de", "eta di",
    "alter von", "leeftijd van",
];
/// Verbs that things have too.
#[rustfmt::skip]
pub(super) const OTHERS_HAVE: &[&str] = &[
    "a", "aura", "avait", "ha", "tiene", "tem", "tinha", "ist", "wird", "war", "is", "wordt", "was", "faz", "com",
    "con",
];
pub(super) const PRONOUNS: &[&str] =
    &["il", "elle", "er", "sie", "lui", "lei", "ele", "ela", "hij", "zij", "ze", "he", "she", "el", "ella"];
/// What a text with an age has where it has no word for one.
pub(in crate::recognise) const SAID: &[&str] = &[
    "i'm", "im ", "he's", "he is", "he was", "i was", "'ll be", "will be", "ik ben", "ik word", "ij is",
    "ze is", " ist ", " faz ", " fez ", " fara ", "cumple", "cumpli", "compie", "compira", "turn",
];
/// Somebody of whom an age is said.
#[rustfmt::skip]
pub(super) const KIN: &[&str] = &[
    "enfant", "enfants", "garcon", "nino", "nina", "ninos", "bambino", "bambina", "bimbo", "bimba", "crianca",
    "menino", "menina", "kind", "kinder", "kinderen", "jongen", "meisje", "junge", "madchen", "bebe", "baby",
    "chico", "chica", "persona", "personne", "pessoa", "hijos", "figli", "filhos", "sohne", "tochter", "zoontje",
    "dochtertje", "nieto", "nieta", "nipote", "neto", "neta", "enkel", "enkelin", "kleinzoon", "kleindochter",
    "petit-fils", "abuela", "abuelo", "nonna", "nonno", "avo", "grand-mere", "papa", "mama", "mamma", "maman",
    "man", "boy", "girl", "kid", "child", "woman", "patient", "patientin", "paciente", "paziente",
];
/// The same before "is" and a bare number.
#[rustfmt::skip]
pub(super) const CLOSE_KIN: &[&str] = &[
    "daughter", "son", "wife", "husband", "brother", "sister", "mother", "father", "mom", "mum", "dad", "grandma",
    "grandpa", "grandmother", "grandfather", "kid", "child", "baby", "partner", "girlfriend", "boyfriend", "nephew",
    "niece", "tochter", "sohn", "frau", "mann", "bruder", "schwester", "mutter", "vater", "oma", "opa", "tante",
    "onkel", "kind", "zoon", "dochter", "vrouw", "broer", "zus", "moeder", "vader", "she", "he", "er", "sie", "hij",
    "zij", "ze",
];
pub(super) const KIN_LINKS: &[&str] =
    &[" de", " di", " von", " van", " con", " avec", " com", " of", " aged", " mit"];
/// Before a number, whatever follows.
#[rustfmt::skip]
pub(super) const ANNOUNCED: &[&str] = &[
    "aged", "age", "age is", "my age is", "age of", "ages", "age was", "alter", "alter ist", "alter von",
    "im alter von", "edad", "edad es", "edad es de", "a la edad de", "eta", "eta e", "all'eta di", "idade",
    "idade e", "idade de", "leeftijd", "leeftijd is", "l'age de", "agee de", "age de", "age est",
];
#[rustfmt::skip]
pub(super) const TURNED: &[&str] = &[
    "turned", "turns", "turning", "i'll turn", "will turn", "to turn", "just turned", "werde", "wird", "wurde",
    "i'll be", "she'll be", "he'll be", "i will be", "he will be", "she will be", "ik word", "wordt", "geworden",
    "cumplo", "compio",
];
#[rustfmt::skip]
pub(super) const PERSON: &[&str] = &[
    "i'm", "im", "he's", "she's", "i am", "he is", "she is", "he was", "she was", "i was", "when i was", "who is",
    "i'm only", "i am only", "is only", "ich bin", "i'm just", "i am just", "ik ben", "hij is", "zij is", "ze is",
    "er ist", "ich war", "ik was",
];
/// Who somebody is that tells an own age in brackets.
pub(super) const SELVES: &[&str] = &["me", "myself", "ich", "moi", "yo", "io", "eu", "ik", "mij", "mich"];
/// Verbs of birthdays that things have too.
#[rustfmt::skip]
pub(super) const TURN: &[&str] = &[
    "faz", "fez", "fara", "vai fazer", "completa", "completou", "cumple", "cumplio", "cumplira", "va a cumplir",
    "compie", "compira", "ha compiuto", "wird", "wurde", "wordt", "werd", "turns", "turned", "is turning", "will be",
    "wird bald", "wordt dit jaar", "wird dieses jahr", "faz este ano", "cumple este ano",
];
/// Words that lead to the number in an answer.
#[rustfmt::skip]
pub(super) const ANSWERS: &[&str] = &[
    "i'm", "im", "i", "am", "she", "he", "is", "she's", "he's", "it's", "ich", "bin", "er", "sie", "ist", "wird", "j'ai",
    "il", "elle", "a", "tengo", "tiene", "tem", "tenho", "ho", "ha", "ik", "ben", "hij", "ze", "wordt", "recien",
    "acaba", "de", "cumplir", "gerade", "net", "tout", "juste", "yes", "ja", "oui", "si", "sim",
];
/// Between the verb and the number.
#[rustfmt::skip]
pub(super) const ADVERBS: &[&str] = &[
    "already", "almost", "nearly", "about", "around", "only", "just", "now", "over", "schon", "fast", "bereits",
    "erst", "jetzt", "knapp", "uber", "deja", "presque", "environ", "bientot", "seulement", "ya", "casi", "apenas",
    "solo", "gia", "quasi", "appena", "ja", "quase", "so", "al", "bijna", "pas", "nu", "ongeveer", "eu",
];
#[rustfmt::skip]
pub(super) const GOES_ON: &[&str] = &[
    " and", " now", " years", " today", " last", " this", " in ", " on ", " next", " yesterday", " when", " with",
    " who", " but", " so", " und", " aber", " et ", " mais", " y ", " pero", " e ", " ma ", " mas ", " en ", " maar",
    " tomorrow", " soon", " (", " geworden", " i ",
];
/// Behind a number that is no age.
#[rustfmt::skip]
pub(super) const OTHER_UNITS: &[&str] = &[
    "%", " %", " deg", " min", " euro", " eur", " day", " hour", " km", " mile", " page", " week", " month", " -",
    "-", "/", ":", " in line", " on the list", " on hold", " in the queue", " in total",
];
pub(super) const BIRTHDAYS: &[&str] = &[
    "birthday",
    "bday",
    "geburtstag",
    "anniversaire",
    "cumpleanos",
    "compleanno",
    "aniversario",
    "verjaardag",
];
#[rustfmt::skip]
pub(super) const WHOSE: &[&str] = &[
    "my", "his", "her", "mein", "meinem", "meinen", "seinen", "ihren", "seinem", "ihrem", "mon", "son", "mi", "su",
    "mio", "suo", "meu", "seu", "mijn", "zijn", "haar", "a", "zum",
];
/// What asks for an age.
#[rustfmt::skip]
pub(super) const QUESTIONS: &[&str] = &[
    "how old", "your age", "the age of", "wie alt", "ihr alter", "dein alter", "quel age", "votre age", "que edad",
    "cuantos anos", "su edad", "tu edad", "quanti anni", "la sua eta", "che eta", "quantos anos", "que idade",
    "a sua idade", "qual a idade", "hoe oud", "uw leeftijd", "je leeftijd", "welke leeftijd",
];
