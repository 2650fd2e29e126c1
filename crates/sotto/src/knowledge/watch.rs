//! `sotto knowledge watch`: looks at a folder again and again. What changed becomes a draft, and what vanished is marked:
//! a person decides whether it is withdrawn.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use super::arguments::WatchArguments;
use super::import::Import;
use super::sources::{Source, files};
use super::{library, now, say};
use crate::config::Config;

/// Size and time of a file when it was last read.
type Seen = BTreeMap<PathBuf, (u64, SystemTime)>;

pub(super) fn run(arguments: &WatchArguments, config: &Config) -> Result<ExitCode> {
    let folder = fs::canonicalize(&arguments.folder)
        .with_context(|| format!("find {}", arguments.folder.display()))?;
    let mut seen = Seen::new();
    let mut begun = false;
    loop {
        let found = files(&folder)?;
        let looks = found.iter().filter_map(look).collect::<Seen>();
        if !begun || looks != seen {
            let mut import = Import::new(&arguments.common, config, arguments.defaults)?;
            found.iter().try_for_each(|source| import.source(source))?;
            mark_gone(arguments, &folder, &import)?;
            import.sum()?;
            if arguments.once {
                return Ok(import.code());
            }
            if !begun {
                say(&format!("Watching {}; stop with Ctrl+C.", folder.display()))?;
            }
            (begun, seen) = (true, looks);
        }
        std::thread::sleep(Duration::from_secs(arguments.every));
    }
}

fn look(source: &Source) -> Option<(PathBuf, (u64, SystemTime))> {
    let metadata = fs::metadata(&source.path).ok()?;
    Some((source.path.clone(), (metadata.len(), metadata.modified().ok()?)))
}

/// Marks the articles from this folder that are in it no more. One whose file is there and cannot be read stays as it is.
fn mark_gone(arguments: &WatchArguments, folder: &Path, import: &Import) -> Result<()> {
    let library = library(&arguments.common)?;
    for entry in library.entries()? {
        let source = Path::new(entry.record.source());
        let is_here = source.starts_with(folder) && source != folder;
        let was_read = import.seen().contains_key(&entry.key);
        if !is_here || was_read || import.failed().iter().any(|failed| source.starts_with(failed)) {
            continue;
        }
        if library.write()?.source_gone(&entry.key, now())? {
            let hint = match entry.record.live() {
                Some(_) => format!(
                    "; it is still live: `sotto knowledge withdraw {} --by NAME` takes it away",
                    entry.key
                ),
                None => String::new(),
            };
            say(&format!("{}: {} has no such article any more{hint}", entry.key, entry.record.source()))?;
        }
    }
    Ok(())
}
