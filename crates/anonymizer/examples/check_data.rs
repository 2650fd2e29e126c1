use anonymizer::{Anonymizer, Options, Plaintext, TokenVault};
use std::io::BufRead;
fn main() {
    let a = Anonymizer::new(Options::default());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let v: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = v["text"].as_str().unwrap();
        let mut vault = TokenVault::new();
        let spans = a.detect(&Plaintext::new(text.to_owned()), &vault);
        let masked = a.mask(&Plaintext::new(text.to_owned()), &mut vault);
        assert_eq!(vault.restore(masked.as_str()).text.reveal(), text);
        assert!(vault.guard().check(masked.as_str().as_bytes()).is_ok(), "{masked}");
        let list: Vec<_> = spans
            .iter()
            .map(|s| {
                let st = text[..s.range.start].chars().count();
                let en = text[..s.range.end].chars().count();
                serde_json::json!([st, en, s.entity.label(), &text[s.range.clone()]])
            })
            .collect();
        println!("{}", serde_json::json!({"id": v["id"], "spans": list}));
    }
}
