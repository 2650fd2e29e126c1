//! The browser's door to [`e2ee`].
//!
//! Purpose: the same MLS client as the desk's, for the chat's worker. `cargo xtask wasm` builds it into
//! `web/e2ee/pkg` (JavaScript, TypeScript's types, the module).
//! Boundary: a thin shim: it turns arguments and errors into what JavaScript knows, and nothing else. Not an API
//! for other Rust. Randomness is the browser's `crypto.getRandomValues`; the time is a parameter.
//! Invariants: every refusal is thrown as an `Error` whose `name` is a stable code and whose `message` quotes
//! nothing that was passed in.

mod device;
mod fault;

pub use device::Device;
use fault::Fault;
use protocol::Capability;
use wasm_bindgen::prelude::wasm_bindgen;

/// SHA-256 of a capability's 32 octets: what the hub is told of it.
///
/// # Errors
/// `bad-capability` when it has another length.
#[wasm_bindgen(js_name = capabilityHash)]
pub fn capability_hash(capability: &[u8]) -> Result<Vec<u8>, Fault> {
    let octets: [u8; 32] =
        capability.try_into().map_err(|_| Fault::new("bad-capability", "a capability has 32 octets"))?;
    Ok(Capability::from_octets(octets).hash().octets().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_hashed_as_the_hub_hashes_it() {
        let hash = capability_hash(&[7; 32]).unwrap();
        assert_eq!(hash, Capability::from_octets([7; 32]).hash().octets());
        assert_eq!(capability_hash(&[7; 31]).unwrap_err().code(), "bad-capability");
    }
}
