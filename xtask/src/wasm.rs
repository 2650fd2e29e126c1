//! Builds `crates/e2ee-wasm` for the browser into `web/e2ee/pkg`.
//!
//! The compiler's library for `wasm32-unknown-unknown` comes from the toolchain when it has the target, else from
//! rustup, else (Debian, where rustup may reach nothing) it is built from Debian's own sources with Debian's own
//! compiler of the same version: packages `rustc-web` and `rust-web-src`. wasm-bindgen's generator is linked in
//! as a library, so there is no tool to install and its version cannot differ from the crate's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::{fingerprint, process, progress, requirements, workspace::Workspace};

const TARGET: &str = "wasm32-unknown-unknown";
/// What the module is made of, below the root.
const INPUTS: &[&str] = &[
    "crates/protocol",
    "crates/e2ee",
    "crates/e2ee-wasm",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "xtask/src/wasm.rs",
];
const OUTPUTS: &[&str] = &["e2ee.js", "e2ee.d.ts", "e2ee_bg.wasm"];
/// Debian's compiler and where its package puts the library's sources.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "rust-web-src"];

/// Builds it unless it is built from the present sources.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let package = workspace.root.join("web/e2ee/pkg");
    let stamp = package.join(".built-from");
    let inputs: Vec<PathBuf> = INPUTS.iter().map(PathBuf::from).collect();
    let fingerprint = fingerprint::of(&workspace.root, &inputs)?;
    let complete = OUTPUTS.iter().all(|output| package.join(output).is_file());
    if complete && fingerprint::is_current(&stamp, &fingerprint) {
        return Ok(());
    }
    let module = compile(workspace)?;
    bind(&module, &package)?;
    fingerprint::stamp(&stamp, &fingerprint)
}

/// Where the library for the target comes from.
enum Library {
    /// The toolchain has it.
    Installed,
    /// Debian's compiler builds it, and rustup's linker links.
    FromDebian { linker: PathBuf },
}

fn compile(workspace: &Workspace) -> Result<PathBuf> {
    let target = workspace.target.join("wasm");
    let mut command = workspace.cargo();
    command
        .args(["build", "--locked", "--package", "e2ee-wasm", "--profile", "wasm", "--target", TARGET])
        .arg("--target-dir")
        .arg(&target)
        // Flags for the host would be wrong for this target.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    match library(workspace)? {
        Library::Installed => {}
        Library::FromDebian { linker } => {
            command
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", DEBIAN_RUSTC)
                // What is stable about `-Z build-std` is that this compiler and these sources are one version.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }
    progress::step("the encryption for the browser", &mut command)?;
    let module = target.join(TARGET).join("wasm/e2ee_wasm.wasm");
    ensure!(module.is_file(), "cargo made no {}", module.display());
    Ok(module)
}

/// Finds the library for the target, and installs what is missing where we may.
fn library(workspace: &Workspace) -> Result<Library> {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&workspace.root);
    if has_target(&mut rustc) {
        return Ok(Library::Installed);
    }
    if requirements::find("rustup").is_some() {
        let mut rustup = Command::new("rustup");
        rustup.current_dir(&workspace.root).args(["target", "add", TARGET]).env("RUSTUP_MAX_RETRIES", "1");
        // Where rustup reaches nothing it fails at once; that is no error as long as the next way works.
        let finished = process::record(&mut rustup, |_| {})?;
        let mut rustc = Command::new("rustc");
        if finished.status.success() && has_target(rustc.current_dir(&workspace.root)) {
            return Ok(Library::Installed);
        }
    }
    if !debian_is_ready() && requirements::may_install() {
        requirements::apt_install(DEBIAN_PACKAGES)?;
    }
    if !debian_is_ready() {
        bail!(
            "the compiler cannot build for {TARGET}: run `rustup target add {TARGET}`, or on Debian \
             `sudo apt-get install --no-install-recommends {}`",
            DEBIAN_PACKAGES.join(" ")
        );
    }
    Ok(Library::FromDebian { linker: linker(workspace)? })
}

fn has_target(rustc: &mut Command) -> bool {
    print_of(rustc, &["--print", "target-libdir", "--target", TARGET])
        .is_ok_and(|folder| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()))
}

/// Whether Debian's compiler is there and new enough, with the sources of its own library.
fn debian_is_ready() -> bool {
    let rustc = || Command::new(DEBIAN_RUSTC);
    let sources = print_of(&mut rustc(), &["--print", "sysroot"])
        .map(|sysroot| Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml"));
    sources.is_ok_and(|sources| sources.is_file())
        && print_of(&mut rustc(), &["--version"]).is_ok_and(|version| is_new_enough(&version))
}

/// Our minimum is in Cargo.toml; cargo would refuse an older compiler with an error that helps nobody here.
fn is_new_enough(version: &str) -> bool {
    let minimum = env!("CARGO_PKG_RUST_VERSION");
    let numbers = |text: &str| -> Vec<u32> { text.split('.').map_while(|part| part.parse().ok()).collect() };
    version.split_whitespace().nth(1).is_some_and(|version| numbers(version) >= numbers(minimum))
}

/// The linker that comes with rustup's toolchain, since Debian's compiler package brings none.
fn linker(workspace: &Workspace) -> Result<PathBuf> {
    let rustc = |arguments: &[&str]| print_of(Command::new("rustc").current_dir(&workspace.root), arguments);
    let sysroot = rustc(&["--print", "sysroot"])?;
    let about = rustc(&["--version", "--verbose"])?;
    let host =
        about.lines().find_map(|line| line.strip_prefix("host: ")).context("ask rustc for its host")?;
    let bundled = Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld");
    if bundled.is_file() {
        return Ok(bundled);
    }
    requirements::find("wasm-ld")
        .or_else(|| requirements::find("rust-lld"))
        .context("no linker for WebAssembly: install lld (Debian: sudo apt-get install lld)")
}

fn print_of(command: &mut Command, arguments: &[&str]) -> Result<String> {
    let output = command.args(arguments).stdin(Stdio::null()).output().context("start rustc")?;
    ensure!(output.status.success(), "rustc {} failed", arguments.join(" "));
    Ok(String::from_utf8(output.stdout).context("rustc's answer is not UTF-8")?.trim().to_owned())
}

/// JavaScript and types around the module.
fn bind(module: &Path, package: &Path) -> Result<()> {
    let start = Instant::now();
    // A package that is half written must not look complete.
    for output in OUTPUTS {
        let _ = fs::remove_file(package.join(output));
    }
    fs::create_dir_all(package).with_context(|| format!("make {}", package.display()))?;
    Bindgen::new()
        .input_path(module)
        .out_name("e2ee")
        .web(true)
        .context("set up wasm-bindgen")?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(package)
        .context("wasm-bindgen")?;
    progress::done("wasm-bindgen", start.elapsed());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_is_new_enough_by_its_number_and_not_by_its_text() {
        assert!(is_new_enough("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"));
        assert!(is_new_enough("rustc 1.95.0"));
        assert!(is_new_enough("rustc 1.100.0"));
        assert!(is_new_enough("rustc 2.0.0"));
        assert!(!is_new_enough("rustc 1.63.0"));
        assert!(!is_new_enough("rustc 1.9.0"));
        assert!(!is_new_enough("nonsense"));
    }
}
