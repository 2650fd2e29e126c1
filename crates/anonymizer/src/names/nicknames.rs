//! Short forms of given names: "Bob" is Robert, "Conchi" Concepción, "Venkat" Venkataraghavan.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A line for each name: itself and what its bearers are called, folded.
const LINES: &str = include_str!("nicknames.txt");

/// A shorter beginning of a name is no name of its own.
const SHORTEST_BEGINNING: usize = 4;
/// A longer word, in bytes, is no given name: its beginnings would fill the memory.
const LONGEST: usize = 40;

static SHORT: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut short: HashMap<&str, Vec<&str>> = HashMap::new();
    for line in LINES.lines() {
        if let Some((name, nicks)) = line.split_once(' ') {
            short.entry(name).or_default().extend(nicks.split(' '));
            for nick in nicks.split(' ') {
                short.entry(nick).or_default().push(name);
            }
        }
    }
    short
});

/// What somebody with this given name, folded, may be called too, or is called in full.
pub(super) fn of(given: &str) -> impl Iterator<Item = String> {
    let listed = SHORT.get(given).into_iter().flatten().map(|nick| (*nick).to_owned());
    let shortened = if given.len() > LONGEST { "" } else { given };
    let letters: Vec<usize> = shortened.char_indices().map(|(at, _)| at).collect();
    // The last letter alone changes a name's gender or case rather than shortens it.
    let beginnings = letters.get(SHORTEST_BEGINNING..letters.len().saturating_sub(1)).unwrap_or_default();
    let beginnings: Vec<String> = beginnings.iter().map(|end| given[..*end].to_owned()).collect();
    listed.chain(beginnings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_listed_or_beginnings() {
        let of = |given| of(given).collect::<Vec<_>>();
        assert!(of("robert").contains(&"bob".to_owned()) && of("bob").contains(&"robert".to_owned()));
        assert_eq!(of("facundo"), ["facu", "facu", "facun"]);
        assert_eq!(of("tom"), ["thomas"]);
        assert_eq!(of("omar"), Vec::<String>::new());
        assert_eq!(of("örjan"), Vec::<String>::new());
        assert_eq!(of(&"a".repeat(1_000_000)), Vec::<String>::new());
    }
}
