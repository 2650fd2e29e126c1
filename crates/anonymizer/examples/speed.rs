//! How long masking takes: `cargo run --release -p anonymizer --example speed`. Prints microseconds for a
//! message of ordinary length, and megabytes in a second for a long text and for a hostile one.

use std::time::{Duration, Instant};

use anonymizer::{Anonymizer, Entity, Options, Plaintext, TokenVault};

const MESSAGES: [&str; 5] = [
    "Hi, I ordered a lamp two weeks ago and it still has not arrived. Can you have a look, please?",
    "My order number is 10432 and my e-mail is sarah.connor@example.com, thanks.",
    "You can reach me on +49 171 5551234 between 9 and 17:30.",
    "The card 4111 1111 1111 1111 was charged 59.90 EUR twice on 05.11.2024!",
    "Ich habe 3 Stück für 59,90 € bestellt, die Größe passt nicht. Viele Grüße, Sarah",
];

#[allow(clippy::print_stdout, reason = "printing figures is what it is for")]
fn main() {
    let start = Instant::now();
    let anonymizer = Anonymizer::new(Options::default());
    println!("compiling the patterns: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);

    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(2) {
        let mut vault = known();
        for message in MESSAGES {
            let text = Plaintext::new(message.to_owned());
            let start = Instant::now();
            let _ = anonymizer.mask(&text, &mut vault);
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
    println!("a message: p50 {:.0} µs, p99 {:.0} µs ({} messages)", at(0.5), at(0.99), times.len());

    let plain =
        "We are sorry that the lamp broke. Please send it back within thirty days, and we will repair it. ";
    for (name, unit) in [
        ("long text without values", plain.to_owned()),
        ("long text of messages", MESSAGES.join(" ")),
        ("digits", "1234567890".to_owned()),
        ("open brackets", "[".to_owned()),
        ("one word", "a".to_owned()),
        ("at signs", "a@".to_owned()),
        ("half tokens", "[PERSON_".to_owned()),
    ] {
        let text = Plaintext::new(unit.repeat(1_000_000 / unit.len()));
        let start = Instant::now();
        let _ = anonymizer.mask(&text, &mut known());
        println!("{name}: {:.1} MB/s", 1.0 / start.elapsed().as_secs_f64());
    }
}

fn known() -> TokenVault {
    let mut vault = TokenVault::new();
    vault.know(Entity::Person, "Sarah Connor");
    vault.know(Entity::Email, "sarah.connor@example.com");
    vault
}
