//! The inputs that the fuzzer started from or found, replayed without it.

#[path = "../../../fuzz/src/assistant_properties.rs"]
#[allow(
    unreachable_pub,
    clippy::panic,
    reason = "the fuzzer takes it from a crate of its own, and panics are what it finds"
)]
mod properties;

#[test]
fn every_input_of_the_corpora_holds_to_its_property() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus");
    for (target, property) in properties::TARGETS {
        let inputs: Vec<_> = std::fs::read_dir(format!("{folder}/{target}"))
            .expect("each target has its folder")
            .map(|entry| entry.expect("the folder can be read").path())
            .collect();
        assert!(!inputs.is_empty(), "{target} has no inputs");
        for path in inputs {
            property(&std::fs::read(&path).expect("the input can be read"));
        }
    }
}
