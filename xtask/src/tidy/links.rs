//! Links between our Markdown files: the file exists, and so does the heading.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Every link to a file or heading that is not there.
pub(crate) fn check(root: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut pages = BTreeMap::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(root.join(file)).with_context(|| format!("read {}", file.display()))?;
        pages.insert(file.clone(), Page::read(&text));
    }
    let mut breaches = Vec::new();
    for (file, page) in &pages {
        for (line, link) in &page.links {
            if let Some(fault) = fault_of(root, &pages, file, link) {
                breaches.push(format!("{}:{line}: {link}: {fault}", file.display()));
            }
        }
    }
    Ok(breaches)
}

struct Page {
    links: Vec<(usize, String)>,
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self { links: Vec::new(), anchors: BTreeSet::new() };
        let mut heading: Option<String> = None;
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let line = text[..range.start].matches('\n').count() + 1;
                    page.links.push((line, dest_url.into_string()));
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    if let Some(title) = heading.take() {
                        page.add_anchor(&anchor(&title));
                    }
                }
                Event::Text(part) | Event::Code(part) => {
                    if let Some(title) = &mut heading {
                        title.push_str(&part);
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// A second heading of the same words gets a number, as on GitHub.
    fn add_anchor(&mut self, anchor: &str) {
        let mut name = anchor.to_owned();
        let mut number = 0;
        while !self.anchors.insert(name.clone()) {
            number += 1;
            name = format!("{anchor}-{number}");
        }
    }
}

/// The anchor that GitHub and GitLab make of a heading.
fn anchor(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            ' ' | '-' => Some('-'),
            letter if letter.is_alphanumeric() || letter == '_' => Some(letter),
            _ => None,
        })
        .collect()
}

fn fault_of(root: &Path, pages: &BTreeMap<PathBuf, Page>, file: &Path, link: &str) -> Option<&'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, fragment) =
        link.split_once('#').map_or((link, None), |(path, fragment)| (path, Some(fragment)));
    let target = if path.is_empty() {
        file.to_path_buf()
    } else {
        resolve(file.parent().unwrap_or(Path::new("")), path)
    };
    if !root.join(&target).exists() {
        return Some("no such file");
    }
    let fragment = fragment?;
    let page = pages.get(&target)?;
    (!page.anchors.contains(fragment)).then_some("no such heading")
}

fn resolve(folder: &Path, path: &str) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir => drop(resolved.pop()),
            Component::CurDir => {}
            part => resolved.push(part),
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_file_or_heading_that_is_not_there_is_found_with_its_line() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        fs::write(root.path().join("docs/A.md"), "# Keys & storage\n\n## The `hub` part\n").unwrap();
        let page = "# Top\n\n[a](docs/A.md) [b](docs/A.md#keys--storage) [c](docs/A.md#the-hub-part) [d](#top)\n\n\
                    [x](docs/B.md)\n[y](docs/A.md#nothing) [web](https://example.com/#x)\n";
        fs::write(root.path().join("README.md"), page).unwrap();
        let found = check(root.path(), &["docs/A.md", "README.md"].map(PathBuf::from)).unwrap();
        assert_eq!(
            found,
            ["README.md:5: docs/B.md: no such file", "README.md:6: docs/A.md#nothing: no such heading"]
        );
    }
}
