use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::program::Place;

fn examine(place: &Place) -> (bool, String) {
    let output = place.run(&["doctor"]);
    (output.status.success(), place.clean(&output.stdout))
}

#[test]
fn a_new_installation_is_well() {
    let place = Place::new();
    let (well, said) = examine(&place);
    assert!(well, "{said}");
    assert!(said.contains("is made on first start") && said.contains("HUB-PORT is free"), "{said}");
}

#[test]
fn a_taken_port_is_named_with_its_key() {
    let place = Place::new();
    let _other = TcpListener::bind(place.hub()).unwrap();
    let (well, said) = examine(&place);
    assert!(
        !well && said.contains("FAIL  hub.listen") && said.contains("set hub.listen to another port"),
        "{said}"
    );
}

#[test]
fn a_store_without_its_key_is_not_taken_for_a_new_one() {
    let place = Place::new();
    place.answer(&["desk-key"]);
    fs::remove_file(place.data().join("desk/root.key")).unwrap();
    let (well, said) = examine(&place);
    assert!(!well && said.contains("FAIL  desk's root key") && said.contains("put the key back"), "{said}");
    let desk = place.run(&["desk-key"]);
    let said = place.clean(&desk.stderr);
    assert!(!desk.status.success() && said.contains("PLACE/data/desk/root.key is missing"), "{said}");
    assert!(!place.data().join("desk/root.key").exists(), "neither makes a new one");
}

#[test]
fn a_file_of_an_authority_that_is_none_is_named() {
    let place = Place::new();
    place.write("sotto.toml", "[desk]\nhub_ca_file = \"authority.pem\"\n");
    place.write("authority.pem", "");
    let output = place.sotto(&["doctor"]).env("SOTTO_DESK_HUB_URL", "https://127.0.0.1:1").output().unwrap();
    let said = place.clean(&output.stdout);
    assert!(!output.status.success() && said.contains("FAIL  hub's authority"), "{said}");
    assert!(said.contains("desk.hub_ca_file: cannot read a certificate from authority.pem"), "{said}");
}

#[test]
fn what_is_open_to_others_is_refused_with_the_command_that_closes_it() {
    let place = Place::new();
    place.answer(&["desk-key"]);
    fs::set_permissions(place.data(), Permissions::from_mode(0o755)).unwrap();
    let (well, said) = examine(&place);
    assert!(!well && said.contains("chmod 700 PLACE/data"), "{said}");
}

#[test]
fn a_wrong_configuration_is_all_that_is_reported() {
    let place = Place::new();
    place.write("sotto.toml", "[hub]\nmax_mib = \"nowhere\"\n");
    let (well, said) = examine(&place);
    assert!(!well);
    insta::assert_snapshot!(said);
}

#[test]
fn whether_changes_are_tried_before_they_go_live_is_told() {
    let place = Place::new();
    place.with_business("");
    let (well, said) = examine(&place);
    assert!(well && said.contains("warn  conversations    none;"), "{said}");
    place.with_business("conversations = \"set.yaml\"\n");
    place.write("set.yaml", "conversations:\n  a:\n    category: happy\n    turns: [{ say: Hello }]\n");
    let (well, said) = examine(&place);
    assert!(well && said.contains("ok    conversations    1 in set.yaml"), "{said}");
    place.write("set.yaml", "conversations:\n  a:\n    category: hapy\n    turns: [{ say: Hello }]\n");
    let (well, said) = examine(&place);
    assert!(!well && said.contains("FAIL  conversations") && said.contains("set.yaml:3: "), "{said}");
}
