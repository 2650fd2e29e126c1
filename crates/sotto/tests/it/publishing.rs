//! What stands between a change and the customers: `sotto knowledge publish`, `withdraw` and `sotto flows publish`,
//! `withdraw` with conversations.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{Place, Running};

const SHIPPING: &str = "# Do you ship to Norway?\n\nYes, parcels to Norway take a week.\n";
/// It has the very question of another article.
const HIJACK: &str = "# Can I pay by card?\n\nSend your card number to the sellers by letter.\n";
/// Something that is said, and what it starts.
const PARCEL: &str = "intents:\n  parcel:\n    description: A parcel is lost.\n    examples: { en: [EXAMPLE, a, b, c, d] }\n    starts: { flow: parcel }\n\
                      flows:\n  parcel:\n    description: Looks for a parcel.\n    steps:\n      - end: { en: \"We look for it.\" }\n";

/// A business with an article about paying, and two conversations, both of which go as written.
fn shop() -> Place {
    let place = Place::new();
    place.with_business("knowledge = \"articles\"\nflows = \"flows\"\nconversations = \"conversations\"\n");
    for folder in ["articles", "conversations", "flows", "new"] {
        fs::create_dir(place.path().join(folder)).unwrap();
    }
    place.write(
        "articles/pay.md",
        "+++\nid = \"pay\"\ntitle = \"How can I pay?\"\nurl = \"/pay\"\nlanguage = \"en\"\n+++\n\n\
         You can pay by credit card or on account.\n",
    );
    place.write(
        "conversations/set.yaml",
        "conversations:\n  pays:\n    category: happy\n    turns:\n      - { say: Can I pay by card?, answers: pay }\n  \
         weather:\n    category: out-of-scope\n    turns:\n      - { say: What will the weather be?, clarifies: yes }\n",
    );
    place.write("flows/parcel.yaml", &PARCEL.replace("EXAMPLE", "I have lost my parcel"));
    place
}

/// What a run said on both outputs, and whether it succeeded.
fn run(place: &Place, arguments: &[&str]) -> (bool, String) {
    let output = place.run(arguments);
    (output.status.success(), place.clean(&output.stdout) + &place.clean(&output.stderr))
}

/// What happened, without the moments.
fn history(place: &Place, arguments: &[&str]) -> String {
    let told = place.answer(arguments);
    let what = told.lines().map(|line| line.split_once("Z  ").map_or(line, |(_, what)| what));
    let here = place.path().canonicalize().unwrap().display().to_string();
    what.collect::<Vec<_>>()
        .join("\n")
        .replace(&here, "PLACE")
        .replace(&place.path().display().to_string(), "PLACE")
}

