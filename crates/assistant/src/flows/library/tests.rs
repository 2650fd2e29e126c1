use std::fs;

use tempfile::TempDir;

use super::*;
use crate::knowledge::library::Library;

fn libraries() -> (TempDir, Library, FlowLibrary) {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::at(&folder.path().join("knowledge"));
    let flows = FlowLibrary::at(&folder.path().join("flows"));
    (folder, library, flows)
}

fn files(texts: &[(&str, &str)]) -> Vec<(String, String)> {
    texts.iter().map(|(name, text)| (format!("/srv/flows/{name}"), (*text).to_owned())).collect()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn live(flows: &FlowLibrary) -> Option<(FlowVersion, Vec<String>)> {
    let live = flows.live().unwrap()?;
    Some((live.version, live.files.into_iter().map(|(_, text)| text).collect()))
}

#[test]
fn a_version_goes_live_as_a_whole_and_an_older_one_can_come_back() {
    let (_folder, library, flows) = libraries();
    let right = library.write().unwrap();
    assert!(live(&flows).is_none());
    let first = flows.plan_to_publish("/srv/flows", files(&[("a.yaml", "one"), ("b.yaml", "two")])).unwrap();
    assert!(live(&flows).is_none() && !flows.folder.exists(), "a plan writes nothing");
    flows.make(&right, &first, "Ada", None, at(1)).unwrap();
    assert_eq!(live(&flows), Some((1, vec!["one".to_owned(), "two".to_owned()])));
    let second = flows.plan_to_publish("/srv/flows", files(&[("a.yaml", "three")])).unwrap();
    flows.make(&right, &second, "Bob", None, at(2)).unwrap();
    assert_eq!(live(&flows), Some((2, vec!["three".to_owned()])));
    let back = flows.plan_to_go_back(1).unwrap();
    assert_eq!(back.after().unwrap().files.len(), 2);
    flows.make(&right, &back, "Ada", None, at(3)).unwrap();
    assert_eq!(live(&flows).unwrap().0, 1);
    assert!(matches!(flows.plan_to_go_back(3), Err(FlowLibraryError::NoVersion(3))));
    flows.make(&right, &flows.plan_to_withdraw().unwrap(), "Ada", None, at(4)).unwrap();
    assert!(live(&flows).is_none());
    assert!(matches!(flows.plan_to_withdraw(), Err(FlowLibraryError::NotLive)));
    let told: Vec<_> = flows.record().unwrap().events;
    assert_eq!(told.len(), 6);
}

#[test]
fn the_same_files_are_no_new_version() {
    let (_folder, library, flows) = libraries();
    let right = library.write().unwrap();
    let first = flows.plan_to_publish("/srv/flows", files(&[("a.yaml", "one")])).unwrap();
    flows.make(&right, &first, "Ada", None, at(1)).unwrap();
    let again = flows.plan_to_publish("/elsewhere", files(&[("a.yaml", "one")])).unwrap();
    assert!(!again.is_new() && again.after().unwrap().version == 1);
    // The same words in a file of another name are another version.
    assert!(flows.plan_to_publish("/srv/flows", files(&[("b.yaml", "one")])).unwrap().is_new());
    flows.make(&right, &flows.plan_to_withdraw().unwrap(), "Ada", None, at(2)).unwrap();
    assert!(flows.plan_to_publish("/srv/flows", files(&[("a.yaml", "one")])).unwrap().is_new());
}

#[test]
fn whatever_a_crash_leaves_is_no_version_and_the_old_one_stays_live() {
    let (_folder, library, flows) = libraries();
    let right = library.write().unwrap();
    let first = flows.plan_to_publish("/srv/flows", files(&[("a.yaml", "one")])).unwrap();
    flows.make(&right, &first, "Ada", None, at(1)).unwrap();
    // In the middle of a version, and of its record.
    fs::create_dir_all(flows.folder.join("0002")).unwrap();
    fs::write(flows.folder.join("0002/left.yaml"), "half").unwrap();
    fs::write(flows.folder.join("0002/a.yaml.new"), "ha").unwrap();
    fs::write(flows.folder.join("record.json.new"), "{\"events\": [").unwrap();
    assert_eq!(live(&flows), Some((1, vec!["one".to_owned()])));
    let second = flows.plan_to_publish("/srv/flows", files(&[("a.yaml", "two")])).unwrap();
    flows.make(&right, &second, "Ada", None, at(2)).unwrap();
    assert_eq!(live(&flows), Some((2, vec!["two".to_owned()])), "what was left is no part of it");
}

#[test]
fn a_damaged_record_or_a_lost_file_is_told_with_its_place() {
    let (_folder, library, flows) = libraries();
    let right = library.write().unwrap();
    let first = flows.plan_to_publish("/srv/flows", files(&[("a.yaml", "one")])).unwrap();
    flows.make(&right, &first, "Ada", None, at(1)).unwrap();
    fs::remove_file(flows.folder.join("0001/a.yaml")).unwrap();
    let error = flows.live().unwrap_err().to_string();
    assert!(error.contains("0001/a.yaml cannot be read"), "{error}");
    fs::write(flows.folder.join(RECORD), "{").unwrap();
    let error = flows.live().unwrap_err().to_string();
    assert!(error.contains("record.json is damaged"), "{error}");
}
