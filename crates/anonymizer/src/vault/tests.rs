use super::*;
use crate::Treatment;
use crate::surrogate::persona;

const KEY: [u8; 32] = [7; 32];

fn longer_than_a_name() -> String {
    let long = ["Sarah Connor"; 40].join(" and ");
    assert!(!names::has_parts(&long));
    long
}

#[test]
fn what_is_too_long_for_a_name_is_one_value_without_parts() {
    let long = longer_than_a_name();
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, &long);
    assert_eq!(vault.issue(Entity::Person, &long), "[PERSON_1]");
    assert_eq!(vault.issue(Entity::Person, &long.to_uppercase()), "[PERSON_1.2]");
    assert_eq!(vault.issue(Entity::Person, "Sarah Connor"), "[PERSON_2]", "it is nobody's name");
    assert_eq!(vault.issue(Entity::Person, &format!("{long} x")), "[PERSON_3]");

    let mut vault = TokenVault::new();
    vault.know(Entity::Person, &long);
    let found = |text: &str| {
        let mut hits = Vec::new();
        vault.index().find(text, &mut hits);
        hits.len()
    };
    assert_eq!(found("sarah connor wrote"), 0);
    assert_ne!(found(&format!("hello {}!", long.to_lowercase())), 0, "the whole of it is looked for");
}

#[test]
fn each_change_gives_another_generation() {
    let mut vault = TokenVault::new();
    let mut generations = vec![vault.generation()];
    vault.issue(Entity::Order, "10432");
    generations.push(vault.generation());
    vault.issue(Entity::Order, "10 432");
    generations.push(vault.generation());
    vault.stand_in(None, Entity::Order, "10432", &choice(Treatment::Redact));
    generations.push(vault.generation());
    assert!(generations.is_sorted_by(|before, after| before < after), "{generations:?}");
    vault.stand_in(None, Entity::Order, "10432", &choice(Treatment::Redact));
    assert_eq!(vault.generation(), generations[3], "nothing was learnt");
}

#[test]
fn values_of_one_kind_are_told_apart_and_its_spellings_are_not() {
    for (entity, value, spelling, other) in [
        (Entity::Address, "Main Street", "main  street", "Oak Avenue"),
        (Entity::Order, "KP-10432", "kp 10432", "KP-10433"),
        (Entity::Phone, "+49 171 5551234", "0171/5551234", "+49 171 5551235"),
        (Entity::Person, "Sarah Connor", "Connor, Sarah", "Tom Miller"),
        (Entity::Secret, "hunter 22", "hunter 22", "Hunter 22"),
    ] {
        let mut vault = TokenVault::new();
        let mut place = |written| {
            vault.issue(entity, written);
            vault.position_of(entity, written)
        };
        assert_eq!((place(value), place(spelling), place(other)), (Some(0), Some(0), Some(1)), "{value}");
    }
}

#[test]
fn a_person_and_a_place_of_one_name_are_two_values() {
    let mut vault = TokenVault::new();
    assert_eq!(vault.issue(Entity::Place, "Paris"), "[PLACE_1]");
    assert_eq!(vault.issue(Entity::Person, "Paris"), "[PERSON_1]");
    assert_eq!(vault.issue(Entity::Person, "Paris Miller"), "[PERSON_1.2]");
}

#[test]
fn a_person_is_known_by_the_longest_name_so_far_in_its_first_order() {
    let mut vault = TokenVault::new();
    for (written, canonical) in [
        ("Sarah", "sarah"),
        ("Sarah Connor", "sarah connor"),
        ("Connor, Sarah", "sarah connor"),
        ("Connor", "sarah connor"),
        ("Sarah Jane Connor", "sarah jane connor"),
    ] {
        vault.issue(Entity::Person, written);
        assert_eq!(vault.entries[0].canonical, canonical, "{written}");
    }
    assert_eq!(vault.entries.len(), 1);
}

#[test]
fn a_copy_for_one_document_has_the_values_and_nothing_else() {
    let mut vault = TokenVault::keyed(KEY);
    vault.stand_in(None, Entity::Email, "a@b.org", &choice(Treatment::Surrogate));
    vault.stand_in(None, Entity::Order, "10432", &choice(Treatment::Redact));
    vault.expect(Entity::Order);
    assert!(!vault.surrogates().is_empty());
    let copy = vault.for_one_document();
    assert_eq!(copy.tokens(), ["[EMAIL_1]", "[ORDER_1]"]);
    assert!(copy.key.is_none() && copy.turn.expected.is_empty() && copy.surrogates().is_empty());
}

#[test]
fn a_place_that_the_vault_has_not_is_none() {
    let mut vault = TokenVault::new();
    let written = vault.stand_in(Some(0), Entity::Order, "10432", &choice(Treatment::Token));
    assert_eq!(written.text, "[ORDER_1]");
}

