//! Given and family names that are common in seven languages, for people who do not exist.

use super::prf::Choices;
use crate::names::{is_title, words};
use crate::view::fold_value;

/// What a given name or a title says about who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gender {
    Female,
    Male,
}

struct Locale {
    female: &'static [&'static str],
    male: &'static [&'static str],
    family: &'static [&'static str],
    /// Titles of the language alone, folded.
    titles: &'static [&'static str],
}

/// English first: it is used where nothing else is known.
const LOCALES: [Locale; 7] = [
    Locale {
        female: &[
            "Alice", "Hannah", "Emily", "Megan", "Laura", "Jessica", "Chloe", "Zoe", "Amelia", "Lucy",
            "Abigail", "Heather", "Naomi", "Eleanor", "Bethany", "Phoebe",
        ],
        male: &[
            "Oliver", "Thomas", "George", "Samuel", "Edward", "Daniel", "Nathan", "Andrew", "Gareth",
            "Stephen", "Patrick", "Callum", "Dominic", "Russell", "Leonard", "Graham",
        ],
        family: &[
            "Bennett", "Harris", "Walsh", "Mitchell", "Foster", "Hughes", "Griffin", "Palmer", "Sanders",
            "Coleman", "Watkins", "Barlow", "Henson", "Norris", "Lambert", "Dawson", "Preston", "Whitaker",
            "Holloway",
        ],
        titles: &[],
    },
    Locale {
        female: &[
            "Katrin", "Sabine", "Lena", "Greta", "Anja", "Ulrike", "Heike", "Mareike", "Silke", "Birgit",
            "Frieda", "Antje", "Tanja", "Wiebke", "Johanna", "Theresa",
        ],
        male: &[
            "Lukas",
            "Jonas",
            "Stefan",
            "Matthias",
            "Torsten",
            "Uwe",
            "Rainer",
            "Holger",
            "Sebastian",
            "Tobias",
            "Florian",
            "Jochen",
            "Bernd",
            "Henrik",
            "Niklas",
            "Dietmar",
        ],
        family: &[
            "Albrecht",
            "Brandt",
            "Dietrich",
            "Eberhardt",
            "Friedrichs",
            "Hartmann",
            "Kessler",
            "Lindner",
            "Neumann",
            "Petersen",
            "Reinhardt",
            "Seidel",
            "Thiele",
            "Ullrich",
            "Vogel",
            "Wagner",
            "Ziegler",
            "Baumann",
        ],
        titles: &["herr", "herrn", "frau", "hr", "fr"],
    },
    Locale {
        female: &[
            "Camille", "Juliette", "Manon", "Océane", "Élodie", "Solène", "Delphine", "Margaux", "Sylvie",
            "Noémie",
        ],
        male: &[
            "Antoine",
            "Baptiste",
            "Julien",
            "Mathieu",
            "Guillaume",
            "Thierry",
            "Olivier",
            "Laurent",
            "Étienne",
            "Cédric",
        ],
        family: &[
            "Bernard",
            "Lefebvre",
            "Moreau",
            "Girard",
            "Rousseau",
            "Fontaine",
            "Chevalier",
            "Mercier",
            "Blanchard",
            "Gauthier",
            "Perrin",
            "Marchand",
            "Renaud",
            "Barbier",
        ],
        titles: &["monsieur", "madame", "mme", "mlle"],
    },
    Locale {
        female: &["Lucía", "Carmen", "Paula", "Marta", "Rocío", "Inés", "Pilar", "Alba", "Nuria", "Consuelo"],
        male: &[
            "Javier", "Álvaro", "Sergio", "Pablo", "Rubén", "Ignacio", "Andrés", "Gonzalo", "Raúl", "Esteban",
        ],
        family: &[
            "Romero", "Navarro", "Iglesias", "Ortega", "Castillo", "Delgado", "Molina", "Vargas", "Serrano",
            "Cabrera", "Fuentes", "Herrera", "Aguilar", "Pascual",
        ],
        titles: &["senor", "senora", "senorita"],
    },
    Locale {
        female: &[
            "Giulia",
            "Chiara",
            "Francesca",
            "Martina",
            "Elisa",
            "Alessia",
            "Federica",
            "Ludovica",
            "Serena",
            "Ilaria",
        ],
        male: &[
            "Lorenzo",
            "Matteo",
            "Alessandro",
            "Davide",
            "Riccardo",
            "Stefano",
            "Emanuele",
            "Filippo",
            "Edoardo",
            "Claudio",
        ],
        family: &[
            "Ricci", "Marino", "Colombo", "Galli", "Ferrara", "Rinaldi", "Moretti", "Barbieri", "Lombardi",
            "Fontana", "Caruso", "Mariani", "Santoro", "Vitale",
        ],
        titles: &["signor", "signora", "sig"],
    },
    Locale {
        female: &[
            "Sanne", "Femke", "Lotte", "Anouk", "Marijke", "Ilse", "Fleur", "Merel", "Nienke", "Maaike",
        ],
        male: &["Daan", "Bram", "Thijs", "Joris", "Pieter", "Gijs", "Maarten", "Koen", "Wouter", "Hendrik"],
        family: &[
            "Jansen",
            "Visser",
            "Meijer",
            "Mulder",
            "Bakker",
            "Dekker",
            "Hendriks",
            "Vermeulen",
            "Kuipers",
            "Postma",
            "Willems",
            "Scholten",
            "Verhoeven",
            "Hoekstra",
        ],
        titles: &["dhr", "mevr", "mevrouw", "meneer"],
    },
    Locale {
        female: &[
            "Mariana", "Inês", "Beatriz", "Catarina", "Joana", "Leonor", "Matilde", "Filipa", "Raquel",
            "Helena",
        ],
        male: &[
            "João", "Tiago", "Rui", "Gonçalo", "Afonso", "Duarte", "Nuno", "Vasco", "Bernardo", "Henrique",
        ],
        family: &[
            "Almeida",
            "Carvalho",
            "Teixeira",
            "Correia",
            "Monteiro",
            "Barbosa",
            "Nogueira",
            "Machado",
            "Tavares",
            "Pinheiro",
            "Cardoso",
            "Azevedo",
            "Moura",
            "Figueiredo",
        ],
        titles: &["dona"],
    },
];

