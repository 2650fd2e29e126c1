//! What must be on the machine before anything is built, and what to say or do when it is not.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::progress;

/// One thing that must be there.
pub(crate) struct Requirement {
    /// For a person.
    name: &'static str,
    is_met: fn() -> bool,
    /// Debian's packages that bring it; none when only the person can choose.
    packages: &'static [&'static str],
    /// What a person does where there is no apt.
    advice: &'static str,
}

const NODE: Requirement = Requirement {
    name: "Node.js 20 or newer, with npm",
    is_met: || node_major().is_some_and(|major| major >= 20) && runs("npm", &["--version"]),
    packages: &[],
    advice: "install it from https://nodejs.org or your system's packages",
};

const PYTHON: Requirement = Requirement {
    name: "Python 3 with pip (for model packages)",
    is_met: || runs("python3", &["-m", "pip", "--version"]),
    packages: &["python3", "python3-pip"],
    advice: "install python3 and pip",
};

const C_COMPILER: Requirement = Requirement {
    name: "a C compiler",
    is_met: || runs("cc", &["--version"]),
    packages: &["gcc", "libc6-dev"],
    advice: "install gcc or clang (macOS: xcode-select --install)",
};

const LIBCRYPTO: Requirement = Requirement {
    name: "OpenSSL's libcrypto with headers and pkg-config (for SQLCipher)",
    is_met: || runs("pkg-config", &["--exists", "libcrypto"]) || env::var_os("OPENSSL_DIR").is_some(),
    packages: &["libssl-dev", "pkg-config"],
    advice: "install OpenSSL 3's development files and pkg-config (macOS: brew install openssl@3 pkg-config)",
};

const CHROMIUM: Requirement = Requirement {
    name: "Chromium (for the walkthroughs)",
    is_met: || find("chromium").is_some() || find("chromium-browser").is_some(),
    packages: &["chromium"],
    advice: "install Chromium so that `chromium` is on the PATH",
};

const POSTGRESQL: Requirement = Requirement {
    name: "the PostgreSQL server, 15 or newer",
    is_met: || postgresql_folder().is_some(),
    packages: &["postgresql"],
    advice: "install PostgreSQL so that `initdb` and `postgres` are on the PATH",
};

const NATS: Requirement = Requirement {
    name: "the NATS server",
    is_met: || find("nats-server").is_some(),
    packages: &["nats-server"],
    advice: "install nats-server so that it is on the PATH",
};

/// To build the web parts.
pub(crate) const WEB: [Requirement; 1] = [NODE];
/// To build the product.
pub(crate) const PRODUCT: [Requirement; 4] = [NODE, PYTHON, C_COMPILER, LIBCRYPTO];
/// To measure the hub beside another server.
pub(crate) const BENCH_HUB: [Requirement; 1] = [NATS];
/// To run the tests, beyond what the product needs.
pub(crate) const TESTS: [Requirement; 3] = [CHROMIUM, POSTGRESQL, NATS];

/// Fails with everything that is missing and what to do about it.
pub(crate) fn check(requirements: &[Requirement]) -> Result<()> {
    refuse(&missing(requirements))
}

/// Installs what is missing when we may (root, with apt), then checks again.
pub(crate) fn install(requirements: &[Requirement]) -> Result<()> {
    let missing = missing(requirements);
    let packages: Vec<&str> =
        missing.iter().flat_map(|requirement| requirement.packages.iter().copied()).collect();
    if packages.is_empty() || !may_install() {
        return refuse(&missing);
    }
    apt_install(&packages)?;
    refuse(&self::missing(requirements))
}

/// Installs Debian's packages; only as root.
pub(crate) fn apt_install(packages: &[&str]) -> Result<()> {
    let wait_for_others = ["-o", "DPkg::Lock::Timeout=300"];
    progress::step("apt-get update", apt().args(wait_for_others).arg("update"))?;
    progress::step(
        &format!("apt-get install {}", packages.join(" ")),
        apt().args(wait_for_others).args(["install", "-y", "--no-install-recommends"]).args(packages),
    )
}

/// Whether [`apt_install`] can work here.
pub(crate) fn may_install() -> bool {
    is_root() && find("apt-get").is_some()
}

/// Whether we run as root.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Where a program is on the PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// The folder of PostgreSQL's programs: Debian keeps one for each version off the PATH; the newest counts.
pub(crate) fn postgresql_folder() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin")))
        })
        .filter(|(version, folder)| *version >= 15 && folder.join("initdb").is_file())
        .max();
    newest.map(|(_, folder)| folder).or_else(|| find("initdb")?.parent().map(PathBuf::from))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn missing(requirements: &[Requirement]) -> Vec<&Requirement> {
    requirements.iter().filter(|requirement| !(requirement.is_met)()).collect()
}

fn refuse(missing: &[&Requirement]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = missing.iter().map(|requirement| explain(requirement)).collect();
    bail!("this is missing:\n{}", lines.join("\n"));
}

fn explain(requirement: &Requirement) -> String {
    if requirement.packages.is_empty() {
        return format!("  - {}: {}", requirement.name, requirement.advice);
    }
    format!(
        "  - {}: {}; Debian, Ubuntu: sudo apt-get install {}",
        requirement.name,
        requirement.advice,
        requirement.packages.join(" ")
    )
}

fn node_major() -> Option<u32> {
    let output = Command::new("node").arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_what_to_install() {
        let absent = Requirement { is_met: || false, ..LIBCRYPTO };
        let error = refuse(&missing(&[absent])).unwrap_err().to_string();
        assert!(
            error.contains("libcrypto") && error.contains("apt-get install libssl-dev pkg-config"),
            "{error}"
        );
    }
}
