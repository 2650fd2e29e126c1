//! Lengths of files, and what must not be left in them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

const MOST_LINES: usize = 500;

/// Files that are longer, each with the lines that it may have and the reason.
const LONGER: [(&str, usize, &str); 0] = [];

/// Marks of unfinished work; written in two parts so that this file does not find itself.
const UNFINISHED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("#[", "ignore"),
];

const CODE: [&str; 8] = ["rs", "ts", "svelte", "js", "mjs", "css", "toml", "html"];

/// Every breach, with its file and line.
pub(crate) fn check(root: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    for file in files {
        let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !CODE.contains(&extension) {
            continue;
        }
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("read {}", file.display()))?;
        if matches!(extension, "rs" | "ts" | "svelte") {
            breaches.extend(too_long(file, text.lines().count()));
        }
        breaches.extend(unfinished(file, &text));
    }
    breaches.extend(
        LONGER
            .iter()
            .filter(|(path, _, _)| !files.iter().any(|file| file == Path::new(path)))
            .map(|(path, _, _)| format!("{path} is listed as long in xtask/src/tidy/files.rs and is gone")),
    );
    Ok(breaches)
}

fn too_long(file: &Path, lines: usize) -> Option<String> {
    let most =
        LONGER.iter().find(|(path, _, _)| Path::new(path) == file).map_or(MOST_LINES, |(_, most, _)| *most);
    (lines > most).then(|| format!("{} has {lines} lines; the most is {most}: split it", file.display()))
}

fn unfinished(file: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(mark) = UNFINISHED.iter().find(|mark| line.contains(**mark)) {
            found.push(format!("{}:{}: {mark} is left", file.display(), index + 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_and_a_mark_of_unfinished_work_are_found() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("long.rs"), "x\n".repeat(501)).unwrap();
        fs::write(root.path().join("fits.rs"), "x\n".repeat(500)).unwrap();
        fs::write(root.path().join("left.ts"), format!("x\n// {}: later\n", UNFINISHED[0])).unwrap();
        let files = ["long.rs", "fits.rs", "left.ts"].map(PathBuf::from);
        let found = check(root.path(), &files).unwrap();
        assert_eq!(
            found,
            [
                "long.rs has 501 lines; the most is 500: split it".to_owned(),
                format!("left.ts:2: {} is left", UNFINISHED[0])
            ]
        );
    }
}