/// Every file of the libraries, but for the lock, which holds nothing.
fn on_disk(place: &Place) -> BTreeMap<PathBuf, Vec<u8>> {
    fn below(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, files);
            } else if !path.ends_with("lock") {
                files.insert(path.clone(), fs::read(path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    below(&place.data().join("knowledge"), &mut files);
    below(&place.data().join("flows"), &mut files);
    files
}

#[test]
fn a_good_article_is_published_and_its_score_is_written_down() {
    let place = shop();
    place.write("norway.md", SHIPPING);
    place.answer(&["knowledge", "import", "norway.md"]);
    let (good, said) = run(&place, &["knowledge", "publish", "norway", "--by", "Ada Wong"]);
    assert!(good && said.contains("Trying it on 2 conversations in conversations.\n"), "{said}");
    assert!(
        said.contains("Tried: 2 of 2 conversations pass.") && said.contains("norway.en@1 is live."),
        "{said}"
    );
    assert!(said.contains("the sentence model is not installed"), "{said}");
    insta::assert_snapshot!(history(&place, &["knowledge", "history", "norway"]), @r"
    version 1 imported from PLACE/norway.md
    version 1 published by Ada Wong; 2 of 2 conversations pass
    ");
}

#[test]
fn an_article_that_takes_a_question_from_another_is_refused_and_nothing_changes() {
    let place = shop();
    place.write("norway.md", SHIPPING);
    place.write("offer.md", HIJACK);
    place.answer(&["knowledge", "import", "norway.md", "offer.md"]);
    let before = on_disk(&place);
    for what in [&["offer"][..], &["norway", "offer"], &["--all"]] {
        let (good, said) = run(&place, &[&["knowledge", "publish", "--by", "Ada"], what].concat());
        assert!(!good && !said.contains("is live."), "{said}");
        assert!(said.contains("conversations/set.yaml:2: pays (happy) fails"), "{said}");
        assert!(said.contains("set.yaml:5: expected answer from pay\n    came "), "{said}");
        assert!(said.contains("error: nothing was changed: 1 of 2 conversations pass (2 before)."), "{said}");
        assert!(said.contains("add --despite-drop REASON"), "{said}");
        assert_eq!(on_disk(&place), before);
    }
    let despite =
        ["knowledge", "publish", "--all", "--by", "Bob", "--despite-drop", "asked for by the sellers"];
    let (good, said) = run(&place, &despite);
    assert!(good && said.contains("offer.en@1 is live.") && said.contains("norway.en@1 is live."), "{said}");
    insta::assert_snapshot!(history(&place, &["knowledge", "history", "offer"]), @r"
    version 1 imported from PLACE/offer.md
    version 1 published by Bob; 1 of 2 conversations pass (2 before), despite the drop: asked for by the sellers
    ");
    // What fails already may go on failing, and taking it away again is no drop.
    place.write("norway.md", &SHIPPING.replace("a week", "two weeks"));
    place.answer(&["knowledge", "import", "norway.md"]);
    let (good, said) =
        run(&place, &["knowledge", "publish", "norway", "--by", "Ada", "--despite-drop", "no reason"]);
    assert!(good && said.contains("Tried: 1 of 2 conversations pass."), "{said}");
    assert!(!history(&place, &["knowledge", "history", "norway"]).contains("no reason"), "there was no drop");
    let (good, said) = run(&place, &["knowledge", "withdraw", "offer", "--by", "Ada"]);
    assert!(good && said.contains("Tried: 2 of 2 conversations pass."), "{said}");
}

#[test]
fn what_is_withdrawn_is_judged_too() {
    let place = shop();
    place.write("norway.md", SHIPPING);
    place.answer(&["knowledge", "import", "norway.md"]);
    place.answer(&["knowledge", "publish", "norway", "--by", "Ada"]);
    place.write(
        "conversations/more.yaml",
        "conversations:\n  norway:\n    category: happy\n    turns:\n      - { say: Do you ship to Norway?, answers: norway }\n",
    );
    let before = on_disk(&place);
    let (good, said) = run(&place, &["knowledge", "withdraw", "norway", "--by", "Ada"]);
    assert!(!good && said.contains("more.yaml:2: norway (happy) fails"), "{said}");
    assert_eq!(on_disk(&place), before);
    let (good, said) = run(
        &place,
        &[
            "knowledge",
            "withdraw",
            "norway",
            "--by",
            "Ada",
            "--despite-drop",
            "we do not ship there any more",
        ],
    );
    assert!(good && said.contains("norway.en is withdrawn."), "{said}");
    let told = history(&place, &["knowledge", "history", "norway"]);
    assert!(told.contains("despite the drop: we do not ship there any more"), "{told}");
}

#[test]
fn conversations_that_cannot_be_read_stop_it_and_without_any_it_goes_on_and_says_so() {
    let place = shop();
    place.write("norway.md", SHIPPING);
    place.answer(&["knowledge", "import", "norway.md"]);
    let before = on_disk(&place);
    place.write(
        "conversations/wrong.yaml",
        "conversations:\n  a:\n    category: happy\n    turns: [{ sya: Hi }]\n",
    );
    let publish = ["knowledge", "publish", "norway", "--by", "Ada"];
    let (good, said) = run(&place, &publish);
    assert!(!good && said.contains("nothing was changed: desk.conversations: "), "{said}");
    assert!(said.contains("wrong.yaml:4: ") && said.contains("say"), "{said}");
    assert_eq!(on_disk(&place), before);
    // A folder that is named goes before the configuration's.
    fs::create_dir(place.path().join("others")).unwrap();
    let named = [&publish[..], &["--conversations", "others"]].concat();
    let (good, said) = run(&place, &named);
    assert!(!good && said.contains("there is no conversation"), "{said}");
    fs::copy(place.path().join("conversations/set.yaml"), place.path().join("others/set.yaml")).unwrap();
    assert!(place.answer(&named).contains("Trying it on 2 conversations in others."));
    place.with_business("knowledge = \"articles\"\n");
    let said = place.answer(&["knowledge", "withdraw", "norway", "--by", "Ada"]);
    assert!(said.contains("No conversations were held with it: set desk.conversations"), "{said}");
}

#[test]
fn a_publication_that_is_killed_leaves_what_was_live_and_others_can_publish() {
    let place = shop();
    place.write("norway.md", SHIPPING);
    place.answer(&["knowledge", "import", "norway.md"]);
    // It stands in the middle for as long as nobody writes conversations into this.
    let waits = place.path().join("waits");
    assert!(Command::new("mkfifo").arg(&waits).status().unwrap().success());
    for command in [&["knowledge", "publish", "norway"][..], &["flows", "publish", "new"]] {
        place.write("new/parcel.yaml", &PARCEL.replace("EXAMPLE", "my parcel is lost"));
        let before = on_disk(&place);
        let more = ["--by", "Ada", "--conversations", "waits"];
        let running = Running::start(&mut place.sotto(&[command, &more].concat()));
        let _open = fs::File::options().write(true).open(&waits).unwrap();
        drop(running);
        assert_eq!(on_disk(&place), before);
        let said = place.answer(&[command, &["--by", "Bob"]].concat());
        assert!(said.contains("is live."), "{said}");
    }
}

#[test]
fn what_would_keep_the_desk_from_starting_does_not_go_live_even_without_conversations() {
    let place = shop();
    place.with_business("");
    place.write("norway.md", SHIPPING);
    place.answer(&["knowledge", "import", "norway.md"]);
    place.answer(&["knowledge", "publish", "norway", "--by", "Ada"]);
    let names = "intents:\n  norway:\n    description: d\n    examples: { en: [to Norway, a, b, c, d] }\n    starts: { article: norway }\n";
    place.write("new/a.yaml", names);
    place.answer(&["flows", "publish", "new", "--by", "Ada"]);
    let before = on_disk(&place);
    let (good, said) = run(&place, &["knowledge", "withdraw", "norway", "--by", "Ada"]);
    assert!(
        !good && said.contains("nothing was changed, because the desk could not start with it"),
        "{said}"
    );
    assert!(said.contains("a.yaml:5: "), "{said}");
    assert_eq!(on_disk(&place), before);
}

#[test]
fn a_flow_that_takes_a_question_is_refused_and_an_older_version_can_come_back() {
    let place = shop();
    place.write(
        "new/parcel.yaml",
        &PARCEL.replace("EXAMPLE", "where is my parcel").replace("We look", "We shall look"),
    );
    let said = place.answer(&["flows", "publish", "new", "--by", "Ada Wong"]);
    assert!(said.contains("Tried: 2 of 2") && said.contains("Version 1 of the flows is live."), "{said}");
    let before = on_disk(&place);
    place.write("new/parcel.yaml", &PARCEL.replace("EXAMPLE", "can I pay by card"));
    let publish = ["flows", "publish", "new", "--by", "Bob"];
    let (good, said) = run(&place, &publish);
    assert!(
        !good && said.contains("set.yaml:5: expected answer from pay\n    came no answer from"),
        "{said}"
    );
    assert_eq!(on_disk(&place), before);
    let (good, said) = run(&place, &[&publish[..], &["--despite-drop", "a trial"]].concat());
    assert!(good && said.contains("Version 2 of the flows is live."), "{said}");
    assert!(place.answer(&publish).contains("Version 2"), "the same again is no new version");
    place.answer(&["flows", "publish", "--version", "1", "--by", "Ada Wong"]);
    insta::assert_snapshot!(history(&place, &["flows", "history"]), @r"
    version 1 added from PLACE/new: parcel.yaml
    version 1 published by Ada Wong; 2 of 2 conversations pass
    version 2 added from PLACE/new: parcel.yaml
    version 2 published by Bob; 1 of 2 conversations pass (2 before), despite the drop: a trial
    version 1 published by Ada Wong; 2 of 2 conversations pass
    Version 1 is live.
    ");
    let (good, said) = run(&place, &["flows", "publish", "--version", "7", "--by", "Ada"]);
    assert!(!good && said.contains("there is no version 7 of the flows"), "{said}");
    place.write("new/parcel.yaml", "flows: 1\n");
    let (good, said) = run(&place, &publish);
    assert!(!good && said.contains("new/parcel.yaml:1: "), "{said}");
    assert!(
        place.answer(&["flows", "withdraw", "--by", "Ada"]).contains("The published flows are withdrawn.")
    );
}

#[test]
fn the_desk_runs_the_published_flows_and_says_so() {
    let place = shop();
    let started = |place: &Place| {
        let mut command = place.sotto(&["desk"]);
        let mut desk = Running::start(command.env("SOTTO_LOG_LEVEL", "info"));
        let mut errors = BufReader::new(desk.child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("flows") {
            let before = said.len();
            errors.read_line(&mut said).unwrap();
            assert!(said.len() > before, "it ended: {said}");
        }
        said
    };
    let said = started(&place);
    assert!(said.contains("the flows of desk.flows are read"), "{said}");
    place.answer(&["flows", "publish", "--by", "Ada"]);
    let said = started(&place);
    assert!(
        said.contains("the published flows go before desk.flows") && said.contains("version=1"),
        "{said}"
    );
}

#[test]
fn what_a_model_would_say_is_judged_as_well() {
    let place = shop();
    place.write(
        "conversations/model.yaml",
        "conversations:\n  short:\n    category: happy\n    needs: model\n    turns:\n      \
         - { say: How can I pay?, model: \"You can pay by credit card [1].\", answers: pay, contains: [credit card] }\n",
    );
    place.write("norway.md", SHIPPING);
    place.answer(&["knowledge", "import", "norway.md"]);
    let said = place.answer(&["knowledge", "publish", "norway", "--by", "Ada"]);
    assert!(said.contains("Tried: 2 of 2 conversations pass, 3 of 3 with the model's words"), "{said}");
}

#[test]
fn the_demo_shop_is_judged_by_its_own_conversations() {
    let place = Place::new();
    place.write("returns.md", "# How do I return something?\n\nYou cannot.\n");
    place.answer(&["knowledge", "import", "returns.md"]);
    let (good, said) = run(&place, &["knowledge", "publish", "returns", "--by", "Ada"]);
    assert!(!good && said.contains("conversations of the demo shop."), "{said}");
    assert!(said.contains("These go wrong with it, and do not with what is live now"), "{said}");
}
