//! The inputs that the fuzzer started from or found, replayed without it.

#[path = "../../../fuzz/src/anonymizer_properties.rs"]
#[allow(unreachable_pub, reason = "the fuzzer takes it from a crate of its own")]
mod properties;
#[path = "../../../fuzz/src/replay.rs"]
#[allow(unreachable_pub, reason = "its type is the fuzzer's crate's as well")]
mod replay;

#[test]
fn every_input_of_the_corpora_holds_to_its_property() {
    replay::replay(&properties::TARGETS);
}
