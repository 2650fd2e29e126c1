//! What the business declares about itself: its name, its site, its tools.

use std::path::{Path, PathBuf};

use regex::Regex;
use serde::Deserialize;

/// The checked declaration of one business.
#[derive(Clone, Debug)]
pub struct Business {
    /// The name that customers know.
    pub name: String,
    /// The site's origin without a slash at its end; article paths are put behind it.
    pub site: String,
    /// Hosts (with port, when not the default) that an answer may link to; the site's own is always among
    /// them.
    pub hosts: Vec<String>,
    /// What an order number of this business looks like.
    pub order_number: Regex,
    /// The tools that may be called.
    pub tools: Tools,
}

/// The declared tools.
#[derive(Clone, Debug, Default)]
pub struct Tools(Vec<Tool>);

/// One declared tool: an HTTP request that the desk makes for the verified customer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// The HTTP method.
    pub method: Method,
    /// The path under the order service's address. `{customer}` is put in by the desk from the verified
    /// identity; every other name in braces is a declared parameter.
    pub path: String,
    /// Whether it changes anything.
    pub effect: Effect,
    /// Names of the parameters that the assistant gives.
    #[serde(default)]
    pub parameters: Vec<String>,
}

/// The HTTP methods that a tool may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET.
    Get,
}

/// Whether a tool changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Reads only.
    Read,
    /// Changes something, which the customer must have confirmed. No method for it can be declared yet.
    Write,
}

impl Tools {
    /// The tool of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Tool> {
        self.0.iter().find(|tool| tool.name == name)
    }

    /// Declared as they are, unchecked.
    #[cfg(test)]
    pub(crate) fn of(tools: Vec<Tool>) -> Self {
        Self(tools)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Tool> {
        self.0.iter()
    }
}

/// Why a declaration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BusinessError {
    /// The file cannot be read.
    #[error("{path} cannot be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The text is not what is expected.
    #[error("line {line}: {problem}")]
    Invalid {
        /// The line, from 1.
        line: usize,
        /// What is wrong and what to write instead.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBusiness {
    name: String,
    site: toml::Spanned<String>,
    #[serde(default)]
    hosts: Vec<String>,
    order_number: toml::Spanned<String>,
    #[serde(default)]
    tool: Vec<toml::Spanned<Tool>>,
}

impl Business {
    /// Reads and checks a file such as content/demo/shop.toml.
    ///
    /// # Errors
    /// When the file cannot be read or something in it is wrong; the message names the line.
    pub fn load(path: &Path) -> Result<Self, BusinessError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| BusinessError::Read { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// Reads and checks the text of such a file.
    ///
    /// # Errors
    /// As [`Business::load`].
    pub fn parse(text: &str) -> Result<Self, BusinessError> {
        let at = |start: usize| crate::knowledge::line_of(text, start);
        let raw: RawBusiness = toml::from_str(text).map_err(|error| BusinessError::Invalid {
            line: at(error.span().map_or(0, |span| span.start)),
            problem: error.message().to_owned(),
        })?;
        let wrong = |span: std::ops::Range<usize>, problem: String| BusinessError::Invalid {
            line: at(span.start),
            problem,
        };
        let site = checked_site(raw.site.get_ref()).map_err(|problem| wrong(raw.site.span(), problem))?;
        let order_number = Regex::new(&format!(r"(?i)\b(?:{})\b", raw.order_number.get_ref()))
            .map_err(|_| wrong(raw.order_number.span(), "order_number is not a regular expression".into()))?;
        for tool in &raw.tool {
            check_tool(tool.get_ref()).map_err(|problem| wrong(tool.span(), problem))?;
        }
        let tools = Tools(raw.tool.into_iter().map(toml::Spanned::into_inner).collect());
        Ok(Self { name: raw.name, site: String::new(), hosts: raw.hosts, order_number, tools }.at(site))
    }

    /// The same business at another origin, for example on another port; its host may be linked to.
    #[must_use]
    pub fn at(mut self, site: String) -> Self {
        let site = site.trim_end_matches('/').to_owned();
        if let Some((_, host)) = site.split_once("://") {
            self.hosts.push(host.to_owned());
        }
        self.site = site;
        self
    }
}

fn checked_site(site: &str) -> Result<String, String> {
    let rest = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    match rest.map(|rest| rest.trim_end_matches('/')) {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(site.to_owned()),
        Some(_) | None => Err("site must be an origin such as https://shop.example, without a path".into()),
    }
}

fn check_tool(tool: &Tool) -> Result<(), String> {
    if !tool.path.starts_with('/') {
        return Err(format!("path of tool {} must begin with /", tool.name));
    }
    if let (Method::Get, Effect::Write) = (tool.method, tool.effect) {
        return Err(format!(
            "tool {} changes something, which GET must not; write effect = \"read\"",
            tool.name
        ));
    }
    let mut named = Vec::new();
    for part in tool.path.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else {
            return Err(format!("path of tool {} has a brace that is not closed", tool.name));
        };
        named.push(name);
    }
    for name in &named {
        if *name != "customer" && !tool.parameters.iter().any(|parameter| parameter == name) {
            return Err(format!("tool {} uses {{{name}}} but does not declare it", tool.name));
        }
    }
    for parameter in &tool.parameters {
        if parameter == "customer" {
            return Err(format!(
                "tool {} may not take the customer as a parameter: the desk puts it in",
                tool.name
            ));
        }
        if !named.contains(&parameter.as_str()) {
            return Err(format!("tool {} declares {parameter} but its path does not use it", tool.name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
name = "Shop"
site = "http://127.0.0.1:7442/"
order_number = "HA-\\d{5}"

[[tool]]
name = "order"
method = "GET"
path = "/api/customers/{customer}/orders/{order}"
effect = "read"
parameters = ["order"]
"#;

    fn problem(text: &str) -> String {
        Business::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_good_declaration_is_read() {
        let business = Business::parse(GOOD).unwrap();
        assert_eq!(business.site, "http://127.0.0.1:7442");
        assert_eq!(business.hosts, ["127.0.0.1:7442"]);
        assert!(business.order_number.is_match("it is ha-12345."));
        assert!(!business.order_number.is_match("XHA-12345"));
        assert_eq!(business.tools.get("order").unwrap().parameters, ["order"]);
    }

    #[test]
    fn each_wrong_declaration_is_refused_with_its_line() {
        insta::assert_snapshot!(problem(&GOOD.replace("name = \"Shop\"", "nam = \"Shop\"")), @"line 2: unknown field `nam`, expected one of `name`, `site`, `hosts`, `order_number`, `tool`");
        insta::assert_snapshot!(problem(&GOOD.replace("http://127.0.0.1:7442/", "shop.example")), @"line 3: site must be an origin such as https://shop.example, without a path");
        insta::assert_snapshot!(problem(&GOOD.replace("HA-\\\\d{5}", "HA-(")), @"line 4: order_number is not a regular expression");
        insta::assert_snapshot!(problem(&GOOD.replace("[\"order\"]", "[]")), @"line 6: tool order uses {order} but does not declare it");
        insta::assert_snapshot!(problem(&GOOD.replace("[\"order\"]", "[\"order\", \"customer\"]")), @"line 6: tool order may not take the customer as a parameter: the desk puts it in");
        insta::assert_snapshot!(problem(&GOOD.replace("effect = \"read\"", "effect = \"write\"")), @r#"line 6: tool order changes something, which GET must not; write effect = "read""#);
        insta::assert_snapshot!(problem(&GOOD.replace("{order}", "")), @"line 6: tool order declares order but its path does not use it");
    }
}
