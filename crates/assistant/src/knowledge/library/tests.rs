use std::fs;

use tempfile::TempDir;

use super::*;
use crate::Knowledge;
use crate::knowledge::checks::Kind;
use crate::knowledge::import::{Defaults, read};

fn draft(words: &str) -> Draft {
    let file = format!("# How do I return it?\n\n{words}\n");
    read("returns.md", file.as_bytes(), Defaults::default()).remove(0).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn library() -> (TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::at(&folder.path().join("knowledge"));
    (folder, library)
}

fn finding() -> Finding {
    Finding { kind: Kind::Instruction, name: "x".into(), line: 1, excerpt: "y".into() }
}

fn publish(
    writer: &Writer<'_>,
    name: &str,
    version: Option<Version>,
    by: &str,
    despite: Option<&str>,
    now: Timestamp,
) -> Result<(), LibraryError> {
    writer.make(&[writer.plan_to_publish(name, version, despite)?], by, None, now)
}

fn withdraw(writer: &Writer<'_>, name: &str, by: &str, now: Timestamp) -> Result<(), LibraryError> {
    writer.make(&[writer.plan_to_withdraw(name)?], by, None, now)
}

#[test]
fn a_changed_draft_waits_beside_the_live_version_until_it_is_published() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    assert_eq!(writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap(), Imported::New(1));
    assert!(library.live().unwrap().is_empty(), "a draft is not live");
    publish(&writer, "returns", None, "Ada", None, at(2)).unwrap();
    assert_eq!(writer.import(&draft("Send it."), "a.md", Vec::new, at(3)).unwrap(), Imported::Unchanged(1));
    assert_eq!(writer.import(&draft("Keep it."), "a.md", Vec::new, at(4)).unwrap(), Imported::Changed(2));
    let live = library.live().unwrap();
    assert!(live.len() == 1 && live[0].1.contains("Send it."), "{live:?}");
    let entry = library.entry("returns.en").unwrap();
    assert_eq!((entry.record.live(), entry.record.draft()), (Some(1), Some(2)));
    publish(&writer, "returns", None, "Ada", None, at(5)).unwrap();
    assert!(library.live().unwrap()[0].1.contains("Keep it."));
    assert!(library.text(&entry, 1).unwrap().contains("Send it."), "the old version is kept");
    Knowledge::from_files(library.live().unwrap()).unwrap();
}

#[test]
fn what_was_withdrawn_is_no_draft_and_comes_back_only_by_name() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap();
    assert!(matches!(withdraw(&writer, "returns", "Ada", at(2)), Err(LibraryError::NotLive(_))));
    publish(&writer, "returns", None, "Ada", None, at(3)).unwrap();
    withdraw(&writer, "returns", "Bob", at(4)).unwrap();
    let entry = library.entry("returns").unwrap();
    assert_eq!((entry.record.live(), entry.record.draft()), (None, None));
    publish(&writer, "returns", Some(1), "Ada", None, at(5)).unwrap();
    assert_eq!(library.entry("returns").unwrap().record.live(), Some(1));
}

#[test]
fn findings_need_a_reason_and_the_reason_is_kept() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", || vec![finding()], at(1)).unwrap();
    let refused = publish(&writer, "returns", None, "Ada", None, at(2)).unwrap_err();
    assert!(matches!(refused, LibraryError::Findings { count: 1, .. }) && library.live().unwrap().is_empty());
    publish(&writer, "returns", None, "Ada", Some("our own number"), at(3)).unwrap();
    let record = library.entry("returns").unwrap().record;
    let published = Event::Published {
        version: 1,
        at: at(3).to_string(),
        by: "Ada".into(),
        despite: Some("our own number".into()),
        evaluated: None,
    };
    assert_eq!(record.events.last(), Some(&published));
}

#[test]
fn a_source_that_vanished_is_marked_once_and_the_article_stays() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap();
    publish(&writer, "returns", None, "Ada", None, at(2)).unwrap();
    assert!(writer.source_gone("returns.en", at(3)).unwrap());
    assert!(!writer.source_gone("returns.en", at(4)).unwrap());
    assert!(library.entry("returns").unwrap().record.is_orphan());
    assert_eq!(library.live().unwrap().len(), 1);
    writer.import(&draft("Send it."), "a.md", Vec::new, at(5)).unwrap();
    assert!(!library.entry("returns").unwrap().record.is_orphan());
}

#[test]
fn whatever_a_crash_leaves_is_no_version_and_does_not_stop_the_next_import() {
    let (_folder, library) = library();
    // Before the first record, in the middle of a record, and in the middle of a version.
    let place = library.folder.join("returns.en");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("0001.md"), "half a fi").unwrap();
    fs::write(place.join("record.json.new"), "{\"events\": [").unwrap();
    assert!(library.entries().unwrap().is_empty());
    let writer = library.write().unwrap();
    assert_eq!(writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap(), Imported::New(1));
    publish(&writer, "returns", None, "Ada", None, at(2)).unwrap();
    fs::write(place.join("0002.md"), "half a fi").unwrap();
    fs::write(place.join("0002.md.new"), "half").unwrap();
    assert!(library.live().unwrap()[0].1.contains("Send it."));
    assert_eq!(writer.import(&draft("Keep it."), "a.md", Vec::new, at(3)).unwrap(), Imported::Changed(2));
    let entry = library.entry("returns").unwrap();
    assert!(library.text(&entry, 2).unwrap().contains("Keep it."));
}