#[test]
fn a_token_stands_where_a_surrogate_would_be_misread() {
    let mut vault = TokenVault::keyed(KEY);
    let readable = vault.stand_in(None, Entity::Email, "a@b.org", &choice(Treatment::Surrogate));
    assert!(readable.text.contains('@') && readable.comes_back);
    let misread = Choice { surrogate: SurrogateHere::Misread, ..choice(Treatment::Surrogate) };
    let written = vault.stand_in(None, Entity::Email, "a@b.org", &misread);
    assert_eq!((written.text.as_str(), written.comes_back), ("[EMAIL_1]", true));
}

#[test]
fn no_invented_person_shares_a_name_with_another_or_with_the_text() {
    let (given, family) = persona(&KEY, "Sarah Connor", 0).expect("there are names to draw");
    let invented = |other: Option<(&str, &str)>, around: &str| {
        let mut vault = TokenVault::keyed(KEY);
        if let Some((given, family)) = other {
            vault.issue(Entity::Person, "Tom Miller");
            vault.entries[0].persona = Some((given.to_owned(), family.to_owned()));
        }
        let around = fold_value(around);
        let choice = Choice { around: &around, ..choice(Treatment::Surrogate) };
        vault.stand_in(None, Entity::Person, "Sarah Connor", &choice).text
    };
    let drawn = format!("{given} {family}");
    assert_eq!(invented(None, ""), drawn);
    assert_eq!(invented(Some(("Other", "Another")), "with Other"), drawn);
    for (other, around) in [
        (Some((given.as_str(), "Another")), ""),
        (Some(("Other", family.as_str())), ""),
        (None, given.as_str()),
        (None, family.as_str()),
    ] {
        let text = invented(other, around);
        assert!(!text.starts_with('['), "one of the later draws is free: {text}");
        let named = other.map_or(vec![around], |(given, family)| vec![given, family]);
        assert!(text.split(' ').all(|word| !named.contains(&word)), "{text} beside {named:?}");
    }
}

#[test]
fn a_surrogate_is_no_value_no_other_surrogate_and_nothing_in_the_text() {
    let mut vault = TokenVault::keyed(KEY);
    vault.know(Entity::Email, "a@b.org");
    let surrogate = vault.stand_in(None, Entity::Email, "c@d.org", &choice(Treatment::Surrogate)).text;
    assert!(vault.is_free("e@f.org", "a text"));
    assert!(!vault.is_free("e@f.org", "write to e@f.org"));
    assert!(!vault.is_free("a@b.org", "a text"));
    assert!(!vault.is_free(&surrogate, "a text"));
}

/// A vault with something in each of its fields, and a value that takes six bytes for one when it is stored.
fn full() -> TokenVault {
    let mut vault = TokenVault::keyed(KEY);
    vault.stand_in(None, Entity::Person, "Sarah Connor", &choice(Treatment::Surrogate));
    vault.stand_in(None, Entity::Order, "10432", &choice(Treatment::Redact));
    vault.know(Entity::Secret, &format!("a{}b", "\u{1}".repeat(1000)));
    vault.expect(Entity::Order);
    "4111 1111".clone_into(&mut vault.turn.tail);
    vault
}

#[test]
fn a_stored_vault_fills_its_room_and_reads_as_it_was() {
    let bytes = full().to_bytes();
    assert_eq!(bytes.capacity(), bytes.len(), "it never grew, so no copy was left behind");
    let read = TokenVault::from_bytes(&bytes).expect("what was written is read");
    assert_eq!(read.to_bytes(), bytes);
}

#[test]
fn entries_without_an_id_or_a_spelling_are_refused() {
    let mut vault = TokenVault::new();
    vault.issue(Entity::Order, "10432");
    let stored = String::from_utf8(vault.to_bytes()[1..].to_vec()).expect("it is JSON");
    let read = |json: &str| TokenVault::from_bytes(&[&[3], json.as_bytes()].concat()).err();
    assert_eq!(read(&stored), None);
    for (right, wrong) in [
        ("\"id\":1", "\"id\":0"),
        ("\"spellings\":[\"10432\"],\"stand_ins\":[\"undecided\"]", "\"spellings\":[],\"stand_ins\":[]"),
        ("\"stand_ins\":[\"undecided\"]", "\"stand_ins\":[\"undecided\",\"undecided\"]"),
    ] {
        assert!(stored.contains(right), "{stored}");
        assert_eq!(read(&stored.replace(right, wrong)), Some(VaultError::Damaged), "{wrong}");
    }
}

fn choice(treatment: Treatment) -> Choice<'static> {
    static STEPS: std::sync::LazyLock<crate::Steps> = std::sync::LazyLock::new(crate::Steps::default);
    Choice { treatment, steps: &STEPS, around: "", surrogate: SurrogateHere::Readable }
}
