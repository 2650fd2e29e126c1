//! `sotto anonymizer restore`: each text with the values in the place of the tokens that its conversation issued.

use std::process::ExitCode;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

use super::arguments::RestoreArguments;
use super::requests::Requests;
use super::responses::Responses;
use super::vault_file::{Use, VaultFile};

#[derive(Serialize)]
struct Restored<'a> {
    id: &'a Value,
    text: &'a str,
    /// Tokens that were never issued in the conversation; a neutral noun stands in their place.
    unknown: usize,
}

/// Reads requests from standard input until it ends.
pub(crate) fn run(arguments: &RestoreArguments) -> Result<ExitCode> {
    let mut vaults = VaultFile::open(&arguments.vault, Use::Restore)?;
    let mut requests = Requests::new(std::io::stdin());
    let mut responses = Responses::new();
    while let Some(request) = requests.next().context("read standard input")? {
        match request {
            Ok(request) => {
                let restored = vaults.vault(&request)?.restore(request.text.reveal());
                let text = restored.text.reveal();
                responses.write(&Restored { id: &request.id, text, unknown: restored.unknown })?;
            }
            Err(refusal) => responses.refuse(&refusal)?,
        }
        if requests.may_wait() || responses.is_full() {
            responses.flush()?;
        }
    }
    responses.finish()
}
