//! What the assistant of the demo shop knows; inside the program, so that it runs from the one file.

use std::borrow::Cow;

use anyhow::{Context, Result};
use assistant::{Business, Flows, Knowledge, Known};
use rust_embed::RustEmbed;

use crate::config::DemoConfig;

#[derive(RustEmbed)]
#[folder = "../../content/demo"]
#[include = "shop.toml"]
#[include = "openapi.yaml"]
#[include = "articles/**/*.md"]
#[include = "flows/*.yaml"]
struct Files;

/// The demo shop, at the address where it listens.
pub(crate) fn load(demo: &DemoConfig) -> Result<(Business, Knowledge, Flows)> {
    let (business, knowledge) = (business(demo)?, articles()?);
    let known = Known { tools: &business.tools, articles: &knowledge.ids() };
    let flows = Flows::from_files(flows()?, known).context("read the demo shop's flows")?;
    Ok((business, knowledge, flows))
}

/// The shop itself.
pub(crate) fn business(demo: &DemoConfig) -> Result<Business> {
    let openapi = text("openapi.yaml")?;
    let business = Business::parse("shop.toml", &text("shop.toml")?, |_| Ok(openapi.clone()))
        .context("read the demo shop")?;
    Ok(business.at(format!("http://{}", demo.listen)))
}

/// Its articles.
pub(crate) fn articles() -> Result<Knowledge> {
    Knowledge::from_files(folder("articles/")?).context("read the demo shop's articles")
}

/// Names and texts of its flows.
pub(crate) fn flows() -> Result<Vec<(String, String)>> {
    folder("flows/")
}

/// Names and texts of the files in a folder.
fn folder(name: &str) -> Result<Vec<(String, String)>> {
    let names = Files::iter().map(Cow::into_owned).filter(|file| file.starts_with(name));
    names.map(|file| Ok((file.clone(), text(&file)?))).collect()
}

fn text(name: &str) -> Result<String> {
    let file = Files::get(name).with_context(|| format!("{name} is not in the program"))?;
    String::from_utf8(file.data.into_owned()).with_context(|| format!("{name} is not UTF-8"))
}
