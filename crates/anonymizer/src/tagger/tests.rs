use super::*;

fn found(text: &str) -> Vec<(&str, Label)> {
    let tagged = Tagger::shipped().tag(text, &Opinions::default());
    let sure = tagged.into_iter().filter(|tagged| tagged.score >= 60);
    sure.map(|tagged| (&text[tagged.range], tagged.label)).collect()
}

#[test]
fn names_are_found_in_each_language() {
    for (text, name) in [
        ("Hi, my name is Sarah Connor and my parcel is late", "Sarah Connor"),
        ("Guten Tag, hier ist Jürgen Hoffmann, wo bleibt mein Paket?", "Jürgen Hoffmann"),
        ("Bonjour, je suis Amélie Laurent, ma commande est en retard", "Amélie Laurent"),
        ("Hola, me llamo Javier Moreno y quiero devolver un pedido", "Javier Moreno"),
        ("Buongiorno, sono Giulia Romano, il pacco non è arrivato", "Giulia Romano"),
        ("Bom dia, meu nome é Tiago Carvalho e quero trocar um produto", "Tiago Carvalho"),
        ("Hallo, mijn naam is Sanne de Vries en mijn pakket is zoek", "Sanne de Vries"),
    ] {
        assert_eq!(found(text), [(name, Label::Person)], "{text}");
    }
}

#[test]
fn a_name_in_lower_case_is_found() {
    assert_eq!(found("hi my name is sarah connor"), [("sarah connor", Label::Person)]);
    assert_eq!(found("i moved to berlin last week"), [("berlin", Label::Location)]);
}

#[test]
fn an_address_is_one_place() {
    assert_eq!(
        found("Please send it to 12 Park Road, London, thank you."),
        [("12 Park Road, London", Label::Location)]
    );
    assert_eq!(
        found("Meine Adresse ist Gartenstraße 5, 50667 Köln."),
        [("Gartenstraße 5, 50667 Köln", Label::Location)]
    );
}

#[test]
fn messages_without_a_name_have_none() {
    for text in [
        "The lamp broke after two days, what can I do?",
        "I would like to cancel my order, please.",
        "das geht leider nicht, danke trotzdem",
        "¿cuándo llega mi pedido?",
        "OK THANKS A LOT",
        "yes",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn the_same_text_has_the_same_names_every_time() {
    let text = "Dear Ms Okafor, Tom Hughes of Norwell Ltd in Leeds called. ".repeat(20);
    assert_eq!(
        Tagger::shipped().tag(&text, &Opinions::default()),
        Tagger::shipped().tag(&text, &Opinions::default())
    );
    let again = Tagger::new(include_bytes!("../../models/tagger.bin")).unwrap();
    assert_eq!(Tagger::shipped().tag(&text, &Opinions::default()), again.tag(&text, &Opinions::default()));
}

#[test]
fn hostile_texts_are_read_to_the_end() {
    for text in [
        "a".repeat(1_000_000),
        "1".repeat(1_000_000),
        "!".repeat(1_000_000),
        ".,".repeat(20_000),
        "é\u{301}".repeat(100_000),
        "A ".repeat(20_000),
        "\n".repeat(1_000_000),
        "\u{fffd}\u{e000}𝒜😀".repeat(5_000),
        String::new(),
    ] {
        for tagged in Tagger::shipped().tag(&text, &Opinions::default()) {
            assert!(text.get(tagged.range).is_some_and(|name| !name.is_empty()));
            assert!(tagged.score <= 100);
        }
    }
}

proptest::proptest! {
    #[test]
    fn spans_are_whole_characters_in_order_and_apart(text in "\\PC{0,80}") {
        let mut end = 0;
        for tagged in Tagger::shipped().tag(&text, &Opinions::default()) {
            proptest::prop_assert!(tagged.range.start >= end);
            proptest::prop_assert!(text.get(tagged.range.clone()).is_some());
            end = tagged.range.end;
        }
    }
}

#[test]
fn a_text_of_words_alone_holds_no_name() {
    for text in [
        "Where is my order 10432?",
        "ja, danke!",
        "12:30",
        "",
        "ça va",
        "the drill bit broke again",
        "Schrauben fehlen noch",
        "o vidro vai no saco amarelo",
    ] {
        assert!(!may_hold_a_name(text), "{text}");
    }
    for text in [
        "it is for sarah",
        "Grüße, Jörg",
        "王秀英",
        "okafor, it should be there",
        "no, Driver",
        "ich bin bei Frau Sommer",
    ] {
        assert!(may_hold_a_name(text), "{text}");
    }
}
