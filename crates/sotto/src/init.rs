//! `sotto init`: writes the documented configuration.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::cli::InitArguments;
use crate::config::TEMPLATE;

/// Writes a new file; never over one that is there.
#[expect(clippy::print_stdout, reason = "this is the command's answer")]
pub(crate) fn run(arguments: &InitArguments) -> Result<ExitCode> {
    let path = &arguments.file;
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already and was left as it is; name another file", path.display());
        }
        Err(error) => return Err(error).with_context(|| format!("make {}", path.display())),
    };
    file.write_all(TEMPLATE.as_bytes()).with_context(|| format!("write {}", path.display()))?;
    println!(
        "Wrote {}. Next: change what you need, then `sotto doctor --config {}`.",
        path.display(),
        path.display()
    );
    Ok(ExitCode::SUCCESS)
}
