//! What the demo shop and the desk share in `sotto up`: the shop signs who is signed in, and the desk shows a token to
//! the shop's order service. Each has its copy in its own folder.

use std::path::Path;

use anyhow::{Context, Result};
use data_encoding::BASE64URL_NOPAD;
use protocol::Entropy;
use zeroize::Zeroizing;

use crate::config::DemoConfig;
use crate::data::secret_text;

/// The file with the token of the order service, in the demo's and in the desk's folder.
pub(crate) const BACK_OFFICE_TOKEN: &str = "back-office.token";

/// The Ed25519 seed (RFC 8032 section 5.1.5) with which the shop signs; made on first use.
pub(crate) fn identity_seed(folder: &Path, entropy: &dyn Entropy) -> Result<Zeroizing<[u8; 32]>> {
    let path = folder.join("identity.key");
    let text = secret_text(&path, entropy)?;
    let octets = BASE64URL_NOPAD.decode(text.as_bytes()).ok().map(Zeroizing::new);
    let seed = octets.and_then(|octets| <[u8; 32]>::try_from(octets.as_slice()).ok());
    seed.map(Zeroizing::new).with_context(|| format!("{} is damaged", path.display()))
}

/// The `iss` of the shop's tokens.
pub(crate) fn issuer(demo: &DemoConfig) -> String {
    format!("http://{}", demo.listen)
}