const MALE_TITLES: [&str; 10] =
    ["mr", "sir", "herr", "herrn", "monsieur", "senor", "signor", "sig", "dhr", "meneer"];
const FEMALE_TITLES: [&str; 12] =
    ["mrs", "ms", "miss", "madam", "frau", "madame", "mme", "mlle", "senora", "signora", "mevrouw", "dona"];

/// A given and a family name for somebody of whom this spelling is known.
pub(super) fn invent(spelling: &str, choices: &mut Choices) -> Option<(String, String)> {
    let locale = LOCALES.get(locale_of(spelling))?;
    let given = match gender_of(spelling) {
        Some(Gender::Female) => locale.female,
        Some(Gender::Male) => locale.male,
        None if choices.below(2) == 0 => locale.female,
        None => locale.male,
    };
    Some((choices.one_of(given)?.to_owned(), choices.one_of(locale.family)?.to_owned()))
}

/// The spelling with the invented name in place of the real one: the same title, order and case. `whole` is the name
/// as it is known, folded. None for initials.
pub(super) fn spell(spelling: &str, whole: &str, given: &str, family: &str) -> Option<String> {
    let named = words(spelling);
    if named.is_empty() || named.iter().any(|word| word.contains('.') || word.chars().count() < 2) {
        return None;
    }
    let mut parts = spelling.split_whitespace().peekable();
    let titles: Vec<&str> =
        std::iter::from_fn(|| parts.next_if(|word| is_title(&fold_value(word)))).collect();
    let rest = parts.collect::<Vec<_>>().join(" ");
    let name = match named.as_slice() {
        [only] => {
            let last = whole.rsplit_once(' ').is_some_and(|(_, last)| last == only);
            if last || !titles.is_empty() { family.to_owned() } else { given.to_owned() }
        }
        _ if rest.contains(',') => format!("{family}, {given}"),
        _ => format!("{given} {family}"),
    };
    let letters = || rest.chars().filter(|c| c.is_alphabetic());
    let name = if letters().all(char::is_uppercase) {
        name.to_uppercase()
    } else if letters().all(char::is_lowercase) {
        name.to_lowercase()
    } else {
        name
    };
    Some(if titles.is_empty() { name } else { format!("{} {name}", titles.join(" ")) })
}

