//! `sotto demo`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use protocol::{Clock, Entropy};
use shop::Records;

use super::confine;
use crate::ambient::{SystemClock, SystemEntropy};
use crate::cli::Supervised;
use crate::config::Config;
use crate::data::{DataFolder, Part, secret_text};
use crate::demo::{self, Demo, DemoOptions};
use crate::sandbox::Allowed;
use crate::supervised::{self, Ready};
use crate::{demo_content, demo_secrets, runtime, serve};

/// Runs the demo shop and the chat's own origin until it is told to stop.
pub(crate) fn run(data: &DataFolder, config: &Config, desk_key: &str, supervised: Supervised) -> Result<()> {
    let folder = data.part(Part::Demo)?;
    let _lock = DataFolder::lock(&folder)?;
    let shop = serve::listen(config.demo.listen)?;
    let widget = serve::listen(config.widget.listen)?;
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    confine(&Allowed { own: vec![folder.clone()], ..Allowed::default() })?;
    runtime()?.block_on(async {
        let stop = supervised::stop_token(supervised)?;
        let (_, knowledge, _) = demo_content::load(&config.demo)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let records = Records::open(&folder.join("shop.db"), demo::now(Arc::clone(&clock))())
            .await
            .context("open the demo shop's records")?;
        let demo = Demo::new(DemoOptions {
            shop_origin: demo_secrets::issuer(&config.demo),
            widget_origin: config.widget.public_url.origin().ascii_serialization(),
            other_origins: localhost(config.demo.listen),
            hub: config.desk.hub_url.as_str().trim_end_matches('/').to_owned(),
            desk_keys: desk_key.to_owned(),
            identity_seed: demo_secrets::identity_seed(&folder, entropy.as_ref())?,
            service_token: secret_text(&folder.join(demo_secrets::BACK_OFFICE_TOKEN), entropy.as_ref())?,
            records,
            articles: knowledge.articles().to_vec(),
            clock,
            entropy,
        })?;
        tracing::info!(shop = %config.demo.listen, chat = %config.widget.listen, "the demo is ready");
        supervised::announce(supervised, &Ready::default())?;
        demo.run(shop, widget, stop).await
    })
}

/// A shop on this machine is also reached by this name.
fn localhost(listen: SocketAddr) -> Vec<String> {
    if listen.ip().is_loopback() { vec![format!("http://localhost:{}", listen.port())] } else { Vec::new() }
}
