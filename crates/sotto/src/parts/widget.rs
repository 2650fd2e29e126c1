//! `sotto widget`.

use anyhow::Result;

use super::{confine, tls_paths};
use crate::cli::Supervised;
use crate::config::Config;
use crate::data::{DataFolder, Part};
use crate::sandbox::Allowed;
use crate::supervised::{self, Ready};
use crate::{runtime, serve, web_files};

/// Serves the chat's files until it is told to stop.
pub(crate) fn run(data: &DataFolder, config: &Config, supervised: Supervised) -> Result<()> {
    let folder = data.part(Part::Widget)?;
    let _lock = DataFolder::lock(&folder)?;
    let listener = serve::listen(config.widget.listen)?;
    let read = tls_paths(config.widget.tls.as_ref());
    confine(&Allowed { own: vec![folder], read, ..Allowed::default() })?;
    let pages: Vec<String> =
        config.widget.pages.iter().filter_map(|page| page.to_str().ok().map(str::to_owned)).collect();
    let files = web_files::widget(config.hub.public_url.as_str().trim_end_matches('/'), &pages);
    runtime()?.block_on(async {
        let stop = supervised::stop_token(supervised)?;
        tracing::info!(address = %config.widget.listen, "the chat's files are served");
        supervised::announce(supervised, &Ready::default())?;
        serve::serve(listener, config.widget.tls.as_ref(), files, stop).await
    })
}
