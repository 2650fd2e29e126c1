//! What the browser loads: the encryption as WebAssembly, then the Vite build of each package in web/.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::npm::{self, NpmPackage};
use crate::workspace::Workspace;
use crate::{fingerprint, progress, requirements, wasm};

/// Builds what is not built from the present inputs.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    requirements::check(&requirements::WEB)?;
    npm::install(workspace)?;
    wasm::build(workspace)?;
    for package in npm::packages(workspace)? {
        if package.has("build") {
            build_package(workspace, &package)?;
        }
    }
    Ok(())
}

fn build_package(workspace: &Workspace, package: &NpmPackage) -> Result<()> {
    let fingerprint = fingerprint::of(&workspace.root, &inputs(workspace, package)?)?;
    let output = workspace.root.join(&package.folder).join("dist");
    let stamp = stamp_of(workspace, package)?;
    if output.is_dir() && fingerprint::is_current(&stamp, &fingerprint) {
        return Ok(());
    }
    let title = format!("build {}", package.folder.display());
    progress::step(&title, &mut package.run(workspace, "build"))?;
    fingerprint::stamp(&stamp, &fingerprint)
}

/// Beside the package's dependencies and not in its output, which is served as it is.
fn stamp_of(workspace: &Workspace, package: &NpmPackage) -> Result<PathBuf> {
    let folder = workspace.root.join("node_modules/.sotto-build");
    fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    Ok(folder.join(package.folder.to_string_lossy().replace('/', "-")))
}

/// The package's own files, what every package may use, and what is generated for them.
fn inputs(workspace: &Workspace, package: &NpmPackage) -> Result<Vec<PathBuf>> {
    let used =
        [package.folder.as_path(), Path::new("web/e2ee"), Path::new("web/assets"), Path::new("translations")];
    let mut inputs: Vec<PathBuf> = workspace
        .files()?
        .into_iter()
        .filter(|file| used.iter().any(|folder| file.starts_with(folder)))
        .collect();
    inputs.push(PathBuf::from("package-lock.json"));
    inputs.push(PathBuf::from("web/e2ee/pkg"));
    inputs.push(package.folder.join("src/generated"));
    Ok(inputs)
}
