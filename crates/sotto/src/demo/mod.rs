//! The demo shop: a page with the chat in it, the order service behind the assistant's tool, and the chat's own origin.
//!
//! It stands for what a business has already. Everything in it is invented. It shows how a page embeds the chat, says
//! who is signed in, and answers the desk for one customer at a time.

mod accounts;
mod headers;
mod help;
mod html;
mod identity;
mod order_service;
mod orders;
mod shop;

use std::net::TcpListener;
use std::sync::Arc;

use anyhow::{Context, Result};
use assistant::Article;
use axum::Router;
use protocol::{Clock, Entropy};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::{serve, web_files};
use identity::Signer;
use order_service::{Journal, OrderService};
use orders::Records;

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
    records: Arc<Records>,
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
}

impl Demo {
    /// Reads the shop's records and puts the sites together.
    pub(crate) fn new(options: DemoOptions) -> Result<Self> {
        let records = Arc::new(Records::read().context("read the demo shop's orders")?);
        let pages: Vec<String> =
            [options.shop_origin.clone()].into_iter().chain(options.other_origins).collect();
        let widget = web_files::widget(&options.hub, &pages);
        let service = OrderService {
            records: Arc::clone(&records),
            token: options.service_token,
            journal: Journal::default(),
            clock: Arc::clone(&options.clock),
        };
        let shop = Arc::new(Shop {
            signer: Signer::new(&options.identity_seed, &options.shop_origin)
                .context("set up the shop's signing key")?,
            widget_origin: options.widget_origin,
            hub: options.hub,
            desk_keys: options.desk_keys,
            articles: options.articles,
            records,
            clock: options.clock,
            entropy: options.entropy,
        });
        Ok(Self { shop: shop::router(shop).merge(order_service::router(service)), widget })
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
        tokio::try_join!(shop, widget)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
