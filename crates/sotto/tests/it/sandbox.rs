//! Hub and desk cannot open each other's files. It is tried from inside the running program: a link in a part's own
//! folder leads to the other's key, which the part reads once it has confined itself. The file modes would allow it,
//! since both parts run as one user. With an empty standard input a part that does start ends by itself.

use std::fs;

use crate::program::{Place, Running};

#[test]
fn the_hub_cannot_open_the_desks_files() {
    let place = Place::new();
    place.answer(&["desk-key"]);
    fs::create_dir_all(place.data().join("hub")).unwrap();
    std::os::unix::fs::symlink(place.data().join("desk/root.key"), place.data().join("hub/storage.key"))
        .unwrap();
    let refused = place.run(&["hub", "--supervised"]);
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
    let refused = place.run(&["desk", "--supervised"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("ermission denied"), "{said}");
}
