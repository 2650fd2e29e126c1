use super::*;
use crate::recognise::found_by;

fn names(text: &str) -> Vec<String> {
    found_by(&Introductions, text)
}

#[test]
fn introduced_names_are_found() {
    for (text, name) in [
        ("Hi, my name is Sarah Connor and I need help", "Sarah Connor"),
        ("my name is sarah connor and i need help", "sarah connor"),
        ("Mein Name ist Jürgen von der Lippe, guten Tag", "Jürgen von der Lippe"),
        ("this is Anna-Lena speaking", "Anna-Lena"),
        ("Please ask Mr. O'Neil about it", "O'Neil"),
        ("Frau Dr. Weber hat angerufen", "Weber"),
        ("It broke.\nKind regards,\nSarah J. Connor", "Sarah J. Connor"),
        ("Dr. Smith's order", "Smith"),
        ("I'm Tom Miller.", "Tom Miller"),
        ("Name: Zoë Young", "Zoë Young"),
        ("Dear Ms Lopez,", "Lopez"),
        ("Hallo Frau Öztürk", "Öztürk"),
        ("Hi maria, thanks", "maria"),
        ("Dear Maria,\nyour order", "Maria"),
        ("Hi, I'm Petra from support", "Petra"),
        ("Hi, this is Petra from support", "Petra"),
        ("hier ist Jürgen Klein, guten Tag", "Jürgen Klein"),
        ("me llamo maría garcía", "maría garcía"),
        ("soy Carlos, tengo una duda", "Carlos"),
        ("je m'appelle Élodie Martin", "Élodie Martin"),
        ("mi chiamo Luca Rossi", "Luca Rossi"),
        ("chamo-me João Silva", "João Silva"),
        ("ik heet Daan de Vries", "Daan de Vries"),
        ("ich heiße Anna", "Anna"),
        ("From: Sarah Connor <s@example.com>", "Sarah Connor"),
        ("c/o Weber, Hauptstr. 1", "Weber"),
        ("A-G-I, nombre Garazi", "Garazi"),
        ("o nome é Inês", "Inês"),
        ("it is for my daughter Emma", "Emma"),
        ("mein Mann Jörg hat bestellt", "Jörg"),
        ("I want to speak to Mr Brown", "Brown"),
        ("Thanks, Tom!", "Tom"),
        ("LG Anna", "Anna"),
        ("Saludos,\nLucía Gómez", "Lucía Gómez"),
        ("Patient: John Smith, male", "John Smith"),
        ("[10:18 AM] Bob: hello", "Bob"),
        ("mr smith called", "smith"),
    ] {
        assert_eq!(names(text).first().map(String::as_str), Some(name), "{text}");
    }
}

#[test]
fn sentences_without_a_name_have_none() {
    for text in [
        "my name is wrong on the invoice",
        "nome e documento della zia?",
        "call me back",
        "call me at 5",
        "this is a problem",
        "I'm happy",
        "I am still waiting",
        "thanks\nit works now",
        "my name is not on the list",
        "call me when it is done",
        "the product name is great",
        "Ich bin nicht da",
        "Dear Sir or Madam",
        "Hi there, my parcel",
        "hi team, all good?",
        "Hello! How are you?",
        "Dear customer, thank you",
        "my product name is Lamp",
        "I'm German",
        "meine Frau hat angerufen",
        "Thanks for the help",
        "Ich bin Kunde von Ihnen",
        "this is Black Friday",
        "my manager said no",
        "Guten Tag, ich warte",
        "Total: Twenty Dollars",
        "I am in Paris",
        "Thanks, it works",
        "hello world, again",
    ] {
        assert_eq!(names(text), Vec::<String>::new(), "{text}");
    }
}
