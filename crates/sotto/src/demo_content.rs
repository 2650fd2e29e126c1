//! What the assistant of the demo shop knows; inside the program, so that it runs from the one file.

use std::borrow::Cow;

use anyhow::{Context, Result};
use assistant::{Business, Knowledge};
use rust_embed::RustEmbed;

use crate::config::DemoConfig;

#[derive(RustEmbed)]
#[folder = "../../content/demo"]
#[include = "shop.toml"]
#[include = "openapi.yaml"]
#[include = "articles/**/*.md"]
struct Files;

/// The demo shop, at the address where it listens.
pub(crate) fn load(demo: &DemoConfig) -> Result<(Business, Knowledge)> {
    let openapi = text("openapi.yaml")?;
    let business = Business::parse("shop.toml", &text("shop.toml")?, |_| Ok(openapi.clone()))
        .context("read the demo shop")?;
    let articles: Vec<String> =
        Files::iter().map(Cow::into_owned).filter(|name| name.starts_with("articles/")).collect();
    let articles =
        articles.into_iter().map(|name| Ok((name.clone(), text(&name)?))).collect::<Result<Vec<_>>>()?;
    let knowledge = Knowledge::from_files(articles).context("read the demo shop's articles")?;
    Ok((business.at(format!("http://{}", demo.listen)), knowledge))
}

fn text(name: &str) -> Result<String> {
    let file = Files::get(name).with_context(|| format!("{name} is not in the program"))?;
    String::from_utf8(file.data.into_owned()).with_context(|| format!("{name} is not UTF-8"))
}
