//! `sotto models`: models that are not in the program, because their weights have an owner and a licence of their own.
//!
//! Each comes from a package of one version with one SHA-256, is converted once, and lies with its notice in the data
//! folder. Nothing else is ever fetched.

mod minilm;
mod multilingual;
mod onnx;
mod package;
mod rampart;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anonymizer::NamesModel;
use anyhow::{Context, Result};
use assistant::Embedder;
use encoder::multilingual::Multilingual;
use encoder::{Encoder, ModelError, Source};

use crate::cli::{Common, InstallArguments};
use crate::data::{DataFolder, write_private};
use crate::models::package::Package;

/// A model that can be installed.
struct Model {
    /// Its file's name without the ending.
    name: &'static str,
    /// What it is for.
    purpose: &'static str,
    package: Package,
    /// What is changed in it, as its file says.
    changes: &'static str,
    convert: fn(&Package, &[u8]) -> Result<Converted>,
    /// Loads it and tells how many octets it holds in memory.
    size: fn(&Model, &Path) -> Result<usize>,
}

/// A kind of model.
trait Kind: Sized {
    fn load(bytes: &[u8]) -> Result<Self, ModelError>;
    fn source(&self) -> &Source;
    fn size(&self) -> usize;
}

/// What is written.
struct Converted {
    /// The file's content.
    model: Vec<u8>,
    /// Whom the licence asks to name, and what was changed.
    notice: String,
}

const MODELS: [Model; 3] = [
    Model {
        name: "rampart",
        purpose: "finds names and addresses in seven languages",
        package: rampart::PACKAGE,
        changes: rampart::CHANGES,
        convert: rampart::convert,
        size: Model::size::<Encoder>,
    },
    Model {
        name: "minilm",
        purpose: "tells how near two sentences are in meaning (English)",
        package: minilm::PACKAGE,
        changes: minilm::CHANGES,
        convert: minilm::convert,
        size: Model::size::<Encoder>,
    },
    Model {
        name: "multilingual",
        purpose: "tells how near two sentences are in meaning (sixteen languages); beside minilm it is used for intents",
        package: multilingual::PACKAGE,
        changes: multilingual::CHANGES,
        convert: multilingual::convert,
        size: Model::size::<Multilingual>,
    },
];

