use super::*;
use crate::recognise::{found_by, found_in};

fn secrets(text: &str) -> Vec<String> {
    found_by(&Secrets::new(), text)
}

#[test]
fn what_follows_the_word_for_a_secret_is_found() {
    let mut wrong = Vec::new();
    for (text, secret) in [
        ("my password is hunter2!", "hunter2"),
        ("password: Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("Passwort: sonnenschein", "sonnenschein"),
        ("pw = 'correcthorse'", "correcthorse"),
        ("the PIN is 4711", "4711"),
        ("código: 482913", "482913"),
        ("your code: 482 913", "482 913"),
        ("the code I got is 482913", "482913"),
        ("he asked for the code that I just received, 482 913", "482 913"),
        ("il me demande le code que j'ai reçu, 482 913", "482 913"),
        ("quiere el código que me ha llegado, 482913", "482913"),
        ("der Code den ich bekommen habe, 482913", "482913"),
        ("ieri mi è arrivato 48-29-13", "48-29-13"),
        ("le mot de passe provisoire Kx7-tulipe refuse", "Kx7-tulipe"),
        ("la contraseña temporal Gato88x no va", "Gato88x"),
        (r#"{"user": 7, "token": "q9Z.k3Q9-x71"}"#, "q9Z.k3Q9-x71"),
        ("the code from the sms: 482913", "482913"),
        ("482913 is the code", "482913"),
        ("482913 ist der Code", "482913"),
        ("verification code 482913", "482913"),
        ("my pin is 0471", "0471"),
        ("mein Passwort ist Sommer2024!", "Sommer2024"),
        ("Mein WLAN-Passwort lautet Kaktus_77", "Kaktus_77"),
        ("Kennwort fürs Konto: blumentopf", "blumentopf"),
        ("der Bestätigungscode lautet 771 204", "771 204"),
        ("meine PIN war immer 8841", "8841"),
        ("mon mot de passe est Soleil#75", "Soleil#75"),
        ("mdp : chaton1982", "chaton1982"),
        ("le code reçu par sms est 660912", "660912"),
        ("mi contraseña es Gatito99", "Gatito99"),
        ("la clave del wifi es casa-azul-44", "casa-azul-44"),
        ("el código de verificación es el 335102", "335102"),
        ("la mia password è Pippo!12", "Pippo!12"),
        ("il codice ricevuto è 902118", "902118"),
        ("a minha senha é Praia2023", "Praia2023"),
        ("o código que recebi foi 118273", "118273"),
        ("mijn wachtwoord is Fiets-8812", "Fiets-8812"),
        ("de code is 551902", "551902"),
        ("the wifi password is blue-Lemon-42", "blue-Lemon-42"),
        ("I log in with password Kx9!mmP2", "Kx9!mmP2"),
        ("changed my password to Winter!88", "Winter!88"),
        ("the password is \"purple horse battery\"", "purple horse battery"),
        ("wifi key: 9F8E7D6C5B", "9F8E7D6C5B"),
        ("product key: QWERT-12345-ASDFG-67890-ZXCVB", "QWERT-12345-ASDFG-67890-ZXCVB"),
        ("my mother's maiden name is Larkspur", "Larkspur"),
        ("Mädchenname meiner Mutter: Lindner", "Lindner"),
        ("le nom de jeune fille de ma mère est Marchand", "Marchand"),
        ("answer to my security question is rex", "rex"),
        (
            "seed phrase: apple river stone cloud tiger lemon chair piano rocket garden silver planet",
            "apple river stone cloud tiger lemon chair piano rocket garden silver planet",
        ),
        ("key sk-abcdefghijklmnop1234", "sk-abcdefghijklmnop1234"),
        ("AKIAIOSFODNN7EXAMPLE leaked", "AKIAIOSFODNN7EXAMPLE"),
        ("postgres://app:s3cr3t!pw@db.internal/shop", "s3cr3t!pw"),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123",
        ),
    ] {
        if !secrets(text).iter().any(|found| found == secret) || secrets(text).len() > 2 {
            wrong.push((text, secrets(text)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn a_code_counts_in_an_answer_when_it_was_asked_for() {
    let question = "Please tell me the code that we sent to your phone.";
    assert_eq!(Secrets::new().announced_by(&Scene::of(question)), [Entity::Secret]);
    for text in ["482913", "it's 48 29 13", "Der ist 771204"] {
        let scene = Scene { expected: &[Entity::Secret], ..Scene::of(text) };
        assert_eq!(found_in(&Secrets::new(), &scene).len(), 1, "{text}");
    }
    for text in ["at 10:30", "I paid 1299 euros", "no code yet", "since 05.11.2024"] {
        let scene = Scene { expected: &[Entity::Secret], ..Scene::of(text) };
        assert_eq!(found_in(&Secrets::new(), &scene), Vec::<String>::new(), "{text}");
    }
    assert_eq!(Secrets::new().announced_by(&Scene::of("Which error code do you see?")), []);
}

#[test]
fn talk_about_passwords_holds_no_secret() {
    let mut wrong = Vec::new();
    for text in [
        "my password is wrong",
        "the password is not working",
        "password reset",
        "password reset link",
        "I forgot my password.",
        "password: forgotten",
        "login is broken",
        "error code 404 page",
        "the code is invalid",
        "pin it to the wall",
        "is my password case-sensitive?",
        "password is well-known",
        "promo code SAVE10",
        "the code is broken",
        "the password must have 12 characters",
        "password needs 8-16 characters",
        "login since 2024 is slow",
        "mein Passwort ist falsch",
        "Passwort: vergessen",
        "der Fehlercode ist 1024",
        "mot de passe oublié",
        "code postal 75001",
        "code erreur 404",
        "código postal 28001",
        "mi contraseña no funciona",
        "codice fiscale",
        "la password è sbagliata",
        "a senha está errada",
        "mijn wachtwoord is verlopen",
        "kortingscode ZOMER10",
        "the secret to good coffee",
        "login: https://example.com/login",
        "token ring",
        "discount code: SPRING24",
        "the maiden name is wrong",
        "order code 10432",
        "my password was changed on 05.11.2024",
        "country code 49",
        "intern at Code Academy (2017)",
    ] {
        if !secrets(text).is_empty() {
            wrong.push((text, secrets(text)));
        }
    }
    assert_eq!(wrong, []);
}
