use super::*;

#[test]
fn the_words_of_a_message_overrule_the_device_only_when_they_are_clear() {
    let cases = [
        ("Where is my order?", "en", Language::English),
        ("Wo ist meine Bestellung?", "en", Language::German),
        ("Where is my order?", "de", Language::English),
        ("Bluetooth", "de", Language::German),
        ("Bluetooth", "en-GB", Language::English),
        ("Bluetooth", "fr", Language::French),
        ("Bluetooth", "pl", Language::English),
        ("Rücksendung", "en", Language::German),
        ("Ich will das iPhone mit der App verbinden", "en", Language::German),
        ("WF-48213", "de-AT", Language::German),
        ("Où est ma commande ?", "en", Language::French),
        ("ou est mon colis", "en", Language::French),
        ("¿Dónde está mi pedido?", "en", Language::Spanish),
        ("donde esta mi paquete", "de", Language::Spanish),
        ("Dov'è il mio ordine?", "en", Language::Italian),
        ("Waar is mijn bestelling?", "en", Language::Dutch),
        ("Onde está a minha encomenda?", "es", Language::Portuguese),
        ("no", "pt", Language::Portuguese),
        ("", "it", Language::Italian),
    ];
    for (text, device, expected) in cases {
        assert_eq!(Language::of(text, device), expected, "{text:?} on a device in {device}");
    }
}

/// Figures: `cargo test -p assistant --lib language_of_support -- --nocapture`; docs/ASSISTANT.md has them.
#[test]
fn the_language_of_support_messages_is_found() {
    #[derive(serde::Deserialize)]
    struct Chat {
        language: String,
        turns: Vec<Said>,
    }
    #[derive(serde::Deserialize)]
    struct Said {
        speaker: String,
        text: String,
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/evaluation/chats.jsonl");
    let chats = std::fs::read_to_string(path).unwrap();
    let anonymizer = anonymizer::Anonymizer::new(anonymizer::Options::default());
    let (mut all, mut right, mut kept) = (0, 0, 0);
    let mut each = std::collections::BTreeMap::<String, (u32, u32)>::new();
    for line in chats.lines() {
        let chat: Chat = serde_json::from_str(line).unwrap();
        for said in chat.turns.iter().filter(|said| said.speaker == "customer") {
            let mut vault = anonymizer::TokenVault::new();
            let masked = anonymizer.mask(&anonymizer::Plaintext::new(said.text.clone()), &mut vault).unwrap();
            let text = crate::analysis::without_tokens(masked.as_str());
            let found = Language::of(&text, "").code() == chat.language;
            if !found {
                println!("{} {} {}", chat.language, Language::of(&text, "").code(), text);
            }
            let count = each.entry(chat.language.clone()).or_default();
            (count.0, count.1) = (count.0 + u32::from(found), count.1 + 1);
            all += 1;
            right += u32::from(found);
            kept += u32::from(Language::of(&text, &chat.language).code() == chat.language);
        }
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole);
    println!(
        "{all} messages: {:.3} without a device's language, {:.3} with the right one",
        share(right, all),
        share(kept, all)
    );
    for (code, (right, all)) in each {
        println!("  {code} {right} of {all}");
    }
    assert!(share(right, all) > 0.9 && share(kept, all) > 0.97);
}