/// Downloads, checks, converts and writes a model, unless it is there; all of them when none is named.
#[expect(clippy::print_stdout, reason = "this is the command's answer")]
pub(crate) fn install(arguments: &InstallArguments) -> Result<ExitCode> {
    let names = || MODELS.iter().map(|model| model.name).collect::<Vec<_>>().join(", ");
    let wanted: Vec<&Model> = match arguments.name.as_deref() {
        None => MODELS.iter().collect(),
        Some(name) => {
            let model = MODELS.iter().find(|model| model.name == name);
            vec![model.with_context(|| format!("there is no model {name}; there are {}", names()))?]
        }
    };
    anyhow::ensure!(
        arguments.wheel.is_none() || wanted.len() == 1,
        "say which model the wheel is for: `sotto models install NAME --wheel FILE`; there are {}",
        names()
    );
    let folder = DataFolder::open(&arguments.common.data)?.models()?;
    for model in wanted {
        if (model.size)(model, &folder).is_err() {
            model.install(&folder, arguments.wheel.as_deref())?;
        }
        println!("{} is installed: {}", model.name, model.file(&folder).display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The model that finds names, when it is installed.
///
/// # Errors
/// When it is there and cannot be used: to go on without would find fewer names, and nobody would notice.
pub(crate) fn names(data: &DataFolder) -> Result<Option<Arc<NamesModel>>> {
    let folder = data.path().join(DataFolder::MODELS);
    let [rampart, ..] = &MODELS;
    let file = rampart.file(&folder);
    if !file.exists() {
        return Ok(None);
    }
    let encoder =
        rampart.installed::<Encoder>(&folder).with_context(|| format!("load {}", file.display()))?;
    Ok(Some(Arc::new(NamesModel::new(encoder)?)))
}

/// The models that tell what a sentence means: the one for English, installed now when it is missing, and the one for
/// other languages when it is installed.
///
/// # Errors
/// When it is missing and cannot be installed, or cannot be used.
#[expect(clippy::print_stderr, reason = "a download takes a moment, and someone is waiting")]
pub(crate) fn sentences(common: &Common) -> Result<Embedder> {
    let [_, minilm, _] = &MODELS;
    let folder = DataFolder::open(&common.data)?.models()?;
    let encoder = match minilm.installed(&folder) {
        Ok(encoder) => encoder,
        Err(_) => {
            let Package { name, version, .. } = minilm.package;
            eprintln!("installing {name} {version} into {}", folder.display());
            minilm.install(&folder, None)?;
            minilm.installed(&folder)?
        }
    };
    embedder(encoder, &folder)
}

/// The same, when it is installed already.
///
/// # Errors
/// When it is there and cannot be used.
pub(crate) fn installed_sentences(data: &DataFolder) -> Result<Option<Embedder>> {
    let folder = data.path().join(DataFolder::MODELS);
    let [_, minilm, _] = &MODELS;
    let file = minilm.file(&folder);
    if !file.exists() {
        return Ok(None);
    }
    let encoder = minilm.installed(&folder).with_context(|| format!("load {}", file.display()))?;
    embedder(encoder, &folder).map(Some)
}

/// The model for English, with the one for other languages when that is installed.
fn embedder(english: Encoder, folder: &Path) -> Result<Embedder> {
    let [_, _, others] = &MODELS;
    let embedder = Embedder::new(Arc::new(english));
    let file = others.file(folder);
    if !file.exists() {
        return Ok(embedder);
    }
    let encoder = others.installed(folder).with_context(|| format!("load {}", file.display()))?;
    Ok(embedder.with_multilingual(Arc::new(encoder)))
}

/// Says which models there are and which are installed.
#[expect(clippy::print_stdout, reason = "this is the command's answer")]
pub(crate) fn list(common: &Common) -> Result<ExitCode> {
    let folder = DataFolder::at(&common.data)?.path().join(DataFolder::MODELS);
    for model in &MODELS {
        println!("{}: {}", model.name, model.purpose);
        println!("  from      {} {} (PyPI)", model.package.name, model.package.version);
        println!("  licence   {}", model.package.licence);
        match (model.size)(model, &folder) {
            Ok(size) => println!(
                "  installed {} ({} MB in memory)",
                model.file(&folder).display(),
                size.div_ceil(1 << 20)
            ),
            Err(error) if model.file(&folder).exists() => println!("  not usable: {error:#}"),
            Err(_) => println!("  not installed; `sotto models install {}` does it", model.name),
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Model {
    fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.model", self.name))
    }

    /// Downloads, checks, converts and writes it.
    fn install(&self, folder: &Path, wheel: Option<&Path>) -> Result<()> {
        let wheel = match wheel {
            Some(wheel) => fs::read(wheel).with_context(|| format!("read {}", wheel.display()))?,
            None => self.package.download(folder)?,
        };
        self.package.check(&wheel)?;
        let converted = (self.convert)(&self.package, &wheel)
            .with_context(|| format!("convert {} {}", self.package.name, self.package.version))?;
        // The notice first: there is never a model without it.
        write_private(&folder.join(format!("{}.NOTICE", self.name)), converted.notice.as_bytes())?;
        write_private(&self.file(folder), &converted.model)?;
        (self.size)(self, folder).context("read the model that was just written")?;
        Ok(())
    }

    /// The model, when it is there, whole, and made of the package that is pinned here in the way of this version.
    fn installed<K: Kind>(&self, folder: &Path) -> Result<K> {
        let file = self.file(folder);
        let bytes = fs::read(&file).with_context(|| format!("read {}", file.display()))?;
        let loaded = K::load(&bytes)?;
        anyhow::ensure!(
            loaded.source().sha256 == self.package.sha256 && loaded.source().changes == self.changes,
            "it was made by another version of Sotto: run `sotto models install`"
        );
        Ok(loaded)
    }

    fn size<K: Kind>(&self, folder: &Path) -> Result<usize> {
        Ok(self.installed::<K>(folder)?.size())
    }
}

impl Kind for Encoder {
    fn load(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::from_bytes(bytes)
    }

    fn source(&self) -> &Source {
        self.source()
    }

    fn size(&self) -> usize {
        self.size()
    }
}

impl Kind for Multilingual {
    fn load(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::from_bytes(bytes)
    }

    fn source(&self) -> &Source {
        self.source()
    }

    fn size(&self) -> usize {
        self.size()
    }
}
