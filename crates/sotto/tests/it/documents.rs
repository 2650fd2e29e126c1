use std::fs;
use std::path::Path;

use crate::program::Place;

/// What is documented for operators is what the program reads, with its defaults.
#[test]
fn operations_names_every_key_with_its_default() {
    let place = Place::new();
    place.answer(&["init"]);
    let template = fs::read_to_string(place.path().join("sotto.toml")).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/OPERATIONS.md")).unwrap();
    let (_, keys_of_page) = page.split_once("## Every key\n").unwrap();
    let rows: Vec<&str> = keys_of_page.lines().filter(|line| line.starts_with("| `")).collect();

    let mut section = String::new();
    let mut keys = 0;
    for line in template.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']').to_owned();
        }
        let Some(line) =
            line.strip_prefix('#').filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        else {
            continue;
        };
        let (key, default) = line.split_once(" = ").unwrap();
        let name = format!("`{section}.{key}`");
        let row = rows.iter().find(|row| row.contains(&name)).unwrap_or_else(|| panic!("{name} is missing"));
        let default = default.trim_matches(['"', '[', ']']);
        let column = row.split('|').nth(2).unwrap().trim().trim_matches('`');
        assert_eq!(column, default, "{name}");
        keys += 1;
    }
    assert!(keys > 40, "{keys} keys were compared");
}

/// The kinds of value that are documented for other programs are those that there are.
#[test]
fn the_anonymizers_page_names_every_kind_as_it_is_reported() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/ANONYMIZER.md")).unwrap();
    let (_, table) = page.split_once("| token | entity | what |").unwrap();
    let rows: Vec<String> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').take(3).collect::<Vec<_>>().join("|"))
        .collect();
    let expected: Vec<String> = anonymizer::Entity::ALL
        .iter()
        .map(|entity| format!("| `[{}_1]` | `{}` ", entity.label(), entity.reported()))
        .collect();
    assert_eq!(rows, expected);
}
