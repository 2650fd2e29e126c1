//! What must hold for every input, for the fuzzer here and for the tests that replay the corpora.

pub mod anonymizer_properties;
pub mod assistant_properties;
pub mod replay;
