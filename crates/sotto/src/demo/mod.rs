//! The demo shop: pages with the chat in them, the order service behind the assistant's tools (the crate `shop`), and the
//! chat's own origin.
//!
//! It stands for what a business has already. Everything in it is invented. It shows how a page embeds the chat, says
//! who is signed in, and answers the desk for one customer at a time.

mod accounts;
mod headers;
mod help;
mod html;
mod identity;
mod site;

use std::net::TcpListener;
use std::sync::Arc;

use anyhow::{Context, Result};
use assistant::Article;
use axum::Router;
use protocol::{Clock, Entropy};
use shop::{Now, Records, ServiceOptions};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::{serve, web_files};
use identity::Signer;

/// What the demo shop is made of.
pub(crate) struct DemoOptions {
    /// The shop's own origin as browsers write it, for example `http://127.0.0.1:7442`; also the `iss` of its tokens.
    pub(crate) shop_origin: String,
    /// The chat's origin.
    pub(crate) widget_origin: String,
    /// Other origins under which the shop is reached, for example with `localhost`.
    pub(crate) other_origins: Vec<String>,
    /// The hub's public address.
    pub(crate) hub: String,
    /// The desk's public key, or two with a blank between them.
    pub(crate) desk_keys: String,
    /// Seed of the Ed25519 key with which the shop signs who is signed in.
    pub(crate) identity_seed: Zeroizing<[u8; 32]>,
    /// The bearer token that the order service expects from the desk.
    pub(crate) service_token: Zeroizing<String>,
    /// What the shop sells and has sold.
    pub(crate) records: Records,
    /// The articles, shown as help pages.
    pub(crate) articles: Vec<Article>,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Randomness for token ids.
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// What the handlers share.
pub(crate) struct Shop {
    widget_origin: String,
    hub: String,
    desk_keys: String,
    articles: Vec<Article>,
    records: Records,
    signer: Signer,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// The two sites of the demo.
pub(crate) struct Demo {
    /// The shop's pages and its order service.
    pub(crate) shop: Router,
    /// The chat's files.
    pub(crate) widget: Router,
    records: Records,
}

impl Demo {
    /// Puts the sites together.
    pub(crate) fn new(options: DemoOptions) -> Result<Self> {
        let records = options.records;
        let pages: Vec<String> =
            [options.shop_origin.clone()].into_iter().chain(options.other_origins).collect();
        let widget = web_files::widget(&options.hub, &pages);
        let service = shop::router(ServiceOptions {
            records: records.clone(),
            token: options.service_token,
            now: now(Arc::clone(&options.clock)),
        });
        let shop = Arc::new(Shop {
            signer: Signer::new(&options.identity_seed, &options.shop_origin)
                .context("set up the shop's signing key")?,
            widget_origin: options.widget_origin,
            hub: options.hub,
            desk_keys: options.desk_keys,
            articles: options.articles,
            records: records.clone(),
            clock: options.clock,
            entropy: options.entropy,
        });
        Ok(Self { shop: site::router(shop).merge(service), widget, records })
    }

    /// Serves both until `stop`.
    pub(crate) async fn run(
        self,
        shop: TcpListener,
        widget: TcpListener,
        stop: CancellationToken,
    ) -> Result<()> {
        let shop = serve::serve(shop, None, self.shop, stop.clone());
        let widget = serve::serve(widget, None, self.widget, stop);
        let served = tokio::try_join!(shop, widget);
        self.records.close().await;
        served.map(drop)
    }
}

/// The same clock as the shop takes it.
pub(crate) fn now(clock: Arc<dyn Clock>) -> Now {
    Arc::new(move || {
        jiff::Timestamp::from_second(clock.now().seconds()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    })
}

#[cfg(test)]
mod tests;
