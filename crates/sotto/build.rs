//! The program holds the built web files; new ones must be taken in, so cargo is told to look at their folders.

use std::fs;
use std::path::Path;

fn main() {
    for folder in ["../../web/widget/dist", "../../web/console/dist", "../../content/demo"] {
        // Cargo runs this script each time while a folder that it shall watch is missing.
        if !Path::new(folder).exists() {
            let _ = fs::create_dir_all(folder);
        }
        println!("cargo::rerun-if-changed={folder}");
    }
}
