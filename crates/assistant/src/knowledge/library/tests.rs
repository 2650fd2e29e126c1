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

#[test]
fn a_changed_draft_waits_beside_the_live_version_until_it_is_published() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    assert_eq!(writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap(), Imported::New(1));
    assert!(library.live().unwrap().is_empty(), "a draft is not live");
    writer.publish("returns", None, "Ada", None, at(2)).unwrap();
    assert_eq!(writer.import(&draft("Send it."), "a.md", Vec::new, at(3)).unwrap(), Imported::Unchanged(1));
    assert_eq!(writer.import(&draft("Keep it."), "a.md", Vec::new, at(4)).unwrap(), Imported::Changed(2));
    let live = library.live().unwrap();
    assert!(live.len() == 1 && live[0].1.contains("Send it."), "{live:?}");
    let entry = library.entry("returns.en").unwrap();
    assert_eq!((entry.record.live(), entry.record.draft()), (Some(1), Some(2)));
    writer.publish("returns", None, "Ada", None, at(5)).unwrap();
    assert!(library.live().unwrap()[0].1.contains("Keep it."));
    assert!(library.text(&entry, 1).unwrap().contains("Send it."), "the old version is kept");
    Knowledge::from_files(library.live().unwrap()).unwrap();
}

#[test]
fn what_was_withdrawn_is_no_draft_and_comes_back_only_by_name() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap();
    assert!(matches!(writer.withdraw("returns", "Ada", at(2)), Err(LibraryError::NotLive(_))));
    writer.publish("returns", None, "Ada", None, at(3)).unwrap();
    let entry = writer.withdraw("returns", "Bob", at(4)).unwrap();
    assert_eq!((entry.record.live(), entry.record.draft()), (None, None));
    let (entry, version) = writer.publish("returns", Some(1), "Ada", None, at(5)).unwrap();
    assert_eq!((entry.record.live(), version), (Some(1), 1));
}

#[test]
fn findings_need_a_reason_and_the_reason_is_kept() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", || vec![finding()], at(1)).unwrap();
    let refused = writer.publish("returns", None, "Ada", None, at(2)).unwrap_err();
    assert!(matches!(refused, LibraryError::Findings { count: 1, .. }) && library.live().unwrap().is_empty());
    writer.publish("returns", None, "Ada", Some("our own number"), at(3)).unwrap();
    let record = library.entry("returns").unwrap().record;
    let published = Event::Published {
        version: 1,
        at: at(3).to_string(),
        by: "Ada".into(),
        despite: Some("our own number".into()),
    };
    assert_eq!(record.events.last(), Some(&published));
}

#[test]
fn a_source_that_vanished_is_marked_once_and_the_article_stays() {
    let (_folder, library) = library();
    let writer = library.write().unwrap();
    writer.import(&draft("Send it."), "a.md", Vec::new, at(1)).unwrap();
    writer.publish("returns", None, "Ada", None, at(2)).unwrap();
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
    writer.publish("returns", None, "Ada", None, at(2)).unwrap();
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
    writer.publish("returns", None, "Ada", None, at(2)).unwrap();
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
                    writer.publish("returns", None, "Ada", None, at(3)).unwrap();
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