/// The folded words before the name, without points.
fn titles_of(spelling: &str) -> Vec<String> {
    let folded = spelling.split_whitespace().map(|word| fold_value(word).trim_end_matches('.').to_owned());
    folded.filter(|word| is_title(word)).collect()
}

fn locale_of(spelling: &str) -> usize {
    let titles = titles_of(spelling);
    let named = words(spelling);
    let has = |list: &[&str]| list.iter().any(|name| named.contains(&fold_value(name)));
    let by_title =
        LOCALES.iter().position(|locale| titles.iter().any(|title| locale.titles.contains(&title.as_str())));
    let known = |locale: &Locale| has(locale.female) || has(locale.male) || has(locale.family);
    by_title.or_else(|| LOCALES.iter().position(known)).unwrap_or(0)
}

fn gender_of(spelling: &str) -> Option<Gender> {
    for title in titles_of(spelling) {
        if FEMALE_TITLES.contains(&title.as_str()) {
            return Some(Gender::Female);
        }
        if MALE_TITLES.contains(&title.as_str()) {
            return Some(Gender::Male);
        }
    }
    let named = words(spelling);
    let given = named.first()?;
    let among = |list: &[&str]| list.iter().any(|name| fold_value(name) == *given);
    if LOCALES.iter().any(|locale| among(locale.male)) {
        return Some(Gender::Male);
    }
    // In these languages a given name that ends in -a is a woman's more often than not.
    let female =
        LOCALES.iter().any(|locale| among(locale.female)) || given.ends_with('a') || given.ends_with("ah");
    female.then_some(Gender::Female)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_and_gender_follow_the_title_and_the_name() {
        assert_eq!((locale_of("Herr Weber"), gender_of("Herr Weber")), (1, Some(Gender::Male)));
        assert_eq!((locale_of("Sabine Wolf"), gender_of("Sabine Wolf")), (1, Some(Gender::Female)));
        assert_eq!((locale_of("Mme. Petit"), gender_of("Mme. Petit")), (2, Some(Gender::Female)));
        assert_eq!((locale_of("Sarah Connor"), gender_of("Sarah Connor")), (0, Some(Gender::Female)));
        assert_eq!(gender_of("joao silva"), Some(Gender::Male));
        assert_eq!(gender_of("Kim Lee"), None);
    }

    #[test]
    fn a_spelling_keeps_its_title_order_and_case() {
        let spelled = |spelling| spell(spelling, "sarah connor", "Alice", "Bennett");
        for (spelling, expected) in [
            ("Sarah Connor", "Alice Bennett"),
            ("Sarah", "Alice"),
            ("connor", "bennett"),
            ("Ms Connor", "Ms Bennett"),
            ("Connor, Sarah", "Bennett, Alice"),
            ("SARAH CONNOR", "ALICE BENNETT"),
            ("Frau Dr. Connor", "Frau Dr. Bennett"),
            ("Sarah Jane Connor", "Alice Bennett"),
        ] {
            assert_eq!(spelled(spelling).as_deref(), Some(expected), "{spelling}");
        }
        assert_eq!(spelled("S. Connor"), None);
        assert_eq!(spelled("S.C."), None);
    }
}
