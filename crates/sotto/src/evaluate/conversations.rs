//! Files of conversations.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use assistant::evaluation::{self, Conversation};
use rust_embed::RustEmbed;

/// The demo shop's conversations.
#[derive(RustEmbed)]
#[folder = "../../content/evaluation/conversations"]
#[include = "*.yaml"]
struct Demo;

/// All conversations of these files and folders.
///
/// # Errors
/// When something cannot be read, and with everything that is wrong in all of them.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<Conversation>> {
    let mut texts = Vec::new();
    for path in files(paths)? {
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        texts.push((path.display().to_string(), text));
    }
    parsed(texts)
}

/// The demo shop's.
pub(crate) fn demo() -> Result<Vec<Conversation>> {
    let text = |name: Cow<'static, str>| {
        let file = Demo::get(&name).with_context(|| format!("{name} is not in the program"))?;
        let text =
            String::from_utf8(file.data.into_owned()).with_context(|| format!("{name} is not UTF-8"))?;
        Ok((name.into_owned(), text))
    };
    parsed(Demo::iter().map(text).collect::<Result<_>>()?)
}

fn parsed(texts: Vec<(String, String)>) -> Result<Vec<Conversation>> {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for (name, text) in texts {
        match evaluation::read(&name, &text) {
            Ok(conversations) => read.extend(conversations),
            Err(wrong) => problems.extend(wrong.iter().map(|problem| format!("\n  {problem}"))),
        }
    }
    if !problems.is_empty() {
        bail!("the conversations cannot be used ({} problems):{}", problems.len(), problems.concat());
    }
    ensure!(!read.is_empty(), "there is no conversation: name .yaml files, or a folder that holds some");
    Ok(read)
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in path.read_dir().with_context(|| format!("read {}", path.display()))? {
            let file = entry.with_context(|| format!("read {}", path.display()))?.path();
            if is_yaml(&file) {
                inside.push(file);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}
