//! What the fuzzer started from or found, replayed without it.

use std::{fs, path::Path};

/// Holds, or panics.
pub type Property = fn(&[u8]);

/// Each input of each target's folder in `fuzz/corpus`.
pub fn replay(targets: &[(&str, Property)]) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (target, property) in targets {
        let inputs: Vec<_> = fs::read_dir(corpus.join(target))
            .expect("each target has its folder")
            .map(|entry| entry.expect("the folder can be read").path())
            .collect();
        assert!(!inputs.is_empty(), "{target} has no inputs");
        for path in inputs {
            property(&fs::read(&path).expect("the input can be read"));
        }
    }
}
