use std::fs;
use std::io::Read;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::program::{Place, Running, get};

const PATIENCE: Duration = Duration::from_secs(60);

fn start(place: &Place, more: &[&str]) -> (Running, String) {
    let arguments: Vec<&str> = ["up"].iter().chain(more).copied().collect();
    let mut up = Running::start(&mut place.sotto(&arguments));
    let said = up.wait_for("Ctrl-C");
    (up, said)
}

fn pid(place: &Place, part: &str) -> Option<Pid> {
    let text = fs::read_to_string(place.data().join("run").join(format!("{part}.pid"))).ok()?;
    Pid::from_raw(text.trim().parse().ok()?)
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what} did not come true");
        std::thread::yield_now();
    }
}

#[test]
fn up_starts_everything_and_says_where_it_is() {
    let place = Place::new();
    let (up, said) = start(&place, &[]);
    let said = place.clean(said.as_bytes());
    let (before, token) = said.split_once("enrol#").unwrap();
    let (token, after) = token.split_at(token.find('\n').unwrap());
    assert_eq!(token.len(), 43);
    insta::assert_snapshot!(format!("{before}enrol#TOKEN{after}"));
    for path in ["/healthz", "/readyz"] {
        if let Err(instead) = get(&place.hub(), path) {
            let log = fs::read_to_string(place.data().join("log").join("hub.log"));
            panic!("{path} gave {instead:?}; the hub's log: {log:?}");
        }
    }
    drop(up);
}

#[test]
fn ctrl_c_stops_all_and_the_next_start_goes_on_with_the_same_desk() {
    let place = Place::new();
    let key = place.answer(&["desk-key", "--bare"]);
    let (mut up, _) = start(&place, &[]);
    let parts: Vec<Pid> = ["hub", "desk", "demo"].iter().filter_map(|part| pid(&place, part)).collect();
    assert_eq!(parts.len(), 3);
    kill_process(Pid::from_child(&up.child), Signal::INT).unwrap();
    assert!(up.child.wait().unwrap().success());
    assert!(parts.iter().all(|part| test_kill_process(*part).is_err()), "all parts have ended");

    let (_up, said) = start(&place, &[]);
    assert!(said.contains("Sotto is running"));
    assert_eq!(place.answer(&["desk-key", "--bare"]), key);
}

#[test]
fn a_part_that_is_killed_is_started_again_at_the_same_address() {
    let place = Place::new();
    let (_up, _) = start(&place, &[]);
    for part in ["hub", "desk"] {
        let first = pid(&place, part).unwrap();
        kill_process(first, Signal::KILL).unwrap();
        until("a new process", || pid(&place, part).is_some_and(|now| now != first));
    }
    until("the hub's answer", || get(&place.hub(), "/readyz").is_ok());
    until("the console's answer", || get(&place.console(), "/").is_ok());
}

#[test]
fn the_parts_end_when_the_supervisor_is_killed() {
    let place = Place::new();
    let (mut up, _) = start(&place, &[]);
    let parts: Vec<Pid> = ["hub", "desk", "demo"].iter().filter_map(|part| pid(&place, part)).collect();
    up.child.kill().unwrap();
    up.child.wait().unwrap();
    until("the end of all parts", || parts.iter().all(|part| test_kill_process(*part).is_err()));
}

#[test]
fn a_part_that_cannot_start_stops_everything_with_the_reason() {
    let place = Place::new();
    let _other = std::net::TcpListener::bind(place.hub()).unwrap();
    let mut up = Running::start(&mut place.sotto(&["up"]));
    let mut said = String::new();
    up.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!up.child.wait().unwrap().success());
    assert!(said.contains("the hub did not start") && said.contains("in use"), "{said}");
}

#[test]
fn nothing_is_said_to_run_when_the_last_part_cannot_start() {
    let place = Place::new();
    let _other = std::net::TcpListener::bind(place.shop()).unwrap();
    let output = place.run(&["up"]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("the demo did not start"));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("Sotto is running"));
}

#[test]
fn only_one_runs_in_a_data_folder() {
    let place = Place::new();
    let (_up, _) = start(&place, &[]);
    let second = place.run(&["up"]);
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another sotto"));
}

#[test]
fn fresh_begins_with_another_desk() {
    let place = Place::new();
    let key = place.answer(&["desk-key", "--bare"]);
    let (up, _) = start(&place, &["--fresh"]);
    drop(up);
    assert_ne!(place.answer(&["desk-key", "--bare"]), key);
}
