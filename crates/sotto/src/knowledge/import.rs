//! `sotto knowledge import`: from files to drafts, one after the other; what is wrong with one stops no other.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anonymizer::{Anonymizer, Options};
use anyhow::{Context, Result};
use assistant::Business;
use assistant::checks::check;
use assistant::import::{self, Defaults, Draft, Format, Problem};
use assistant::library::{Imported, Library};

use super::arguments::{DefaultsArguments, ImportArguments};
use super::sources::{Source, content, files, most};
use super::{library, now, reader, say, sitemap};
use crate::cli::Common;
use crate::config::Config;
use crate::data::DataFolder;
use crate::{models, parts};

pub(super) fn run(arguments: &ImportArguments, config: &Config) -> Result<ExitCode> {
    let mut import = Import::new(&arguments.common, config, arguments.defaults)?;
    for source in &arguments.sources {
        match url::Url::parse(source) {
            Ok(address) if matches!(address.scheme(), "http" | "https") => {
                sitemap::import(&mut import, &address)?
            }
            Ok(_) | Err(_) => import.path(Path::new(source))?,
        }
    }
    import.sum()?;
    Ok(import.code())
}

/// One import, and what came of it so far.
pub(super) struct Import {
    library: Library,
    anonymizer: Anonymizer,
    defaults: DefaultsArguments,
    /// Where each article came from in this import.
    seen: BTreeMap<String, String>,
    new: usize,
    changed: usize,
    unchanged: usize,
    problems: usize,
    /// The files that could not be read, or not whole.
    failed: Vec<String>,
}

impl Import {
    pub(super) fn new(common: &Common, config: &Config, defaults: DefaultsArguments) -> Result<Self> {
        Ok(Self {
            library: library(common)?,
            anonymizer: anonymizer(common, config)?,
            defaults,
            seen: BTreeMap::new(),
            new: 0,
            changed: 0,
            unchanged: 0,
            problems: 0,
            failed: Vec::new(),
        })
    }

    /// Takes in a file, or every file of a folder.
    pub(super) fn path(&mut self, root: &Path) -> Result<()> {
        let found = files(root)?;
        if found.is_empty() {
            self.tell(&Problem::of(&root.display().to_string(), "holds no file that could be imported"));
        }
        found.iter().try_for_each(|source| self.source(source))
    }

    /// Takes in one file from the disk.
    pub(super) fn source(&mut self, source: &Source) -> Result<()> {
        let place = source.path.display().to_string();
        let before = self.problems;
        self.content(source, &place)?;
        if self.problems > before {
            self.failed.push(place);
        }
        Ok(())
    }

    fn content(&mut self, source: &Source, place: &str) -> Result<()> {
        let most = most(Format::of(&source.name));
        match content(&source.path, most) {
            Ok(bytes) if bytes.len() > most => {
                let problem = format!("is larger than {} MiB; split it", most >> 20);
                self.tell(&Problem::of(place, problem));
                Ok(())
            }
            Ok(bytes) => self.file(place, &source.name, &bytes),
            Err(error) => {
                self.tell(&Problem::of(place, format!("cannot be read ({error}); check who may read it")));
                Ok(())
            }
        }
    }

    /// Takes in one file's bytes. `place` is where it is, `name` its path below what is imported.
    pub(super) fn file(&mut self, place: &str, name: &str, bytes: &[u8]) -> Result<()> {
        let read = match Format::of(name) {
            // Short readers of ours over well-tried parsers of plain text.
            Some(Format::Markdown | Format::Csv) | None => {
                import::read(name, bytes, Defaults::from(self.defaults))
            }
            Some(Format::Html | Format::Docx | Format::Pdf) => reader::start(name, bytes, self.defaults)?,
            Some(Format::Zip) => return self.archive(place, bytes),
        };
        for read in read {
            match read {
                Ok(draft) => self.draft(place, &draft)?,
                Err(problem) => self.tell(&problem),
            }
        }
        Ok(())
    }

    fn archive(&mut self, place: &str, bytes: &[u8]) -> Result<()> {
        let entries = match import::archive::entries(place, bytes) {
            Ok(entries) => entries,
            Err(problem) => {
                self.tell(&problem);
                return Ok(());
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => self.file(&format!("{place}/{}", entry.name), &entry.name, &entry.bytes)?,
                Err(problem) => self.tell(&problem),
            }
        }
        Ok(())
    }

    fn draft(&mut self, place: &str, draft: &Draft) -> Result<()> {
        let key = draft.key();
        if let Some(other) = self.seen.get(&key).filter(|other| other.as_str() != place) {
            let problem = format!("{key} came from {other} already; give one of them another id");
            self.tell(&Problem::of(place, problem));
            return Ok(());
        }
        self.seen.insert(key.clone(), place.to_owned());
        let mut found = 0;
        let findings = || {
            let findings = check(draft, &self.anonymizer);
            found = findings.len();
            findings
        };
        let imported = self.library.write()?.import(draft, place, findings, now())?;
        let (version, what) = match imported {
            Imported::New(version) => {
                self.new += 1;
                (version, "new")
            }
            Imported::Changed(version) => {
                self.changed += 1;
                (version, "changed")
            }
            Imported::Unchanged(_) => {
                self.unchanged += 1;
                return Ok(());
            }
        };
        let found = if found == 0 { String::new() } else { format!(", {found} findings") };
        say(&format!("{key}@{version} {what}{found}: {}", draft.article.title))
    }

    /// Says what is wrong; it counts towards how the command ends.
    #[expect(clippy::print_stderr, reason = "a person reads what could not be imported")]
    pub(super) fn tell(&mut self, problem: &Problem) {
        self.problems += 1;
        eprintln!("error: {}", crate::terminal::visible(&problem.to_string()));
    }

    /// Where each article of this import came from, by its key.
    pub(super) fn seen(&self) -> &BTreeMap<String, String> {
        &self.seen
    }

    /// The files that gave a problem.
    pub(super) fn failed(&self) -> &[String] {
        &self.failed
    }

    /// How a command of one import ends.
    pub(super) fn code(&self) -> ExitCode {
        if self.problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// The last line.
    pub(super) fn sum(&self) -> Result<()> {
        let Self { new, changed, unchanged, problems, .. } = self;
        say(&format!("{new} new, {changed} changed, {unchanged} unchanged, {problems} problems."))?;
        if new + changed > 0 {
            say(
                "They are drafts: `sotto knowledge show ID` prints one, `sotto knowledge publish ID --by NAME` makes it live.",
            )?;
        }
        Ok(())
    }
}

/// Finds what the desk would find, but for the business's own addresses.
fn anonymizer(common: &Common, config: &Config) -> Result<Anonymizer> {
    let business = config.desk.content.as_ref().map(|files| Business::load(&files.business)).transpose();
    let business = business.context("read the business file")?;
    let names = models::names(&DataFolder::at(&common.data)?)?;
    let options = match &business {
        Some(business) => parts::desk::anonymizer_options(&config.desk, business, names),
        None => Options { public: config.desk.public_values.clone(), names, ..Options::default() },
    };
    Ok(Anonymizer::with_policy(parts::desk::policy(&config.desk.policy)?, options))
}
