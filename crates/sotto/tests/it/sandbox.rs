//! Hub and desk cannot open each other's files, nor connect where they have no business. Tried from inside the running
//! program: `/proc/PID/root` would need rights over it, so the program itself is asked, by configuration, to read
//! something of the other's.

use std::fs;

use crate::program::{Place, Running};

/// The hub reads its TLS files after it confined itself; a path in the desk's folder is allowed by name only when the
/// configuration names it. A symbolic link in the hub's own folder leads out of it, and must not help.
#[test]
fn the_hub_cannot_open_the_desks_files() {
    let place = Place::new();
    place.answer(&["desk-key"]);
    fs::create_dir_all(place.data().join("hub")).unwrap();
    std::os::unix::fs::symlink(place.data().join("desk/root.key"), place.data().join("hub/storage.key")).unwrap();
    let refused = place.run(&["hub"]);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("storage key") && said.contains("ermission denied"), "{said}");
}

#[test]
fn the_desk_cannot_open_the_hubs_files() {
    let place = Place::new();
    let key = place.answer(&["desk-key", "--bare"]);
    let mut hub = Running::start(place.sotto(&["hub", "--supervised"]).env("SOTTO_HUB_DESKS", key));
    hub.wait_for("{");
    drop(hub);
    let desk = place.data().join("desk");
    fs::rename(desk.join("root.key"), desk.join("kept")).unwrap();
    std::os::unix::fs::symlink(place.data().join("hub/storage.key"), desk.join("root.key")).unwrap();
    let refused = place.run(&["desk"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("ermission denied"), "{said}");
}
