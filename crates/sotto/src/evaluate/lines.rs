//! Files of JSON lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Every line of a file; an error names the file and the line.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut read = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let place = || format!("{}, line {}", path.display(), number + 1);
        let line = line.with_context(|| format!("{}: read it (is it UTF-8?)", place()))?;
        if !line.trim().is_empty() {
            read.push(serde_json::from_str(&line).with_context(place)?);
        }
    }
    ensure!(!read.is_empty(), "{} has no line", path.display());
    Ok(read)
}

/// One line.
pub(super) fn write(output: &mut impl Write, value: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *output, value)?;
    writeln!(output)
}
