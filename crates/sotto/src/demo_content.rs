//! What the assistant of the demo shop knows; inside the program, so that it runs from the one file.

use std::borrow::Cow;
use std::collections::BTreeSet;

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
    let openapi = text("openapi.yaml")?;
    let business = Business::parse("shop.toml", &text("shop.toml")?, |_| Ok(openapi.clone()))
        .context("read the demo shop")?;
    let knowledge = Knowledge::from_files(below("articles/")?).context("read the demo shop's articles")?;
    let articles: BTreeSet<String> = knowledge.articles().iter().map(|article| article.id.clone()).collect();
    let known = Known { tools: &business.tools, articles: &articles };
    let flows = Flows::from_files(below("flows/")?, known).context("read the demo shop's flows")?;
    Ok((business.at(format!("http://{}", demo.listen)), knowledge, flows))
}

/// The files of a folder: name and text.
fn below(folder: &str) -> Result<Vec<(String, String)>> {
    let names: Vec<String> =
        Files::iter().map(Cow::into_owned).filter(|name| name.starts_with(folder)).collect();
    names.into_iter().map(|name| Ok((name.clone(), text(&name)?))).collect()
}

fn text(name: &str) -> Result<String> {
    let file = Files::get(name).with_context(|| format!("{name} is not in the program"))?;
    String::from_utf8(file.data.into_owned()).with_context(|| format!("{name} is not UTF-8"))
}