#[test]
fn a_record_is_replaced_and_never_written_into() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap();
    let before = library.entry("returns").unwrap().record;
    let opened = fs::File::open(library.folder.join("returns.en").join(RECORD)).unwrap();
    publish(&writer, "returns", None, "Ada", None, at(2)).unwrap();
    // Whoever opened the old record reads it to its end; there is no moment at which it is half of each.
    let read: Record = serde_json::from_reader(opened).unwrap();
    assert_eq!(read, before);
    assert_ne!(library.entry("returns").unwrap().record, before);
}

#[test]
fn readers_always_find_a_whole_record_while_others_write() {
    let (_folder, library) = library();
    library.write().unwrap().import(&draft("0"), "a.md", Vec::new, at(1)).unwrap();
    std::thread::scope(|threads| {
        for writer in 0..2 {
            let library = &library;
            threads.spawn(move || {
                for number in 0..40 {
                    let draft = draft(&format!("{writer} {number}"));
                    let writer = library.write().unwrap();
                    writer.import(&draft, "a.md", Vec::new, at(2)).unwrap();
                    publish(&writer, "returns", None, "Ada", None, at(3)).unwrap();
                }
            });
        }
        for _ in 0..200 {
            library.entries().unwrap();
            assert!(library.live().unwrap().len() <= 1);
        }
    });
    let record = library.entry("returns").unwrap().record;
    // Each import of two processes that took turns is there, once.
    assert_eq!(record.newest(), 81);
    assert_eq!(record.events.len(), 1 + 2 * 80);
}

#[test]
fn a_damaged_record_is_told_with_its_file() {
    let (_folder, library) = library();
    library.write().unwrap().import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap();
    fs::write(library.folder.join("returns.en").join(RECORD), "{").unwrap();
    let error = library.live().unwrap_err().to_string();
    assert!(error.contains("record.json is damaged"), "{error}");
}

/// Two articles, the first with a second version that waits.
fn two(library: &Library) -> Writer<'_> {
    let other = |words: &str| {
        let file = format!("# Do you ship to Norway?\n\n{words}\n");
        read("norway.md", file.as_bytes(), Defaults::default()).remove(0).unwrap()
    };
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap();
    writer.import(&other("Yes."), "b.md", Vec::new, at(1)).unwrap();
    publish(&writer, "returns", None, "Ada", None, at(2)).unwrap();
    writer.import(&draft("Keep it."), "a.md", Vec::new, at(3)).unwrap();
    writer
}

fn live(library: &Library) -> String {
    library.live().unwrap().into_iter().map(|(_, text)| text).collect()
}

#[test]
fn what_would_be_live_is_what_then_is() {
    let (_folder, library) = library();
    let writer = two(&library);
    let planned =
        [writer.plan_to_withdraw("returns").unwrap(), writer.plan_to_publish("norway", None, None).unwrap()];
    let after = writer.live_after(&planned).unwrap();
    assert!(live(&library).contains("Send it."), "a plan changes nothing");
    writer.make(&planned, "Ada", None, at(4)).unwrap();
    assert_eq!(library.live().unwrap(), after);
    assert!(after.len() == 1 && after[0].1.contains("Yes."), "{after:?}");
    // What is so already is not written down again.
    let again = [writer.plan_to_publish("norway", None, None).unwrap()];
    assert!(!again[0].is_new());
    writer.make(&again, "Bob", None, at(5)).unwrap();
    assert_eq!(library.entry("norway").unwrap().record.events.len(), 2);
}

#[test]
fn what_goes_live_together_is_live_together_wherever_the_program_ends() {
    let (folder, library) = library();
    let writer = two(&library);
    let before = live(&library);
    let planned = [
        writer.plan_to_publish("returns", None, None).unwrap(),
        writer.plan_to_publish("norway", None, None).unwrap(),
    ];
    writer.make(&planned, "Ada", None, at(4)).unwrap();
    let after = live(&library);
    assert!(after.contains("Keep it.") && after.contains("Yes."), "{after}");
    drop(writer);

    // The same from the start, as it is on the disk after each of the writes that make it.
    let records = ["returns.en", "norway.en"].map(|key| library.folder.join(key).join(RECORD));
    let written = records.clone().map(|path| fs::read(path).unwrap());
    let told = records.clone().map(|path| {
        let record: Record = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        (path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned(), record)
    });
    let old = told.clone().map(|(_, mut record)| {
        record.events.pop();
        serde_json::to_vec(&record).unwrap()
    });
    let waiting = Publication { number: 9, records: told.into() };
    for written_records in 0..=2 {
        for (at, path) in records.iter().enumerate() {
            fs::write(path, if at < written_records { &written[at] } else { &old[at] }).unwrap();
        }
        if written_records == 0 {
            let beside = library.folder.join("publication.json.new");
            fs::write(beside, &serde_json::to_vec(&waiting).unwrap()[..20]).unwrap();
            fs::write(library.folder.join(PUBLICATION), "{\"number\": 8, \"records\": {}}").unwrap();
            assert_eq!(live(&library), before, "before it is there nothing has changed");
        }
        fs::write(library.folder.join(PUBLICATION), serde_json::to_vec(&waiting).unwrap()).unwrap();
        assert_eq!(live(&library), after, "{written_records} records in their places");
        drop(library.write().unwrap());
        assert_eq!(records.clone().map(|path| fs::read(path).unwrap()), written, "the next writer ends it");
        assert_eq!(live(&library), after);
    }
    drop(folder);
}
