//! `sotto anonymizer`, as another program talks to it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::program::{Place, Running};

/// Runs a subcommand on this input.
fn feed(place: &Place, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = place
        .sotto(&[&["anonymizer"], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // It may end before it has read everything.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Nothing but the note that a model is missing, which is so in an empty folder.
fn says_nothing(errors: &[u8]) {
    let said = String::from_utf8_lossy(errors);
    let mut lines = said.lines().filter(|line| !line.starts_with("sotto: the names model is not in "));
    assert_eq!(lines.next(), None, "{said}");
}

fn lines(output: &Output) -> String {
    says_nothing(&output.stderr);
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What was found, without how sure of it the recognisers are, which is theirs to test.
fn found(output: &Output) -> String {
    let shorten = |line: &str| {
        let mut read: Value = serde_json::from_str(line).unwrap();
        for span in read["spans"].as_array_mut().into_iter().flatten() {
            assert!((0.0..=1.0).contains(&span["score"].as_f64().unwrap()), "{line}");
            assert!(!span["recogniser"].as_str().unwrap().is_empty(), "{line}");
            *span = json!([span["start"], span["end"], span["entity"]]);
        }
        read.to_string()
    };
    lines(output).lines().map(shorten).collect::<Vec<_>>().join("\n")
}

#[test]
fn detect_counts_code_points_of_the_text_as_given() {
    let place = Place::new();
    let input = r#"{"id": "a", "text": "😀 I am Sarah Connor"}
{"id": 2, "text": "Zoe\u0308 \ud83d\ude00: sarah@example.com", "unknown field": [1]}
{"id": 3, "text": "my card is ４１１１ 1111\u200b 1111 1111."}
{"id": 4, "text": ""}
{"id": 5, "text": "I saw [PERSON_1]"}
"#;
    let output = feed(&place, &["detect", "--language", "en"], input.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(found(&output));
}

#[test]
fn what_a_conversation_said_is_known_in_its_later_lines_only() {
    let place = Place::new();
    let input = r#"{"id": 1, "conversation": "a", "text": "my name is Tom Quill"}
{"id": 2, "conversation": "b", "text": "Ask quill about it"}
{"id": 3, "conversation": "a", "text": "Ask quill about it"}
{"id": 4, "conversation": "a", "speaker": "agent", "text": "What is your order number?"}
{"id": 5, "conversation": "a", "speaker": "customer", "text": "10432"}
{"id": 6, "text": "10432, asks quill"}
{"id": 7, "conversation": "c", "known": {"PERSON": ["Ada Lippe"]}, "text": "no name here"}
{"id": 8, "conversation": "c", "text": "Ms Lippe again"}
"#;
    let output = feed(&place, &["detect"], input.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(found(&output));
}

#[test]
fn a_bad_line_is_answered_in_its_place_and_the_run_goes_on() {
    let place = Place::new();
    let mut input =
        b"{\"id\": 1, \"text\": \"a@b.org\"}\nnot json\n{\"id\": 3, \"text\": \"\xff\"}\n\n".to_vec();
    input.extend_from_slice(b"{\"id\": 5}\n{\"id\": 6, \"text\": \"x\", \"speaker\": \"robot\"}\n[1]\n");
    let long = "a".repeat(1024 * 1024 + 1);
    input.extend_from_slice(format!("{{\"id\": 8, \"text\": \"{long}\"}}\n").as_bytes());
    input.extend_from_slice(long.repeat(9).as_bytes());
    input.extend_from_slice(b"\n{\"id\": 10, \"text\": \"c@d.org\"}");
    let output = feed(&place, &["detect"], &input);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(found(&output));
}

#[test]
fn each_line_is_answered_before_the_next_is_sent() {
    let place = Place::new();
    let mut running = Running::start(&mut place.sotto(&["anonymizer", "detect"]));
    let mut stdin = running.child.stdin.take().unwrap();
    for nth in 0..3 {
        writeln!(stdin, "{{\"id\": {nth}, \"text\": \"a@b.org\"}}").unwrap();
        let mut answer = String::new();
        running.output.read_line(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("{{\"id\":{nth},")), "{answer}");
    }
    drop(stdin);
    assert!(running.child.wait().unwrap().success());
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let place = Place::new();
    let mut child = place
        .sotto(&["anonymizer", "detect"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    writeln!(stdin, "{{\"id\": 1, \"text\": \"a@b.org\"}}").unwrap();
    output.read_line(&mut String::new()).unwrap();
    drop(output);
    writeln!(stdin, "{{\"id\": 2, \"text\": \"a@b.org\"}}").unwrap();
    drop(stdin);
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
    says_nothing(&ended.stderr);
}

#[test]
fn a_policy_that_is_named_decides_what_is_told_and_a_wrong_one_is_refused() {
    let place = Place::new();
    place.write("shop.toml", "[treatments]\nemail = \"keep\"\nrest = \"token\"\n");
    let line = br#"{"id": 1, "text": "a@b.org, +49 171 5551234"}"#;
    assert!(found(&feed(&place, &["detect"], line)).contains("EMAIL_ADDRESS"));
    let told = found(&feed(&place, &["detect", "--policy", "shop.toml"], line));
    assert!(!told.contains("EMAIL_ADDRESS") && told.contains("PHONE_NUMBER"), "{told}");
    place.write("shop.toml", "[treatments]\nemail = \"forget\"\n");
    let refused = feed(&place, &["detect", "--policy", "shop.toml"], line);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("shop.toml") && said.contains("line 2"), "{said}");
}

#[test]
fn explain_says_why_for_people_and_for_programs() {
    let place = Place::new();
    let line = br#"{"id": 1, "text": "my card is 4111 1111 1111 1112"}"#;
    let said = lines(&feed(&place, &["explain"], line));
    assert!(said.starts_with("1: 1 found\n  11..30 \"4111 1111 1111 1112\": CREDIT_CARD 0."), "{said}");
    assert!(said.contains("its check digits are wrong\n    \"card\" is beside it"), "{said}");
    let read: Value = serde_json::from_str(&lines(&feed(&place, &["explain", "--json"], line))).unwrap();
    let span = &read["spans"][0];
    assert_eq!((&span["check_digits"], &span["cue"]), (&json!("wrong"), &json!("card")));
    assert_eq!((&span["known"], &span["asked_for"]), (&json!(false), &json!(false)));
}

const VAULT: [&str; 4] = ["--vault", "chats.vault", "--key", "chats.key"];

#[test]
fn what_was_masked_is_restored_from_the_vault_and_only_with_its_key() {
    let place = Place::new();
    let first = r#"{"id": 1, "conversation": "a", "text": "I am Sarah Connor, a@b.org"}
{"id": 2, "conversation": "b", "text": "c@d.org"}
{"id": 3, "text": "e@f.org"}
"#;
    let masked = feed(&place, &[&["mask"], &VAULT[..]].concat(), first.as_bytes());
    assert_eq!(masked.status.code(), Some(0));
    let later = r#"{"id": 4, "conversation": "a", "text": "Connor again, write to g@h.org"}"#;
    let more = feed(&place, &[&["mask"], &VAULT[..]].concat(), later.as_bytes());
    insta::assert_snapshot!(lines(&masked) + &lines(&more));

    let answers = r#"{"id": 9, "conversation": "a", "text": "Dear [PERSON_1], [EMAIL_1], [EMAIL_2] and [EMAIL_7]"}
{"id": 9, "conversation": "b", "text": "[EMAIL_1]"}
{"id": 3, "text": "[EMAIL_1]"}
{"id": 9, "conversation": "never seen", "text": "[EMAIL_1]"}
"#;
    let restored = feed(&place, &[&["restore"], &VAULT[..]].concat(), answers.as_bytes());
    assert_eq!(restored.status.code(), Some(0));
    insta::assert_snapshot!(lines(&restored));

    for name in ["chats.vault", "chats.key"] {
        let octets = std::fs::read(place.path().join(name)).unwrap();
        assert!(!octets.windows(6).any(|window| window == b"Connor"));
        let mode = std::fs::metadata(place.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::remove_file(place.path().join("chats.key")).unwrap();
    let refused = feed(&place, &[&["restore"], &VAULT[..]].concat(), answers.as_bytes());
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("its key file is not"));
}

#[test]
fn a_masked_text_that_was_seen_can_be_restored_after_the_program_was_killed() {
    let place = Place::new();
    let mut running = Running::start(&mut place.sotto(&[&["anonymizer", "mask"], &VAULT[..]].concat()));
    let mut stdin = running.child.stdin.take().unwrap();
    writeln!(stdin, "{{\"id\": 1, \"conversation\": \"a\", \"text\": \"a@b.org\"}}").unwrap();
    let mut answer = String::new();
    running.output.read_line(&mut answer).unwrap();
    assert!(answer.contains("[EMAIL_1]"));
    let second = feed(&place, &[&["mask"], &VAULT[..]].concat(), b"");
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another sotto"));
    drop(running);
    let line = b"{\"id\": 2, \"conversation\": \"a\", \"text\": \"[EMAIL_1]\"}";
    assert!(lines(&feed(&place, &[&["restore"], &VAULT[..]].concat(), line)).contains("a@b.org"));
}

#[test]
fn evaluate_prints_a_table_and_the_same_as_json() {
    let place = Place::new();
    place.write(
        "gold.jsonl",
        r#"{"text": "I am Sarah Connor", "spans": [[5, 17, "PERSON"]]}
{"turns": [{"speaker": "USER", "text": "Ask quill, a@b.org", "spans": [[4, 9, "NAME"]]}], "known": {"PERSON": ["Tom Quill"]}}
{"tokens": ["Nothing", "here"], "tags": ["O", "O"]}
"#,
    );
    insta::assert_snapshot!(place.answer(&["anonymizer", "evaluate", "gold.jsonl"]));
    let json = place.answer(&["anonymizer", "evaluate", "--json", "--no-conversation", "gold.jsonl"]);
    let read: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["types"]["PERSON"]["gold"], 2);
    assert_eq!(read["types"]["PERSON"]["found"], 1, "the name is known in the conversation only");
    assert_eq!(read["false_alarms"]["messages"], 1);
}

#[test]
fn a_policy_says_what_becomes_of_each_kind() {
    let place = Place::new();
    let policy = "[treatments]\nemail = \"surrogate\"\ncard = \"block\"\n[deny]\nreference = [\"Falcon\"]\n";
    std::fs::write(place.path().join("own.toml"), policy).unwrap();
    let input = br#"{"id": 1, "conversation": "c", "text": "Falcon, a@b.org, 3 March 2024"}
{"id": 2, "conversation": "c", "text": "card 4111 1111 1111 1111"}
"#;
    let output = feed(&place, &[&["mask", "--policy", "own.toml"], &VAULT[..]].concat(), input);
    assert_eq!(output.status.code(), Some(2));
    let answered = lines(&output);
    let answers: Vec<Value> = answered.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = answers[0]["text"].as_str().unwrap();
    assert!(text.starts_with("[REFERENCE_1], ") && text.contains("@example."), "{text}");
    assert_eq!(answers[1]["error"]["code"], "blocked");
    assert!(!answered.contains("4111"), "{answered}");
    let back = feed(
        &place,
        &[&["restore"], &VAULT[..]].concat(),
        format!("{}\n", json!({"id": 3, "conversation": "c", "text": text})).as_bytes(),
    );
    assert_eq!(
        serde_json::from_str::<Value>(&lines(&back)).unwrap()["text"],
        "Falcon, a@b.org, 3 March 2024"
    );

    let strict = feed(&place, &[&["mask", "--policy", "strict"], &VAULT[..]].concat(), input);
    assert!(lines(&strict).contains("[DATE_1]"));
    std::fs::write(place.path().join("own.toml"), "[treatments]\nemial = \"keep\"\n").unwrap();
    let refused = feed(&place, &["detect", "--policy", "own.toml"], b"");
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        String::from_utf8(refused.stderr).unwrap().contains("line 2: \"emial\" is not known; write person")
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the environment tells tests where models are")]
fn the_names_model_is_used_where_it_is_and_a_damaged_one_is_refused() {
    let Some(models) = std::env::var_os("SOTTO_TEST_MODELS") else { return };
    let input = "{\"id\": 1, \"text\": \"deliver it with abimbola please\"}\n".as_bytes();
    let place = Place::new();
    let detect = |data: &std::path::Path| feed(&place, &["detect", "--data", data.to_str().unwrap()], input);
    let without = detect(&place.data());
    assert!(String::from_utf8_lossy(&without.stderr).contains("`sotto models install` installs it"));
    assert!(!String::from_utf8_lossy(&without.stdout).contains("PERSON"));
    let folder = std::path::Path::new(&models).parent().unwrap();
    let with = detect(folder);
    assert!(with.stderr.is_empty(), "{}", String::from_utf8_lossy(&with.stderr));
    assert!(lines(&with).contains("PERSON"), "{}", lines(&with));

    let own = place.data().join("models");
    std::fs::create_dir_all(&own).unwrap();
    let mut model = std::fs::read(folder.join("models/rampart.model")).unwrap();
    model[100_000] ^= 1;
    std::fs::write(own.join("rampart.model"), model).unwrap();
    let damaged = detect(&place.data());
    assert_eq!(damaged.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&damaged.stderr).contains("is damaged"));
}
