#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::anonymizer_properties::restore(input));
