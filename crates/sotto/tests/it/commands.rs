use std::os::unix::fs::PermissionsExt;

use crate::program::Place;

#[test]
fn the_help_tells_what_each_command_is_for() {
    let place = Place::new();
    insta::assert_snapshot!(place.answer(&["--help"]));
    insta::assert_snapshot!(place.answer(&["up", "--help"]));
}

#[test]
fn init_writes_a_configuration_that_is_valid_and_never_overwrites() {
    let place = Place::new();
    place.answer(&["init"]);
    place.answer(&["doctor"]);
    let written = std::fs::read_to_string(place.path().join("sotto.toml")).unwrap();
    let again = place.run(&["init"]);
    assert!(!again.status.success());
    assert_eq!(std::fs::read_to_string(place.path().join("sotto.toml")).unwrap(), written);
    let mode = std::fs::metadata(place.path().join("sotto.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_wrong_configuration_stops_every_command_with_the_line() {
    let place = Place::new();
    place.write("sotto.toml", "[hub]\nmax_mib = \"lots\"\n\n[desk]\nlissten = \"127.0.0.1:1\"\n");
    for command in ["up", "hub", "desk", "desk-key"] {
        let output = place.run(&[command]);
        assert!(!output.status.success(), "{command}");
        let said = place.clean(&output.stderr);
        assert!(
            said.contains("sotto.toml:2: hub.max_mib") && said.contains("sotto.toml:5: desk.lissten"),
            "{command}: {said}"
        );
    }
    assert!(!place.data().join("hub").exists(), "nothing was started");
}

#[test]
fn a_file_for_tls_that_is_of_no_use_stops_its_part_with_the_key_and_what_to_put_there() {
    let place = Place::new();
    place.write(
        "sotto.toml",
        "[hub]\ntls_certificate = \"it.pem\"\ntls_key = \"it.pem\"\n[desk]\nhub_ca_file = \"it.pem\"\n",
    );
    place.write("it.pem", "not a certificate");
    for (part, keys) in [("hub", "hub.tls_certificate and hub.tls_key"), ("desk", "desk.hub_ca_file")] {
        let output = place.sotto(&[part]).env("SOTTO_DESK_HUB_URL", "https://127.0.0.1:1").output().unwrap();
        assert!(!output.status.success());
        let said = place.clean(&output.stderr);
        assert!(said.contains(keys) && said.contains("it.pem: put "), "{part}: {said}");
        // It was read: the sandbox lets the part at the files that its configuration names.
        assert!(said.contains("no items found"), "{part}: {said}");
    }
}

#[test]
fn the_desks_key_stays_the_same_and_is_in_the_snippet() {
    let place = Place::new();
    let key = place.answer(&["desk-key", "--bare"]);
    assert_eq!(key.len(), 43);
    assert_eq!(place.answer(&["desk-key", "--bare"]), key);
    assert!(place.answer(&["desk-key"]).contains(&format!("data-desk=\"{key}\"")));
}

#[test]
fn an_invitation_is_a_link_to_the_console_and_another_each_time() {
    let place = Place::new();
    let first = place.answer(&["staff", "invite"]);
    let second = place.answer(&["staff", "invite"]);
    assert!(first.starts_with(&format!("http://{}/enrol#", place.console())), "{first}");
    assert_ne!(first, second);
}
