use super::*;

fn of(text: &str) -> Vec<Category> {
    categories(text).into_iter().map(|found| found.category).collect()
}

#[test]
fn what_is_said_plainly_is_found_in_seven_languages() {
    for (category, texts) in [
        (
            Category::Health,
            &[
                "I have diabetes.",
                "Meine Depression ist schlimmer geworden",
                "My son is allergic to nuts",
                "Ich bin schwerhörig und brauche Hilfe",
                "je suis enceinte de trois mois",
                "mi madre tiene cáncer",
                "sono stata operata ieri",
                "mijn vader is ziek",
                "a minha filha está doente",
                "She is in hospital since Monday.",
            ][..],
        ),
        (
            Category::Belief,
            &["I am a Muslim and eat halal", "aus religiösen Gründen", "nuestra familia es católica"],
        ),
        (Category::SexLife, &["I'm gay", "er ist homosexuell", "ma vie sexuelle"]),
        (
            Category::TradeUnion,
            &["I am a union member", "bin in der Gewerkschaft", "sono iscritto al sindacato", "mijn vakbond"],
        ),
        (Category::BiometricOrGenetic, &["you stored my fingerprints", "der Gentest war positiv"]),
        (Category::Politics, &["I voted for the other side", "ich bin Parteimitglied"]),
        (Category::EthnicOrigin, &["because of my skin colour", "mein Sohn hat einen Migrationshintergrund"]),
        (Category::Criminal, &["he was released from prison", "Ich bin vorbestraft", "antecedentes penales"]),
    ] {
        for text in texts {
            assert!(of(text).contains(&category), "{text}: {:?}", of(text));
        }
    }
}

#[test]
fn the_same_words_about_other_things_are_not() {
    for text in [
        "the union of two sets",
        "health check of the server failed",
        "my computer is infected with a virus",
        "I am sick of waiting",
        "a depression over the Atlantic brings rain",
        "Where is my order?",
        "the blind spot of the mirror",
        "Is the lamp in stock? I need two.",
        "My account is disabled",
        "the Western Union transfer",
        "Christian will call me back",
        "Der Server hat eine Störung",
        "der Akku ist krank teuer",
        "the party starts at eight",
        "Ihre Bestellung ist unterwegs",
        "the church street shop",
        "You charged me twice",
    ] {
        assert_eq!(of(text), [], "{text}");
    }
}

#[test]
fn the_sentence_and_its_cue_are_given_in_the_text_as_written() {
    let text = "Guten Tag! Ich wurde wegen Brustkrebs operiert. Wo ist mein Paket?\nIch bin vorbestraft";
    let found = categories(text);
    let said: Vec<_> =
        found.iter().map(|found| (&text[found.range.clone()], found.category, found.cue)).collect();
    assert_eq!(
        said,
        [
            ("Ich wurde wegen Brustkrebs operiert.", Category::Health, "brustkrebs"),
            ("Ich bin vorbestraft", Category::Criminal, "vorbestraft*"),
        ]
    );
}

#[test]
fn a_sentence_that_speaks_of_two_matters_is_there_twice() {
    assert_eq!(of("I have diabetes and a criminal record"), [Category::Health, Category::Criminal]);
}

#[test]
fn every_cue_is_written_as_it_folds() {
    let lists = cues::MATTERS.iter().flat_map(|(_, alone, personal)| [*alone, *personal]);
    for cue in lists.chain([cues::PERSON, cues::MACHINE, cues::IDIOMS]).flat_map(words) {
        assert_eq!(cue, crate::view::fold_value(cue), "{cue}");
        assert!(cue.trim_end_matches('*').chars().count() >= 2 || cue == "i", "{cue}");
        assert!(!cue.trim_end_matches('*').contains('*'), "{cue}");
    }
}

#[test]
fn cost_grows_with_length_only() {
    let unit = "I have diabetes. The union of sets is fine\n";
    assert_eq!(categories(&unit.repeat(2_000)).len(), 2_000);
}

proptest::proptest! {
    #[test]
    fn ranges_are_parts_of_the_text(text in "(\\PC|[.!?\n ]|my depression|Ich habe Krebs){0,12}") {
        for found in categories(&text) {
            proptest::prop_assert!(text.get(found.range.clone()).is_some_and(|sentence| !sentence.is_empty()));
        }
    }
}
