//! `sotto anonymizer mask`: each text with tokens in the place of values, which a vault file keeps.

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

use super::arguments::MaskArguments;
use super::policy;
use super::requests::Requests;
use super::responses::{Responses, Wrong};
use super::vault_file::{Use, VaultFile};

/// How much is masked, in bytes, before the vaults are saved although more is coming.
const MOST_UNSAVED: usize = 8 * 1024 * 1024;

#[derive(Serialize)]
struct Masked<'a> {
    id: &'a Value,
    text: &'a str,
}

/// Reads requests from standard input until it ends. A masked text is given out only after its values are on the disk:
/// whatever ends the program, what was given out can be restored.
pub(crate) fn run(arguments: &MaskArguments) -> Result<ExitCode> {
    let (anonymizer, _) = policy::anonymizer(&arguments.reading)?;
    let mut vaults = VaultFile::open(&arguments.vault, Use::Mask)?;
    let mut requests = Requests::new(std::io::stdin());
    let mut responses = Responses::new();
    while let Some(request) = requests.next().context("read standard input")? {
        match request {
            Ok(request) => {
                let vault = vaults.change(&request)?;
                for (entity, value) in &request.known {
                    vault.know(*entity, value.reveal());
                }
                let (masked, _) = anonymizer.mask_and_report(&request.text, request.speaker, vault);
                match masked {
                    Ok(masked) => responses.write(&Masked { id: &request.id, text: masked.as_str() })?,
                    Err(blocked) => {
                        responses.refuse(&requests.refusal(request.id, Wrong::blocked(&blocked)))?
                    }
                }
            }
            Err(refusal) => responses.refuse(&refusal)?,
        }
        if requests.may_wait() || responses.held() > MOST_UNSAVED {
            vaults.save()?;
            responses.flush()?;
        }
    }
    vaults.save()?;
    responses.finish()
}
